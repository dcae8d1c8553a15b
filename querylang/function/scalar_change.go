package function

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// The functions of this file return a changed list or map. UPDATE of a column, or of a part of it,
// with its own value changed so is one operation of the servers, which these agree with: elements
// and keys are equal if they have the same kind and value.

var (
	nullableList = Parameter{Name: "list", Kinds: List | Null}
	nullableMap  = Parameter{Name: "map", Kinds: Map | Null}
	storedParam  = Parameter{Name: "x", Kinds: Any, Stored: timeFamilies}
)

var changeFunctions = []*Function{
	{Name: "LIST_APPEND", Aliases: []string{"ARRAY_APPEND"}, Group: groupList, Params: []Parameter{nullableList, storedParam}, Result: listResult, Eval: listAppend,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			return cdt.ListAppend(bin, args[0], in), true
		},
		Doc: "The list with one more element, at its end or, in an ordered list, at its place. NULL is an empty list.", Example: "LIST_APPEND(ARRAY[1, 2], 3)", ExampleResult: "ARRAY[1, 2, 3]"},
	{Name: "LIST_CONCAT", Aliases: []string{"ARRAY_CAT"}, Group: groupList, Params: []Parameter{nullableList, listParam}, Result: listResult, Eval: listConcat,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			elements, ok := args[0].List()
			return cdt.ListAppendItems(bin, elements, in), ok
		},
		Doc: "The list with the elements of another one, as LIST_APPEND adds each of them.", Example: "LIST_CONCAT(ARRAY[1, 2], ARRAY[3])", ExampleResult: "ARRAY[1, 2, 3]"},
	{Name: "LIST_INSERT", Group: groupList, Params: []Parameter{nullableList, indexParam, storedParam}, Result: listResult, Eval: listInsert,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			i, ok := smallInt(args[0])
			return cdt.ListInsert(bin, i, args[1], cdt.ListPolicy{Flags: cdt.InsertBounded}, in), ok
		},
		Doc:     "The list with an element inserted before the one at an index, or at the end if the index is the size of the list. NULL if there is no such index, or if the list is an ordered one.",
		Example: "LIST_INSERT(ARRAY[1, 3], 1, 2)", ExampleResult: "ARRAY[1, 2, 3]"},
	{Name: "LIST_REMOVE", Aliases: []string{"ARRAY_REMOVE"}, Group: groupList, Strict: true, Params: []Parameter{listParam, elementParam}, Result: listResult, Eval: listRemove,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			return cdt.ListRemove(bin, cdt.ByValue(args[0]), cdt.ReturnNone, in), !args[0].IsNil()
		},
		Doc: "The list without the elements that have the kind and the value of x.", Example: "LIST_REMOVE(ARRAY[1, 2, 1], 1)", ExampleResult: "ARRAY[2]"},
	{Name: "LIST_REMOVE_AT", Group: groupList, Strict: true, Params: []Parameter{listParam, indexParam}, Result: listResult, Eval: listRemoveAt,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			i, ok := smallInt(args[0])
			return cdt.ListRemoveAt(bin, i, in), ok
		},
		Doc: "The list without the element at an index, or NULL if there is no such element.", Example: "LIST_REMOVE_AT(ARRAY[1, 2, 3], -1)", ExampleResult: "ARRAY[1, 2]"},
	{Name: "MAP_PUT", Group: groupMap, Params: []Parameter{nullableMap, keyParam, storedParam}, Result: mapResult, Eval: mapPut,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			return cdt.MapPut(bin, args[0], args[1], cdt.MapPolicy{Order: protocol.Ordered}, in), args[0].CanBeMapKey()
		},
		Doc: "The map with a value for a key, a new one or another one. NULL is an empty map.", Example: "MAP_PUT(MAP{'a': 1}, 'b', 2)", ExampleResult: "MAP{'a': 1, 'b': 2}"},
	{Name: "MAP_MERGE", Aliases: []string{"MAP_CONCAT"}, Group: groupMap, Params: []Parameter{nullableMap, mapParam}, Result: mapResult, Eval: mapMerge,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			pairs, ok := args[0].Map()
			return cdt.MapPutItems(bin, pairs, cdt.MapPolicy{Order: protocol.Ordered}, in), ok
		},
		Doc: "The map with the pairs of another one, as MAP_PUT puts each of them.", Example: "MAP_MERGE(MAP{'a': 1, 'b': 1}, MAP{'b': 2})", ExampleResult: "MAP{'a': 1, 'b': 2}"},
	{Name: "MAP_REMOVE", Group: groupMap, Strict: true, Params: []Parameter{mapParam, keyParam}, Result: mapResult, Eval: mapRemove,
		Change: func(bin string, args []protocol.Value, in cdt.Context) (protocol.Operation, bool) {
			return cdt.MapRemove(bin, cdt.ByKey(args[0]), cdt.ReturnNone, in), args[0].CanBeMapKey()
		},
		Doc: "The map without a key.", Example: "MAP_REMOVE(MAP{'a': 1, 'b': 2}, 'a')", ExampleResult: "MAP{'b': 2}"},
}

