package expression

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// inList builds the search for a value in a list (server 8.1).
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
	r := reader{buf: list.data}
	count, ok := r.array()
	for ; ok && count > 0; count-- {
		var element []byte
		if element, ok = r.whole(); !ok {
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

// mapPart builds the list of a map's keys or values (server 8.1).
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
	list := appendArrayHeader(make([]byte, 0, len(v.data)+4), len(parts))
	for _, part := range parts {
		list = append(list, part...)
	}
	return value{kind: kindList, data: list}
}

// splitMap returns the packed keys or values of a packed map.
func splitMap(packed []byte, values bool) (parts [][]byte, ok bool) {
	r := reader{buf: packed}
	var unordered bool
	e, ok := r.content(&unordered)
	for range e.count / 2 {
		key, okKey := r.whole()
		v, okValue := r.whole()
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

func appendArrayHeader(dst []byte, n int) []byte {
	switch {
	case n <= fixCount:
		return append(dst, fixArray|byte(n))
	case n < 1<<16:
		return append(dst, codeArray16, byte(n>>8), byte(n))
	}
	return append(dst, codeArray32, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

// visible returns a packed list or map as a client sees it, without a stored
// index and the flag that asks for one (docs/wire-cdt-exp.md#1.3), and whether the flag was there.
func visible(packed []byte) (shown []byte, indexed bool) {
	const persist = byte(protocol.PersistIndex)
	r := reader{buf: packed}
	e, ok := r.next()
	if !ok || e.count == 0 {
		return packed, false
	}
	first, ok := r.next()
	if !ok || first.kind != packedExt || len(first.data) == 0 && first.ext&persist == 0 {
		return packed, false
	}
	flags, count := first.ext&^persist, int(e.count)
	header := appendArrayHeader
	if e.kind == packedMap {
		count /= 2
		header = appendMapHeader
		if flags == 0 && !r.skip(1) {
			return packed, false
		}
	}
	if flags == 0 {
		count--
	}
	shown = header(make([]byte, 0, len(packed)), count)
	if flags != 0 {
		shown = append(shown, codeExt8, 0, flags)
	}
	return append(shown, packed[r.off:]...), first.ext&persist != 0
}

func appendMapHeader(dst []byte, n int) []byte {
	switch {
	case n <= fixCount:
		return append(dst, fixMap|byte(n))
	case n < 1<<16:
		return append(dst, codeMap16, byte(n>>8), byte(n))
	}
	return append(dst, codeMap32, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}
