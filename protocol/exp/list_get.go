package exp

import "github.com/aerosql/aerosql/protocol/cdt"

func readList[T Typed, C Collection](code cdt.Code, list C, in []cdt.Context, args ...Expression) T {
	if len(args) > 0 && mapsOnly(args[0]) {
		return typed[T](failed("a list has no keys and cannot be returned as a map"))
	}
	return readCollection[T](TypeList, code, list, in, args...)
}

// mapsOnly reports whether only maps support a return type.
func mapsOnly(what Expression) bool {
	n, _ := what.Node().Value.Int()
	switch cdt.MapReturn(n) &^ cdt.Inverted {
	case cdt.ReturnKey, cdt.ReturnKeyValue, cdt.ReturnUnorderedMap, cdt.ReturnOrderedMap:
		return true
	}
	return false
}

// ListSize returns the number of elements.
//
// Unknown if the list does not exist. Needs server 5.2.
func ListSize[C Collection](list C, in ...cdt.Context) Int {
	return readList[Int](cdt.CodeListSize, list, in)
}

// ListGetByIndex gets the element at an index. A negative index counts from the end.
//
// Unknown if the list or element does not exist. Needs server 5.2.
func ListGetByIndex[T Typed, C Collection](list C, index Int, what One[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByIndex, list, in, oneOf(what), index)
}

// ListGetByIndexRange gets count elements starting at an index, or all to the end if count is
// [ToEnd].
//
// Unknown if the list does not exist. Needs server 5.2.
func ListGetByIndexRange[T Typed, C Collection](list C, index, count Int, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByIndexRange, list, in, upTo(count, manyOf(what), index)...)
}

// ListGetByRank gets the element with a rank: 0 is the smallest, -1 the greatest.
//
// Unknown if the list or element does not exist. Needs server 5.2.
func ListGetByRank[T Typed, C Collection](list C, rank Int, what One[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByRank, list, in, oneOf(what), rank)
}

// ListGetByRankRange gets count elements starting at a rank, or all greater ones if count is
// [ToEnd].
//
// Unknown if the list does not exist. Needs server 5.2.
func ListGetByRankRange[T Typed, C Collection](list C, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByRankRange, list, in, upTo(count, manyOf(what), rank)...)
}

// ListGetByValue gets all elements equal to value.
//
// Unknown if the list does not exist. Needs server 5.2.
func ListGetByValue[T Typed, C Collection](list C, value Expression, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByValue, list, in, manyOf(what), value)
}

// ListGetByValueList gets all elements equal to one of values.
//
// Unknown if the list does not exist. Needs server 5.2.
func ListGetByValueList[T Typed, C Collection](list C, values List, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByValueList, list, in, manyOf(what), values)
}

// ListGetByValueRange gets all elements v with begin <= v < end. A nil begin or end means no limit
// on that side.
//
// Unknown if the list does not exist. Needs server 5.2.
func ListGetByValueRange[T Typed, C Collection](list C, begin, end Expression, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByValueRange, list, in, upTo(end, manyOf(what), from(begin))...)
}

// ListGetByValueRelativeRankRange gets count elements, or all to the end if count is [ToEnd],
// starting at a rank relative to value: 0 is the smallest element that is not smaller than value.
//
// Unknown if the list does not exist. Needs server 5.2.
func ListGetByValueRelativeRankRange[T Typed, C Collection](list C, value Expression, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByRelativeRankRange, list, in, upTo(count, manyOf(what), value, rank)...)
}
