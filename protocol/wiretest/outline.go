package wiretest

import "encoding/binary"

// The sizes of headers, and of the size of a part, in bytes.
const (
	protoHead   = 8
	messageHead = 22
	adminHead   = 16
	sizeLen     = 4
)

// The types of protos.
const (
	protoAdmin      = 2
	protoMessage    = 3
	protoCompressed = 4
)

// split splits a frame into its protos. Bytes that are not a complete proto are the last one.
func split(frame []byte) (protos [][]byte) {
	for len(frame) >= protoHead {
		size := binary.BigEndian.Uint64(frame) & (1<<48 - 1)
		if size > uint64(len(frame)-protoHead) {
			break
		}
		protos = append(protos, frame[:protoHead+size])
		frame = frame[protoHead+size:]
	}
	if len(frame) > 0 || len(protos) == 0 {
		protos = append(protos, frame)
	}
	return protos
}

// Bodies returns the bodies of the protos of a frame. The last one can be incomplete.
func Bodies(frame []byte) (bodies [][]byte) {
	for _, proto := range split(frame) {
		bodies = append(bodies, proto[min(protoHead, len(proto)):])
	}
	return bodies
}

// A part is the position of a field or an operation, which starts with its size in four bytes.
type part struct{ at, end int }

// outline returns the parts of the messages in a body. It stops at the first mistake.
func outline(proto byte, body []byte) (parts []part) {
	for at := 0; at < len(body); {
		head, count := 0, 0
		switch {
		case proto == protoMessage && len(body)-at >= messageHead && body[at] == messageHead:
			head = messageHead
			count = int(binary.BigEndian.Uint16(body[at+18:])) + int(binary.BigEndian.Uint16(body[at+20:]))
		case proto == protoAdmin && len(body)-at >= adminHead:
			head, count = adminHead, int(body[at+3])
		default:
			return parts
		}
		at += head
		for range count {
			if len(body)-at < sizeLen {
				return parts
			}
			end := at + sizeLen + int(binary.BigEndian.Uint32(body[at:]))
			if end > len(body) {
				return parts
			}
			parts = append(parts, part{at, end})
			at = end
		}
	}
	return parts
}

// zlibMost is the largest ratio of uncompressed to compressed bytes in a zlib stream.
const zlibMost = 1032

// Received returns the number of bytes that a decoder of the frame receives, for [Bounded]: the
// size of the frame and the uncompressed sizes that its compressed bodies announce, as far as they
// are possible.
func Received(frame []byte) int {
	n := len(frame)
	for _, proto := range split(frame) {
		if len(proto) < 2*protoHead || proto[1] != protoCompressed {
			continue
		}
		n += int(min(binary.BigEndian.Uint64(proto[protoHead:]), uint64(zlibMost*len(proto))))
	}
	return n
}
