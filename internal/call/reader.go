// Package call reads the packed calls of collection, bit, HyperLogLog and expression operations: a
// MessagePack array of a number and its arguments (docs/wire-cdt-exp.md#2.1 and 4).
//
// Arguments are read one by one, as the server does: bytes that an operation does not need are
// never read and need not be valid MessagePack.
package call

import "github.com/aerosql/aerosql/protocol"

// A Reader reads packed values. It does not copy: strings and blobs share memory with the input.
// After a failed read the position is undefined; every failure ends the operation.
type Reader struct{ buf []byte }

// NewReader returns a reader at the start of packed values.
func NewReader(packed []byte) *Reader { return &Reader{packed} }

// Rest returns the bytes that have not been read.
func (r *Reader) Rest() []byte { return r.buf }

// Done reports whether all bytes have been read.
func (r *Reader) Done() bool { return len(r.buf) == 0 }

// Array reads the header of an array and returns the number of its elements. Malformed input may
// have fewer.
func (r *Reader) Array() (n int, ok bool) {
	h, ok := r.Next()
	return int(h.Count), ok && h.Kind == KindList
}

// Int reads an integer of any width. An unsigned integer above math.MaxInt64 returns the negative
// number with the same bits, as on the server.
func (r *Reader) Int() (n int64, ok bool) {
	h, ok := r.Next()
	return int64(h.Num), ok && (h.Kind == KindInt || h.Kind == KindNegative)
}

// Uint reads an integer of any width. A negative integer returns the unsigned number with the same
// bits.
func (r *Reader) Uint() (n uint64, ok bool) {
	i, ok := r.Int()
	return uint64(i), ok
}

// Bool reads a boolean.
func (r *Reader) Bool() (b, ok bool) {
	h, ok := r.Next()
	return h.Kind == KindTrue, ok && (h.Kind == KindTrue || h.Kind == KindFalse)
}

// Bytes reads a string or blob of any type and returns it with its type byte, if it has one.
func (r *Reader) Bytes() (b []byte, ok bool) {
	h, ok := r.Next()
	return h.Data, ok && (h.Kind == KindString || h.Kind == KindBytes || h.Kind == KindGeo)
}

// Value reads one value of any kind, see [ParseValue].
func (r *Reader) Value() (v protocol.Value, ok bool) {
	v, rest, ok := ParseValue(r.buf)
	if !ok {
		return protocol.Value{}, false
	}
	r.buf = rest
	return v, true
}

// Raw reads one value like [Reader.Value] and returns its bytes.
func (r *Reader) Raw() (packed []byte, ok bool) {
	start := r.buf
	_, rest, ok := ParseValue(start)
	if !ok {
		return nil, false
	}
	r.buf = rest
	return r.Since(start), true
}

// NextIsArray reports whether the next value is an array.
func (r *Reader) NextIsArray() bool {
	h, ok := r.Peek()
	return ok && h.Kind == KindList
}

// NextIsMap reports whether the next value is a map.
func (r *Reader) NextIsMap() bool {
	h, ok := r.Peek()
	return ok && h.Kind == KindMap
}
