package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A call that removes gives the collection that is left, so of its return type only cdt.Inverted
// matters: it removes all elements but those selected.

func removeFromList[C Collection](code cdt.Code, list C, in []cdt.Context, args ...Expression) C {
	return modifyCollection(TypeList, code, list, contextOf(in), args...)
}

// ListRemoveByIndex is the collection without the list's element at an index;
// negative ones count from the end.
//
// Unknown if there is no such list or element. Needs server 5.6.
func ListRemoveByIndex[C Collection](list C, index Int, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByIndex, list, in, number(cdt.ListReturn(cdt.ReturnNone)), index)
}

// ListRemoveByIndexRange is the collection without count elements of the list from
// an index on, or all with [ToEnd]. What is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if there is no such list. Needs server 5.6.
func ListRemoveByIndexRange[C Collection](list C, index, count Int, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByIndexRange, list, in, upTo(count, number(what), index)...)
}

// ListRemoveByRank is the collection without the list's element of a rank: 0 for the
// smallest, -1 for the greatest.
//
// Unknown if there is no such list or element. Needs server 5.6.
func ListRemoveByRank[C Collection](list C, rank Int, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByRank, list, in, number(cdt.ListReturn(cdt.ReturnNone)), rank)
}

// ListRemoveByRankRange is the collection without count elements of the list from
// a rank on, or all with [ToEnd]. What is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if there is no such list. Needs server 5.6.
func ListRemoveByRankRange[C Collection](list C, rank, count Int, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByRankRange, list, in, upTo(count, number(what), rank)...)
}

// ListRemoveByValue is the collection without the list's elements that equal a
// value. What is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if there is no such list. Needs server 5.6.
func ListRemoveByValue[C Collection](list C, value Expression, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByValue, list, in, number(what), value)
}

// ListRemoveByValueList is the collection without the list's elements that equal
// one of the values. What is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if there is no such list. Needs server 5.6.
func ListRemoveByValueList[C Collection](list C, values List, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByValueList, list, in, number(what), values)
}

// ListRemoveByValueRange is the collection without the list's elements from begin up
// to, but not including, end. A nil Expression leaves that side open. What is [cdt.ReturnNone], or [cdt.Inverted]
// to remove all others.
//
// Unknown if there is no such list. Needs server 5.6.
func ListRemoveByValueRange[C Collection](list C, begin, end Expression, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByValueRange, list, in, upTo(end, number(what), from(begin))...)
}

// ListRemoveByValueRelativeRankRange is the collection without count elements of the list,
// or all with [ToEnd], from a rank on that is relative to a value's place in the order of values.
// What is [cdt.ReturnNone], or [cdt.Inverted] to remove all others.
//
// Unknown if there is no such list. Needs server 5.6.
func ListRemoveByValueRelativeRankRange[C Collection](list C, value Expression, rank, count Int, what cdt.ListReturn, in ...cdt.Context) C {
	return removeFromList(cdt.CodeListRemoveByRelativeRankRange, list, in, upTo(count, number(what), value, rank)...)
}
