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

// compressedSizeLen is the length of the original size in front of the zlib
// stream (docs/wire-core.md#10.3).
const compressedSizeLen = 8

// AppendCompressed appends a whole message, proto header included, in its
// compressed form. The server must be an Enterprise Edition.
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

// Decompress returns the message, proto header included, that a compressed body holds. It
// takes memory as the stream gives bytes, up to the size that the body announces, which is at
// most that of the largest message. Errors wrap [protocol.ErrMalformed] or [protocol.ErrTooLarge].
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
		return nil, fmt.Errorf("%w: what a compressed body of %d bytes holds starts with % x", protocol.ErrMalformed, size, message[:ProtoHeaderSize])
	}
	return message, nil
}

// inflaters are zlib readers whose memory is used again.
var inflaters sync.Pool

// inflate returns what a zlib stream gives, which must be of that size.
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
	// The end of the stream has its checksum.
	var more [1]byte
	if n, err := z.Read(more[:]); n > 0 || err != io.EOF {
		return nil, fmt.Errorf("it gives more than announced, or its checksum is wrong: %v", err)
	}
	return whole.Bytes(), nil
}
