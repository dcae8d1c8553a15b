package function

import (
	"slices"

	"github.com/aerosql/aerosql/internal/hll"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// The functions of this file return a new or changed HyperLogLog value. Those that change one run
// the call that UPDATE sends to the servers, so that both give the same bytes.

// newSketchBits is the number of index bits of a value that HLL_ADD creates.
const newSketchBits = 12

var (
	nullableSketch = Parameter{Name: "hll", Kinds: HLL | Null}
	sketchResult   = fixed(Sketches, HLL|Null)
	moreElements   = Parameter{Name: "more", Kinds: AnyValue, Optional: true, Variadic: true, Stored: timeFamilies}
)

var sketchFunctions = []*Function{
	{Name: "HLL_INIT", Group: groupBits, Strict: true, Params: []Parameter{{Name: "index_bits", Kinds: Integer}, {Name: "minhash_bits", Kinds: Integer, Optional: true}},
		Result: sketchResult, Eval: hllInit,
		Doc:     "An empty HyperLogLog value of 2^index_bits registers, from 4 to 16 bits, with 4 to 51 minhash bits or none. NULL for other numbers.",
		Example: "HLL_COUNT(HLL_INIT(12))", ExampleResult: "0"},
	{Name: "HLL_ADD", Group: groupBits, Params: []Parameter{nullableSketch, elementParam, moreElements}, Result: sketchResult, Eval: sketchEval(hllAdd), Change: hllAdd,
		Doc:     "The HyperLogLog value with more elements; a list stands for its elements. NULL is an empty value of 12 index bits, whose counts have a mean error of 1.6 %.",
		Example: "HLL_COUNT(HLL_ADD(NULL, 'a', 'b', 'a'))", ExampleResult: "2"},
	{Name: "HLL_UNION", Group: groupBits, Params: []Parameter{nullableSketch, sketchParam, {Name: "more", Kinds: HLL, Optional: true, Variadic: true}},
		Result: sketchResult, Eval: sketchEval(hllUnion), Change: hllUnion,
		Doc:     "The union of HyperLogLog values, with the index bits of the smallest one.",
		Example: "HLL_COUNT(HLL_UNION(HLL_ADD(NULL, 'a'), HLL_ADD(NULL, 'b')))", ExampleResult: "2"},
	{Name: "HLL_FOLD", Group: groupBits, Strict: true, Params: []Parameter{sketchParam, {Name: "index_bits", Kinds: Integer}}, Result: sketchResult, Eval: sketchEval(hllFold), Change: hllFold,
		Doc:     "The HyperLogLog value with fewer index bits. NULL if it has fewer, or has minhash bits.",
		Example: "HLL_COUNT(HLL_FOLD(HLL_ADD(NULL, 'a'), 4))", ExampleResult: "1"},
	{Name: "HLL_INTERSECT_COUNT", Group: groupBits, Strict: true, Params: []Parameter{sketchParam, {Name: "other", Kinds: HLL}, {Name: "more", Kinds: HLL, Optional: true, Variadic: true}},
		Result: countResult, Eval: readSketches(cdt.HLLGetIntersectCount),
		Doc:     "The estimated number of elements that HyperLogLog values have in common. NULL for more than three without minhash bits.",
		Example: "HLL_INTERSECT_COUNT(HLL_ADD(NULL, 'a', 'b'), HLL_ADD(NULL, 'b', 'c'))", ExampleResult: "1"},
	{Name: "HLL_SIMILARITY", Group: groupBits, Strict: true, Params: []Parameter{sketchParam, {Name: "other", Kinds: HLL}, {Name: "more", Kinds: HLL, Optional: true, Variadic: true}},
		Result: fixed(Floats, 1<<protocol.KindFloat|Null), Eval: readSketches(cdt.HLLGetSimilarity),
		Doc:     "The estimated size of the intersection of HyperLogLog values, divided by that of their union.",
		Example: "HLL_SIMILARITY(HLL_ADD(NULL, 'a'), HLL_ADD(NULL, 'a'))", ExampleResult: "1.0"},
	{Name: "HLL_MAY_CONTAIN", Group: groupBits, Strict: true, Params: []Parameter{sketchParam, elementParam, moreElements}, Result: fixed(Booleans, Bool|Null), Eval: hllMayContain,
		Doc:     "FALSE if one of the elements was certainly not added to the HyperLogLog value; a list stands for its elements.",
		Example: "HLL_MAY_CONTAIN(HLL_ADD(NULL, 'a'), 'a')", ExampleResult: "TRUE"},
}

func hllInit(_ *Context, args []protocol.Value) protocol.Value {
	index, ok := smallInt(args[0])
	minhash := 0
	if len(args) > 1 && ok {
		minhash, ok = smallInt(args[1])
	}
	if !ok {
		return protocol.Nil()
	}
	return modifySketch(cdt.HLLInit("", index, minhash), protocol.Nil())
}

func hllAdd(bin string, args []protocol.Value, _ cdt.Context) (op protocol.Operation, ok bool) {
	elements := sketchElements(args)
	op = cdt.HLLAdd(bin, elements, newSketchBits, 0)
	isNull := func(v protocol.Value) bool { return v.IsNil() }
	return op, len(elements) > 0 && !slices.ContainsFunc(elements, isNull) && op.Value.Err() == nil
}

// sketchElements returns the elements to add: those of lists instead of the lists.
func sketchElements(args []protocol.Value) (elements []protocol.Value) {
	for _, v := range args {
		if list, isList := v.List(); isList {
			elements = append(elements, list...)
		} else {
			elements = append(elements, v)
		}
	}
	return elements
}

func hllUnion(bin string, args []protocol.Value, _ cdt.Context) (op protocol.Operation, ok bool) {
	sketches, ok := sketchBytes(args)
	if !ok {
		return op, false
	}
	return cdt.HLLSetUnion(bin, sketches, cdt.AllowFold), true
}

// sketchBytes returns the bytes of HyperLogLog values.
func sketchBytes(args []protocol.Value) (sketches [][]byte, ok bool) {
	for _, v := range args {
		b, isBytes := v.Bytes()
		if !isBytes || v.Kind() != protocol.KindHLL {
			return nil, false
		}
		sketches = append(sketches, b)
	}
	return sketches, true
}

func hllFold(bin string, args []protocol.Value, _ cdt.Context) (op protocol.Operation, ok bool) {
	n, ok := smallInt(args[0])
	return cdt.HLLFold(bin, n), ok
}

// sketchEval returns the Eval of a function that changes a value by a call.
func sketchEval(change func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool)) func(*Context, []protocol.Value) protocol.Value {
	return func(_ *Context, args []protocol.Value) protocol.Value {
		op, ok := change("", args[1:], nil)
		if !ok || args[0].Kind() != protocol.KindHLL && !args[0].IsNil() {
			return protocol.Nil()
		}
		return modifySketch(op, args[0])
	}
}

