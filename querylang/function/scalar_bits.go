package function

import (
	"math/bits"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

const groupBits = "Bits and sketches"

var bitFunctions = []*Function{
	{Name: "BIT_COUNT", Group: groupBits, Strict: true, Params: []Parameter{{Name: "x", Kinds: Integer | Blob}}, Result: countResult, Eval: bitCount, Lower: lowerBitCount,
		Doc: "The number of bits that are 1, of an integer of 64 bits or of a blob.", Example: "BIT_COUNT(X'0F01')", ExampleResult: "5"},
	{Name: "BIT_GET", Group: groupBits, Strict: true, Params: []Parameter{{Name: "blob", Kinds: Blob}, indexParam}, Result: countResult, Eval: bitGet, Lower: lowerBitGet,
		Doc: "The bit at an index, 0 or 1. Index 0 is the highest bit of the first byte; a negative index counts from the end.", Example: "BIT_GET(X'80', 0)", ExampleResult: "1"},
	{Name: "HLL_COUNT", Group: groupBits, Strict: true, Params: []Parameter{sketchParam}, Result: countResult, Eval: hllCount, Lower: lowerHLLCount,
		Doc: "The estimated number of elements of a HyperLogLog value.", Example: "HLL_COUNT(NULL)", ExampleResult: "NULL"},
	{Name: "HLL_UNION_COUNT", Group: groupBits, Strict: true, Params: []Parameter{sketchParam, {Name: "more", Kinds: HLL, Optional: true, Variadic: true}},
		Result: countResult, Eval: hllUnionCount,
		Doc: "The estimated number of elements of the union of HyperLogLog values.", Example: "HLL_UNION_COUNT(NULL, NULL)", ExampleResult: "NULL"},
}

var sketchParam = Parameter{Name: "hll", Kinds: HLL}

func bitCount(_ *Context, args []protocol.Value) protocol.Value {
	if n, ok := args[0].Int(); ok {
		return protocol.Int(int64(bits.OnesCount64(uint64(n))))
	}
	if n, ok := args[0].Uint(); ok {
		return protocol.Int(int64(bits.OnesCount64(n)))
	}
	b, _ := args[0].Bytes()
	n := 0
	for _, octet := range b {
		n += bits.OnesCount8(octet)
	}
	return protocol.Int(int64(n))
}

func bitGet(_ *Context, args []protocol.Value) protocol.Value {
	b, _ := args[0].Bytes()
	i, ok := at(args[1], 8*len(b))
	if !ok {
		return protocol.Nil()
	}
	return protocol.Int(int64(b[i/8] >> (7 - i%8) & 1))
}

// lowerBitCount lowers BIT_COUNT of integers.
func lowerBitCount(args []Lowered) (Lowered, bool) {
	return Lowered{
		Node: exp.NewNode(exp.OpIntCount, args[0].Node), Kind: protocol.KindInt, Since: since56, Total: true,
	}, args[0].Kind == protocol.KindInt
}

// lowerBitGet lowers BIT_GET of an index that is not counted from the end.
func lowerBitGet(args []Lowered) (Lowered, bool) {
	index := args[1].Node
	i, ok := index.Value.Int()
	call := lowerCall(exp.SystemBits, args[0].Node, int64(cdt.CodeBitGetInt), index, integerLiteral(1))
	call.Total = false
	return call, index.Op == exp.OpValue && ok && i >= 0
}

// lowerHLLCount lowers HLL_COUNT.
func lowerHLLCount(args []Lowered) (Lowered, bool) {
	call := lowerCall(exp.SystemHLL, args[0].Node, int64(cdt.CodeHLLCount))
	call.Since = since56
	return call, true
}
