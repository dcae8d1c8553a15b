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

// maxMoved limits the number of bytes moved while the maps of a deep value are sorted. Sorting a
// map moves everything nested in it.
const maxMoved = 256 << 20

// Normal returns an opaque element in the form that a server stores: packed in the shortest form
// and with maps sorted by key. It reports false for values that a server rejects: sentinels, map
// keys of an invalid type, duplicate keys, and ordered lists and maps that are out of order.
// Nesting does not use the stack.
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

// A level is a list or map that is being written. There can be as many levels as input bytes.
type level struct {
	isMap bool
	order protocol.Order
	left  int32 // number of elements not yet written
	first int32 // index of its first entry in parts
}

type normalizer struct {
	in     Reader
	out    []byte
	levels []level
	parts  []int32 // start offsets in out of the elements of ordered lists and of the entries of maps
	moved  int
}

func (n *normalizer) run() bool {
	if !n.element() {
		return false
	}
	for len(n.levels) > 0 {
		top := &n.levels[len(n.levels)-1]
		if top.left == 0 {
			if !n.finish(top) {
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

// element reads one value and writes it. For a list or map it writes the header only.
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
		n.out = AppendListHeader(n.out, int(h.Count), order, h.Count > 0 && StartsWithExtension(n.in.buf))
	}
	n.levels = append(n.levels, level{isMap: isMap, order: order, left: int32(h.Count), first: int32(len(n.parts))})
	return ok
}

// finish checks the order of a list or map after its elements are written, and sorts an unordered
// map.
func (n *normalizer) finish(l *level) bool {
	parts := n.parts[l.first:]
	if l.isMap {
		return n.finishMap(parts, l.order)
	}
	for i := 1; i < len(parts); i++ {
		if comparePacked(n.out[parts[i-1]:], n.out[parts[i]:]) > 0 {
			return false
		}
	}
	return true
}

// finishMap is finish for a map whose entries start at the offsets parts of n.out.
func (n *normalizer) finishMap(parts []int32, order protocol.Order) bool {
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

// isKey reports whether a value can be a map key: an integer, string or plain blob.
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
