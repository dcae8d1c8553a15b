package call

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/protocol"
)

// An opaque value is an element of a list or map that no [protocol.Value] can hold: a list or map
// more than [protocol.MaxDepth] levels down, or an extension of an unknown type. A server stores
// both. They are kept as packed bytes, in a value of [protocol.KindInvalid].
type opaque struct{ packed []byte }

func (o *opaque) Error() string {
	return fmt.Sprintf("%d bytes of MessagePack that have no other form", len(o.packed))
}

// Opaque returns the packed bytes of an opaque element, and whether the value is one.
func Opaque(v protocol.Value) (packed []byte, ok bool) {
	if v.Kind() != protocol.KindInvalid {
		return nil, false
	}
	o, ok := v.Err().(*opaque)
	if !ok {
		return nil, false
	}
	return o.packed, true
}

// ParseValue reads the value at the start of packed and returns the remaining bytes. Unlike
// [protocol.ParseMsgpackPrefix] it also reads opaque elements. Its stack use is bounded.
func ParseValue(packed []byte) (v protocol.Value, rest []byte, ok bool) {
	if v, rest, err := protocol.ParseMsgpackPrefix(packed); err == nil {
		return v, rest, true
	}
	r := &Reader{packed}
	v, ok = r.deepValue(0, len(packed))
	return v, r.buf, ok
}

// deepValue reads a value that may have opaque elements. room limits the number of elements that a
// list or map may announce.
func (r *Reader) deepValue(depth, room int) (v protocol.Value, ok bool) {
	start := r.buf
	h, ok := r.Next()
	switch {
	case !ok:
		return v, false
	case h.isExt() && !h.isSentinel():
		return r.opaqueSince(start), true
	case !h.isContainer():
		var err error
		v, r.buf, err = protocol.ParseMsgpackPrefix(start)
		return v, err == nil
	case h.Count > uint64(min(room, len(r.buf))):
		return v, false
	case depth == protocol.MaxDepth:
		if !r.skipElements(h.Count) {
			return v, false
		}
		return r.opaqueSince(start), true
	}
	room -= int(h.Count)
	order, ok := r.order(&h)
	if !ok {
		return v, false
	}
	elements := make([]protocol.Value, 0, h.Count)
	for range h.Count {
		element, ok := r.deepValue(depth+1, room)
		if !ok {
			return v, false
		}
		elements = append(elements, element)
	}
	if h.Kind == KindList {
		return protocol.ListWithOrder(order, elements), true
	}
	pairs := make([]protocol.Pair, 0, len(elements)/2)
	for i := 0; i < len(elements); i += 2 {
		pairs = append(pairs, protocol.Pair{Key: elements[i], Value: elements[i+1]})
	}
	return protocol.MapWithOrder(order, pairs), true
}

func (r *Reader) opaqueSince(start []byte) protocol.Value {
	return protocol.InvalidValue(&opaque{r.Since(start)})
}

// order reads the element with the order flags of a list or map if there is one, and takes it off
// the count.
func (r *Reader) order(h *Head) (order protocol.Order, ok bool) {
	if h.Count == 0 {
		return 0, true
	}
	ahead := *r
	first, ok := ahead.Next()
	if !ok || !first.isExt() || first.isSentinel() {
		return 0, ok
	}
	h.Count--
	if h.Kind == KindMap {
		value, ok := ahead.Next()
		if !ok || value.Kind != KindNil {
			return 0, false
		}
		h.Count--
	}
	*r = ahead
	return protocol.Order(first.Ext), true
}

// skipElements skips count values with all that they contain. It fails if one is a sentinel.
func (r *Reader) skipElements(count uint64) bool {
	for left := count; left > 0; left-- {
		h, ok := r.Next()
		if !ok || h.isSentinel() || left > math.MaxInt32 {
			return false
		}
		left += h.Count
	}
	return true
}

// AppendValue is like [protocol.AppendMsgpack], but also appends opaque elements.
func AppendValue(dst []byte, v protocol.Value) ([]byte, error) {
	if packed, err := protocol.AppendMsgpack(dst, v); err == nil {
		return packed, nil
	}
	return appendDeep(dst, v)
}

// appendDeep recurses as deep as the value is. That is bounded: elements below [protocol.MaxDepth]
// are opaque.
func appendDeep(dst []byte, v protocol.Value) ([]byte, error) {
	if packed, ok := Opaque(v); ok {
		return append(dst, packed...), nil
	}
	var err error
	switch v.Kind() {
	case protocol.KindList:
		elements, _ := v.List()
		dst = AppendListHeader(dst, len(elements), v.Order(), len(elements) > 0 && IsExtension(elements[0]))
		for _, e := range elements {
			if dst, err = appendDeep(dst, e); err != nil {
				return dst, err
			}
		}
		return dst, nil
	case protocol.KindMap:
		pairs, _ := v.Map()
		dst = AppendMapHeader(dst, len(pairs), v.Order())
		for _, p := range pairs {
			if dst, err = appendDeep(dst, p.Key); err != nil {
				return dst, err
			}
			if dst, err = appendDeep(dst, p.Value); err != nil {
				return dst, err
			}
		}
		return dst, nil
	}
	return protocol.AppendMsgpack(dst, v)
}

// AppendListHeader appends the header of a list of n elements and, if the list is ordered, the
// element with its order flags. extFirst means that the first element is an extension: the flags
// are written in any case then, because a reader would take the element for them.
func AppendListHeader(dst []byte, n int, order protocol.Order, extFirst bool) []byte {
	flags := extFirst || order != protocol.Unordered
	if flags {
		n++
	}
	switch {
	case n <= int(msgpcode.FixedArrayMask):
		dst = append(dst, msgpcode.FixedArrayLow|byte(n))
	case n <= math.MaxUint16:
		dst = binary.BigEndian.AppendUint16(append(dst, msgpcode.Array16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint32(append(dst, msgpcode.Array32), uint32(n))
	}
	if flags {
		dst = appendOrder(dst, order)
	}
	return dst
}

// IsExtension reports whether an element is packed as an extension that is not a sentinel.
func IsExtension(v protocol.Value) bool {
	packed, ok := Opaque(v)
	return ok && StartsWithExtension(packed)
}

// StartsWithExtension reports whether packed bytes start with an extension that is not a sentinel.
func StartsWithExtension(packed []byte) bool {
	h, ok := (&Reader{packed}).Next()
	return ok && h.isExt() && !h.isSentinel()
}

// AppendMapHeader appends the header of a map of n pairs and, if the map is ordered, the pair with
// its order flags.
func AppendMapHeader(dst []byte, n int, order protocol.Order) []byte {
	if order != protocol.Unordered {
		n++
	}
	switch {
	case n <= int(msgpcode.FixedMapMask):
		dst = append(dst, msgpcode.FixedMapLow|byte(n))
	case n <= math.MaxUint16:
		dst = binary.BigEndian.AppendUint16(append(dst, msgpcode.Map16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint32(append(dst, msgpcode.Map32), uint32(n))
	}
	if order != protocol.Unordered {
		dst = append(appendOrder(dst, order), msgpcode.Nil)
	}
	return dst
}

// appendOrder appends the element with the order flags.
func appendOrder(dst []byte, order protocol.Order) []byte {
	return append(dst, msgpcode.Ext8, 0, byte(order))
}
