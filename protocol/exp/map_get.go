package exp

import "github.com/aerosql/aerosql/protocol/cdt"

func readMap[T Typed, C Collection](code cdt.Code, m C, in []cdt.Context, args ...Expression) T {
	return readCollection[T](TypeMap, code, m, in, args...)
}

// MapSize returns the number of entries.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapSize[C Collection](m C, in ...cdt.Context) Int {
	return readMap[Int](cdt.CodeMapSize, m, in)
}

// MapKeys returns the list of a map's keys in key order.
//
// Unknown if the map is unknown. Needs server 8.1.2.
func MapKeys(m Map) List { return typed[List](node(OpMapKeys, m)) }

// MapValues returns the list of a map's values in key order.
//
// Unknown if the map is unknown. Needs server 8.1.2.
func MapValues(m Map) List { return typed[List](node(OpMapValues, m)) }

// MapGetByKey gets the entry with a key.
//
// Unknown if the map does not exist, or if the entry does not exist and what asks for its value or
// key. Needs server 5.2.
func MapGetByKey[T Typed, C Collection](m C, key Expression, what One[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByKey, m, in, oneOf(what), key)
}

// MapGetByKeyRange gets all entries whose key k satisfies begin <= k < end. A nil begin or end
// means no limit on that side.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByKeyRange[T Typed, C Collection](m C, begin, end Expression, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByKeyRange, m, in, upTo(end, manyOf(what), from(begin))...)
}

// MapGetByKeyList gets all entries with one of keys.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByKeyList[T Typed, C Collection](m C, keys List, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByKeyList, m, in, manyOf(what), keys)
}

// MapGetByKeyRelativeIndexRange gets count entries, or all to the end if count is [ToEnd], starting
// at an index relative to key: 0 is the entry with the smallest key that is not smaller than key.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByKeyRelativeIndexRange[T Typed, C Collection](m C, key Expression, index, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRelativeIndexRange, m, in, upTo(count, manyOf(what), key, index)...)
}

// MapGetByIndex gets the entry at an index in key order. A negative index counts from the end.
//
// Unknown if the map or entry does not exist. Needs server 5.2.
func MapGetByIndex[T Typed, C Collection](m C, index Int, what One[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByIndex, m, in, oneOf(what), index)
}

// MapGetByIndexRange gets count entries starting at an index in key order, or all to the end if
// count is [ToEnd].
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByIndexRange[T Typed, C Collection](m C, index, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByIndexRange, m, in, upTo(count, manyOf(what), index)...)
}

// MapGetByRank gets the entry whose value has a rank: 0 is the smallest, -1 the greatest.
//
// Unknown if the map or entry does not exist. Needs server 5.2.
func MapGetByRank[T Typed, C Collection](m C, rank Int, what One[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRank, m, in, oneOf(what), rank)
}

// MapGetByRankRange gets count entries starting at a rank, or all greater ones if count is [ToEnd].
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByRankRange[T Typed, C Collection](m C, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRankRange, m, in, upTo(count, manyOf(what), rank)...)
}

// MapGetByValue gets all entries whose value equals value.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByValue[T Typed, C Collection](m C, value Expression, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByValue, m, in, manyOf(what), value)
}

// MapGetByValueRange gets all entries whose value v satisfies begin <= v < end. A nil begin or end
// means no limit on that side.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByValueRange[T Typed, C Collection](m C, begin, end Expression, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByValueRange, m, in, upTo(end, manyOf(what), from(begin))...)
}

// MapGetByValueList gets all entries whose value equals one of values.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByValueList[T Typed, C Collection](m C, values List, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByValueList, m, in, manyOf(what), values)
}

// MapGetByValueRelativeRankRange gets count entries, or all to the end if count is [ToEnd],
// starting at a rank relative to value: 0 is the entry with the smallest value that is not smaller
// than value.
//
// Unknown if the map does not exist. Needs server 5.2.
func MapGetByValueRelativeRankRange[T Typed, C Collection](m C, value Expression, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readMap[T](cdt.CodeMapGetByRelativeRankRange, m, in, upTo(count, manyOf(what), value, rank)...)
}
