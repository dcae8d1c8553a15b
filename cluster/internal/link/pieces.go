package link

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// PieceSize is the size in bytes of the memory that records of an answer share, unless a single
// record is larger. A record that is kept keeps this much memory alive, instead of the whole body,
// which may be many times larger. PieceSize also limits how much is read ahead. One byte is left
// for a byte that may follow the body.
const PieceSize = 32<<10 - 1

// A Pieces reads an answer of many messages piece by piece. Each piece consists of whole messages
// and has its own memory.
type Pieces struct {
	c    *Conn
	left int    // bytes of the current body that have not been read
	rest []byte // the start of a message whose end has not been read
	// spare is the memory of a piece that was too small for a message, for the next piece.
	spare []byte
	body  []byte // the rest of a body that was compressed
}

// NewPieces returns a Pieces that reads the next answer on a connection.
func NewPieces(c *Conn) Pieces { return Pieces{c: c} }

// Next returns the next piece, at least one whole message.
func (p *Pieces) Next() ([]byte, error) {
	if p.done() {
		if err := p.begin(); err != nil {
			p.c.Unusable = true
			return nil, err
		}
	}
	if len(p.body) > 0 {
		end, _ := wholeMessages(p.body[:min(len(p.body), PieceSize)])
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

// done reports whether the whole current body has been returned.
func (p *Pieces) done() bool { return p.left+len(p.rest)+len(p.body) == 0 }

// Drained returns an error if bytes follow the last message of the answer.
func (p *Pieces) Drained() error {
	if !p.done() {
		p.c.Unusable = true
		return fmt.Errorf("%w: %d bytes of the body after the last message", protocol.ErrMalformed, p.left+len(p.rest)+len(p.body))
	}
	return p.c.Drained()
}

// begin reads the header of the next body.
func (p *Pieces) begin() error {
	h, err := p.c.readHeader(wire.ProtoMessage)
	switch {
	case err == errCompressed:
		compressed, err := p.c.readBody(h.Size, nil)
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
		// A server could send empty bodies forever.
		return errEmptyBody
	}
	p.left = h.Size
	return nil
}

// trustedSize is the size in bytes up to which memory for a message is taken at once. Memory for a
// larger one grows as bytes arrive.
const trustedSize = 1 << 20

// read reads the next piece of a body. The memory grows as bytes arrive.
func (p *Pieces) read() ([]byte, error) {
	var piece []byte
	for size := PieceSize; ; {
		have := max(len(piece), len(p.rest))
		want := min(p.left, max(size-have, 0))
		if cap(piece) <= have+want {
			grown := p.memory(have, max(have+want, have+min(have/4, p.left))+1)
			copy(grown, p.rest)
			p.spare, piece = piece, grown
		}
		piece = piece[:have+want]
		if err := p.c.readFull(piece[have:], want == p.left); err != nil {
			return nil, err
		}
		p.left -= want
		p.rest = piece
		end, need := nextPiece(piece)
		if end == 0 && p.left == 0 {
			end = len(piece) // the last message is incomplete; the parser reports that
		}
		if end > 0 {
			p.rest = piece[end:]
			return piece[:end:end], nil
		}
		// The message is larger than the piece. Don't trust a large size field: grow to at most
		// twice what has arrived. Read at least a PieceSize more, because each of many small bins
		// raises the minimum by a few bytes only.
		size = max(min(need, max(2*len(piece), trustedSize)), len(piece)+PieceSize)
	}
}

// memory returns a slice of a length with at least a capacity: the spare one if it is large enough.
func (p *Pieces) memory(length, capacity int) []byte {
	if spare := p.spare; cap(spare) >= capacity {
		p.spare = nil
		return spare[:length]
	}
	return make([]byte, length, capacity)
}

// nextPiece returns the size of the piece at the start of b: whole messages within PieceSize, or a
// single one that is larger. If there is none it is 0, and need is the minimum size of the message.
func nextPiece(b []byte) (end, need int) {
	if end, need = wholeMessages(b[:min(len(b), PieceSize)]); end > 0 {
		return end, need
	}
	size, whole := messageSize(b)
	if whole {
		return size, 0
	}
	return 0, size
}

// wholeMessages returns the total size of the whole messages at the start of b, and the minimum
// size of the next one.
func wholeMessages(b []byte) (n, need int) {
	for {
		size, whole := messageSize(b[n:])
		if !whole {
			return n, size
		}
		n += size
	}
}

// messageSize returns the size of the message at the start of b. If the message is incomplete, size
// is a lower bound, larger than len(b). Nothing else about the message is checked.
func messageSize(b []byte) (size int, whole bool) {
	const sizes = 4 // bytes of the size in front of each field and bin
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
