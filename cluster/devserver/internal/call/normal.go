package call

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

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
	h, ok := n.in.Next()
	switch {
	case !ok:
		return false
	case h.isExt():
		n.out = appendExtension(n.out, h.Ext, h.Data)
		return !h.isSentinel()
	case !h.isContainer():
		v, _, err := protocol.ParseMsgpackPrefix(start)
		if err == nil {
			n.out, err = protocol.AppendMsgpack(n.out, v)
		}
		return err == nil
	case h.Count > uint64(len(n.in.buf)):
		return false
	}
	isMap := h.Kind == KindMap
	order, ok := n.in.order(&h)
	if isMap {
		order &= protocol.KeyValueOrdered
		n.out = AppendMapHeader(n.out, int(h.Count/2), order)
	} else {
		order &= protocol.Ordered
		n.out = AppendListHeader(n.out, int(h.Count), order)
	}
	n.levels = append(n.levels, level{isMap: isMap, order: order, left: int32(h.Count), first: int32(len(n.parts))})
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

// appendExtension appends an extension in its shortest form.
func appendExtension(dst []byte, typ byte, data []byte) []byte {
	switch n := len(data); {
	case n == 1, n == 2, n == 4, n == 8, n == 16:
		dst = append(dst, msgpcode.FixExt1+byte(bits.TrailingZeros(uint(n))))
	case n <= math.MaxUint8:
		dst = append(dst, msgpcode.Ext8, byte(n))
	case n <= math.MaxUint16:
		dst = binary.BigEndian.AppendUint16(append(dst, msgpcode.Ext16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint32(append(dst, msgpcode.Ext32), uint32(n))
	}
	return append(append(dst, typ), data...)
}

// comparePacked orders two values in normal form.
func comparePacked(a, b []byte) int {
	x, y := Reader{a}, Reader{b}
	result := 0
	for left := uint64(1); left > 0; left-- {
		startX, startY := x.buf, y.buf
		p, okP := x.Next()
		q, okQ := y.Next()
		if !okP || !okQ {
			return 0
		}
		_, _ = x.order(&p)
		_, _ = y.order(&q)
		if p.Kind != q.Kind || !p.isContainer() {
			if c := compareHeads(p, q, x.Since(startX), y.Since(startY)); c != 0 {
				return c
			}
			continue
		}
		if p.Kind == KindMap && p.Count != q.Count {
			return cmp.Compare(p.Count, q.Count)
		}
		if p.Count != q.Count {
			// If two lists have different lengths, only their common part is left to compare.
			result = cmp.Compare(p.Count, q.Count)
			left = 1
		}
		left += min(p.Count, q.Count)
	}
	return result
}

// compareHeads orders two values of which at most one is a list or map.
func compareHeads(p, q Head, a, b []byte) int {
	if p.isExt() && q.isExt() {
		return bytes.Compare(a, b)
	}
	return protocol.Compare(representative(p, a), representative(q, b))
}

// representative returns a value that sorts among values of other kinds as the packed one does.
func representative(h Head, packed []byte) protocol.Value {
	switch {
	case h.Kind == KindList:
		return protocol.List()
	case h.Kind == KindMap:
		return protocol.Map()
	case h.isExt():
		return protocol.InvalidValue(&opaque{packed})
	}
	v, _, _ := protocol.ParseMsgpackPrefix(packed)
	return v
}
