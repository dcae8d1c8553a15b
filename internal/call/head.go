package call

import (
	"encoding/binary"
	"math"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/protocol"
)

// Kind is the kind of a packed value. Values of different kinds sort in the order of the constants
// (docs/wire-cdt-exp.md#1.5).
type Kind uint8

// The kinds.
const (
	KindNil Kind = iota
	KindFalse
	KindTrue
	KindNegative
	KindInt // an integer that is not negative
	KindString
	KindList
	KindMap
	KindBytes // a blob of any type except GeoJSON, or a string without a type byte
	KindFloat
	KindGeo
	KindExt // an extension, such as the order flags of a list or map
	KindWildcard
	KindInfinity
)

// ExtSentinel is the extension type of wildcards and infinities.
const ExtSentinel = 0xff

// The payloads of the sentinels.
const (
	sentinelWildcard = 0x00
	sentinelInfinity = 0x01
)

// A Head is one packed value without the elements of a list or map.
type Head struct {
	Kind Kind
	// Num holds the bits of an integer or a 64-bit float.
	Num uint64
	// Data is the payload of a string, blob or GeoJSON, starting with its type byte, or the payload
	// of an extension. It shares memory with the packed value.
	Data []byte
	// Count is the number of values in a list or map. Each pair counts as two. The values may be
	// missing from malformed input.
	Count uint64
	// Ext is the type of an extension or sentinel.
	Ext byte
}

// isExt reports whether the value is an extension or sentinel.
func (h *Head) isExt() bool { return h.Kind >= KindExt }

// isSentinel reports whether the value has the extension type of sentinels and a payload.
func (h *Head) isSentinel() bool { return h.isExt() && h.Ext == ExtSentinel && len(h.Data) > 0 }

// isContainer reports whether the value is a list or map.
func (h *Head) isContainer() bool { return h.Kind == KindList || h.Kind == KindMap }

// Next reads one value. The elements of a list or map follow.
func (r *Reader) Next() (h Head, ok bool) {
	b, ok := r.take(1)
	if !ok {
		return h, false
	}
	switch code := b[0]; {
	case code <= msgpcode.PosFixedNumHigh:
		return Head{Kind: KindInt, Num: uint64(code)}, true
	case code >= msgpcode.NegFixedNumLow:
		return Head{Kind: KindNegative, Num: uint64(int64(int8(code)))}, true
	case msgpcode.IsFixedString(code):
		return r.text(uint64(code & msgpcode.FixedStrMask))
	case msgpcode.IsFixedArray(code):
		return Head{Kind: KindList, Count: uint64(code & msgpcode.FixedArrayMask)}, true
	case msgpcode.IsFixedMap(code):
		return Head{Kind: KindMap, Count: 2 * uint64(code&msgpcode.FixedMapMask)}, true
	case code >= msgpcode.Uint8 && code <= msgpcode.Int64:
		return r.integer(code)
	case msgpcode.IsFixedExt(code):
		return r.extension(1 << (code - msgpcode.FixExt1))
	default:
		return r.rest(code)
	}
}

// rest reads the rest of a value whose code has a meaning of its own. The codes of each form are
// consecutive, in the order of the width of their length.
func (r *Reader) rest(code byte) (h Head, ok bool) {
	switch code {
	case msgpcode.Nil:
		return Head{Kind: KindNil}, true
	case msgpcode.False:
		return Head{Kind: KindFalse}, true
	case msgpcode.True:
		return Head{Kind: KindTrue}, true
	case msgpcode.Float:
		n, ok := r.number(4)
		return Head{Kind: KindFloat, Num: math.Float64bits(float64(math.Float32frombits(uint32(n))))}, ok
	case msgpcode.Double:
		n, ok := r.number(8)
		return Head{Kind: KindFloat, Num: n}, ok
	case msgpcode.Bin8, msgpcode.Bin16, msgpcode.Bin32:
		return r.sized(1<<(code-msgpcode.Bin8), r.text)
	case msgpcode.Str8, msgpcode.Str16, msgpcode.Str32:
		return r.sized(1<<(code-msgpcode.Str8), r.text)
	case msgpcode.Array16, msgpcode.Array32:
		n, ok := r.number(2 << (code - msgpcode.Array16))
		return Head{Kind: KindList, Count: n}, ok
	case msgpcode.Map16, msgpcode.Map32:
		n, ok := r.number(2 << (code - msgpcode.Map16))
		return Head{Kind: KindMap, Count: 2 * n}, ok
	case msgpcode.Ext8, msgpcode.Ext16, msgpcode.Ext32:
		h, ok := r.sized(1<<(code-msgpcode.Ext8), r.extension)
		if code != msgpcode.Ext8 && h.isExt() {
			h.Kind = KindExt // a server knows sentinels only in the two shortest forms
		}
		return h, ok
	}
	return h, false
}

