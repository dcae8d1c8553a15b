package devserver

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Offsets in the message header of the fields that are set when the message is complete.
const (
	offResultCode = 5
	offGeneration = 6
	offVoidTime   = 10
	offRowIndex   = 14
	offFieldCount = 18
	offOpCount    = 20
)

// appendBare appends a message that has only a header, with its proto header.
func appendBare(dst []byte, h wire.Header) []byte {
	dst = wire.ProtoHeader{Type: wire.ProtoMessage, Size: wire.HeaderSize}.AppendTo(dst)
	return h.AppendTo(dst)
}

// closeProto writes the proto header into the space reserved at start.
func closeProto(buf []byte, start int) {
	size := len(buf) - start - wire.ProtoHeaderSize
	wire.ProtoHeader{Type: wire.ProtoMessage, Size: size}.AppendTo(buf[start:start])
}

// appendBlankHeader appends a message header that setHeader fills in.
func appendBlankHeader(dst []byte) []byte {
	return (&wire.Header{}).AppendTo(dst)
}

func setHeader(message []byte, code protocol.ResultCode, generation, voidTime uint32, ops int) {
	message[offResultCode] = byte(code)
	binary.BigEndian.PutUint32(message[offGeneration:], generation)
	binary.BigEndian.PutUint32(message[offVoidTime:], voidTime)
	binary.BigEndian.PutUint16(message[offOpCount:], uint16(ops))
}
