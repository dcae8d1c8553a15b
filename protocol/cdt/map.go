package cdt

import "github.com/aerosql/aerosql/protocol"

// MapCreate creates an empty map at the end of the context. The order is protocol.Unordered,
// protocol.Ordered (by key) or protocol.KeyValueOrdered, optionally or-ed with
// protocol.PersistIndex. If the map exists it gets this order. The last step of the context creates
// what it does not find: in its own create form if it has one, otherwise, as in the official
// clients, in the order of the new map. No result. Needs server 4.9.
func MapCreate(bin string, order protocol.Order, in ...Context) protocol.Operation {
	c := joinContexts(in)
	if len(c) == 0 {
		return MapSetOrder(bin, order)
	}
	order &^= protocol.PersistIndex // top level only
	p := begin(c.creating(mapCreate(order)), CodeMapSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// MapSetOrder sets the order of a map, with the same choices as [MapCreate]. The official clients
// call it "set policy". If the bin does not exist it becomes an empty map. No result.
func MapSetOrder(bin string, order protocol.Order, in ...Context) protocol.Operation {
	c := joinContexts(in)
	if len(c) > 0 {
		order &^= protocol.PersistIndex // top level only
	}
	p := begin(c, CodeMapSetType, 1)
	p.int(int64(order))
	return p.modify(bin)
}

// MapPut writes one entry. The key must be an integer, string or blob. It creates the map if there
// is none. The result is the new size of the map. Fails with error 23 with [UpdateOnly] and 24 with
// [CreateOnly].
func MapPut[K, V any](bin string, key K, v V, options ...MapOption) protocol.Operation {
	return putCall(bin, valueOf(key), valueOf(v), options)
}

func putCall(bin string, key, v protocol.Value, options []MapOption) protocol.Operation {
	in, policy := mapOptionsOf(options)
	code := policy.code(CodeMapPut, CodeMapReplace, CodeMapAdd)
	p := begin(in, code, 2+policy.args(code))
	p.value(key)
	p.value(v)
	p.mapPolicy(code, policy)
	return p.modify(bin)
}

// MapPutItems is [MapPut] with several entries. If the flags forbid one entry the whole operation
// fails, unless [NoFail] and [Partial] are set. Keys must not repeat.
func MapPutItems(bin string, entries []protocol.Pair, options ...MapOption) protocol.Operation {
	in, policy := mapOptionsOf(options)
	code := policy.code(CodeMapPutItems, CodeMapReplaceItems, CodeMapAddItems)
	p := begin(in, code, 1+policy.args(code))
	p.value(protocol.Map(entries...))
	p.mapPolicy(code, policy)
	return p.modify(bin)
}

// code returns the call of a put. Flags need the upsert call; without flags the mode decides.
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

// args returns the number of arguments of a put that come from the policy. Calls that never create
// a map take no order.
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
		p.fail("invalid map mode %d", policy.Mode)
	}
	args := policy.args(code)
	if args > 0 {
		p.int(int64(policy.Order))
	}
	if args > 1 {
		p.int(int64(policy.Flags))
	}
}

// MapIncrement adds an integer or float to the value of a key. If the map does not have the key it
// creates it with delta as the value. The result is the new number, with the type of the old one.
// Fails with error 4 if the value or delta is not a number. The policy's flags are not used.
func MapIncrement[K, N any](bin string, key K, delta N, options ...MapOption) protocol.Operation {
	return addCall(bin, CodeMapIncrement, valueOf(key), valueOf(delta), options)
}

// MapDecrement subtracts delta. Otherwise it is like [MapIncrement].
func MapDecrement[K, N any](bin string, key K, delta N, options ...MapOption) protocol.Operation {
	return addCall(bin, CodeMapDecrement, valueOf(key), valueOf(delta), options)
}

func addCall(bin string, code Code, key, delta protocol.Value, options []MapOption) protocol.Operation {
	in, policy := mapOptionsOf(options)
	p := begin(in, code, 3)
	p.value(key)
	p.value(delta)
	p.int(int64(policy.Order))
	return p.modify(bin)
}

// MapSize returns the number of entries of a map as an integer.
func MapSize(bin string, in ...Context) protocol.Operation {
	return begin(joinContexts(in), CodeMapSize, 0).read(bin)
}

// MapClear removes all entries. The map keeps its order. No result.
func MapClear(bin string, in ...Context) protocol.Operation {
	return begin(joinContexts(in), CodeMapClear, 0).modify(bin)
}

// MapGet reads the selected entries. what is the form of the result. A key or value that the map
// does not have is not an error. Fails with error 26 if a single selected index or rank does not
// exist, or if the return type does not suit the selection: index ranges need a selection by key or
// index, rank ranges one by value or rank.
func MapGet(bin string, which MapSelector, what MapReturn, in ...Context) protocol.Operation {
	s := selectionOf(which)
	return selectCall(joinContexts(in), selectors[s.by].mapGet, uint32(what), &s).read(bin)
}

// MapRemove removes the selected entries. what is the form in which it returns them. Results and
// errors are those of [MapGet]. A map that becomes empty is kept.
func MapRemove(bin string, which MapSelector, what MapReturn, in ...Context) protocol.Operation {
	s := selectionOf(which)
	return selectCall(joinContexts(in), selectors[s.by].mapRemove, uint32(what), &s).modify(bin)
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
