package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// A collectionCall builds one call on a list or map with both clients. on is the collection; the
// contexts lead to the nested collection that the call works on.
type collectionCall[T exp.Typed, C exp.Collection] func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T]

// on returns the constructor of a call with a drawn collection and context. The call works on a
// collection of type Own and starts from one of type C.
func on[Own, C exp.Collection, T exp.Typed](name string, call collectionCall[T, C]) constructor[T] {
	_, ownList := any(*new(Own)).(exp.List)
	_, fromList := any(*new(C)).(exp.List)
	if ownList != fromList {
		name += "Within"
	}
	return constructor[T]{name, func(g expGen) expTwin[T] {
		collection := operand[C](g)
		in, ctx := contexts[C](g, ownList == fromList)
		return call(g, collection, in, ctx)
	}}
}

// oneReturn and manyReturn pair the return types of both clients.
type oneReturn[T exp.Typed] struct {
	ours   exp.One[T]
	theirs int
}

type manyReturn[T exp.Typed] struct {
	ours   exp.Many[T]
	theirs int
}

// Arguments of calls.
func index(g expGen) expTwin[exp.Int]         { return operand[exp.Int](g.deeper()) }
func listOf(g expGen) expTwin[exp.List]       { return operand[exp.List](g.deeper()) }
func valueOf(g expGen) expTwin[exp.Nil]       { return anyOperand(g.deeper()) }
func open(g expGen) bool                      { return rapid.Bool().Draw(g.T, "open") }
func listType(r int) as.ListReturnType        { return as.ListReturnType(r) }
func mapType(r int) as.MapReturnTypes         { return as.MapReturnTypes(r) }
func inverted(g expGen) int                   { return rapid.SampledFrom([]int{0, cdt.Inverted}).Draw(g.T, "return") }
func ends(g expGen) (a, b expTwin[exp.Nil])   { return valueOf(g), valueOf(g) }
func count(g expGen) (expTwin[exp.Int], bool) { return index(g), open(g) }

// rangeEnds draws the bounds of an interval. Each can be open.
func rangeEnds(g expGen) (begin, end exp.Expression, officialBegin, officialEnd *as.Expression) {
	a, b := ends(g)
	if !open(g) {
		begin, officialBegin = a.ours, a.theirs
	}
	if !open(g) {
		end, officialEnd = b.ours, b.theirs
	}
	return begin, end, officialBegin, officialEnd
}

func registerCollections() {
	registerCalls[exp.List]()
	registerCalls[exp.Map]()
	registerModifying[exp.List](exp.TypeList)
	registerModifying[exp.Map](exp.TypeMap)
}

