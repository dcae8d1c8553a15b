package function

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

const groupList = "Lists"

var (
	listParam  = Parameter{Name: "list", Kinds: List}
	indexParam = Parameter{Name: "index", Kinds: Integer}
	rankParam  = Parameter{Name: "rank", Kinds: Integer}
	// Times in collections are integers.
	elementParam = Parameter{Name: "x", Kinds: AnyValue, Stored: timeFamilies}
	lowParam     = Parameter{Name: "low", Kinds: Any, Stored: timeFamilies}
	highParam    = Parameter{Name: "high", Kinds: Any, Stored: timeFamilies}
	listResult   = fixed(Lists, List|Null)
)

var listFunctions = []*Function{
	{Name: "LIST_SIZE", Aliases: []string{"ARRAY_LENGTH"}, Group: groupList, Strict: true, Params: []Parameter{listParam}, Result: countResult, Eval: sizeOf, Lower: lowerListSize,
		Doc: "The number of elements.", Example: "LIST_SIZE(ARRAY[1, 2, 3])", ExampleResult: "3"},
	{Name: "CARDINALITY", Group: groupList, Strict: true, Params: []Parameter{{Name: "collection", Kinds: List | Map}}, Result: countResult, Eval: sizeOf, Lower: lowerSize,
		Doc: "The number of elements of a list or pairs of a map.", Example: "CARDINALITY(MAP{'a': 1})", ExampleResult: "1"},
	{Name: "LIST_GET", Group: groupList, Strict: true, Params: []Parameter{listParam, indexParam}, Result: anyResult, Eval: listGet,
		Doc: "The element at an index, counted from 0, or from the end if it is negative.", Example: "LIST_GET(ARRAY[1, 2, 3], -1)", ExampleResult: "3"},
	{Name: "LIST_SLICE", Group: groupList, Strict: true, Params: []Parameter{listParam, indexParam, {Name: "count", Kinds: Integer, Optional: true}}, Result: listResult, Eval: listSlice,
		Doc: "The elements from an index on, as many as count.", Example: "LIST_SLICE(ARRAY[1, 2, 3], 1, 2)", ExampleResult: "ARRAY[2, 3]"},
	{Name: "LIST_MIN", Group: groupList, Strict: true, Params: []Parameter{listParam}, Result: anyResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return listAggregate("MIN", args[0]) },
		Doc:  "The first element in the order of ORDER BY.", Example: "LIST_MIN(ARRAY[3, 1, 2])", ExampleResult: "1"},
	{Name: "LIST_MAX", Group: groupList, Strict: true, Params: []Parameter{listParam}, Result: anyResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return listAggregate("MAX", args[0]) },
		Doc:  "The last element in the order of ORDER BY.", Example: "LIST_MAX(ARRAY[3, 1, 2])", ExampleResult: "3"},
	{Name: "LIST_SUM", Group: groupList, Strict: true, Params: []Parameter{listParam}, Result: fixed(Undeclared, Number|Null),
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return listAggregate("SUM", args[0]) },
		Doc:  "The sum of the numbers, as SUM computes it, or NULL if it does not fit in 64 bits.", Example: "LIST_SUM(ARRAY[3, 1, 2])", ExampleResult: "6"},
	{Name: "LIST_SORT", Group: groupList, Strict: true, Params: []Parameter{listParam}, Result: listResult, Eval: listSort,
		Doc: "The elements in the order of ORDER BY.", Example: "LIST_SORT(ARRAY[3, 1, 2])", ExampleResult: "ARRAY[1, 2, 3]"},
	{Name: "LIST_CONTAINS", Aliases: []string{"ARRAY_CONTAINS"}, Group: groupList, Strict: true, Params: []Parameter{listParam, elementParam}, Result: fixed(Booleans, Bool|Null),
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return Contains(args[0], args[1]).Value() },
		Doc:  "Whether an element is equal to x, as list CONTAINS x.", Example: "LIST_CONTAINS(ARRAY[1, 2], 2)", ExampleResult: "TRUE"},
	{Name: "LIST_INDEX_OF", Aliases: []string{"ARRAY_POSITION"}, Group: groupList, Strict: true, Params: []Parameter{listParam, elementParam}, Result: countResult, Eval: listIndexOf,
		Doc: "The index of the first element that is equal to x, counted from 0, or NULL.", Example: "LIST_INDEX_OF(ARRAY['a', 'b'], 'b')", ExampleResult: "1"},
	{Name: "LIST_BY_RANK", Group: groupList, Strict: true, Params: []Parameter{listParam, rankParam}, Result: anyResult, Eval: listByRank,
		Doc:     "The element of a rank: 0 is the least one, -1 the greatest, in the order of the servers' collections.",
		Example: "LIST_BY_RANK(ARRAY[3, 1, 2], 0)", ExampleResult: "1"},
	{Name: "LIST_BY_VALUE_RANGE", Group: groupList, Params: []Parameter{{Name: "list", Kinds: List | Null}, lowParam, highParam}, Result: listResult, Eval: listByValueRange,
		Doc:     "The elements from low up to but without high, in the order of the servers' collections. NULL means no limit.",
		Example: "LIST_BY_VALUE_RANGE(ARRAY[4, 1, 3, 2], 2, 4)", ExampleResult: "ARRAY[3, 2]"},
}

func sizeOf(_ *Context, args []protocol.Value) protocol.Value {
	return protocol.Int(int64(args[0].Len()))
}

// at returns the index in a collection of a size, counted from the end if it is negative.
func at(v protocol.Value, size int) (int, bool) {
	i, ok := v.Int()
	if i < 0 {
		i += int64(size)
	}
	return int(i), ok && i >= 0 && i < int64(size)
}

func listGet(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	if i, ok := at(args[1], len(elements)); ok {
		return elements[i]
	}
	return protocol.Nil()
}

func listSlice(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	size := int64(len(elements))
	from, count := clamped(args[1]), size
	if from < 0 {
		from = max(from+size, 0)
	}
	if len(args) > 2 {
		count = max(clamped(args[2]), 0)
	}
	from = min(from, size)
	return protocol.List(elements[from:min(from+count, size):size]...)
}

func listAggregate(name string, list protocol.Value) protocol.Value {
	elements, _ := list.List()
	state := LookupAggregate(name).New(nil)
	for _, e := range elements {
		if !e.IsNil() {
			state.Add(e)
		}
	}
	v, err := state.Result()
	if err != nil {
		return protocol.Nil()
	}
	return v
}

func listSort(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	sorted := slices.Clone(elements)
	slices.SortStableFunc(sorted, Order)
	return protocol.List(sorted...)
}

func listIndexOf(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	for i, e := range elements {
		if Compare(ast.OpEqual, e, args[1]) == True {
			return protocol.Int(int64(i))
		}
	}
	return protocol.Nil()
}

func listByRank(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	i, ok := at(args[1], len(elements))
	if !ok {
		return protocol.Nil()
	}
	sorted := slices.Clone(elements)
	slices.SortStableFunc(sorted, protocol.Compare)
	return sorted[i]
}

// inRange reports whether low <= v < high, where NULL means no limit.
func inRange(v, low, high protocol.Value) bool {
	return (low.IsNil() || protocol.Compare(v, low) >= 0) && (high.IsNil() || protocol.Compare(v, high) < 0)
}

func listByValueRange(_ *Context, args []protocol.Value) protocol.Value {
	elements, ok := args[0].List()
	if !ok {
		return protocol.Nil()
	}
	var found []protocol.Value
	for _, e := range elements {
		if inRange(e, args[1], args[2]) {
			found = append(found, e)
		}
	}
	return protocol.List(found...)
}
