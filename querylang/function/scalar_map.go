package function

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

const groupMap = "Maps"

var (
	mapParam  = Parameter{Name: "map", Kinds: Map}
	keyParam  = Parameter{Name: "key", Kinds: Integer | String | Blob, Stored: timeFamilies}
	mapResult = fixed(Maps, Map|Null)
)

var mapFunctions = []*Function{
	{Name: "MAP_SIZE", Group: groupMap, Strict: true, Params: []Parameter{mapParam}, Result: countResult, Eval: sizeOf, Lower: lowerMapSize,
		Doc: "The number of pairs.", Example: "MAP_SIZE(MAP{'a': 1, 'b': 2})", ExampleResult: "2"},
	{Name: "MAP_KEYS", Group: groupMap, Strict: true, Params: []Parameter{mapParam}, Result: listResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return collect(args[0], func(p protocol.Pair) protocol.Value { return p.Key })
		},
		Doc: "The keys, in their order.", Example: "MAP_KEYS(MAP{'b': 2, 'a': 1})", ExampleResult: "ARRAY['a', 'b']"},
	{Name: "MAP_VALUES", Group: groupMap, Strict: true, Params: []Parameter{mapParam}, Result: listResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return collect(args[0], func(p protocol.Pair) protocol.Value { return p.Value })
		},
		Doc: "The values, in the order of their keys.", Example: "MAP_VALUES(MAP{'b': 2, 'a': 1})", ExampleResult: "ARRAY[1, 2]"},
	{Name: "MAP_GET", Group: groupMap, Strict: true, Params: []Parameter{mapParam, keyParam}, Result: anyResult, Eval: mapGet,
		Doc: "The value of a key, or NULL.", Example: "MAP_GET(MAP{'a': 1}, 'a')", ExampleResult: "1"},
	{Name: "MAP_HAS_KEY", Aliases: []string{"MAP_CONTAINS_KEY"}, Group: groupMap, Strict: true, Params: []Parameter{mapParam, keyParam}, Result: fixed(Booleans, Bool|Null),
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			_, found := find(args[0], args[1])
			return protocol.Bool(found)
		},
		Doc: "Whether the map has a key.", Example: "MAP_HAS_KEY(MAP{'a': NULL}, 'a')", ExampleResult: "TRUE"},
	{Name: "MAP_HAS_VALUE", Aliases: []string{"MAP_CONTAINS_VALUE"}, Group: groupMap, Strict: true, Params: []Parameter{mapParam, elementParam}, Result: fixed(Booleans, Bool|Null),
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			values := collect(args[0], func(p protocol.Pair) protocol.Value { return p.Value })
			return Contains(values, args[1]).Value()
		},
		Doc: "Whether a value of the map is equal to x.", Example: "MAP_HAS_VALUE(MAP{'a': 1, 'b': 2}, 2)", ExampleResult: "TRUE"},
	{Name: "MAP_BY_RANK", Group: groupMap, Strict: true, Params: []Parameter{mapParam, rankParam}, Result: anyResult, Eval: mapByRank,
		Doc:     "The value of a rank: 0 is the least one, -1 the greatest, in the order of the servers' collections.",
		Example: "MAP_BY_RANK(MAP{'a': 5, 'b': 3}, 0)", ExampleResult: "3"},
	{Name: "MAP_BY_KEY_RANGE", Group: groupMap, Params: []Parameter{{Name: "map", Kinds: Map | Null}, lowParam, highParam}, Result: mapResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return filtered(args[0], func(p protocol.Pair) bool { return inRange(p.Key, args[1], args[2]) })
		},
		Doc:     "The pairs with keys from low up to but without high. NULL is no limit.",
		Example: "MAP_BY_KEY_RANGE(MAP{'a': 1, 'b': 2, 'c': 3}, 'b', NULL)", ExampleResult: "MAP{'b': 2, 'c': 3}"},
	{Name: "MAP_BY_VALUE_RANGE", Group: groupMap, Params: []Parameter{{Name: "map", Kinds: Map | Null}, lowParam, highParam}, Result: mapResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return filtered(args[0], func(p protocol.Pair) bool { return inRange(p.Value, args[1], args[2]) })
		},
		Doc:     "The pairs with values from low up to but without high. NULL is no limit.",
		Example: "MAP_BY_VALUE_RANGE(MAP{'a': 1, 'b': 2, 'c': 3}, 1, 3)", ExampleResult: "MAP{'a': 1, 'b': 2}"},
}

// sortedPairs returns the pairs in the order of their keys, which unordered maps don't have.
func sortedPairs(m protocol.Value) []protocol.Pair {
	pairs, _ := m.Map()
	byKey := func(p, q protocol.Pair) int { return protocol.Compare(p.Key, q.Key) }
	if slices.IsSortedFunc(pairs, byKey) {
		return pairs
	}
	pairs = slices.Clone(pairs)
	slices.SortStableFunc(pairs, byKey)
	return pairs
}

func collect(m protocol.Value, part func(protocol.Pair) protocol.Value) protocol.Value {
	pairs := sortedPairs(m)
	all := make([]protocol.Value, len(pairs))
	for i, p := range pairs {
		all[i] = part(p)
	}
	return protocol.List(all...)
}

func find(m, key protocol.Value) (protocol.Value, bool) {
	pairs, _ := m.Map()
	for _, p := range pairs {
		if p.Key.Kind() == key.Kind() && protocol.Compare(p.Key, key) == 0 {
			return p.Value, true
		}
	}
	return protocol.Nil(), false
}

func mapGet(_ *Context, args []protocol.Value) protocol.Value {
	v, _ := find(args[0], args[1])
	return v
}

func mapByRank(_ *Context, args []protocol.Value) protocol.Value {
	pairs := slices.Clone(sortedPairs(args[0]))
	i, ok := at(args[1], len(pairs))
	if !ok {
		return protocol.Nil()
	}
	slices.SortStableFunc(pairs, func(p, q protocol.Pair) int { return protocol.Compare(p.Value, q.Value) })
	return pairs[i].Value
}

func filtered(m protocol.Value, keep func(protocol.Pair) bool) protocol.Value {
	if _, ok := m.Map(); !ok {
		return protocol.Nil()
	}
	var pairs []protocol.Pair
	for _, p := range sortedPairs(m) {
		if keep(p) {
			pairs = append(pairs, p)
		}
	}
	return protocol.MapWithOrder(protocol.Ordered, pairs)
}
