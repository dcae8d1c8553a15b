package expression

import (
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// packedKind is the kind of a packed value; the order of the kinds is that of
// values of different kinds (docs/wire-cdt-exp.md#1.5).
type packedKind uint8

const (
	packedNil packedKind = iota
	packedFalse
	packedTrue
	packedNegative
	packedInt
	packedString
	packedList
	packedMap
	packedBytes
	packedFloat
	packedGeo
	packedExt
	packedWildcard
	packedInfinity
)

// element is one packed value without what a list or map contains.
type element struct {
	kind packedKind
	// num has the bits of an integer or float.
	num uint64
	// data is the payload of a string, blob or GeoJSON with its type byte, or that of an extension.
	data []byte
	// count is how many values a list or map contains; each pair has two.
	count uint64
	// ext is the type of an extension.
	ext byte
}

// MessagePack codes (docs/wire-cdt-exp.md#1.1).
const (
	codeNil, codeFalse, codeTrue        = 0xc0, 0xc2, 0xc3
	codeBin8, codeBin16, codeBin32      = 0xc4, 0xc5, 0xc6
	codeExt8, codeExt16, codeExt32      = 0xc7, 0xc8, 0xc9
	codeFloat, codeDouble               = 0xca, 0xcb
	codeUint8, codeUint64               = 0xcc, 0xcf
	codeInt8, codeInt64                 = 0xd0, 0xd3
	codeFixExt1, codeFixExt16           = 0xd4, 0xd8
	codeStr8, codeStr16, codeStr32      = 0xd9, 0xda, 0xdb
	codeArray16, codeArray32            = 0xdc, 0xdd
	codeMap16, codeMap32                = 0xde, 0xdf
	fixIntMax, fixMap, fixArray         = 0x7f, 0x80, 0x90
	fixStr, fixNegative                 = 0xa0, 0xe0
	fixStrLen, fixCount                 = 0x1f, 0x0f
	extSentinel                    byte = 0xff
	sentinelWildcard, sentinelInf       = 0x00, 0x01
)

// reader takes packed values off a byte slice, which they share.
type reader struct {
	buf []byte
	off int
}

func (r *reader) done() bool { return r.off >= len(r.buf) }

func (r *reader) take(n uint64) ([]byte, bool) {
	if n > uint64(len(r.buf)-r.off) {
		return nil, false
	}
	b := r.buf[r.off : r.off+int(n) : r.off+int(n)]
	r.off += int(n)
	return b, true
}

// number takes a big-endian number.
func (r *reader) number(width int) (uint64, bool) {
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

// next takes one value; what a list or map contains follows.
func (r *reader) next() (e element, ok bool) {
	code, ok := r.number(1)
	if !ok {
		return e, false
	}
	switch {
	case code <= fixIntMax:
		return element{kind: packedInt, num: code}, true
	case code >= fixNegative:
		return element{kind: packedNegative, num: uint64(int64(int8(code)))}, true
	case code >= fixStr && code <= fixStr|fixStrLen:
		return r.text(code & fixStrLen)
	case code >= fixArray && code <= fixArray|fixCount:
		return element{kind: packedList, count: code & fixCount}, true
	case code >= fixMap && code <= fixMap|fixCount:
		return element{kind: packedMap, count: 2 * (code & fixCount)}, true
	case code >= codeUint8 && code <= codeInt64:
		return r.integer(int(code))
	}
	return r.long(int(code))
}

// long takes the rest of a value with a code of its own.
func (r *reader) long(code int) (e element, ok bool) {
	switch code {
	case codeNil:
		return element{kind: packedNil}, true
	case codeFalse:
		return element{kind: packedFalse}, true
	case codeTrue:
		return element{kind: packedTrue}, true
	case codeFloat:
		n, ok := r.number(4)
		return element{kind: packedFloat, num: math.Float64bits(float64(math.Float32frombits(uint32(n))))}, ok
	case codeDouble:
		n, ok := r.number(8)
		return element{kind: packedFloat, num: n}, ok
	case codeBin8, codeBin16, codeBin32:
		return r.sized(1<<(code-codeBin8), r.text)
	case codeStr8, codeStr16, codeStr32:
		return r.sized(1<<(code-codeStr8), r.text)
	case codeArray16, codeArray32:
		n, ok := r.number(2 << (code - codeArray16))
		return element{kind: packedList, count: n}, ok
	case codeMap16, codeMap32:
		n, ok := r.number(2 << (code - codeMap16))
		return element{kind: packedMap, count: 2 * n}, ok
	case codeExt8, codeExt16, codeExt32:
		return r.sized(1<<(code-codeExt8), r.extension)
	}
	if code >= codeFixExt1 && code <= codeFixExt16 {
		return r.extension(1 << (code - codeFixExt1))
	}
	return e, false
}

// sized takes a length of width bytes and what it is the length of.
func (r *reader) sized(width int, rest func(uint64) (element, bool)) (element, bool) {
	n, ok := r.number(width)
	if !ok {
		return element{}, false
	}
	return rest(n)
}

func (r *reader) integer(code int) (element, bool) {
	signed := code >= codeInt8
	width := 1 << (code & 0x03)
	n, ok := r.number(width)
	if signed {
		shift := 64 - 8*width
		if n = uint64(int64(n<<shift) >> shift); int64(n) < 0 {
			return element{kind: packedNegative, num: n}, ok
		}
	}
	return element{kind: packedInt, num: n}, ok
}

// text takes a string, blob or GeoJSON: its first byte says which.
func (r *reader) text(n uint64) (element, bool) {
	data, ok := r.take(n)
	e := element{kind: packedBytes, data: data}
	if ok && n > 0 {
		switch protocol.ParticleType(data[0]) {
		case protocol.ParticleString:
			e.kind = packedString
		case protocol.ParticleGeoJSON:
			e.kind = packedGeo
		}
	}
	return e, ok
}

func (r *reader) extension(n uint64) (element, bool) {
	t, ok := r.number(1)
	if !ok {
		return element{}, false
	}
	data, ok := r.take(n)
	e := element{kind: packedExt, data: data, ext: byte(t)}
	if ok && e.ext == extSentinel && n == 1 {
		switch data[0] {
		case sentinelWildcard:
			e.kind = packedWildcard
		case sentinelInf:
			e.kind = packedInfinity
		}
	}
	return e, ok
}

// skip takes whole values with all that they contain.
func (r *reader) skip(count uint64) bool {
	for ; count > 0; count-- {
		e, ok := r.next()
		if !ok {
			return false
		}
		count += e.count
	}
	return true
}

// whole takes one value with all that it contains, as bytes.
func (r *reader) whole() ([]byte, bool) {
	start := r.off
	ok := r.skip(1)
	return r.buf[start:r.off:r.off], ok
}

// peek returns the next value and leaves it there.
func (r *reader) peek() (element, bool) {
	ahead := *r
	return ahead.next()
}

// int takes an integer; an unsigned one above math.MaxInt64 gives the negative
// number of the same bits, as it does on the server.
func (r *reader) int() (int64, bool) {
	e, ok := r.next()
	return int64(e.num), ok && (e.kind == packedInt || e.kind == packedNegative)
}

// raw takes a string or blob of any kind with its type byte, if it has one.
func (r *reader) raw() ([]byte, bool) {
	e, ok := r.next()
	return e.data, ok && (e.kind == packedString || e.kind == packedBytes || e.kind == packedGeo)
}

// array takes the header of a list.
func (r *reader) array() (uint64, bool) {
	e, ok := r.next()
	return e.count, ok && e.kind == packedList
}
