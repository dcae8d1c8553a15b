package cdt

import "github.com/aerosql/aerosql/protocol"

// ListCreate creates an empty list with an order (protocol.Unordered or Ordered,
// with protocol.PersistIndex or-ed to it or not) where the context leads, or
// gives the list that is there this order. The last step of the context
// creates what it does not find: as its own create form says, or else, as in the official clients, by the order of the new list
// (an ordered list makes a missing parent map key-value-ordered). No result. Server 4.9.
//
// Warning: a server of 8.1.2 ends if the last step of the context is an index of an unordered list that has an element
// there already. Create a list at the end of an unordered list only, or put it there by [ListSet].
func ListCreate(bin string, order protocol.Order, in ...Context) protocol.Operation {
	c := whole(in)
	if len(c) == 0 {
		return ListSetOrder(bin, order)
	}
	order &^= protocol.PersistIndex // for the top level only
	p := begin(c.creating(listCreate(order)), CodeListSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// ListSetOrder gives a list its order, protocol.Unordered or Ordered, with
// protocol.PersistIndex or-ed to it or not, and sorts it if need be. A bin that
// does not exist becomes an empty list. No result. Error 26 for another order. Server 3.16.
func ListSetOrder(bin string, order protocol.Order, in ...Context) protocol.Operation {
	p := begin(whole(in), CodeListSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// ListAppend adds a value at the end of a list, or at its place in an ordered
// one, and creates the list. The result is the list's new length. Error 24 with [AddUnique].
func ListAppend(bin string, v protocol.Value, options ...ListOption) protocol.Operation {
	return appended(bin, CodeListAppend, v, listOptionsOf(options))
}

// ListAppendItems is [ListAppend] with several values; with [AddUnique] all
// or none are added unless [NoFail] and [Partial] are set.
func ListAppendItems(bin string, values []protocol.Value, options ...ListOption) protocol.Operation {
	return appended(bin, CodeListAppendItems, protocol.List(values...), listOptionsOf(options))
}

func appended(bin string, code Code, v protocol.Value, o listOptions) protocol.Operation {
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

// ListInsert puts a value before the element at an index of an unordered list; at
// the list's length it appends, and further out it fills the gap with nil. -1
// inserts before the last element. The list is created. The result is its new length. Error 26 in an ordered list and
// with [InsertBounded], 24 with [AddUnique]. A policy's order is not used.
func ListInsert(bin string, index int, v protocol.Value, options ...ListOption) protocol.Operation {
	return inserted(bin, CodeListInsert, index, v, listOptionsOf(options))
}

// ListInsertItems is [ListInsert] with several values.
func ListInsertItems(bin string, index int, values []protocol.Value, options ...ListOption) protocol.Operation {
	return inserted(bin, CodeListInsertItems, index, protocol.List(values...), listOptionsOf(options))
}

// ListSet replaces the element at an index of an unordered list; at the list's
// length it appends, and further out it fills the gap with nil. No result.
// Errors as with [ListInsert]. A policy's order is not used.
func ListSet(bin string, index int, v protocol.Value, options ...ListOption) protocol.Operation {
	return inserted(bin, CodeListSet, index, v, listOptionsOf(options))
}

func inserted(bin string, code Code, index int, v protocol.Value, o listOptions) protocol.Operation {
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

// ListIncrement adds an integer or float to the number at an index; nil adds 1. An
// element that is missing at the end of the list counts as 0. The result is the
// new number, of the type that the element had: a float's fraction is lost in an integer. Error 4 if either is no number.
// Server 3.15.
func ListIncrement(bin string, index int, delta protocol.Value, options ...ListOption) protocol.Operation {
	o := listOptionsOf(options)
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

// SortFlags say how [ListSort] sorts.
type SortFlags uint8

// The ways to sort; none of them sorts upwards and keeps duplicates.
const (
	SortDescending     SortFlags = 0x01 // greatest first; not in an ordered list
	SortDropDuplicates SortFlags = 0x02 // keep one of equal values
)

// ListSort sorts a list once. No result. Error 12 if the bin does not exist.
func ListSort(bin string, how SortFlags, in ...Context) protocol.Operation {
	p := begin(whole(in), CodeListSort, 1)
	p.int(int64(how))
	return p.modify(bin)
}
