package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// reader takes values off a received body. Each read is held against the bytes
// that are left, and the first failure sticks, so that a decoder can't forget a length check.
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

// take returns the next n bytes, which share the body's memory.
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

// count checks a number of entries of at least size bytes each before memory is taken for them.
func (r *reader) count(n, size int, what string) int {
	if r.err != nil || n > len(r.buf)/size {
		r.fail(what)
		return 0
	}
	return n
}
