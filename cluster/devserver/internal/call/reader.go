// Package call reads the packed calls of collection, bit and HyperLogLog
// operations: one MessagePack array of a number and its arguments
// (docs/wire-cdt-exp.md#2.1 and 4). A call is read argument by argument, as the server does:
// what no operation asks for is never looked at, not even when it is no valid MessagePack.
package call

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// MessagePack codes of the forms that a call is made of.
const (
	codeNil, codeFalse, codeTrue               = 0xc0, 0xc2, 0xc3
	codeBin8, codeBin16, codeBin32             = 0xc4, 0xc5, 0xc6
	codeExt8, codeExt32                        = 0xc7, 0xc9
	codeFloat, codeDouble                      = 0xca, 0xcb
	codeFixExt1, codeFixExt16                  = 0xd4, 0xd8
	extSentinel                                = 0xff
	codeUint8, codeUint64                      = 0xcc, 0xcf
	codeInt8, codeInt64                        = 0xd0, 0xd3
	codeStr8, codeStr16, codeStr32             = 0xd9, 0xda, 0xdb
	codeArray16, codeArray32                   = 0xdc, 0xdd
	codeMap16, codeMap32                       = 0xde, 0xdf
	fixPositiveMax, fixNegativeMin             = 0x7f, 0xe0
	fixArray, fixArrayMask, fixStr, fixStrMask = 0x90, 0xf0, 0xa0, 0xe0
	fixArrayLen, fixStrLen, fixMap, fixMapMask = 0x0f, 0x1f, 0x80, 0xf0
	widthMask                                  = 0x03
)

// A Reader takes the parts of a call off its bytes. A failed read consumes nothing
// that matters: every failure ends the operation.
type Reader struct{ buf []byte }

// NewReader returns a reader at the start of a packed call.
func NewReader(packed []byte) *Reader { return &Reader{packed} }

// Rest returns what has not been read yet.
func (r *Reader) Rest() []byte { return r.buf }

func (r *Reader) take(n int) ([]byte, bool) {
	if n < 0 || n > len(r.buf) {
		return nil, false
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b, true
}

// length takes a header of one byte and a length in width bytes.
func (r *Reader) length(width int) (int, bool) {
	b, ok := r.take(1 + width)
	if !ok {
		return 0, false
	}
	n := 0
	for _, c := range b[1:] {
		n = n<<8 | int(c)
	}
	return n, true
}

// Array takes the header of an array and returns the number of its elements,
// which need not be there.
func (r *Reader) Array() (n int, ok bool) {
	if len(r.buf) == 0 {
		return 0, false
	}
	switch c := r.buf[0]; {
	case c&fixArrayMask == fixArray:
		r.buf = r.buf[1:]
		return int(c & fixArrayLen), true
	case c == codeArray16:
		return r.length(2)
	case c == codeArray32:
		return r.length(4)
	}
	return 0, false
}

// Int takes an integer of any form. An unsigned one above math.MaxInt64 gives
// the negative number of the same bits, as it does on the server.
func (r *Reader) Int() (n int64, ok bool) {
	if len(r.buf) == 0 {
		return 0, false
	}
	switch c := r.buf[0]; {
	case c <= fixPositiveMax, c >= fixNegativeMin:
		r.buf = r.buf[1:]
		return int64(int8(c)), true
	case c >= codeUint8 && c <= codeUint64:
		u, ok := r.number(1 << (c & widthMask))
		return int64(u), ok
	case c >= codeInt8 && c <= codeInt64:
		width := 1 << (c & widthMask)
		u, ok := r.number(width)
		shift := 64 - 8*width
		return int64(u<<shift) >> shift, ok
	}
	return 0, false
}

func (r *Reader) number(width int) (uint64, bool) {
	b, ok := r.take(1 + width)
	if !ok {
		return 0, false
	}
	var wide [8]byte
	copy(wide[8-width:], b[1:])
	return binary.BigEndian.Uint64(wide[:]), true
}

// Uint takes an integer of any form; a negative one gives the unsigned number of the same bits.
func (r *Reader) Uint() (n uint64, ok bool) {
	i, ok := r.Int()
	return uint64(i), ok
}

// Bool takes a boolean.
func (r *Reader) Bool() (b, ok bool) {
	if len(r.buf) == 0 || r.buf[0] != codeFalse && r.buf[0] != codeTrue {
		return false, false
	}
	b = r.buf[0] == codeTrue
	r.buf = r.buf[1:]
	return b, true
}

// Bytes takes a string or blob of any kind with the byte that names its type,
// if it has one; the bytes share the call's memory.
func (r *Reader) Bytes() (b []byte, ok bool) {
	if len(r.buf) == 0 {
		return nil, false
	}
	var n int
	switch c := r.buf[0]; {
	case c&fixStrMask == fixStr:
		n, ok = int(c&fixStrLen), true
		r.buf = r.buf[1:]
	case c == codeBin8, c == codeStr8:
		n, ok = r.length(1)
	case c == codeBin16, c == codeStr16:
		n, ok = r.length(2)
	case c == codeBin32, c == codeStr32:
		n, ok = r.length(4)
	}
	if !ok {
		return nil, false
	}
	return r.take(n)
}

// Value takes one value of any kind; its strings and blobs share the call's memory.
func (r *Reader) Value() (v protocol.Value, ok bool) {
	v, rest, ok := ParseValue(r.buf)
	if !ok {
		return protocol.Value{}, false
	}
	r.buf = rest
	return v, true
}

// Raw takes one value of any kind as the bytes that it is packed in.
func (r *Reader) Raw() (packed []byte, ok bool) {
	_, rest, ok := ParseValue(r.buf)
	if !ok {
		return nil, false
	}
	packed = r.buf[: len(r.buf)-len(rest) : len(r.buf)-len(rest)]
	r.buf = rest
	return packed, true
}

// NextIsArray reports whether an array comes next.
func (r *Reader) NextIsArray() bool {
	if len(r.buf) == 0 {
		return false
	}
	c := r.buf[0]
	return c&fixArrayMask == fixArray || c == codeArray16 || c == codeArray32
}

// NextIsMap reports whether a map comes next.
func (r *Reader) NextIsMap() bool {
	if len(r.buf) == 0 {
		return false
	}
	c := r.buf[0]
	return c&fixMapMask == fixMap || c == codeMap16 || c == codeMap32
}
