package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A reader parses values from a received body. Each method checks the number of bytes left, and the
// reader keeps the first error. So a decoder can't miss a length check.
type reader struct {
	buf []byte
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s with %d bytes left", protocol.ErrMalformed, what, len(r.buf))
	}
	r.buf = nil
}

// take returns the next n bytes. They share the memory of the body.
func (r *reader) take(n int, what string) []byte {
	if r.err != nil || n < 0 || n > len(r.buf) {
		r.fail(what)
		return nil
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b
}

func (r *reader) u8(what string) uint8 {
	if b := r.take(1, what); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16(what string) uint16 {
	if b := r.take(2, what); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32(what string) uint32 {
	if b := r.take(4, what); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// count returns n if n entries of at least size bytes each can follow, otherwise 0.
func (r *reader) count(n, size int, what string) int {
	if r.err != nil || n > len(r.buf)/size {
		r.fail(what)
		return 0
	}
	return n
}
