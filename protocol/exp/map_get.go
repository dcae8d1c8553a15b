package exp

import "github.com/aerosql/aerosql/protocol/cdt"

func readMap[T Typed, C Collection](code cdt.Code, m C, in []cdt.Context, args ...Expression) T {
	return readCollection[T](TypeMap, code, m, in, args...)
}

// MapSize is the number of entries.
//
// Unknown if there is no such map. Needs server 5.2.
func MapSize[C Collection](m C, in ...cdt.Context) Int {
	return readMap[Int](cdt.CodeMapSize, m, in)
}

// MapKeys is the list of a map's keys in their order.
//
// Unknown if the map is. Needs server 8.1.2.
func MapKeys(m Map) List { return typed[List](node(OpMapKeys, m)) }

// MapValues is the list of a map's values in the order of the keys.
//
// Unknown if the map is. Needs server 8.1.2.
func MapValues(m Map) List { return typed[List](node(OpMapValues, m)) }

// MapGetByKey is what is asked for of the entry under a key.
//
// Unknown if there is no such map, or no such entry and its value or key is asked for. Needs server 5.2.
func MapGetByKey[T Typed, C Collection](m C, key Expression, what One[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByKey, m, in, oneOf(what), key)
}

// MapGetByKeyRange is what is asked for of all entries with keys from begin up to, but not
// including, end. A nil Expression leaves that side open.
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByKeyRange[T Typed, C Collection](m C, begin, end Expression, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByKeyRange, m, in, upTo(end, manyOf(what), from(begin))...)
}

// MapGetByKeyList is what is asked for of all entries under one of the keys.
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByKeyList[T Typed, C Collection](m C, keys List, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByKeyList, m, in, manyOf(what), keys)
}

// MapGetByKeyRelativeIndexRange is what is asked for of count entries, or of all with
// [ToEnd], from an index on that is relative to a key's place in the order of keys.
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByKeyRelativeIndexRange[T Typed, C Collection](m C, key Expression, index, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRelativeIndexRange, m, in, upTo(count, manyOf(what), key, index)...)
}

// MapGetByIndex is what is asked for of the entry at an index in the order of
// keys; negative ones count from the end.
//
// Unknown if there is no such map or entry. Needs server 5.2.
func MapGetByIndex[T Typed, C Collection](m C, index Int, what One[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByIndex, m, in, oneOf(what), index)
}

// MapGetByIndexRange is what is asked for of count entries from an index on, or of all with [ToEnd].
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByIndexRange[T Typed, C Collection](m C, index, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByIndexRange, m, in, upTo(count, manyOf(what), index)...)
}

// MapGetByRank is what is asked for of the entry whose value has a rank: 0 for the smallest,
// -1 for the greatest.
//
// Unknown if there is no such map or entry. Needs server 5.2.
func MapGetByRank[T Typed, C Collection](m C, rank Int, what One[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRank, m, in, oneOf(what), rank)
}

// MapGetByRankRange is what is asked for of count entries from a rank on, or of all with [ToEnd].
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByRankRange[T Typed, C Collection](m C, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRankRange, m, in, upTo(count, manyOf(what), rank)...)
}

// MapGetByValue is what is asked for of all entries with a value.
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByValue[T Typed, C Collection](m C, value Expression, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByValue, m, in, manyOf(what), value)
}

// MapGetByValueRange is what is asked for of all entries with values from begin up to,
// but not including, end. A nil Expression leaves that side open.
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByValueRange[T Typed, C Collection](m C, begin, end Expression, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByValueRange, m, in, upTo(end, manyOf(what), from(begin))...)
}

// MapGetByValueList is what is asked for of all entries with one of the values.
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByValueList[T Typed, C Collection](m C, values List, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByValueList, m, in, manyOf(what), values)
}

// MapGetByValueRelativeRankRange is what is asked for of count entries, or of all with
// [ToEnd], from a rank on that is relative to a value's place in the order of values.
//
// Unknown if there is no such map. Needs server 5.2.
func MapGetByValueRelativeRankRange[T Typed, C Collection](m C, value Expression, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRelativeRankRange, m, in, upTo(count, manyOf(what), value, rank)...)
}
