package collection

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// Opaque reports whether data is a whole list or map that [Unpack] can't read, but a real server stores: one of more than
// protocol.MaxDepth levels, or with extensions of unknown types behind the first element of a collection. It takes
// no memory for levels.
func Opaque(t protocol.ParticleType, data []byte) bool {
	if len(data) == 0 || kindOfHead(data[0]) != t {
		return false
	}
	first := false // the item is the first one of a collection
	for left := 1; left > 0; left-- {
		head, payload, items, ok := itemSize(data)
		switch {
		case !ok || len(data)-head < payload:
			return false
		case isExtension(data[0]) && (first || data[0] == 0xd4 || data[head-1] == sentinelType):
			// Order flags, which are checked where the value is read, or the form of a wildcard or an infinity.
			return false
		}
		data = data[head+payload:]
		if items > len(data) {
			return false
		}
		left, first = left+items, items > 0
	}
	return len(data) == 0
}

// sentinelType is the type of the extensions that are a wildcard or an infinity.
const sentinelType = 0xff

// kindOfHead returns the particle type of a collection that starts with the byte, ParticleNull for anything else.
func kindOfHead(c byte) protocol.ParticleType {
	switch {
	case c&0xf0 == 0x90, c == 0xdc, c == 0xdd:
		return protocol.ParticleList
	case c&0xf0 == 0x80, c == 0xde, c == 0xdf:
		return protocol.ParticleMap
	}
	return protocol.ParticleNull
}

func isExtension(c byte) bool { return c >= 0xc7 && c <= 0xc9 || c >= 0xd4 && c <= 0xd8 }

// itemSize returns the size of the header and of the payload of the MessagePack item that data starts with, and the
// number of items inside it, which follow.
func itemSize(data []byte) (head, payload, items int, ok bool) {
	if len(data) == 0 {
		return 0, 0, 0, false
	}
	// announced is a big-endian length of width bytes behind the code.
	announced := func(width int) int {
		if len(data) <= width {
			return -1
		}
		var wide [8]byte
		copy(wide[8-width:], data[1:1+width])
		return int(binary.BigEndian.Uint64(wide[:]))
	}
	switch c := data[0]; {
	case c <= 0x7f, c >= 0xe0, c == 0xc0, c == 0xc2, c == 0xc3:
		return 1, 0, 0, true
	case c&0xf0 == 0x80:
		return 1, 0, 2 * int(c&0x0f), true
	case c&0xf0 == 0x90:
		return 1, 0, int(c & 0x0f), true
	case c&0xe0 == 0xa0:
		return 1, int(c & 0x1f), 0, true
	case c >= 0xc4 && c <= 0xc6: // bin 8, 16, 32
		width := 1 << (c - 0xc4)
		payload = announced(width)
		return 1 + width, payload, 0, payload >= 0
	case c >= 0xc7 && c <= 0xc9: // ext 8, 16, 32
		width := 1 << (c - 0xc7)
		payload = announced(width)
		return 2 + width, payload, 0, payload >= 0 && len(data) >= 2+width
	case c >= 0xca && c <= 0xd3: // numbers
		return 1, int("\x04\x08\x01\x02\x04\x08\x01\x02\x04\x08"[c-0xca]), 0, true
	case c >= 0xd4 && c <= 0xd8: // fixext
		return 2, 1 << (c - 0xd4), 0, len(data) >= 2
	case c >= 0xd9 && c <= 0xdb: // str 8, 16, 32
		width := 1 << (c - 0xd9)
		payload = announced(width)
		return 1 + width, payload, 0, payload >= 0
	case c == 0xdc, c == 0xdd:
		width := 2 << (c - 0xdc)
		items = announced(width)
		return 1 + width, 0, items, items >= 0
	case c == 0xde, c == 0xdf:
		width := 2 << (c - 0xde)
		items = 2 * announced(width)
		return 1 + width, 0, items, items >= 0
	}
	return 0, 0, 0, false
}
