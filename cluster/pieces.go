package cluster

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// pieceSize is the memory, in bytes, that the records of an answer share at most, unless one alone is larger. Who keeps one of them
// keeps so much and not the whole body, which may have many times that. Nor is more of a body read ahead. The last byte of the
// memory is for what may follow a body.
const PieceSize = 32<<10 - 1

// A pieces reads the bodies of an answer of many messages in pieces of whole messages, each in memory of its own.
type Pieces struct {
	c    *Conn
	left int    // bytes of the body under way that have not been read
	rest []byte // of the body under way: the begin of a message whose end has not been read
	body []byte // what is left of a body that came compressed, and is in memory already
}

// next returns the next piece: one whole message at least.
func (p *Pieces) Next() ([]byte, error) {
	if p.done() {
		if err := p.begin(); err != nil {
			p.c.Unusable = true
			return nil, err
		}
	}
	if len(p.body) > 0 {
		end, _ := WholeMessages(p.body[:min(len(p.body), PieceSize)])
		if end == 0 {
			if size, whole := messageSize(p.body); whole {
				end = size
			} else {
				end = len(p.body)
			}
		}
		piece := bytes.Clone(p.body[:end])
		p.body = p.body[end:]
		return piece, nil
	}
	piece, err := p.read()
	if err != nil {
		p.c.Unusable = true
	}
	return piece, err
}

// done reports whether the body under way has been returned as a whole.
func (p *Pieces) done() bool { return p.left+len(p.rest)+len(p.body) == 0 }

// drained reports, as an error, bytes that follow the answer whose last message has come.
func (p *Pieces) Drained() error {
	if !p.done() {
		p.c.Unusable = true
		return fmt.Errorf("%w: %d bytes of the body follow the last message", protocol.ErrMalformed, p.left+len(p.rest)+len(p.body))
	}
	return p.c.Drained()
}

// begin reads the header of the next body.
func (p *Pieces) begin() error {
	h, err := p.c.readHeader(wire.ProtoMessage)
	switch {
	case err == errCompressed:
		compressed, err := p.c.readBody(h.Size)
		if err != nil {
			return err
		}
		body, err := wire.Decompress(compressed)
		if err != nil {
			return err
		}
		if p.body = body[wire.ProtoHeaderSize:]; len(p.body) == 0 {
			return errEmptyBody
		}
		return nil
	case err != nil:
		return err
	case h.Size == 0:
		// Such bodies could go on for ever.
		return errEmptyBody
	}
	p.left = h.Size
	return nil
}

// read reads the next piece of a body. Its memory grows with what arrives.
func (p *Pieces) read() ([]byte, error) {
	for size := PieceSize; ; {
		have := len(p.rest)
		want := min(p.left, max(size-have, 0))
		piece := make([]byte, have+want, have+want+1)
		copy(piece, p.rest)
		if err := p.c.readFull(piece[have:], want == p.left); err != nil {
			return nil, err
		}
		p.left -= want
		end, need := WholeMessages(piece)
		if p.left == 0 {
			end = len(piece) // if this is not the end of a message, who parses it says so
		}
		p.rest = piece[end:]
		if end > 0 {
			return piece[:end:end], nil
		}
		// A single message that is larger. It says how large, but is not trusted beyond what has come.
		size = min(need, 2*len(piece))
	}
}

// wholeMessages returns the size of the messages at the start of b that are whole, and how much the next one needs at least.
func WholeMessages(b []byte) (n, need int) {
	for {
		size, whole := messageSize(b[n:])
		if !whole {
			return n, size
		}
		n += size
	}
}

// messageSize returns the size of the message that b begins with. If it is not all there, the size is what is known to be needed, more
// than there is. Nothing else about the message is checked.
func messageSize(b []byte) (size int, whole bool) {
	const sizes = 4 // bytes in front of each field and bin
	if len(b) < wire.HeaderSize {
		return wire.HeaderSize, false
	}
	parts := int(binary.BigEndian.Uint16(b[18:])) + int(binary.BigEndian.Uint16(b[20:]))
	size = wire.HeaderSize
	for range parts {
		if len(b)-size < sizes {
			return size + sizes, false
		}
		part := binary.BigEndian.Uint32(b[size:])
		if size += sizes; uint64(part) > uint64(len(b)-size) {
			return size + int(min(part, protocol.MaxProtoSize)), false
		}
		size += int(part)
	}
	return size, true
}
