package protocol

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
)

// compressedSizeLen is the length of the original size in front of the zlib
// stream (wire-core.md 10.3).
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
// takes no more memory than the body announces, which is at most [MaxProtoSize], and as the
// stream really gives.
func Decompress(body []byte) ([]byte, error) {
	r := reader{buf: body}
	head := r.take(compressedSizeLen, "size of a compressed message")
	if r.err != nil {
		return nil, r.err
	}
	size := binary.BigEndian.Uint64(head)
	if size > MaxProtoSize+ProtoHeaderSize || size < ProtoHeaderSize {
		return nil, fmt.Errorf("%w: a compressed message of %d bytes", ErrTooLarge, size)
	}
	z, err := zlib.NewReader(bytes.NewReader(r.buf))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	message, err := io.ReadAll(io.LimitReader(z, int64(size)+1))
	if err != nil || uint64(len(message)) != size {
		return nil, fmt.Errorf("%w: a compressed message of %d bytes that gives %d: %v", ErrMalformed, size, len(message), err)
	}
	return message, nil
}
