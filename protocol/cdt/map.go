package cdt

import "github.com/aerosql/aerosql/protocol"

// MapCreate creates an empty map with an order (protocol.Unordered, Ordered by
// key, or KeyValueOrdered, with protocol.PersistIndex or-ed to it or not) where
// the context leads, or gives the map that is there this order. The last step
// of the context creates what it does not find: as its own create form says, or else in the order of the new map, as in the official
// clients. No result. Server 4.9.
func MapCreate(bin string, order protocol.Order, in ...Context) protocol.Operation {
	c := whole(in)
	if len(c) == 0 {
		return MapSetOrder(bin, order)
	}
	order &^= protocol.PersistIndex // for the top level only
	p := begin(c.creating(mapCreate(order)), CodeMapSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// MapSetOrder gives a map its order, as [MapCreate] has them; the official
// clients call it "set policy". A bin that does not exist becomes an empty map. No result.
func MapSetOrder(bin string, order protocol.Order, in ...Context) protocol.Operation {
	c := whole(in)
	if len(c) > 0 {
		order &^= protocol.PersistIndex // for the top level only
	}
	p := begin(c, CodeMapSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// MapPut writes one entry, whose key is an integer, string or blob, and creates
// the map. The result is the map's new size. Errors 23 with [UpdateOnly], 24 with [CreateOnly].
func MapPut(bin string, key, v protocol.Value, options ...MapOption) protocol.Operation {
	in, policy := mapOptionsOf(options)
	code := policy.code(CodeMapPut, CodeMapReplace, CodeMapAdd)
	p := begin(in, code, 2+policy.args(code))
	p.value(key)
	p.value(v)
	p.mapPolicy(code, policy)
	return p.modify(bin)
}

// MapPutItems writes several entries; the first that the flags forbid makes the
// whole operation fail unless [NoFail] and [Partial] are set. No key may stand there twice. It
// is [MapPut] in all else.
func MapPutItems(bin string, entries []protocol.Pair, options ...MapOption) protocol.Operation {
	in, policy := mapOptionsOf(options)
	code := policy.code(CodeMapPutItems, CodeMapReplaceItems, CodeMapAddItems)
	p := begin(in, code, 1+policy.args(code))
	p.value(protocol.Map(entries...))
	p.mapPolicy(code, policy)
	return p.modify(bin)
}

// code chooses the call of a put: flags belong to the first, else the mode says it.
func (m MapPolicy) code(upsert, update, create Code) Code {
	switch {
	case m.Flags != 0:
		return upsert
	case m.Mode == MapUpdateOnly:
		return update
	case m.Mode == MapCreateOnly:
		return create
	}
	return upsert
}

// args is how many arguments of a put the policy makes: calls that never create take no order.
func (m MapPolicy) args(code Code) int {
	switch {
	case m.Flags != 0:
		return 2
	case code == CodeMapReplace || code == CodeMapReplaceItems:
		return 0
	}
	return 1
}

func (p *packer) mapPolicy(code Code, policy MapPolicy) {
	if policy.Mode > MapCreateOnly {
		p.fail("map mode %d", policy.Mode)
	}
	args := policy.args(code)
	if args > 0 {
		p.int(int64(policy.Order))
	}
	if args > 1 {
		p.int(int64(policy.Flags))
	}
}

// MapIncrement adds an integer or float to the number under a key; a key that
// the map does not have is created with it. The result is the new number, of the
// type that the old one had. Error 4 if either is no number. A policy's flags are not used.
func MapIncrement(bin string, key, delta protocol.Value, options ...MapOption) protocol.Operation {
	return counted(bin, CodeMapIncrement, key, delta, options)
}

// MapDecrement subtracts, and is [MapIncrement] in all else.
func MapDecrement(bin string, key, delta protocol.Value, options ...MapOption) protocol.Operation {
	return counted(bin, CodeMapDecrement, key, delta, options)
}

func counted(bin string, code Code, key, delta protocol.Value, options []MapOption) protocol.Operation {
	in, policy := mapOptionsOf(options)
	p := begin(in, code, 3)
	p.value(key)
	p.value(delta)
	p.int(int64(policy.Order))
	return p.modify(bin)
}

// MapSize counts the entries of a map. The result is an integer.
func MapSize(bin string, in ...Context) protocol.Operation {
	return begin(whole(in), CodeMapSize, 0).read(bin)
}

// MapClear removes all entries and keeps the map with its order. No result.
func MapClear(bin string, in ...Context) protocol.Operation {
	return begin(whole(in), CodeMapClear, 0).modify(bin)
}

// MapGet reads what a selector selects; what says in which form. A key or value
// that the map does not have is no error. Error 26 for an index or rank that does not exist if it was selected
// alone, and for a return type that does not fit: index ranges need a selection by key or index, rank ranges one
// by value or rank.
func MapGet(bin string, which MapSelector, what MapReturn, in ...Context) protocol.Operation {
	s := selectionOf(which)
	return selected(whole(in), selectors[s.by].mapGet, uint32(what), &s).read(bin)
}

// MapRemove removes what a selector selects; what says what is given back of
// it, as in [MapGet] with the same errors. An empty map stays.
func MapRemove(bin string, which MapSelector, what MapReturn, in ...Context) protocol.Operation {
	s := selectionOf(which)
	return selected(whole(in), selectors[s.by].mapRemove, uint32(what), &s).modify(bin)
}

func selectionOf(which MapSelector) selection {
	switch s := which.(type) {
	case Selector:
		return s.selection
	case KeySelector:
		return s.selection
	}
	return selection{}
}
