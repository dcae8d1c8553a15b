package call

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// A list or map may have elements that no [protocol.Value] can hold: lists and maps more than [protocol.MaxDepth] levels down, and
// extensions, whose meaning only their writer knows. A server keeps both. Here they are opaque elements: their packed bytes as
// they came, in a value of [protocol.KindInvalid].
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

// ParseValue reads the value that packed begins with, and returns what follows it. It is like
// [protocol.ParseMsgpackPrefix], but reads opaque elements too. The stack that it takes is bounded.
func ParseValue(packed []byte) (v protocol.Value, rest []byte, ok bool) {
	if v, rest, err := protocol.ParseMsgpackPrefix(packed); err == nil {
		return v, rest, true
	}
	r := &Reader{packed}
	v, ok = r.deepValue(0, len(packed))
	return v, r.buf, ok
}

// deepValue is Value for what has opaque elements. room bounds how many elements a list or map may announce.
func (r *Reader) deepValue(depth, room int) (v protocol.Value, ok bool) {
	start := r.buf
	e, ok := r.skipHead()
	switch {
	case !ok:
		return v, false
	case e.isExt && !e.isSentinel:
		return r.opaqueSince(start), true
	case !e.isList && !e.isMap:
		var err error
		v, r.buf, err = protocol.ParseMsgpackPrefix(start)
		return v, err == nil
	case e.count > min(room, len(r.buf)):
		return v, false
	case depth == protocol.MaxDepth:
		if !r.skip(e.count) {
			return v, false
		}
		return r.opaqueSince(start), true
	}
	room -= e.count
	order, ok := r.marker(&e)
	if !ok {
		return v, false
	}
	elements := make([]protocol.Value, 0, e.count)
	for range e.count {
		element, ok := r.deepValue(depth+1, room)
		if !ok {
			return v, false
		}
		elements = append(elements, element)
	}
	if e.isList {
		return protocol.ListWithOrder(order, elements), true
	}
	pairs := make([]protocol.Pair, 0, len(elements)/2)
	for i := 0; i < len(elements); i += 2 {
		pairs = append(pairs, protocol.Pair{Key: elements[i], Value: elements[i+1]})
	}
	return protocol.MapWithOrder(order, pairs), true
}

func (r *Reader) opaqueSince(start []byte) protocol.Value {
	n := len(start) - len(r.buf)
	return protocol.InvalidValue(&opaque{start[:n:n]})
}

// marker takes the element with the order flags of a list or map, if it has one.
func (r *Reader) marker(e *head) (order protocol.Order, ok bool) {
	if e.count == 0 {
		return 0, true
	}
	ahead := *r
	first, ok := ahead.skipHead()
	if !ok || !first.isExt || first.isSentinel {
		return 0, ok
	}
	e.count--
	if e.isMap {
		// Its value is nil.
		if len(ahead.buf) == 0 || ahead.buf[0] != codeNil {
			return 0, false
		}
		ahead.buf = ahead.buf[1:]
		e.count--
	}
	*r = ahead
	return protocol.Order(first.ext), true
}

// A head is a packed value without the elements of a list or map.
type head struct {
	isList, isMap     bool
	isExt, isSentinel bool
	ext               byte
	count             int // of the elements; each pair of a map has two
}

// skipHead takes one value, of a list or map the header alone.
func (r *Reader) skipHead() (h head, ok bool) {
	if len(r.buf) == 0 {
		return h, false
	}
	switch c := r.buf[0]; {
	case r.NextIsArray():
		h.count, ok = r.Array()
		h.isList = true
	case r.NextIsMap():
		h.count, ok = r.mapHeader()
		h.isMap = true
	case c == codeNil, c == codeFalse, c == codeTrue:
		_, ok = r.take(1)
	case c == codeFloat:
		_, ok = r.take(1 + 4)
	case c == codeDouble:
		_, ok = r.take(1 + 8)
	case c >= codeFixExt1 && c <= codeFixExt16:
		return r.extension(1, 1<<(c-codeFixExt1))
	case c >= codeExt8 && c <= codeExt32:
		ahead := *r
		width := 1 << (c - codeExt8)
		n, ok := ahead.length(width)
		if !ok {
			return h, false
		}
		return r.extension(1+width, n)
	default:
		if _, ok = r.Int(); !ok {
			_, ok = r.Bytes()
		}
	}
	return h, ok
}

// extension takes an extension of n bytes whose type stands at an offset.
func (r *Reader) extension(at, n int) (h head, ok bool) {
	b, ok := r.take(at + 1 + n)
	if !ok {
		return h, false
	}
	h = head{isExt: true, ext: b[at]}
	h.isSentinel = h.ext == extSentinel && n > 0
	return h, true
}

func (r *Reader) mapHeader() (n int, ok bool) {
	switch c := r.buf[0]; {
	case c&fixMapMask == fixMap:
		n, ok = int(c&fixArrayLen), true
		r.buf = r.buf[1:]
	case c == codeMap16:
		n, ok = r.length(2)
	default:
		n, ok = r.length(4)
	}
	return 2 * n, ok
}

// skip takes so many values with all that they contain.
func (r *Reader) skip(count int) bool {
	for left := uint64(count); left > 0; left-- {
		h, ok := r.skipHead()
		if !ok || h.isSentinel || left > math.MaxInt32 {
			return false
		}
		left += uint64(h.count)
	}
	return true
}

// AppendValue is like [protocol.AppendMsgpack], but writes opaque elements too.
func AppendValue(dst []byte, v protocol.Value) ([]byte, error) {
	if packed, err := protocol.AppendMsgpack(dst, v); err == nil {
		return packed, nil
	}
	return appendDeep(dst, v)
}

// appendDeep takes a stack as deep as the value is. As its elements are opaque from [protocol.MaxDepth] on, an operation on it can't
// have made it much deeper.
func appendDeep(dst []byte, v protocol.Value) ([]byte, error) {
	if packed, ok := Opaque(v); ok {
		return append(dst, packed...), nil
	}
	var err error
	switch v.Kind() {
	case protocol.KindList:
		elements, _ := v.List()
		dst = AppendListHeader(dst, len(elements), v.Order())
		for _, e := range elements {
			if dst, err = appendDeep(dst, e); err != nil {
				return dst, err
			}
		}
		return dst, nil
	case protocol.KindMap:
		pairs, _ := v.Map()
		dst = appendMapHeader(dst, len(pairs), v.Order())
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

// AppendListHeader appends the header of a list of n elements, and the element with its order flags if it has some.
func AppendListHeader(dst []byte, n int, order protocol.Order) []byte {
	if order != protocol.Unordered {
		n++
	}
	switch {
	case n <= fixArrayLen:
		dst = append(dst, fixArray|byte(n))
	case n <= math.MaxUint16:
		dst = binary.BigEndian.AppendUint16(append(dst, codeArray16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint32(append(dst, codeArray32), uint32(n))
	}
	return appendMarker(dst, order)
}

func appendMapHeader(dst []byte, n int, order protocol.Order) []byte {
	if order != protocol.Unordered {
		n++
	}
	switch {
	case n <= fixArrayLen:
		dst = append(dst, fixMap|byte(n))
	case n <= math.MaxUint16:
		dst = binary.BigEndian.AppendUint16(append(dst, codeMap16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint32(append(dst, codeMap32), uint32(n))
	}
	if dst = appendMarker(dst, order); order != protocol.Unordered {
		dst = append(dst, codeNil)
	}
	return dst
}

func appendMarker(dst []byte, order protocol.Order) []byte {
	if order == protocol.Unordered {
		return dst
	}
	return append(dst, codeExt8, 0, byte(order))
}