// registerCalls adds the reads of collections of type C.
func registerCalls[C exp.Collection]() {
	from := ""
	if _, ok := any(*new(C)).(exp.Map); ok {
		from = "Map"
	}
	register(expOperators, exp.TypeInt,
		on[exp.List]("ListSize"+from, func(_ expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[exp.Int] {
			return expTwin[exp.Int]{exp.ListSize(on.ours, in...), as.ExpListSize(on.theirs, ctx...)}
		}),
		on[exp.Map]("MapSize"+from, func(_ expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[exp.Int] {
			return expTwin[exp.Int]{exp.MapSize(on.ours, in...), as.ExpMapSize(on.theirs, ctx...)}
		}),
	)
	one, key, many := singleReads[exp.Int, C], keyReads[exp.Int, C], multiReads[exp.Int, C]
	for name, r := range map[string]oneReturn[exp.Int]{
		"Value": {exp.ReturnInt, 7}, "Index": {exp.ReturnIndex, 1}, "ReverseIndex": {exp.ReturnReverseIndex, 2},
		"Rank": {exp.ReturnRank, 3}, "ReverseRank": {exp.ReturnReverseRank, 4}, "Count": {exp.ReturnCount, 5},
	} {
		register(expOperators, exp.TypeInt, one(name, as.ExpTypeINT, r)...)
	}
	register(expOperators, exp.TypeInt, key("Key", as.ExpTypeINT, oneReturn[exp.Int]{exp.ReturnIntKey, 6})...)
	register(expOperators, exp.TypeInt, many("Count", manyReturn[exp.Int]{exp.ReturnCount, 5})...)
	register(expOperators, exp.TypeInt, many("CountInverted", manyReturn[exp.Int]{exp.ReturnCount.Inverted(), 5 | cdt.Inverted})...)

	register(expOperators, exp.TypeBool, singleReads[exp.Bool, C]("Value", as.ExpTypeBOOL, oneReturn[exp.Bool]{exp.ReturnBool, 7})...)
	register(expOperators, exp.TypeBool, singleReads[exp.Bool, C]("Exists", as.ExpTypeBOOL, oneReturn[exp.Bool]{exp.ReturnExists, 13})...)
	register(expOperators, exp.TypeBool, multiReads[exp.Bool, C]("Exists", manyReturn[exp.Bool]{exp.ReturnExists, 13})...)
	register(expOperators, exp.TypeFloat, singleReads[exp.Float, C]("Value", as.ExpTypeFLOAT, oneReturn[exp.Float]{exp.ReturnFloat, 7})...)
	register(expOperators, exp.TypeString, singleReads[exp.String, C]("Value", as.ExpTypeSTRING, oneReturn[exp.String]{exp.ReturnString, 7})...)
	register(expOperators, exp.TypeString, keyReads[exp.String, C]("Key", as.ExpTypeSTRING, oneReturn[exp.String]{exp.ReturnStringKey, 6})...)
	register(expOperators, exp.TypeBlob, singleReads[exp.Blob, C]("Value", as.ExpTypeBLOB, oneReturn[exp.Blob]{exp.ReturnBlob, 7})...)
	register(expOperators, exp.TypeBlob, keyReads[exp.Blob, C]("Key", as.ExpTypeBLOB, oneReturn[exp.Blob]{exp.ReturnBlobKey, 6})...)
	register(expOperators, exp.TypeGeo, singleReads[exp.Geo, C]("Value", as.ExpTypeGEO, oneReturn[exp.Geo]{exp.ReturnGeo, 7})...)
	register(expOperators, exp.TypeHLL, singleReads[exp.HLL, C]("Value", as.ExpTypeHLL, oneReturn[exp.HLL]{exp.ReturnHLL, 7})...)
	register(expOperators, exp.TypeMap, singleReads[exp.Map, C]("Value", as.ExpTypeMAP, oneReturn[exp.Map]{exp.ReturnMap, 7})...)
	register(expOperators, exp.TypeList, singleReads[exp.List, C]("Value", as.ExpTypeLIST, oneReturn[exp.List]{exp.ReturnList, 7})...)
	for name, r := range map[string]manyReturn[exp.List]{
		"Values": {exp.ReturnValues, 7}, "Indexes": {exp.ReturnIndexes, 1}, "ReverseIndexes": {exp.ReturnReverseIndexes, 2},
		"Ranks": {exp.ReturnRanks, 3}, "ReverseRanksInverted": {exp.ReturnReverseRanks.Inverted(), 4 | cdt.Inverted},
	} {
		register(expOperators, exp.TypeList, multiReads[exp.List, C](name, r)...)
	}
	register(expOperators, exp.TypeList, multiMapReads[exp.List, C]("Keys", manyReturn[exp.List]{exp.ReturnKeys, 6})...)
	for name, r := range map[string]manyReturn[exp.Map]{
		"KeyValue": {exp.ReturnKeyValue, 8}, "UnorderedMap": {exp.ReturnUnorderedMap, 16}, "OrderedMap": {exp.ReturnOrderedMap.Inverted(), 17 | cdt.Inverted},
	} {
		register(expOperators, exp.TypeMap, multiMapReads[exp.Map, C](name, r)...)
	}
}

// singleReads returns the calls on lists and maps that read one element, keyReads those on maps
// only.
func singleReads[T exp.Typed, C exp.Collection](name string, of as.ExpType, r oneReturn[T]) []constructor[T] {
	return append(keyReads[T, C](name, of, r),
		on[exp.List]("ListGetByIndex"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			return expTwin[T]{exp.ListGetByIndex(on.ours, at.ours, r.ours, in...), as.ExpListGetByIndex(listType(r.theirs), of, at.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListGetByRank"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			return expTwin[T]{exp.ListGetByRank(on.ours, at.ours, r.ours, in...), as.ExpListGetByRank(listType(r.theirs), of, at.theirs, on.theirs, ctx...)}
		}),
	)
}

func keyReads[T exp.Typed, C exp.Collection](name string, of as.ExpType, r oneReturn[T]) []constructor[T] {
	return []constructor[T]{
		on[exp.Map]("MapGetByIndex"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			return expTwin[T]{exp.MapGetByIndex(on.ours, at.ours, r.ours, in...), as.ExpMapGetByIndex(mapType(r.theirs), of, at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByRank"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			return expTwin[T]{exp.MapGetByRank(on.ours, at.ours, r.ours, in...), as.ExpMapGetByRank(mapType(r.theirs), of, at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByKey"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			key := valueOf(g)
			return expTwin[T]{exp.MapGetByKey(on.ours, key.ours, r.ours, in...), as.ExpMapGetByKey(mapType(r.theirs), of, key.theirs, on.theirs, ctx...)}
		}),
	}
}

func multiReads[T exp.Typed, C exp.Collection](name string, r manyReturn[T]) []constructor[T] {
	return append(multiListReads[T, C](name, r), multiMapReads[T, C](name, r)...)
}

func multiListReads[T exp.Typed, C exp.Collection](name string, r manyReturn[T]) []constructor[T] {
	rt := listType(r.theirs)
	return []constructor[T]{
		on[exp.List]("ListGetByIndexRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			if n, open := count(g); !open {
				return expTwin[T]{exp.ListGetByIndexRange(on.ours, at.ours, n.ours, r.ours, in...), as.ExpListGetByIndexRangeCount(rt, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[T]{exp.ListGetByIndexRange(on.ours, at.ours, exp.ToEnd(), r.ours, in...), as.ExpListGetByIndexRange(rt, at.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListGetByRankRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			if n, open := count(g); !open {
				return expTwin[T]{exp.ListGetByRankRange(on.ours, at.ours, n.ours, r.ours, in...), as.ExpListGetByRankRangeCount(rt, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[T]{exp.ListGetByRankRange(on.ours, at.ours, exp.ToEnd(), r.ours, in...), as.ExpListGetByRankRange(rt, at.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListGetByValue"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v := valueOf(g)
			return expTwin[T]{exp.ListGetByValue(on.ours, v.ours, r.ours, in...), as.ExpListGetByValue(rt, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListGetByValueList"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v := listOf(g)
			return expTwin[T]{exp.ListGetByValueList(on.ours, v.ours, r.ours, in...), as.ExpListGetByValueList(rt, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListGetByValueRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			a, b, officialA, officialB := rangeEnds(g)
			return expTwin[T]{exp.ListGetByValueRange(on.ours, a, b, r.ours, in...), as.ExpListGetByValueRange(rt, officialA, officialB, on.theirs, ctx...)}
		}),
		on[exp.List]("ListGetByValueRelativeRankRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v, at := valueOf(g), index(g)
			if n, open := count(g); !open {
				return expTwin[T]{exp.ListGetByValueRelativeRankRange(on.ours, v.ours, at.ours, n.ours, r.ours, in...), as.ExpListGetByValueRelativeRankRangeCount(rt, v.theirs, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[T]{exp.ListGetByValueRelativeRankRange(on.ours, v.ours, at.ours, exp.ToEnd(), r.ours, in...), as.ExpListGetByValueRelativeRankRange(rt, v.theirs, at.theirs, on.theirs, ctx...)}
		}),
	}
}

func multiMapReads[T exp.Typed, C exp.Collection](name string, r manyReturn[T]) []constructor[T] {
	rt := mapType(r.theirs)
	return append([]constructor[T]{
		on[exp.Map]("MapGetByIndexRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			if n, open := count(g); !open {
				return expTwin[T]{exp.MapGetByIndexRange(on.ours, at.ours, n.ours, r.ours, in...), as.ExpMapGetByIndexRangeCount(rt, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[T]{exp.MapGetByIndexRange(on.ours, at.ours, exp.ToEnd(), r.ours, in...), as.ExpMapGetByIndexRange(rt, at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByRankRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			at := index(g)
			if n, open := count(g); !open {
				return expTwin[T]{exp.MapGetByRankRange(on.ours, at.ours, n.ours, r.ours, in...), as.ExpMapGetByRankRangeCount(rt, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[T]{exp.MapGetByRankRange(on.ours, at.ours, exp.ToEnd(), r.ours, in...), as.ExpMapGetByRankRange(rt, at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByValue"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v := valueOf(g)
			return expTwin[T]{exp.MapGetByValue(on.ours, v.ours, r.ours, in...), as.ExpMapGetByValue(rt, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByValueList"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v := listOf(g)
			return expTwin[T]{exp.MapGetByValueList(on.ours, v.ours, r.ours, in...), as.ExpMapGetByValueList(rt, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByValueRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			a, b, officialA, officialB := rangeEnds(g)
			return expTwin[T]{exp.MapGetByValueRange(on.ours, a, b, r.ours, in...), as.ExpMapGetByValueRange(rt, officialA, officialB, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByValueRelativeRankRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v, at := valueOf(g), index(g)
			if n, open := count(g); !open {
				return expTwin[T]{exp.MapGetByValueRelativeRankRange(on.ours, v.ours, at.ours, n.ours, r.ours, in...), as.ExpMapGetByValueRelativeRankRangeCount(rt, v.theirs, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[T]{exp.MapGetByValueRelativeRankRange(on.ours, v.ours, at.ours, exp.ToEnd(), r.ours, in...), as.ExpMapGetByValueRelativeRankRange(rt, v.theirs, at.theirs, on.theirs, ctx...)}
		}),
	}, multiKeyReads[T, C](name, r)...)
}

func multiKeyReads[T exp.Typed, C exp.Collection](name string, r manyReturn[T]) []constructor[T] {
	rt := mapType(r.theirs)
	return []constructor[T]{
		on[exp.Map]("MapGetByKeyList"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v := listOf(g)
			return expTwin[T]{exp.MapGetByKeyList(on.ours, v.ours, r.ours, in...), as.ExpMapGetByKeyList(rt, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByKeyRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			a, b, officialA, officialB := rangeEnds(g)
			return expTwin[T]{exp.MapGetByKeyRange(on.ours, a, b, r.ours, in...), as.ExpMapGetByKeyRange(rt, officialA, officialB, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapGetByKeyRelativeIndexRange"+name, func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[T] {
			v, at := valueOf(g), index(g)
			if n, open := count(g); !open {
				return expTwin[T]{exp.MapGetByKeyRelativeIndexRange(on.ours, v.ours, at.ours, n.ours, r.ours, in...), as.ExpMapGetByKeyRelativeIndexRangeCount(rt, v.theirs, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[T]{exp.MapGetByKeyRelativeIndexRange(on.ours, v.ours, at.ours, exp.ToEnd(), r.ours, in...), as.ExpMapGetByKeyRelativeIndexRange(rt, v.theirs, at.theirs, on.theirs, ctx...)}
		}),
	}
}

// options joins a call's policy and context.
func options[O any](policy O, in []cdt.Context, context func(cdt.Context) O) []O {
	all := []O{policy}
	for _, c := range in {
		all = append(all, context(c))
	}
	return all
}

func listPolicy(g expGen, in []cdt.Context) ([]cdt.ListOption, *as.ListPolicy) {
	order, flags := rapid.IntRange(0, 1).Draw(g.T, "order"), rapid.IntRange(0, 15).Draw(g.T, "flags")
	ours := cdt.ListPolicy{Order: protocol.Order(order), Flags: cdt.ListFlags(flags)}
	return options[cdt.ListOption](ours, in, func(c cdt.Context) cdt.ListOption { return c }), as.NewListPolicy(as.ListOrderType(order), flags)
}

// mapPolicy draws a policy that the official client's expressions support. Of the flags, they
// support only CreateOnly and UpdateOnly, and send them as the calls for servers before 4.3, like
// our modes. They ignore other flags, such as NoFail; we send those with the call.
func mapPolicy(g expGen, in []cdt.Context, modes ...cdt.MapMode) ([]cdt.MapOption, *as.MapPolicy) {
	mode := rapid.SampledFrom(modes).Draw(g.T, "mode")
	flags := map[cdt.MapMode]int{cdt.MapUpdateOnly: as.MapWriteFlagsUpdateOnly, cdt.MapCreateOnly: as.MapWriteFlagsCreateOnly}[mode]
	order, official := protocol.Unordered, as.MapOrder.UNORDERED
	switch rapid.IntRange(0, 2).Draw(g.T, "order") {
	case 1:
		order, official = protocol.Ordered, as.MapOrder.KEY_ORDERED
	case 2:
		order, official = protocol.KeyValueOrdered, as.MapOrder.KEY_VALUE_ORDERED
	}
	ours := cdt.MapPolicy{Order: order, Mode: mode}
	return options[cdt.MapOption](ours, in, func(c cdt.Context) cdt.MapOption { return c }), as.NewMapPolicyWithFlags(official, flags)
}
