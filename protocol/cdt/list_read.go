package cdt

import "github.com/aerosql/aerosql/protocol"

// ListSize returns the number of elements of a list as an integer.
func ListSize(bin string, in ...Context) protocol.Operation {
	return begin(joinContexts(in), CodeListSize, 0).read(bin)
}

// ListGet reads the selected elements. what is the form of the result. Fails with error 26 if a
// single selected index or rank does not exist, or if the return type does not suit the selection:
// index ranges by value or rank, and rank ranges by index, need an ordered list. Needs server 3.16.
func ListGet(bin string, which Selector, what ListReturn, in ...Context) protocol.Operation {
	return selectCall(joinContexts(in), selectors[which.by].listGet, uint32(what), &which.selection).read(bin)
}

// ListRemove removes the selected elements. what is the form in which it returns them. Results and
// errors are those of [ListGet]. A list that becomes empty is kept.
func ListRemove(bin string, which Selector, what ListReturn, in ...Context) protocol.Operation {
	return selectCall(joinContexts(in), selectors[which.by].listRemove, uint32(what), &which.selection).modify(bin)
}

// ListGetAt reads the element at an index. Fails with error 26 if there is none.
func ListGetAt(bin string, index int, in ...Context) protocol.Operation {
	return indexCall(CodeListGetAt, index, in).read(bin)
}

// ListGetRange reads count elements starting at an index, or all to the end if count is [ToEnd].
// The result is a list.
func ListGetRange(bin string, index, count int, in ...Context) protocol.Operation {
	return rangeCall(CodeListGetRange, index, count, in).read(bin)
}

// ListPop removes the element at an index and returns it. Fails with error 26 if there is none.
func ListPop(bin string, index int, in ...Context) protocol.Operation {
	return indexCall(CodeListPop, index, in).modify(bin)
}

// ListPopRange removes count elements starting at an index, or all to the end if count is [ToEnd],
// and returns them as a list.
func ListPopRange(bin string, index, count int, in ...Context) protocol.Operation {
	return rangeCall(CodeListPopRange, index, count, in).modify(bin)
}

// ListRemoveAt removes the element at an index. The result is 1. Fails with error 26 if there is
// none.
func ListRemoveAt(bin string, index int, in ...Context) protocol.Operation {
	return indexCall(CodeListRemoveAt, index, in).modify(bin)
}

// ListRemoveRange removes count elements starting at an index, or all to the end if count is
// [ToEnd]. The result is the number of removed elements.
func ListRemoveRange(bin string, index, count int, in ...Context) protocol.Operation {
	return rangeCall(CodeListRemoveRange, index, count, in).modify(bin)
}

// ListTrim keeps count elements starting at an index and removes all others. The result is the
// number of removed elements.
func ListTrim(bin string, index, count int, in ...Context) protocol.Operation {
	p := begin(joinContexts(in), CodeListTrim, 2)
	p.int(int64(index))
	p.count(count)
	return p.modify(bin)
}

// ListClear removes all elements. The list keeps its order. No result.
func ListClear(bin string, in ...Context) protocol.Operation {
	return begin(joinContexts(in), CodeListClear, 0).modify(bin)
}

func indexCall(code Code, index int, in []Context) *packer {
	p := begin(joinContexts(in), code, 1)
	p.int(int64(index))
	return p
}

func rangeCall(code Code, index, count int, in []Context) *packer {
	p := begin(joinContexts(in), code, 1+countArgs(count))
	p.int(int64(index))
	p.optionalCount(count)
	return p
}