// smallInt returns an integer as an int.
func smallInt(v protocol.Value) (int, bool) {
	n, ok := v.Int()
	return int(n), ok && n == int64(int(n))
}

// same reports whether two values are equal for the servers' collections.
func same(x, y protocol.Value) bool { return x.Kind() == y.Kind() && protocol.Compare(x, y) == 0 }

func listAppend(_ *Context, args []protocol.Value) protocol.Value { return appended(args[0], args[1]) }

func listConcat(_ *Context, args []protocol.Value) protocol.Value {
	elements, ok := args[1].List()
	if !ok {
		return protocol.Nil()
	}
	return appended(args[0], elements...)
}

// appended returns a list with more elements.
func appended(list protocol.Value, more ...protocol.Value) protocol.Value {
	elements, isList := list.List()
	if !isList && !list.IsNil() {
		return protocol.Nil()
	}
	changed := append(slices.Clone(elements), more...)
	order := list.Order()
	if order&protocol.Ordered != 0 {
		slices.SortStableFunc(changed, protocol.Compare)
	}
	return protocol.ListWithOrder(order, changed)
}

func listInsert(_ *Context, args []protocol.Value) protocol.Value {
	elements, isList := args[0].List()
	if !isList && !args[0].IsNil() || args[0].Order()&protocol.Ordered != 0 {
		return protocol.Nil()
	}
	i, ok := args[1].Int()
	if i < 0 {
		i += int64(len(elements))
	}
	if !ok || i < 0 || i > int64(len(elements)) {
		return protocol.Nil()
	}
	return protocol.ListWithOrder(args[0].Order(), slices.Insert(slices.Clone(elements), int(i), args[2]))
}

func listRemove(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	changed := slices.DeleteFunc(slices.Clone(elements), func(e protocol.Value) bool { return same(e, args[1]) })
	return protocol.ListWithOrder(args[0].Order(), changed)
}

func listRemoveAt(_ *Context, args []protocol.Value) protocol.Value {
	elements, _ := args[0].List()
	i, ok := at(args[1], len(elements))
	if !ok {
		return protocol.Nil()
	}
	return protocol.ListWithOrder(args[0].Order(), slices.Delete(slices.Clone(elements), i, i+1))
}

func mapPut(_ *Context, args []protocol.Value) protocol.Value {
	if args[1].IsNil() {
		return protocol.Nil()
	}
	return merged(args[0], protocol.Pair{Key: args[1], Value: args[2]})
}

func mapMerge(_ *Context, args []protocol.Value) protocol.Value {
	pairs, ok := args[1].Map()
	if !ok {
		return protocol.Nil()
	}
	return merged(args[0], pairs...)
}

// merged returns a map with more pairs.
func merged(m protocol.Value, more ...protocol.Pair) protocol.Value {
	pairs, isMap := m.Map()
	if !isMap && !m.IsNil() {
		return protocol.Nil()
	}
	order := m.Order()
	if !isMap {
		order = protocol.Ordered
	}
	changed := slices.Clone(pairs)
	for _, p := range more {
		if at := slices.IndexFunc(changed, func(old protocol.Pair) bool { return same(old.Key, p.Key) }); at >= 0 {
			changed[at].Value = p.Value
		} else {
			changed = append(changed, p)
		}
	}
	slices.SortStableFunc(changed, func(x, y protocol.Pair) int { return protocol.Compare(x.Key, y.Key) })
	return protocol.MapWithOrder(order, changed)
}

func mapRemove(_ *Context, args []protocol.Value) protocol.Value {
	pairs, _ := args[0].Map()
	changed := slices.DeleteFunc(slices.Clone(pairs), func(p protocol.Pair) bool { return same(p.Key, args[1]) })
	return protocol.MapWithOrder(args[0].Order(), changed)
}