// sized reads a length of width bytes and then the payload of that length.
func (r *Reader) sized(width int, payload func(uint64) (Head, bool)) (Head, bool) {
	n, ok := r.number(width)
	if !ok {
		return Head{}, false
	}
	return payload(n)
}

// integer reads the rest of an integer with one of the codes Uint8 to Uint64 and Int8 to Int64.
func (r *Reader) integer(code byte) (Head, bool) {
	signed := code >= msgpcode.Int8
	first := msgpcode.Uint8
	if signed {
		first = msgpcode.Int8
	}
	width := 1 << (code - first)
	n, ok := r.number(width)
	if signed {
		shift := 64 - 8*width
		if n = uint64(int64(n<<shift) >> shift); int64(n) < 0 {
			return Head{Kind: KindNegative, Num: n}, ok
		}
	}
	return Head{Kind: KindInt, Num: n}, ok
}

// text reads the n bytes of a string, blob or GeoJSON. The first byte selects the kind.
func (r *Reader) text(n uint64) (Head, bool) {
	data, ok := r.take(n)
	h := Head{Kind: KindBytes, Data: data}
	if ok && n > 0 {
		switch protocol.ParticleType(data[0]) {
		case protocol.ParticleString:
			h.Kind = KindString
		case protocol.ParticleGeoJSON:
			h.Kind = KindGeo
		}
	}
	return h, ok
}

// extension reads the type of an extension and its n bytes.
func (r *Reader) extension(n uint64) (Head, bool) {
	typ, ok := r.number(1)
	if !ok {
		return Head{}, false
	}
	data, ok := r.take(n)
	h := Head{Kind: KindExt, Data: data, Ext: byte(typ)}
	if ok && h.Ext == ExtSentinel && n == 1 {
		switch data[0] {
		case sentinelWildcard:
			h.Kind = KindWildcard
		case sentinelInfinity:
			h.Kind = KindInfinity
		}
	}
	return h, ok
}

// number reads a big-endian number of 1, 2, 4 or 8 bytes.
func (r *Reader) number(width int) (uint64, bool) {
	b, ok := r.take(uint64(width))
	if !ok {
		return 0, false
	}
	switch width {
	case 1:
		return uint64(b[0]), true
	case 2:
		return uint64(binary.BigEndian.Uint16(b)), true
	case 4:
		return uint64(binary.BigEndian.Uint32(b)), true
	}
	return binary.BigEndian.Uint64(b), true
}

func (r *Reader) take(n uint64) ([]byte, bool) {
	if n > uint64(len(r.buf)) {
		return nil, false
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b, true
}

// Peek returns the next value without reading it.
func (r *Reader) Peek() (Head, bool) {
	ahead := *r
	return ahead.Next()
}

// Skip reads count values with all that they contain. It does not check the contents of strings,
// blobs and extensions. Nesting does not use the stack.
func (r *Reader) Skip(count uint64) bool {
	for ; count > 0; count-- {
		h, ok := r.Next()
		if !ok {
			return false
		}
		count += h.Count
	}
	return true
}

// Whole reads one value like [Reader.Skip] and returns its bytes.
func (r *Reader) Whole() ([]byte, bool) {
	start := r.buf
	ok := r.Skip(1)
	return r.Since(start), ok
}

// Since returns the bytes read since [Reader.Rest] returned start.
func (r *Reader) Since(start []byte) []byte {
	n := len(start) - len(r.buf)
	return start[:n:n]
}
