package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// ProtoHeaderSize is the length of what precedes every body in both
// directions: version, type and the body's length in six bytes.
const ProtoHeaderSize = 8

const protoVersion = 2

// ProtoType says what the body behind a proto header is.
type ProtoType uint8

// The types of bodies.
const (
	ProtoInfo       ProtoType = 1
	ProtoAdmin      ProtoType = 2
	ProtoMessage    ProtoType = 3
	ProtoCompressed ProtoType = 4
)

// A ProtoHeader announces a body.
type ProtoHeader struct {
	Type ProtoType
	Size int // bytes of the body, at most MaxProtoSize
}

// AppendTo appends the eight bytes of the header.
func (h ProtoHeader) AppendTo(dst []byte) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(protoVersion)<<56|uint64(h.Type)<<48|uint64(h.Size))
}

// ParseProtoHeader reads the first eight bytes of b. A version or type that
// does not exist gives [protocol.ErrMalformed], with a guess at who is talking; a size over
// [protocol.MaxProtoSize] gives [protocol.ErrTooLarge].
func ParseProtoHeader(b []byte) (ProtoHeader, error) {
	if len(b) < ProtoHeaderSize {
		return ProtoHeader{}, fmt.Errorf("%w: a proto header of %d bytes", protocol.ErrMalformed, len(b))
	}
	word := binary.BigEndian.Uint64(b)
	h := ProtoHeader{Type: ProtoType(word >> 48)}
	if byte(word>>56) != protoVersion || h.Type < ProtoInfo || h.Type > ProtoCompressed {
		return ProtoHeader{}, fmt.Errorf("%w: it starts with % x%s", protocol.ErrMalformed, b[:ProtoHeaderSize], guessPeer(b))
	}
	size := word & (1<<48 - 1)
	if size > protocol.MaxProtoSize {
		return ProtoHeader{}, fmt.Errorf("%w: a body of %d bytes, at most %d are allowed", protocol.ErrTooLarge, size, protocol.MaxProtoSize)
	}
	h.Size = int(size)
	return h, nil
}

// guessPeer names the likely cause of a header that is none.
func guessPeer(b []byte) string {
	switch {
	case string(b[:4]) == "HTTP":
		return " (an HTTP server answers at this address)"
	case b[0] == 0x15 || b[0] == 0x16:
		return " (the other side speaks TLS)"
	}
	return ""
}

// beginProto reserves a proto header; finishProto fills it in when the body
// stands behind it.
func beginProto(dst []byte) []byte { return append(dst, 0, 0, 0, 0, 0, 0, 0, 0) }

func finishProto(buf []byte, start int, t ProtoType) ([]byte, error) {
	size := len(buf) - start - ProtoHeaderSize
	if size > protocol.MaxProtoSize {
		return buf[:start], fmt.Errorf("%w: a request of %d bytes, at most %d are allowed", protocol.ErrTooLarge, size, protocol.MaxProtoSize)
	}
	ProtoHeader{Type: t, Size: size}.AppendTo(buf[start:start])
	return buf, nil
}
