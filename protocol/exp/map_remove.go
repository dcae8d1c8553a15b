package exp

import "github.com/aerosql/aerosql/protocol/cdt"

func removeFromMap[C Collection](code cdt.Code, m C, in []cdt.Context, args ...Expression) C {
	return modifyCollection(TypeMap, code, m, contextOf(in), args...)
}

// MapRemoveByKey returns the collection without the map's entry with a key.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByKey[C Collection](m C, key Expression, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByKey, m, in, number(cdt.MapReturn(cdt.ReturnNone)), key)
}

// MapRemoveByKeyList returns the collection without the map's entries with one of keys. what is
// [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByKeyList[C Collection](m C, keys List, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByKeyList, m, in, number(what), keys)
}

// MapRemoveByKeyRange returns the collection without the map's entries whose key k satisfies begin
// <= k < end. A nil begin or end means no limit on that side. what is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByKeyRange[C Collection](m C, begin, end Expression, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByKeyRange, m, in, upTo(end, number(what), from(begin))...)
}

// MapRemoveByKeyRelativeIndexRange returns the collection without count entries of the map, or
// without all to the end if count is [ToEnd], starting at an index relative to key: 0 is the entry
// with the smallest key that is not smaller than key. what is [cdt.ReturnNone], or [cdt.Inverted]
// to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByKeyRelativeIndexRange[C Collection](m C, key Expression, index, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRelativeIndexRange, m, in, upTo(count, number(what), key, index)...)
}

// MapRemoveByIndex returns the collection without the map's entry at an index in key order. A
// negative index counts from the end.
//
// Unknown if the map or entry does not exist. Needs server 5.6.
func MapRemoveByIndex[C Collection](m C, index Int, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByIndex, m, in, number(cdt.MapReturn(cdt.ReturnNone)), index)
}

// MapRemoveByIndexRange returns the collection without count entries of the map starting at an
// index in key order, or without all to the end if count is [ToEnd]. what is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByIndexRange[C Collection](m C, index, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByIndexRange, m, in, upTo(count, number(what), index)...)
}

// MapRemoveByRank returns the collection without the map's entry whose value has a rank: 0 is the
// smallest, -1 the greatest.
//
// Unknown if the map or entry does not exist. Needs server 5.6.
func MapRemoveByRank[C Collection](m C, rank Int, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRank, m, in, number(cdt.MapReturn(cdt.ReturnNone)), rank)
}

// MapRemoveByRankRange returns the collection without count entries of the map starting at a rank,
// or without all greater ones if count is [ToEnd]. what is [cdt.ReturnNone], or [cdt.Inverted] to
// remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByRankRange[C Collection](m C, rank, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRankRange, m, in, upTo(count, number(what), rank)...)
}

// MapRemoveByValue returns the collection without the map's entries whose value equals value. what
// is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByValue[C Collection](m C, value Expression, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByValue, m, in, number(what), value)
}

// MapRemoveByValueList returns the collection without the map's entries whose value equals one of
// values. what is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByValueList[C Collection](m C, values List, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByValueList, m, in, number(what), values)
}

// MapRemoveByValueRange returns the collection without the map's entries whose value v satisfies
// begin <= v < end. A nil begin or end means no limit on that side. what is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByValueRange[C Collection](m C, begin, end Expression, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByValueRange, m, in, upTo(end, number(what), from(begin))...)
}

// MapRemoveByValueRelativeRankRange returns the collection without count entries of the map, or
// without all to the end if count is [ToEnd], starting at a rank relative to value: 0 is the entry
// with the smallest value that is not smaller than value. what is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapRemoveByValueRelativeRankRange[C Collection](m C, value Expression, rank, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRelativeRankRange, m, in, upTo(count, number(what), value, rank)...)
}
