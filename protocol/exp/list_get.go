package exp

import "github.com/aerosql/aerosql/protocol/cdt"

func readList[T Typed, C Collection](code cdt.Code, list C, in []cdt.Context, args ...Expression) T {
	if len(args) > 0 && mapsOnly(args[0]) {
		return typed[T](failed("a list has no keys and can't be returned as a map"))
	}
	return readCollection[T](TypeList, code, list, in, args...)
}

// mapsOnly reports whether a return type makes sense for maps alone.
func mapsOnly(what Expression) bool {
	n, _ := what.Node().Value.Int()
	switch cdt.MapReturn(n) &^ cdt.Inverted {
	case cdt.ReturnKey, cdt.ReturnKeyValue, cdt.ReturnUnorderedMap, cdt.ReturnOrderedMap:
		return true
	}
	return false
}

// ListSize is the number of elements.
//
// Unknown if there is no such list. Needs server 5.2.
func ListSize[C Collection](list C, in ...cdt.Context) Int {
	return readList[Int](cdt.CodeListSize, list, in)
}

// ListGetByIndex is what is asked for of the element at an index; negative
// ones count from the end.
//
// Unknown if there is no such list or element. Needs server 5.2.
func ListGetByIndex[T Typed, C Collection](list C, index Int, what One[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByIndex, list, in, oneOf(what), index)
}

// ListGetByIndexRange is what is asked for of count elements from an index on, or of all with [ToEnd].
//
// Unknown if there is no such list. Needs server 5.2.
func ListGetByIndexRange[T Typed, C Collection](list C, index, count Int, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByIndexRange, list, in, upTo(count, manyOf(what), index)...)
}

// ListGetByRank is what is asked for of the element with a rank: 0 for the
// smallest, -1 for the greatest.
//
// Unknown if there is no such list or element. Needs server 5.2.
func ListGetByRank[T Typed, C Collection](list C, rank Int, what One[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByRank, list, in, oneOf(what), rank)
}

// ListGetByRankRange is what is asked for of count elements from a rank on, or of all with [ToEnd].
//
// Unknown if there is no such list. Needs server 5.2.
func ListGetByRankRange[T Typed, C Collection](list C, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByRankRange, list, in, upTo(count, manyOf(what), rank)...)
}

// ListGetByValue is what is asked for of all elements equal to a value.
//
// Unknown if there is no such list. Needs server 5.2.
func ListGetByValue[T Typed, C Collection](list C, value Expression, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByValue, list, in, manyOf(what), value)
}

// ListGetByValueList is what is asked for of all elements equal to one of the values.
//
// Unknown if there is no such list. Needs server 5.2.
func ListGetByValueList[T Typed, C Collection](list C, values List, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByValueList, list, in, manyOf(what), values)
}

// ListGetByValueRange is what is asked for of all elements from begin up to,
// but not including, end. A nil Expression leaves that side open.
//
// Unknown if there is no such list. Needs server 5.2.
func ListGetByValueRange[T Typed, C Collection](list C, begin, end Expression, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByValueRange, list, in, upTo(end, manyOf(what), from(begin))...)
}

// ListGetByValueRelativeRankRange is what is asked for of count elements, or of
// all with [ToEnd], from a rank on that is relative to a value's place in the order of values.
//
// Unknown if there is no such list. Needs server 5.2.
func ListGetByValueRelativeRankRange[T Typed, C Collection](list C, value Expression, rank, count Int, what Many[T], in ...cdt.Context) T {
	return readList[T](cdt.CodeListGetByRelativeRankRange, list, in, upTo(count, manyOf(what), value, rank)...)
}
