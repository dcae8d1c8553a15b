package expression

import (
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// inList builds the search for a value in a list. Needs server 8.1.
func (b *builder) inList() (operand, bool) {
	wanted, ok := b.next()
	if !ok {
		return operand{}, false
	}
	list, ok := b.one(exp.TypeList)
	return operand{node: inList{wanted.node, list}, typ: exp.TypeBool}, ok
}

type inList struct{ wanted, list node }

func (n inList) eval(f *frame) value {
	wanted := n.wanted.eval(f)
	if wanted.kind == kindUnknown {
		return unknown
	}
	list := n.list.eval(f)
	packed, ok := wanted.appendPacked(nil)
	if !ok || list.kind != kindList {
		return unknown
	}
	r := call.NewReader(list.data)
	count, ok := r.Array()
	for ; ok && count > 0; count-- {
		var element []byte
		if element, ok = r.Whole(); !ok {
			return unknown
		}
		order, _, comparable := comparePacked(packed, element)
		if !comparable {
			return unknown
		}
		if order == 0 {
			return boolean(true)
		}
	}
	if !ok {
		return unknown
	}
	return boolean(false)
}

// mapPart builds the list of a map's keys or values. Needs server 8.1.
func (b *builder) mapPart(op exp.Op) (operand, bool) {
	o, ok := b.next()
	return operand{node: mapPart{o.node, op == exp.OpMapValues}, typ: exp.TypeList}, ok
}

type mapPart struct {
	node   node
	values bool
}

func (n mapPart) eval(f *frame) value {
	v := n.node.eval(f)
	if v.kind != kindMap {
		return unknown
	}
	parts, ok := splitMap(v.data, n.values)
	if !ok {
		return unknown
	}
	list := call.AppendListHeader(make([]byte, 0, len(v.data)+4), len(parts), protocol.Unordered, false)
	for _, part := range parts {
		list = append(list, part...)
	}
	return value{kind: kindList, data: list}
}

// splitMap returns the packed keys or values of a packed map.
func splitMap(packed []byte, values bool) (parts [][]byte, ok bool) {
	r := call.NewReader(packed)
	var unordered bool
	e, ok := nextContent(r, &unordered)
	for range e.Count / 2 {
		key, okKey := r.Whole()
		v, okValue := r.Whole()
		if !okKey || !okValue {
			return nil, false
		}
		if values {
			key = v
		}
		parts = append(parts, key)
	}
	return parts, ok
}

// visible returns a packed list or map as clients see it: without a persisted index and its flag
// (docs/wire-cdt-exp.md#1.3). indexed reports whether the flag was set.
func visible(packed []byte) (shown []byte, indexed bool) {
	const persist = byte(protocol.PersistIndex)
	r := call.NewReader(packed)
	e, ok := r.Next()
	if !ok || e.Count == 0 {
		return packed, false
	}
	first, ok := r.Next()
	if !ok || first.Kind != call.KindExt || len(first.Data) == 0 && first.Ext&persist == 0 {
		return packed, false
	}
	flags, count := first.Ext&^persist, int(e.Count)
	if e.Kind == call.KindMap {
		count /= 2
		if flags == 0 && !r.Skip(1) {
			return packed, false
		}
	}
	// Flags of 0 are kept before an element that a reader would take for them.
	keep := flags != 0 || e.Kind != call.KindMap && call.StartsWithExtension(r.Rest())
	if !keep {
		count--
	}
	shown = make([]byte, 0, len(packed))
	if e.Kind == call.KindMap {
		shown = call.AppendMapHeader(shown, count, protocol.Unordered)
	} else {
		shown = call.AppendListHeader(shown, count, protocol.Unordered, false)
	}
	if keep {
		shown = append(shown, msgpcode.Ext8, 0, flags)
	}
	return append(shown, r.Rest()...), first.Ext&persist != 0
}