// modifySketch runs a call that changes a value.
func modifySketch(op protocol.Operation, v protocol.Value) protocol.Value {
	packed, ok := op.Value.Bytes()
	if !ok {
		return protocol.Nil()
	}
	changed, _, code := hll.Modify(packed, v)
	if code != protocol.OK {
		return protocol.Nil()
	}
	return changed
}

// readSketches returns the Eval of a function of a value and others.
func readSketches(op func(bin string, sketches ...[]byte) protocol.Operation) func(*Context, []protocol.Value) protocol.Value {
	return func(_ *Context, args []protocol.Value) protocol.Value {
		sketches, ok := sketchBytes(args[1:])
		if !ok {
			return protocol.Nil()
		}
		return readSketch(op("", sketches...), args[0])
	}
}

// readSketch runs a call that reads a value.
func readSketch(op protocol.Operation, v protocol.Value) protocol.Value {
	packed, ok := op.Value.Bytes()
	if !ok {
		return protocol.Nil()
	}
	read, code := hll.Read(packed, v)
	if code != protocol.OK {
		return protocol.Nil()
	}
	return read
}

func hllMayContain(_ *Context, args []protocol.Value) protocol.Value {
	elements := sketchElements(args[1:])
	if len(elements) == 0 {
		return protocol.Nil()
	}
	n, ok := readSketch(cdt.HLLMayContain("", elements...), args[0]).Int()
	if !ok {
		return protocol.Nil()
	}
	return protocol.Bool(n == 1)
}
