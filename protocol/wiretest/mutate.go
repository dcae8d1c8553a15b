package wiretest

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// A Mutator makes random changes to frames. The changes depend only on its seed and on the frames
// that were passed to it.
type Mutator struct {
	rng *rand.Rand
	// last is the previous body. Pieces of it are inserted into the next one.
	last []byte
}

// NewMutator returns a Mutator with the seed.
func NewMutator(seed uint64) *Mutator {
	return &Mutator{rng: rand.New(rand.NewPCG(seed, 0x61657273))}
}

// Frame returns a changed copy of a frame, which has one or more protos. Most copies have correct
// sizes, so that decoders get beyond the checks of sizes. The others have wrong sizes.
func (m *Mutator) Frame(frame []byte) []byte {
	if m.one(16) {
		return m.edit(slices.Clone(frame))
	}
	protos := split(frame)
	chosen := m.rng.IntN(len(protos))
	var out []byte
	for i, proto := range protos {
		switch {
		case i != chosen:
			out = append(out, proto...)
			continue
		case len(proto) < protoHead:
			out = append(out, m.edit(slices.Clone(proto))...)
			continue
		}
		body := m.body(proto[1], proto[protoHead:])
		size := len(body)
		if m.one(16) {
			size = int(m.number() & (1<<48 - 1))
		}
		head := binary.BigEndian.Uint64(proto)&^(1<<48-1) | uint64(size)
		out = append(binary.BigEndian.AppendUint64(out, head), body...)
	}
	return out
}

// body returns a changed copy of the body of a proto.
func (m *Mutator) body(proto byte, body []byte) []byte {
	out := slices.Clone(body)
	for range 1 + m.rng.IntN(3) {
		if parts := outline(proto, out); len(parts) > 0 && !m.one(3) {
			out = m.within(out, parts[m.rng.IntN(len(parts))])
		} else {
			out = m.edit(out)
		}
	}
	m.last = body
	return out
}

// one returns true with a probability of 1/n.
func (m *Mutator) one(n int) bool { return m.rng.IntN(n) == 0 }

// within changes the contents of a part, and sets the size of the part to the new one.
func (m *Mutator) within(body []byte, p part) []byte {
	from := p.at + sizeLen + m.rng.IntN(p.end-p.at-sizeLen+1)
	inside := m.edit(slices.Clone(body[from:p.end]))
	size := from - p.at - sizeLen + len(inside)
	binary.BigEndian.PutUint32(body[p.at:], uint32(size))
	return slices.Concat(body[:from], inside, body[p.end:])
}

// edit makes one change. It can modify b.
func (m *Mutator) edit(b []byte) []byte {
	if len(b) == 0 {
		return slices.Clone(m.piece())
	}
	at := m.rng.IntN(len(b))
	if m.one(4) {
		at = m.rng.IntN(min(len(b), messageHead)) // the header has the counts
	}
	end := at + m.rng.IntN(min(len(b)-at, 64)+1)
	switch m.rng.IntN(9) {
	case 0:
		b[at] ^= 1 << m.rng.IntN(8)
	case 1:
		b[at] = byte(m.rng.Uint32())
	case 2:
		b[at] = heads[m.rng.IntN(len(heads))]
	case 3:
		return m.overwrite(b, at)
	case 4:
		return slices.Delete(b, at, end)
	case 5:
		return slices.Insert(b, at, m.piece()...)
	case 6:
		return slices.Insert(b, at, b[at:end]...)
	case 7:
		return b[:at]
	case 8:
		return slices.Replace(b, at, end, m.piece()...)
	}
	return b
}

// overwrite replaces 1, 2, 4 or 8 bytes with a number.
func (m *Mutator) overwrite(b []byte, at int) []byte {
	wide := binary.BigEndian.AppendUint64(nil, m.number())
	copy(b[at:], wide[8-1<<m.rng.IntN(4):])
	return b
}

// number returns a number that is an unusual length, count or offset: often 2^n-1, 2^n or 2^n+1.
func (m *Mutator) number() uint64 {
	if m.one(4) {
		return m.rng.Uint64() >> m.rng.IntN(64)
	}
	return uint64(1)<<m.rng.IntN(64) + uint64(m.rng.IntN(3)) - 1
}

// heads are first bytes of MessagePack values: numbers, strings, lists, maps and extensions.
var heads = []byte{0x00, 0x01, 0x03, 0x7f, 0x80, 0x81, 0x90, 0x91, 0x92, 0xa0, 0xa1, 0xc0, 0xc1, 0xc4, 0xc7, 0xca, 0xcb, 0xcf, 0xd3, 0xd4, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xff}

// piece returns bytes to insert: the head and length of a value without its data, deeply nested
// lists or maps, a part of the previous body, or random bytes.
func (m *Mutator) piece() []byte {
	switch m.rng.IntN(4) {
	case 0:
		return binary.BigEndian.AppendUint32([]byte{heads[m.rng.IntN(len(heads))]}, uint32(m.number()))
	case 1:
		return slices.Repeat([]byte{0x91 - 0x10*byte(m.rng.IntN(2))}, 1<<m.rng.IntN(11))
	case 2:
		if len(m.last) > 0 {
			at := m.rng.IntN(len(m.last))
			return m.last[at : at+min(len(m.last)-at, 1<<m.rng.IntN(10))]
		}
	}
	noise := make([]byte, 1+m.rng.IntN(8))
	for i := range noise {
		noise[i] = byte(m.rng.Uint32())
	}
	return noise
}
