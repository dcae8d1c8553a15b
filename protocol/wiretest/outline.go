package wiretest

import "encoding/binary"

// The lengths that a frame's outline is made of.
const (
	protoHead   = 8
	messageHead = 22
	adminHead   = 16
	sizeLen     = 4
)

const (
	protoAdmin      = 2
	protoMessage    = 3
	protoCompressed = 4
)

// split takes protos that follow each other apart. What is no proto, or not a whole one, is the last.
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

// Bodies returns the bodies of the protos of a frame, the last one as far as it is there.
func Bodies(frame []byte) (bodies [][]byte) {
	for _, proto := range split(frame) {
		bodies = append(bodies, proto[min(protoHead, len(proto)):])
	}
	return bodies
}

// A part is a field or an operation: a size of four bytes, and what it counts.
type part struct{ at, end int }

// outline finds the parts of messages that follow each other in a body. It ends where it can't follow.
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

// zlibMost is the number of bytes that a zlib stream gives for one of its own at most.
const zlibMost = 1032

// Received is how many bytes a frame is to whoever reads it: its own, and those that compressed bodies in it
// announce and can give.
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
