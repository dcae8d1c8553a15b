package hll

import (
	"encoding/binary"
	"math/bits"
)

// sketch is a HyperLogLog value in the server's layout (docs/wire-cdt-exp.md#4.3).
type sketch []byte

const (
	offFlags       = 0
	offIndexBits   = 1
	offMinhashBits = 2
	offCache       = 3 // the cached count, little-endian, 0 if none
	headerSize     = 11

	rhoBits = 6 // bits per register, in addition to the minhash bits
)

func validIndexBits(n int64) bool { return n >= 4 && n <= 16 }

func validMinhashBits(n int64) bool { return n == 0 || n >= 4 && n <= 51 }

func validBits(index, minhash int64) bool {
	return validIndexBits(index) && validMinhashBits(minhash) && index+minhash <= 64
}

func sketchSize(indexBits, minhashBits int) int {
	return headerSize + ((rhoBits+minhashBits)<<indexBits+7)/8
}

// parseSketch checks the bytes of a sketch. It does not check that the numbers of bits together fit
// into the hash.
func parseSketch(b []byte) (sketch, bool) {
	if len(b) < headerSize || b[offFlags] != 0 {
		return nil, false
	}
	index, minhash := int64(b[offIndexBits]), int64(b[offMinhashBits])
	ok := validIndexBits(index) && validMinhashBits(minhash) && len(b) == sketchSize(int(index), int(minhash))
	return b, ok
}

func newSketch(indexBits, minhashBits int) sketch {
	s := make(sketch, sketchSize(indexBits, minhashBits))
	s[offIndexBits], s[offMinhashBits] = byte(indexBits), byte(minhashBits)
	return s
}

func (s sketch) indexBits() int { return int(s[offIndexBits]) }

func (s sketch) minhashBits() int { return int(s[offMinhashBits]) }

// registers returns the number of registers.
func (s sketch) registers() int { return 1 << s.indexBits() }

func (s sketch) cache() uint64 { return binary.LittleEndian.Uint64(s[offCache:]) }

func (s sketch) setCache(n uint64) { binary.LittleEndian.PutUint64(s[offCache:], n) }

// window returns the eight bytes that contain register r, and the position of its lowest bit in
// them. A register never extends beyond them, since it has at most 57 bits.
func (s sketch) window(r int) (b []byte, shift int) {
	width := rhoBits + s.minhashBits()
	bit := width * r
	start := min(bit/8, len(s)-headerSize-8)
	return s[headerSize+start:][:8], 64 - (bit - start*8) - width
}

func (s sketch) mask() uint64 { return 1<<(rhoBits+s.minhashBits()) - 1 }

// register returns the value of a register: rho in the upper bits and the minhash below it.
func (s sketch) register(r int) uint64 {
	b, shift := s.window(r)
	return binary.BigEndian.Uint64(b) >> shift & s.mask()
}

func (s sketch) setRegister(r int, value uint64) {
	b, shift := s.window(r)
	old := binary.BigEndian.Uint64(b)
	binary.BigEndian.PutUint64(b, old&^(s.mask()<<shift)|(value&s.mask())<<shift)
}

// rho returns rho of a register: the position of the first one bit of the hash.
func (s sketch) rho(r int) uint64 { return s.register(r) >> s.minhashBits() }

// locate returns the register of an element and its value there.
func (s sketch) locate(element []byte) (register int, value uint64) {
	h1, h2 := murmur128(element)
	register = int(h1 & 0xffff & (1<<s.indexBits() - 1))
	minhash := h1 >> s.indexBits() & (1<<s.minhashBits() - 1)
	rho := uint64(bits.TrailingZeros64(h2) + 1)
	return register, rho<<s.minhashBits() | minhash
}

// add adds an element and reports whether a register has changed.
func (s sketch) add(element []byte) bool {
	r, value := s.locate(element)
	if s.register(r) >= value {
		return false
	}
	s.setRegister(r, value)
	s.setCache(0)
	return true
}

func (s sketch) mayContain(element []byte) bool {
	r, value := s.locate(element)
	return value <= s.register(r)
}

// merge merges the registers of another sketch, which has at least as many. If s has minhash bits
// both must have the same number; otherwise only rho is merged.
func (s sketch) merge(other sketch) {
	last := s.registers() - 1
	for r := range other.registers() {
		value := other.register(r)
		if s.minhashBits() == 0 {
			value = other.rho(r)
		}
		if s.register(r&last) < value {
			s.setRegister(r&last, value)
		}
	}
}

// keepEqual clears the registers that differ from another sketch.
func (s sketch) keepEqual(other sketch) {
	last := s.registers() - 1
	for r := range other.registers() {
		if s.register(r&last) != other.register(r) {
			s.setRegister(r&last, 0)
		}
	}
}

// used returns the number of nonzero registers.
func (s sketch) used() int {
	n := 0
	for r := range s.registers() {
		if s.register(r) != 0 {
			n++
		}
	}
	return n
}

// hasData reports whether a sketch has nonzero bytes. Like the server it checks only as many bytes
// as there are registers.
func (s sketch) hasData() bool {
	for _, b := range s[headerSize:][:min(s.registers(), len(s)-headerSize)] {
		if b != 0 {
			return true
		}
	}
	return false
}

// emptyUnion returns an empty sketch into which all the given ones can be merged.
func emptyUnion(all []sketch) sketch {
	index, minhash := all[0].indexBits(), all[0].minhashBits()
	for _, s := range all[1:] {
		index = min(index, s.indexBits())
		if s.minhashBits() != minhash {
			minhash = 0
		}
	}
	return newSketch(index, minhash)
}

func union(all []sketch) sketch {
	u := emptyUnion(all)
	for _, s := range all {
		u.merge(s)
	}
	return u
}
