package exp

import "github.com/aerosql/aerosql/protocol/cdt"

func removeFromMap[C Collection](code cdt.Code, m C, in []cdt.Context, args ...Expression) C {
	return modifyCollection(TypeMap, code, m, contextOf(in), args...)
}

// MapRemoveByKey is the collection without the map's entry under a key.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByKey[C Collection](m C, key Expression, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByKey, m, in, number(cdt.MapReturn(cdt.ReturnNone)), key)
}

// MapRemoveByKeyList is the collection without the map's entries under one of the keys. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByKeyList[C Collection](m C, keys List, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByKeyList, m, in, number(what), keys)
}

// MapRemoveByKeyRange is the collection without the map's entries with keys from begin up to, but not
// including, end. A nil Expression leaves that side open. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByKeyRange[C Collection](m C, begin, end Expression, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByKeyRange, m, in, upTo(end, number(what), from(begin))...)
}

// MapRemoveByKeyRelativeIndexRange is the collection without count entries of the map, or all with
// [ToEnd], from an index on that is relative to a key's place in the order of keys. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByKeyRelativeIndexRange[C Collection](m C, key Expression, index, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRelativeIndexRange, m, in, upTo(count, number(what), key, index)...)
}

// MapRemoveByIndex is the collection without the map's entry at an index in the order of
// keys; negative ones count from the end.
//
// Unknown if there is no such map or entry. Needs server 5.6.
func MapRemoveByIndex[C Collection](m C, index Int, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByIndex, m, in, number(cdt.MapReturn(cdt.ReturnNone)), index)
}

// MapRemoveByIndexRange is the collection without count entries of the map from an index on, or
// all with [ToEnd]. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByIndexRange[C Collection](m C, index, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByIndexRange, m, in, upTo(count, number(what), index)...)
}

// MapRemoveByRank is the collection without the map's entry whose value has a rank: 0 for
// the smallest, -1 for the greatest.
//
// Unknown if there is no such map or entry. Needs server 5.6.
func MapRemoveByRank[C Collection](m C, rank Int, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRank, m, in, number(cdt.MapReturn(cdt.ReturnNone)), rank)
}

// MapRemoveByRankRange is the collection without count entries of the map from a rank on, or
// all with [ToEnd]. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByRankRange[C Collection](m C, rank, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRankRange, m, in, upTo(count, number(what), rank)...)
}

// MapRemoveByValue is the collection without the map's entries with a value. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByValue[C Collection](m C, value Expression, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByValue, m, in, number(what), value)
}

// MapRemoveByValueList is the collection without the map's entries with one of the values. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByValueList[C Collection](m C, values List, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByValueList, m, in, number(what), values)
}

// MapRemoveByValueRange is the collection without the map's entries with values from begin up
// to, but not including, end. A nil Expression leaves that side open. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByValueRange[C Collection](m C, begin, end Expression, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByValueRange, m, in, upTo(end, number(what), from(begin))...)
}

// MapRemoveByValueRelativeRankRange is the collection without count entries of the map, or all with
// [ToEnd], from a rank on that is relative to a value's place in the order of values. What is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if there is no such map. Needs server 5.6.
func MapRemoveByValueRelativeRankRange[C Collection](m C, value Expression, rank, count Int, what cdt.MapReturn, in ...cdt.Context) C {
	return removeFromMap(cdt.CodeMapRemoveByRelativeRankRange, m, in, upTo(count, number(what), value, rank)...)
}
