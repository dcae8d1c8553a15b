package call

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// maxMoved is how many bytes sorting the maps of a deep value may move: what lies deep is moved by each map around it.
const maxMoved = 256 << 20

// Normal returns an opaque element in the form in which a server stores it: packed in the shortest form, without the sentinels,
// maps sorted by key. It fails for what a server refuses: keys of a wrong type or twice, ordered lists and maps that are not in
// order. Nesting costs no stack.
func Normal(v protocol.Value) (protocol.Value, bool) {
	packed, ok := Opaque(v)
	if !ok {
		return v, false
	}
	n := normalizer{in: Reader{packed}, out: make([]byte, 0, len(packed))}
	if !n.run() {
		return v, false
	}
	return protocol.InvalidValue(&opaque{n.out}), true
}

// A level is a list or map that is being written. There can be as many of them as there are bytes.
type level struct {
	isMap bool
	order protocol.Order
	left  int32 // elements that have not come
	first int32 // of its parts
}

type normalizer struct {
	in     Reader
	out    []byte
	levels []level
	parts  []int32 // where in out the elements of ordered lists begin, and the entries of maps
	moved  int
}

func (n *normalizer) run() bool {
	if !n.element() {
		return false
	}
	for len(n.levels) > 0 {
		top := &n.levels[len(n.levels)-1]
		if top.left == 0 {
			if !n.settle(top) {
				return false
			}
			n.parts = n.parts[:top.first]
			n.levels = n.levels[:len(n.levels)-1]
			continue
		}
		if top.isMap && top.left%2 == 0 || !top.isMap && top.order != 0 {
			n.parts = append(n.parts, int32(len(n.out)))
		}
		top.left--
		if !n.element() {
			return false
		}
	}
	return true
}

// element takes one value, of a list or map the header alone, and writes it.
func (n *normalizer) element() bool {
	start := n.in.buf
	h, ok := n.in.skipHead()
	switch {
	case !ok:
		return false
	case h.isExt:
		var packed []byte
		packed, ok = extension(start[:len(start)-len(n.in.buf)])
		n.out = append(n.out, packed...)
		return ok
	case !h.isList && !h.isMap:
		v, _, err := protocol.ParseMsgpackPrefix(start)
		if err == nil {
			n.out, err = protocol.AppendMsgpack(n.out, v)
		}
		return err == nil
	case h.count > len(n.in.buf):
		return false
	}
	order, ok := n.in.marker(&h)
	if h.isList {
		order &= protocol.Ordered
		n.out = AppendListHeader(n.out, h.count, order)
	} else {
		order &= protocol.KeyValueOrdered
		n.out = appendMapHeader(n.out, h.count/2, order)
	}
	n.levels = append(n.levels, level{isMap: h.isMap, order: order, left: int32(h.count), first: int32(len(n.parts))})
	return ok
}

// settle holds a list or map, all of whose elements are written, against its order, and sorts a map that has none.
func (n *normalizer) settle(l *level) bool {
	parts := n.parts[l.first:]
	if l.isMap {
		return n.settleMap(parts, l.order)
	}
	for i := 1; i < len(parts); i++ {
		if comparePacked(n.out[parts[i-1]:], n.out[parts[i]:]) > 0 {
			return false
		}
	}
	return true
}

// settleMap is settle for a map whose entries begin at parts of n.out.
func (n *normalizer) settleMap(parts []int32, order protocol.Order) bool {
	type entry struct {
		key    protocol.Value
		packed []byte
	}
	entries := make([]entry, len(parts))
	for i, start := range parts {
		end := int32(len(n.out))
		if i+1 < len(parts) {
			end = parts[i+1]
		}
		key, _, err := protocol.ParseMsgpackPrefix(n.out[start:end])
		if err != nil || !isKey(key) {
			return false
		}
		entries[i] = entry{key, n.out[start:end]}
	}
	byKey := func(a, b entry) int { return protocol.Compare(a.key, b.key) }
	if !slices.IsSortedFunc(entries, byKey) {
		start := parts[0]
		if n.moved += len(n.out) - int(start); order != 0 || n.moved > maxMoved {
			return false
		}
		slices.SortStableFunc(entries, byKey)
		sorted := make([]byte, 0, len(n.out)-int(start))
		for _, e := range entries {
			sorted = append(sorted, e.packed...)
		}
		copy(n.out[start:], sorted)
	}
	for i := 1; i < len(entries); i++ {
		if byKey(entries[i-1], entries[i]) == 0 {
			return false
		}
	}
	return true
}

