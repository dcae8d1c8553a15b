package cdt

import "github.com/aerosql/aerosql/protocol"

// ListSize counts the elements of a list. The result is an integer.
func ListSize(bin string, in ...Context) protocol.Operation {
	return begin(whole(in), CodeListSize, 0).read(bin)
}

// ListGet reads what a selector selects; what says in which form. Error 26 for
// an index or rank that does not exist if it was selected alone, and for a
// return type that does not fit: index ranges by value or rank, and rank ranges by index, need an ordered list.
// Server 3.16.
func ListGet(bin string, which Selector, what ListReturn, in ...Context) protocol.Operation {
	return selected(whole(in), selectors[which.by].listGet, uint32(what), &which.selection).read(bin)
}

// ListRemove removes what a selector selects; what says what is given back of it, as in
// [ListGet] with the same errors. An empty list stays.
func ListRemove(bin string, which Selector, what ListReturn, in ...Context) protocol.Operation {
	return selected(whole(in), selectors[which.by].listRemove, uint32(what), &which.selection).modify(bin)
}

// ListGetAt reads the element at an index. Error 26 if there is none.
func ListGetAt(bin string, index int, in ...Context) protocol.Operation {
	return indexed(CodeListGetAt, index, in).read(bin)
}

// ListGetRange reads count elements from an index on, [ToEnd] for all that
// follow. The result is a list.
func ListGetRange(bin string, index, count int, in ...Context) protocol.Operation {
	return ranged(CodeListGetRange, index, count, in).read(bin)
}

// ListPop removes the element at an index and gives it back. Error 26 if there is none.
func ListPop(bin string, index int, in ...Context) protocol.Operation {
	return indexed(CodeListPop, index, in).modify(bin)
}

// ListPopRange removes count elements from an index on, [ToEnd] for all that
// follow, and gives them back as a list.
func ListPopRange(bin string, index, count int, in ...Context) protocol.Operation {
	return ranged(CodeListPopRange, index, count, in).modify(bin)
}

// ListRemoveAt removes the element at an index. The result is 1. Error 26 if there is none.
func ListRemoveAt(bin string, index int, in ...Context) protocol.Operation {
	return indexed(CodeListRemoveAt, index, in).modify(bin)
}

// ListRemoveRange removes count elements from an index on, [ToEnd] for all
// that follow. The result is how many were removed.
func ListRemoveRange(bin string, index, count int, in ...Context) protocol.Operation {
	return ranged(CodeListRemoveRange, index, count, in).modify(bin)
}

// ListTrim keeps count elements from an index on and removes all others. The
// result is how many were removed.
func ListTrim(bin string, index, count int, in ...Context) protocol.Operation {
	p := begin(whole(in), CodeListTrim, 2)
	p.int(int64(index))
	p.count(count)
	return p.modify(bin)
}

// ListClear removes all elements and keeps the list with its order. No result.
func ListClear(bin string, in ...Context) protocol.Operation {
	return begin(whole(in), CodeListClear, 0).modify(bin)
}

func indexed(code Code, index int, in []Context) *packer {
	p := begin(whole(in), code, 1)
	p.int(int64(index))
	return p
}

func ranged(code Code, index, count int, in []Context) *packer {
	p := begin(whole(in), code, 1+countArgs(count))
	p.int(int64(index))
	p.optionalCount(count)
	return p
}
