package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A call that removes returns the remaining collection. The only useful part of its return type is
// cdt.Inverted, which removes all elements that are not selected.

func removeFromList[C Collection](code cdt.Code, list C, in []cdt.Context, args ...Expression) C {
	return modifyCollection(TypeList, code, list, contextOf(in), args...)
}

// ListRemoveByIndex returns the collection without the list's element at an index. A negative index
// counts from the end.
//
// Unknown if the list or element does not exist. Needs server 5.6.
func ListRemoveByIndex[C Collection](list C, index Int, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByIndex, list, in, number(cdt.ListReturn(cdt.ReturnNone)), index)
}

// ListRemoveByIndexRange returns the collection without count elements of the list starting at an
// index, or without all to the end if count is [ToEnd]. what is [cdt.ReturnNone], or [cdt.Inverted]
// to remove all others.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListRemoveByIndexRange[C Collection](list C, index, count Int, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByIndexRange, list, in, upTo(count, number(what), index)...)
}

// ListRemoveByRank returns the collection without the list's element with a rank: 0 is the
// smallest, -1 the greatest.
//
// Unknown if the list or element does not exist. Needs server 5.6.
func ListRemoveByRank[C Collection](list C, rank Int, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByRank, list, in, number(cdt.ListReturn(cdt.ReturnNone)), rank)
}

// ListRemoveByRankRange returns the collection without count elements of the list starting at a
// rank, or without all greater ones if count is [ToEnd]. what is [cdt.ReturnNone], or
// [cdt.Inverted] to remove all others.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListRemoveByRankRange[C Collection](list C, rank, count Int, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByRankRange, list, in, upTo(count, number(what), rank)...)
}

// ListRemoveByValue returns the collection without the list's elements that equal value. what is
// [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListRemoveByValue[C Collection](list C, value Expression, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByValue, list, in, number(what), value)
}

// ListRemoveByValueList returns the collection without the list's elements that equal one of
// values. what is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListRemoveByValueList[C Collection](list C, values List, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByValueList, list, in, number(what), values)
}

// ListRemoveByValueRange returns the collection without the list's elements v with begin <= v <
// end. A nil begin or end means no limit on that side. what is [cdt.ReturnNone], or [cdt.Inverted]
// to remove all others.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListRemoveByValueRange[C Collection](list C, begin, end Expression, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByValueRange, list, in, upTo(end, number(what), from(begin))...)
}

// ListRemoveByValueRelativeRankRange returns the collection without count elements of the list, or
// without all to the end if count is [ToEnd], starting at a rank relative to value: 0 is the
// smallest element that is not smaller than value. what is [cdt.ReturnNone], or [cdt.Inverted] to
// remove all others.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListRemoveByValueRelativeRankRange[C Collection](list C, value Expression, rank, count Int, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByRelativeRankRange, list, in, upTo(count, number(what), value, rank)...)
}
