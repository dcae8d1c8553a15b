package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// ProtoHeaderSize is the size of a ProtoHeader in bytes: version, type, and the size of the body in
// six bytes.
const ProtoHeaderSize = 8

const protoVersion = 2

// ProtoType is the type of the body after a proto header: ProtoInfo, ProtoAdmin, ProtoMessage or
// ProtoCompressed.
type ProtoType uint8

// The types of bodies.
const (
	ProtoInfo       ProtoType = 1
	ProtoAdmin      ProtoType = 2
	ProtoMessage    ProtoType = 3
	ProtoCompressed ProtoType = 4
)

// A ProtoHeader precedes every body, in requests and responses.
type ProtoHeader struct {
	Type ProtoType
	Size int // bytes of the body, at most MaxProtoSize
}

// AppendTo appends the eight bytes of the header.
func (h ProtoHeader) AppendTo(dst []byte) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(protoVersion)<<56|uint64(h.Type)<<48|uint64(h.Size))
}

// ParseProtoHeader parses the first eight bytes of b. If the version or the type does not exist the
// error wraps [protocol.ErrMalformed] and names a likely cause, e.g. that the peer uses TLS. If the
// size exceeds [protocol.MaxProtoSize] the error wraps [protocol.ErrTooLarge].
func ParseProtoHeader(b []byte) (ProtoHeader, error) {
	if len(b) < ProtoHeaderSize {
		return ProtoHeader{}, fmt.Errorf("%w: a proto header of %d bytes", protocol.ErrMalformed, len(b))
	}
	word := binary.BigEndian.Uint64(b)
	h := ProtoHeader{Type: ProtoType(word >> 48)}
	if byte(word>>56) != protoVersion || h.Type < ProtoInfo || h.Type > ProtoCompressed {
		return ProtoHeader{}, fmt.Errorf("%w: a proto header that starts with % x%s", protocol.ErrMalformed, b[:ProtoHeaderSize], guessPeer(b))
	}
	size := word & (1<<48 - 1)
	if size > protocol.MaxProtoSize {
		return ProtoHeader{}, fmt.Errorf("%w: a body of %d bytes, at most %d are allowed", protocol.ErrTooLarge, size, protocol.MaxProtoSize)
	}
	h.Size = int(size)
	return h, nil
}

// guessPeer returns the likely cause of an invalid header.
func guessPeer(b []byte) string {
	switch {
	case string(b[:4]) == "HTTP":
		return " (the peer is an HTTP server)"
	case b[0] == 0x15 || b[0] == 0x16:
		return " (the peer uses TLS)"
	}
	return ""
}

// beginProto appends space for a proto header. finishProto fills it in after the body is complete.
func beginProto(dst []byte) []byte { return append(dst, 0, 0, 0, 0, 0, 0, 0, 0) }

func finishProto(buf []byte, start int, t ProtoType) ([]byte, error) {
	size := len(buf) - start - ProtoHeaderSize
	if size > protocol.MaxProtoSize {
		return buf[:start], fmt.Errorf("%w: a request of %d bytes, at most %d are allowed", protocol.ErrTooLarge, size, protocol.MaxProtoSize)
	}
	ProtoHeader{Type: t, Size: size}.AppendTo(buf[start:start])
	return buf, nil
}