// isKey reports whether a map may have the key: an integer, a string or a plain blob.
func isKey(k protocol.Value) bool {
	switch k.Kind() {
	case protocol.KindInt, protocol.KindUint, protocol.KindString:
		return true
	}
	return k.Kind() == protocol.KindBlob && k.Particle() == protocol.ParticleBlob
}

// extension packs an extension anew in its shortest form; false for what could be taken for a sentinel.
func extension(packed []byte) ([]byte, bool) {
	var data []byte
	var typ byte
	if c := packed[0]; c >= codeFixExt1 && c <= codeFixExt16 {
		typ, data = packed[1], packed[2:]
	} else {
		at := 1 + 1<<(c-codeExt8)
		typ, data = packed[at], packed[at+1:]
	}
	if typ == extSentinel && len(data) > 0 {
		return nil, false
	}
	var out []byte
	switch n := len(data); n {
	case 1, 2, 4, 8, 16:
		out = append(out, codeFixExt1+byte(bits(n)), typ)
	default:
		switch {
		case n < 1<<8:
			out = append(out, codeExt8, byte(n))
		case n < 1<<16:
			out = binary.BigEndian.AppendUint16(append(out, codeExt8+1), uint16(n))
		default:
			out = binary.BigEndian.AppendUint32(append(out, codeExt32), uint32(n))
		}
		out = append(out, typ)
	}
	return append(out, data...), true
}

// bits returns the place of the only bit of n.
func bits(n int) (place int) {
	for ; n > 1; n >>= 1 {
		place++
	}
	return place
}

// comparePacked orders two values that are in their normal form.
func comparePacked(a, b []byte) int {
	x, y := Reader{a}, Reader{b}
	verdict := 0
	for left := uint64(1); left > 0; left-- {
		startX, startY := x.buf, y.buf
		p, okP := x.skipHead()
		q, okQ := y.skipHead()
		if !okP || !okQ {
			return 0
		}
		_, _ = x.marker(&p)
		_, _ = y.marker(&q)
		if p.kind() != q.kind() || !p.isList && !p.isMap {
			if c := compareParts(p, q, startX[:len(startX)-len(x.buf)], startY[:len(startY)-len(y.buf)]); c != 0 {
				return c
			}
			continue
		}
		if p.isMap && p.count != q.count {
			return cmp.Compare(p.count, q.count)
		}
		if p.count != q.count {
			// Of lists of different length only the common part can still decide.
			verdict = cmp.Compare(p.count, q.count)
			left = 1
		}
		left += uint64(min(p.count, q.count))
	}
	return verdict
}

// kind tells lists, maps, extensions and all others apart.
func (h head) kind() protocol.Kind {
	switch {
	case h.isList:
		return protocol.KindList
	case h.isMap:
		return protocol.KindMap
	case h.isExt:
		return protocol.KindInvalid
	}
	return protocol.KindNil
}

// compareParts orders two values of which at most one is a list or map.
func compareParts(p, q head, a, b []byte) int {
	if p.isExt && q.isExt {
		return bytes.Compare(a, b)
	}
	return protocol.Compare(standIn(p, a), standIn(q, b))
}

// standIn returns a value of the same place among those of other kinds.
func standIn(h head, packed []byte) protocol.Value {
	switch {
	case h.isList:
		return protocol.List()
	case h.isMap:
		return protocol.Map()
	case h.isExt:
		return protocol.InvalidValue(&opaque{packed})
	}
	v, _, _ := protocol.ParseMsgpackPrefix(packed)
	return v
}
