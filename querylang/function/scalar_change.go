package function

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// The functions of this file return a changed collection. UPDATE of a column with its own value
// changed so is one operation of the servers, which these agree with: elements and keys are equal
// if they have the same kind and value.

var (
	nullableList = Parameter{Name: "list", Kinds: List | Null}
	nullableMap  = Parameter{Name: "map", Kinds: Map | Null}
	storedParam  = Parameter{Name: "x", Kinds: Any, Stored: timeFamilies}
)

var changeFunctions = []*Function{
	{Name: "LIST_APPEND", Aliases: []string{"ARRAY_APPEND"}, Group: groupList, Params: []Parameter{nullableList, storedParam}, Result: listResult, Eval: listAppend,
		Doc: "The list with one more element, at its end or, in an ordered list, at its place. NULL is an empty list.", Example: "LIST_APPEND(ARRAY[1, 2], 3)", ExampleResult: "ARRAY[1, 2, 3]"},
	{Name: "LIST_REMOVE", Aliases: []string{"ARRAY_REMOVE"}, Group: groupList, Strict: true, Params: []Parameter{listParam, elementParam}, Result: listResult, Eval: listRemove,
		Doc: "The list without the elements that have the kind and the value of x.", Example: "LIST_REMOVE(ARRAY[1, 2, 1], 1)", ExampleResult: "ARRAY[2]"},
	{Name: "MAP_PUT", Group: groupMap, Params: []Parameter{nullableMap, keyParam, storedParam}, Result: mapResult, Eval: mapPut,
		Doc: "The map with a value for a key, a new one or another one. NULL is an empty map.", Example: "MAP_PUT(MAP{'a': 1}, 'b', 2)", ExampleResult: "MAP{'a': 1, 'b': 2}"},
	{Name: "MAP_REMOVE", Group: groupMap, Strict: true, Params: []Parameter{mapParam, keyParam}, Result: mapResult, Eval: mapRemove,
		Doc: "The map without a key.", Example: "MAP_REMOVE(MAP{'a': 1, 'b': 2}, 'a')", ExampleResult: "MAP{'b': 2}"},
}

// same reports whether two values are equal for the servers' collections.
func same(x, y protocol.Value) bool { return x.Kind() == y.Kind() && protocol.Compare(x, y) == 0 }

func listAppend(_ *Context, args []protocol.Value) protocol.Value {
	elements, isList := args[0].List()
	if !isList && !args[0].IsNil() {
		return protocol.Nil()
	}
	changed := append(slices.Clone(elements), args[1])
	order := args[0].Order()
	if order&protocol.Ordered != 0 {
		slices.SortStableFunc(changed, protocol.Compare)
	}
	return protocol.ListWithOrder(order, changed)
}

func listRemove(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	changed := slices.DeleteFunc(slices.Clone(elements), func(e protocol.Value) bool { return same(e, args[1]) })
	return protocol.ListWithOrder(args[0].Order(), changed)
}

func mapPut(_ *Context, args []protocol.Value) protocol.Value {
	pairs, isMap := args[0].Map()
	if !isMap && !args[0].IsNil() || args[1].IsNil() {
		return protocol.Nil()
	}
	order := args[0].Order()
	if !isMap {
		order = protocol.Ordered
	}
	changed := slices.Clone(pairs)
	at := slices.IndexFunc(changed, func(p protocol.Pair) bool { return same(p.Key, args[1]) })
	if at >= 0 {
		changed[at].Value = args[2]
	} else {
		changed = append(changed, protocol.Pair{Key: args[1], Value: args[2]})
		slices.SortStableFunc(changed, func(x, y protocol.Pair) int { return protocol.Compare(x.Key, y.Key) })
	}
	return protocol.MapWithOrder(order, changed)
}

func mapRemove(_ *Context, args []protocol.Value) protocol.Value {
	pairs, _ := args[0].Map()
	changed := slices.DeleteFunc(slices.Clone(pairs), func(p protocol.Pair) bool { return same(p.Key, args[1]) })
	return protocol.MapWithOrder(args[0].Order(), changed)
}

// ChangesCollection reports whether a function returns its first argument, a list or a map,
// changed.
func ChangesCollection(f *Function) bool { return slices.Contains(changeFunctions, f) }
