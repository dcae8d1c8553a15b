package wire

import (
	"sync"

	"github.com/aerosql/aerosql/protocol"
)

// A Buffer is memory for the bins of a response whose values a caller decodes at once. It is used
// again for another response after [Encoded.Release]. A buffer that is not released is collected.
type Buffer struct{ bytes []byte }

// maxBuffer is the size in bytes of the largest memory that is used again: that of a bin of 64 KiB
// with the rest of its message.
const maxBuffer = 72 << 10

var buffers = sync.Pool{New: func() any { return new(Buffer) }}

// TakeBuffer returns a Buffer that nothing else uses.
func TakeBuffer() *Buffer { return buffers.Get().(*Buffer) }

// Bytes returns the memory, for the body of a response. It is nil for a nil Buffer.
func (b *Buffer) Bytes() []byte {
	if b == nil {
		return nil
	}
	return b.bytes
}

// ParseInto is [Response.ParseEncoded] with the memory of a Buffer, which belongs to the response
// from then on. A body that is not lent may be in the Buffer; it must not be used by others.
func (resp *Response) ParseInto(b *Buffer, body []byte, lent bool) (rest []byte, err error) {
	rest, err = resp.parseEncoded(body, lent)
	e := &resp.Encoded
	switch {
	case err != nil:
	case resp.ResultCode != protocol.OK && lent:
		buffers.Put(b) // it was not needed
	case lent:
		b.bytes = append(b.bytes[:0], e.Ops...)
		e.Ops, e.buffer = b.bytes, b
	case e.Count > 0:
		if cap(b.bytes) < len(body) {
			b.bytes = body
		}
		e.buffer = b
	}
	return rest, err
}

// Release gives the memory of the bins back, so that another response uses it. Nothing may use it
// any more, also not through a copy of e. Without a call the memory is not used again.
func (e *Encoded) Release() {
	b := e.buffer
	if b == nil {
		return
	}
	*e = Encoded{}
	if cap(b.bytes) <= maxBuffer {
		buffers.Put(b)
	}
}
