package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// registerModifying adds the calls that return a modified collection of type C.
func registerModifying[C exp.Collection](t exp.Type) {
	register(expOperators, t, listWriters[C]()...)
	register(expOperators, t, mapWriters[C]()...)
	register(expOperators, t, listRemovals[C]()...)
	register(expOperators, t, mapRemovals[C]()...)
}

func listWriters[C exp.Collection]() []constructor[C] {
	return []constructor[C]{
		on[exp.List]("ListAppend", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v := valueOf(g)
			options, policy := listPolicy(g, in)
			return expTwin[C]{exp.ListAppend(on.ours, v.ours, options...), as.ExpListAppend(policy, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListAppendItems", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v := listOf(g)
			options, policy := listPolicy(g, in)
			return expTwin[C]{exp.ListAppendItems(on.ours, v.ours, options...), as.ExpListAppendItems(policy, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListInsert", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at, v := index(g), valueOf(g)
			options, policy := listPolicy(g, in)
			return expTwin[C]{exp.ListInsert(on.ours, at.ours, v.ours, options...), as.ExpListInsert(policy, at.theirs, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListInsertItems", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at, v := index(g), listOf(g)
			options, policy := listPolicy(g, in)
			return expTwin[C]{exp.ListInsertItems(on.ours, at.ours, v.ours, options...), as.ExpListInsertItems(policy, at.theirs, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListSet", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at, v := index(g), valueOf(g)
			options, policy := listPolicy(g, in)
			return expTwin[C]{exp.ListSet(on.ours, at.ours, v.ours, options...), as.ExpListSet(policy, at.theirs, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListIncrement", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at, n := index(g), operand[exp.Float](g.deeper())
			options, policy := listPolicy(g, in)
			return expTwin[C]{exp.ListIncrement(on.ours, at.ours, n.ours, options...), as.ExpListIncrement(policy, at.theirs, n.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListSort", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			how := rapid.IntRange(0, 3).Draw(g.T, "how")
			return expTwin[C]{exp.ListSort(on.ours, cdt.SortFlags(how), in...), as.ExpListSort(as.ListSortFlags(how), on.theirs, ctx...)}
		}),
		on[exp.List]("ListClear", func(_ expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			return expTwin[C]{exp.ListClear(on.ours, in...), as.ExpListClear(on.theirs, ctx...)}
		}),
	}
}

func mapWriters[C exp.Collection]() []constructor[C] {
	return []constructor[C]{
		on[exp.Map]("MapPut", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			k, v := valueOf(g), valueOf(g)
			options, policy := mapPolicy(g, in, cdt.MapUpsert, cdt.MapUpdateOnly, cdt.MapCreateOnly)
			return expTwin[C]{exp.MapPut(on.ours, k.ours, v.ours, options...), as.ExpMapPut(policy, k.theirs, v.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapPutItems", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			m := operand[exp.Map](g.deeper())
			// with UpdateOnly the official client also sends an order, which the server rejects
			options, policy := mapPolicy(g, in, cdt.MapUpsert, cdt.MapCreateOnly)
			return expTwin[C]{exp.MapPutItems(on.ours, m.ours, options...), as.ExpMapPutItems(policy, m.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapIncrement", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			k, n := valueOf(g), index(g)
			options, policy := mapPolicy(g, in, cdt.MapUpsert)
			return expTwin[C]{exp.MapIncrement(on.ours, k.ours, n.ours, options...), as.ExpMapIncrement(policy, k.theirs, n.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapClear", func(_ expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			return expTwin[C]{exp.MapClear(on.ours, in...), as.ExpMapClear(on.theirs, ctx...)}
		}),
	}
}

func listRemovals[C exp.Collection]() []constructor[C] {
	return []constructor[C]{
		on[exp.List]("ListRemoveByIndex", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			return expTwin[C]{exp.ListRemoveByIndex(on.ours, at.ours, in...), as.ExpListRemoveByIndex(at.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListRemoveByIndexRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			what := inverted(g)
			if n, open := count(g); !open {
				return expTwin[C]{exp.ListRemoveByIndexRange(on.ours, at.ours, n.ours, cdt.ListReturn(what), in...), as.ExpListRemoveByIndexRangeCount(listType(what), at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[C]{exp.ListRemoveByIndexRange(on.ours, at.ours, exp.ToEnd(), cdt.ListReturn(what), in...), as.ExpListRemoveByIndexRange(listType(what), at.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListRemoveByRank", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			return expTwin[C]{exp.ListRemoveByRank(on.ours, at.ours, in...), as.ExpListRemoveByRank(at.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListRemoveByRankRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			what := inverted(g)
			if n, open := count(g); !open {
				return expTwin[C]{exp.ListRemoveByRankRange(on.ours, at.ours, n.ours, cdt.ListReturn(what), in...), as.ExpListRemoveByRankRangeCount(listType(what), at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[C]{exp.ListRemoveByRankRange(on.ours, at.ours, exp.ToEnd(), cdt.ListReturn(what), in...), as.ExpListRemoveByRankRange(listType(what), at.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListRemoveByValue", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v := valueOf(g)
			what := inverted(g)
			return expTwin[C]{exp.ListRemoveByValue(on.ours, v.ours, cdt.ListReturn(what), in...), as.ExpListRemoveByValue(listType(what), v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListRemoveByValueList", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v := listOf(g)
			what := inverted(g)
			return expTwin[C]{exp.ListRemoveByValueList(on.ours, v.ours, cdt.ListReturn(what), in...), as.ExpListRemoveByValueList(listType(what), v.theirs, on.theirs, ctx...)}
		}),
		on[exp.List]("ListRemoveByValueRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			a, b, officialA, officialB := rangeEnds(g)
			what := inverted(g)
			return expTwin[C]{exp.ListRemoveByValueRange(on.ours, a, b, cdt.ListReturn(what), in...), as.ExpListRemoveByValueRange(listType(what), officialA, officialB, on.theirs, ctx...)}
		}),
		on[exp.List]("ListRemoveByValueRelativeRankRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v, at := valueOf(g), index(g)
			what := inverted(g)
			if n, open := count(g); !open {
				return expTwin[C]{exp.ListRemoveByValueRelativeRankRange(on.ours, v.ours, at.ours, n.ours, cdt.ListReturn(what), in...), as.ExpListRemoveByValueRelativeRankRangeCount(listType(what), v.theirs, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[C]{exp.ListRemoveByValueRelativeRankRange(on.ours, v.ours, at.ours, exp.ToEnd(), cdt.ListReturn(what), in...), as.ExpListRemoveByValueRelativeRankRange(listType(what), v.theirs, at.theirs, on.theirs, ctx...)}
		}),
	}
}

func mapRemovals[C exp.Collection]() []constructor[C] {
	return append([]constructor[C]{
		on[exp.Map]("MapRemoveByIndex", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			return expTwin[C]{exp.MapRemoveByIndex(on.ours, at.ours, in...), as.ExpMapRemoveByIndex(at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByIndexRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			what := inverted(g)
			if n, open := count(g); !open {
				return expTwin[C]{exp.MapRemoveByIndexRange(on.ours, at.ours, n.ours, cdt.MapReturn(what), in...), as.ExpMapRemoveByIndexRangeCount(mapType(what), at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[C]{exp.MapRemoveByIndexRange(on.ours, at.ours, exp.ToEnd(), cdt.MapReturn(what), in...), as.ExpMapRemoveByIndexRange(mapType(what), at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByRank", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			return expTwin[C]{exp.MapRemoveByRank(on.ours, at.ours, in...), as.ExpMapRemoveByRank(at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByRankRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			at := index(g)
			what := inverted(g)
			if n, open := count(g); !open {
				return expTwin[C]{exp.MapRemoveByRankRange(on.ours, at.ours, n.ours, cdt.MapReturn(what), in...), as.ExpMapRemoveByRankRangeCount(mapType(what), at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[C]{exp.MapRemoveByRankRange(on.ours, at.ours, exp.ToEnd(), cdt.MapReturn(what), in...), as.ExpMapRemoveByRankRange(mapType(what), at.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByValue", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v := valueOf(g)
			what := inverted(g)
			return expTwin[C]{exp.MapRemoveByValue(on.ours, v.ours, cdt.MapReturn(what), in...), as.ExpMapRemoveByValue(mapType(what), v.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByValueList", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v := listOf(g)
			what := inverted(g)
			return expTwin[C]{exp.MapRemoveByValueList(on.ours, v.ours, cdt.MapReturn(what), in...), as.ExpMapRemoveByValueList(mapType(what), v.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByValueRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			a, b, officialA, officialB := rangeEnds(g)
			what := inverted(g)
			return expTwin[C]{exp.MapRemoveByValueRange(on.ours, a, b, cdt.MapReturn(what), in...), as.ExpMapRemoveByValueRange(mapType(what), officialA, officialB, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByValueRelativeRankRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v, at := valueOf(g), index(g)
			what := inverted(g)
			if n, open := count(g); !open {
				return expTwin[C]{exp.MapRemoveByValueRelativeRankRange(on.ours, v.ours, at.ours, n.ours, cdt.MapReturn(what), in...), as.ExpMapRemoveByValueRelativeRankRangeCount(mapType(what), v.theirs, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[C]{exp.MapRemoveByValueRelativeRankRange(on.ours, v.ours, at.ours, exp.ToEnd(), cdt.MapReturn(what), in...), as.ExpMapRemoveByValueRelativeRankRange(mapType(what), v.theirs, at.theirs, on.theirs, ctx...)}
		}),
	}, keyRemovals[C]()...)
}

func keyRemovals[C exp.Collection]() []constructor[C] {
	return []constructor[C]{
		on[exp.Map]("MapRemoveByKey", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			k := valueOf(g)
			return expTwin[C]{exp.MapRemoveByKey(on.ours, k.ours, in...), as.ExpMapRemoveByKey(k.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByKeyList", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v := listOf(g)
			what := inverted(g)
			return expTwin[C]{exp.MapRemoveByKeyList(on.ours, v.ours, cdt.MapReturn(what), in...), as.ExpMapRemoveByKeyList(mapType(what), v.theirs, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByKeyRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			a, b, officialA, officialB := rangeEnds(g)
			what := inverted(g)
			return expTwin[C]{exp.MapRemoveByKeyRange(on.ours, a, b, cdt.MapReturn(what), in...), as.ExpMapRemoveByKeyRange(mapType(what), officialA, officialB, on.theirs, ctx...)}
		}),
		on[exp.Map]("MapRemoveByKeyRelativeIndexRange", func(g expGen, on expTwin[C], in []cdt.Context, ctx []*as.CDTContext) expTwin[C] {
			v, at := valueOf(g), index(g)
			what := inverted(g)
			if n, open := count(g); !open {
				return expTwin[C]{exp.MapRemoveByKeyRelativeIndexRange(on.ours, v.ours, at.ours, n.ours, cdt.MapReturn(what), in...), as.ExpMapRemoveByKeyRelativeIndexRangeCount(mapType(what), v.theirs, at.theirs, n.theirs, on.theirs, ctx...)}
			}
			return expTwin[C]{exp.MapRemoveByKeyRelativeIndexRange(on.ours, v.ours, at.ours, exp.ToEnd(), cdt.MapReturn(what), in...), as.ExpMapRemoveByKeyRelativeIndexRange(mapType(what), v.theirs, at.theirs, on.theirs, ctx...)}
		}),
	}
}
