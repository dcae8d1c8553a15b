package cdt

import "github.com/aerosql/aerosql/protocol"

// ListCreate creates an empty list at the end of the context. The order is protocol.Unordered or
// protocol.Ordered, optionally or-ed with protocol.PersistIndex. If the list exists it gets this
// order. The last step of the context creates what it does not find: in its own create form if it
// has one, otherwise, as in the official clients, in the order of the new list (for an ordered list
// a missing parent map becomes key-value-ordered). No result. Needs server 4.9.
//
// Warning: a server of 8.1.2 ends if the last step of the context is an index of an unordered list
// that has an element there already. Create a list at the end of an unordered list only, or put it
// there by [ListSet].
func ListCreate(bin string, order protocol.Order, in ...Context) protocol.Operation {
	c := joinContexts(in)
	if len(c) == 0 {
		return ListSetOrder(bin, order)
	}
	order &^= protocol.PersistIndex // top level only
	p := begin(c.creating(listCreate(order)), CodeListSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// ListSetOrder sets the order of a list to protocol.Unordered or protocol.Ordered, optionally or-ed
// with protocol.PersistIndex, and sorts the list if necessary. If the bin does not exist it becomes
// an empty list. No result. Fails with error 26 for any other order. Needs server 3.16.
func ListSetOrder(bin string, order protocol.Order, in ...Context) protocol.Operation {
	p := begin(joinContexts(in), CodeListSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// ListAppend adds a value at the end of a list, or at its position in an ordered list. It creates
// the list if there is none. The result is the new length of the list. With [AddUnique] it can fail
// with error 24.
func ListAppend[V any](bin string, v V, options ...ListOption) protocol.Operation {
	return appendCall(bin, CodeListAppend, valueOf(v), listOptionsOf(options))
}

// ListAppendItems is [ListAppend] with several values. With [AddUnique] it adds all or none of them
// unless [NoFail] and [Partial] are set.
func ListAppendItems[V any](bin string, values []V, options ...ListOption) protocol.Operation {
	return appendCall(bin, CodeListAppendItems, listOf(values), listOptionsOf(options))
}

func appendCall(bin string, code Code, v protocol.Value, o listOptions) protocol.Operation {
	if !o.given {
		p := begin(o.in, code, 1)
		p.value(v)
		return p.modify(bin)
	}
	p := begin(o.in, code, 3)
	p.value(v)
	p.int(int64(o.policy.Order))
	p.int(int64(o.policy.Flags))
	return p.modify(bin)
}

// ListInsert inserts a value before the element at an index of an unordered list. Index -1 inserts
// before the last element. At the length of the list it appends, and beyond that it fills the gap
// with nil. It creates the list if there is none. The result is the new length of the list. Fails
// with error 26 if the list is ordered, or with [InsertBounded]; with 24 with [AddUnique]. The
// policy's order is not used.
func ListInsert[V any](bin string, index int, v V, options ...ListOption) protocol.Operation {
	return insertCall(bin, CodeListInsert, index, valueOf(v), listOptionsOf(options))
}

// ListInsertItems is [ListInsert] with several values.
func ListInsertItems[V any](bin string, index int, values []V, options ...ListOption) protocol.Operation {
	return insertCall(bin, CodeListInsertItems, index, listOf(values), listOptionsOf(options))
}

// ListSet replaces the element at an index of an unordered list. At the length of the list it
// appends, and beyond that it fills the gap with nil. No result. Errors are those of [ListInsert].
// The policy's order is not used.
func ListSet[V any](bin string, index int, v V, options ...ListOption) protocol.Operation {
	return insertCall(bin, CodeListSet, index, valueOf(v), listOptionsOf(options))
}

func insertCall(bin string, code Code, index int, v protocol.Value, o listOptions) protocol.Operation {
	args := 2
	if o.given {
		args = 3
	}
	p := begin(o.in, code, args)
	p.int(int64(index))
	p.value(v)
	if o.given {
		p.int(int64(o.policy.Flags))
	}
	return p.modify(bin)
}

// ListIncrement adds an integer or float to the number at an index; [protocol.Nil] adds 1. At the
// length of the list it starts from 0. The result is the new number. It has the type of the old
// number: adding a float to an integer drops the fraction. Fails with error 4 if the element or
// delta is not a number. Needs server 3.15.
func ListIncrement[N any](bin string, index int, delta N, options ...ListOption) protocol.Operation {
	return incrementCall(bin, index, valueOf(delta), listOptionsOf(options))
}

func incrementCall(bin string, index int, delta protocol.Value, o listOptions) protocol.Operation {
	if o.given && delta.IsNil() {
		delta = protocol.Int(1)
	}
	args := 1
	if !delta.IsNil() {
		args++
	}
	if o.given {
		args += 2
	}
	p := begin(o.in, CodeListIncrement, args)
	p.int(int64(index))
	if !delta.IsNil() {
		p.value(delta)
	}
	if o.given {
		p.int(int64(o.policy.Order))
		p.int(int64(o.policy.Flags))
	}
	return p.modify(bin)
}

// SortFlags are the options of [ListSort].
type SortFlags uint8

// The sort options. Without them the sort is ascending and keeps duplicates.
const (
	SortDescending     SortFlags = 0x01 // greatest first; not for ordered lists
	SortDropDuplicates SortFlags = 0x02 // keep one of equal values
)

// ListSort sorts a list once. No result. Fails with error 12 if the bin does not exist.
func ListSort(bin string, how SortFlags, in ...Context) protocol.Operation {
	p := begin(joinContexts(in), CodeListSort, 1)
	p.int(int64(how))
	return p.modify(bin)
}
