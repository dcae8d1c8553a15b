package replay

import (
	"encoding/binary"
	"math"
)

// redactPacked replaces the values in MessagePack data. Lengths, types and the structure stay.
// Elements of a list, and keys of a map, become different from each other as far as their lengths
// permit, so that maps keep their sizes. If code is true the data is an operation or an expression:
// the integer that a list starts with is its code and stays. Data that is not MessagePack becomes
// zeros.
func redactPacked(data []byte, code bool) {
	p := packed{rest: data}
	for len(p.rest) > 0 && !p.bad {
		p.value(code, 0, 0)
	}
	if p.bad {
		clear(data)
	}
}

// A packed is MessagePack data while it is being redacted in place.
type packed struct {
	rest []byte
	bad  bool
}

const (
	// maxPackedDepth limits recursion.
	maxPackedDepth = 256
	// codeQuote is the code of an expression whose argument is a list of values
	// (docs/wire-cdt-exp.md).
	codeQuote = 126
)

// take returns the next n bytes, nil if there are fewer.
func (p *packed) take(n int) []byte {
	if n < 0 || n > len(p.rest) {
		p.bad = true
		return nil
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

// length returns the big-endian number in the next n bytes.
func (p *packed) length(n int) int {
	b := p.take(n)
	size := 0
	for _, c := range b {
		size = size<<8 | int(c)
	}
	return size
}

// value redacts one value. number distinguishes it from its neighbors.
func (p *packed) value(code bool, number, depth int) {
	if depth > maxPackedDepth {
		p.bad = true
	}
	head := p.take(1)
	if p.bad {
		return
	}
	switch t := head[0]; {
	case t < 0x80: // a small integer
		head[0] = byte(number % 0x80)
	case t < 0x90:
		p.pairs(int(t&0x0f), code, depth)
	case t < 0xa0:
		p.list(int(t&0x0f), code, depth)
	case t < 0xc0:
		p.text(int(t&0x1f), number)
	case t == 0xc0, t == 0xc2, t == 0xc3: // nil, booleans
		if t == 0xc3 {
			head[0] = 0xc2
		}
	case t >= 0xc4 && t <= 0xc6:
		p.text(p.length(1<<(t-0xc4)), number)
	case t >= 0xc7 && t <= 0xc9:
		p.extension(p.length(1 << (t - 0xc7)))
	case t == 0xca:
		putUint(p.take(4), uint64(math.Float32bits(float32(number))))
	case t == 0xcb:
		putUint(p.take(8), math.Float64bits(float64(number)))
	case t >= 0xcc && t <= 0xcf:
		putUint(p.take(1<<(t-0xcc)), uint64(number))
	case t >= 0xd0 && t <= 0xd3:
		putUint(p.take(1<<(t-0xd0)), uint64(number))
	case t >= 0xd4 && t <= 0xd8:
		p.extension(1 << (t - 0xd4))
	case t >= 0xd9 && t <= 0xdb:
		p.text(p.length(1<<(t-0xd9)), number)
	case t == 0xdc, t == 0xdd:
		p.list(p.length(2<<(t-0xdc)), code, depth)
	case t == 0xde, t == 0xdf:
		p.pairs(p.length(2<<(t-0xde)), code, depth)
	case t >= 0xe0: // a small negative integer
		head[0] = 0xff - byte(number%0x20)
	default:
		p.bad = true
	}
}

// list redacts the elements of a list.
func (p *packed) list(n int, code bool, depth int) {
	for i := 0; i < n && !p.bad; i++ {
		if i == 0 && code && len(p.rest) > 0 && isInteger(p.rest[0]) {
			quote := p.rest[0] == codeQuote
			p.skipInteger()
			if quote {
				code = false
			}
			continue
		}
		p.value(code, i, depth+1)
	}
}

// pairs redacts the keys and values of a map. The extension that says how a map is ordered stays.
func (p *packed) pairs(n int, code bool, depth int) {
	for i := 0; i < n && !p.bad; i++ {
		p.value(code, i, depth+1)
		p.value(code, i, depth+1)
	}
}

// text replaces a string or blob after its first byte, which is the type of the particle.
func (p *packed) text(n, number int) {
	if b := p.take(n); len(b) > 1 {
		fillText(b[1:], number)
	}
}

// extension keeps the type of an extension and clears its data.
func (p *packed) extension(n int) {
	p.take(1)
	clear(p.take(n))
}

func isInteger(t byte) bool { return t < 0x80 || t >= 0xcc && t <= 0xd3 || t >= 0xe0 }

// skipInteger skips an integer.
func (p *packed) skipInteger() {
	switch t := p.take(1)[0]; {
	case t >= 0xcc && t <= 0xcf:
		p.take(1 << (t - 0xcc))
	case t >= 0xd0 && t <= 0xd3:
		p.take(1 << (t - 0xd0))
	}
}

// fillText fills the bytes with letters that depend on the number.
func fillText(b []byte, number int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = 'a' + byte(number%26)
		number /= 26
	}
}

// putUint writes the lowest bytes of n, big-endian, without a sign bit.
func putUint(b []byte, n uint64) {
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], n)
	copy(b, all[8-len(b):])
	if len(b) > 0 && len(b) < 8 {
		b[0] &= 0x7f
	}
}
