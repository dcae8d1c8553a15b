package wire

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/aerosql/aerosql/protocol"
)

// compressedSizeLen is the length of the uncompressed size before the zlib stream
// (docs/wire-core.md#10.3).
const compressedSizeLen = 8

// AppendCompressed appends the compressed form of a message. message includes its proto header.
// Only servers of the Enterprise Edition accept compressed messages.
func AppendCompressed(dst, message []byte) ([]byte, error) {
	start := len(dst)
	buf := bytes.NewBuffer(binary.BigEndian.AppendUint64(beginProto(dst), uint64(len(message))))
	w := zlib.NewWriter(buf)
	if _, err := w.Write(message); err != nil {
		return dst, err
	}
	if err := w.Close(); err != nil {
		return dst, err
	}
	return finishProto(buf.Bytes(), start, ProtoCompressed)
}

// Decompress returns the message, including its proto header, in a compressed body. It allocates
// memory as the stream is decompressed, and stops at the size that the body announces, which must
// not exceed that of the largest message. Errors wrap [protocol.ErrMalformed] or
// [protocol.ErrTooLarge].
func Decompress(body []byte) ([]byte, error) {
	r := reader{buf: body}
	head := r.take(compressedSizeLen, "size of a compressed message")
	if r.err != nil {
		return nil, r.err
	}
	size := binary.BigEndian.Uint64(head)
	switch {
	case size > protocol.MaxProtoSize+ProtoHeaderSize:
		return nil, fmt.Errorf("%w: a compressed message of %d bytes, at most %d are allowed", protocol.ErrTooLarge, size, protocol.MaxProtoSize)
	case size < ProtoHeaderSize:
		return nil, fmt.Errorf("%w: a compressed message of %d bytes", protocol.ErrMalformed, size)
	}
	message, err := inflate(r.buf, int(size))
	if err != nil {
		return nil, fmt.Errorf("%w: a compressed message of %d bytes: %v", protocol.ErrMalformed, size, err)
	}
	h, err := ParseProtoHeader(message)
	if err != nil || h.Type != ProtoMessage || h.Size != len(message)-ProtoHeaderSize {
		return nil, fmt.Errorf("%w: a compressed message of %d bytes that starts with % x", protocol.ErrMalformed, size, message[:ProtoHeaderSize])
	}
	return message, nil
}

// inflaters are zlib readers for reuse.
var inflaters sync.Pool

// inflate decompresses a zlib stream. The result must have exactly size bytes.
func inflate(stream []byte, size int) (_ []byte, err error) {
	source := bytes.NewReader(stream)
	z, _ := inflaters.Get().(io.ReadCloser)
	if z == nil {
		z, err = zlib.NewReader(source)
	} else {
		err = z.(zlib.Resetter).Reset(source, nil)
	}
	if err != nil {
		return nil, err
	}
	defer inflaters.Put(z)
	whole := newBody(size, firstInflatedPart)
	for space := whole.Space(); len(space) > 0; space = whole.Space() {
		n, err := z.Read(space)
		if whole.Arrived(n); err != nil && len(whole.Space()) > 0 {
			return nil, io.ErrUnexpectedEOF
		}
	}
	// Reading to the end checks the checksum.
	var more [1]byte
	if n, err := z.Read(more[:]); n > 0 || err != io.EOF {
		return nil, fmt.Errorf("more bytes than announced, or a wrong checksum: %v", err)
	}
	return whole.Bytes(), nil
}
