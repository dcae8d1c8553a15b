package protocol

import (
	"encoding/binary"
	"math/bits"
)

// digestBlock is the size of a block of RIPEMD-160, and digestShort that of the longest input that
// fits into one block: its end is marked by a byte, and its length takes eight.
const (
	digestBlock = 64
	digestShort = digestBlock - 1 - 8
)

// hashShort returns the RIPEMD-160 hash of the first n bytes of a block, at most digestShort. The
// other bytes must be zero. Almost all keys are as short. It takes two thirds of the time of a hash
// of any length, as a client computes one for each command.
func hashShort(block *[digestBlock]byte, n int) (d Digest) {
	block[n] = 0x80
	var x [16]uint32
	for i := range x {
		x[i] = binary.LittleEndian.Uint32(block[4*i:])
	}
	x[14] = uint32(8 * n)
	h := [5]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}
	s := lines{h[0], h[1], h[2], h[3], h[4], h[0], h[1], h[2], h[3], h[4]}
	s.roundFirst(&x)
	s.roundSecond(&x)
	s.roundThird(&x)
	s.roundFourth(&x)
	s.roundFifth(&x)
	for i := range h {
		sum := h[(i+1)%5] + s[(i+2)%5] + s[5+(i+3)%5]
		binary.LittleEndian.PutUint32(d[4*i:], sum)
	}
	return d
}

// lines has the five words of each of the two lines of RIPEMD-160. A round has 16 steps in each
// line; those of both alternate, because the processor runs them at the same time.
type lines [10]uint32

func rotate(x uint32, n int) uint32 { return bits.RotateLeft32(x, n) }

// The functions of the rounds. The second line uses them in reverse order.
func xor(x, y, z uint32) uint32        { return x ^ (y ^ z) }
func choose(x, y, z uint32) uint32     { return z ^ x&(y^z) }
func orNot(x, y, z uint32) uint32      { return (x | ^y) ^ z }
func chooseLast(x, y, z uint32) uint32 { return x&z | y&^z }
func xorOr(x, y, z uint32) uint32      { return x ^ (y | ^z) }

func (s *lines) roundFirst(x *[16]uint32) {
	a, b, c, d, e := s[0], s[1], s[2], s[3], s[4]
	f, g, h, i, j := s[5], s[6], s[7], s[8], s[9]
	a, c = rotate(a+x[0]+xor(b, c, d), 11)+e, rotate(c, 10)
	f, h = rotate(f+(0x50a28be6+x[5])+xorOr(g, h, i), 8)+j, rotate(h, 10)
	e, b = rotate(e+x[1]+xor(a, b, c), 14)+d, rotate(b, 10)
	j, g = rotate(j+(0x50a28be6+x[14])+xorOr(f, g, h), 9)+i, rotate(g, 10)
	d, a = rotate(d+x[2]+xor(e, a, b), 15)+c, rotate(a, 10)
	i, f = rotate(i+(0x50a28be6+x[7])+xorOr(j, f, g), 9)+h, rotate(f, 10)
	c, e = rotate(c+x[3]+xor(d, e, a), 12)+b, rotate(e, 10)
	h, j = rotate(h+(0x50a28be6+x[0])+xorOr(i, j, f), 11)+g, rotate(j, 10)
	b, d = rotate(b+x[4]+xor(c, d, e), 5)+a, rotate(d, 10)
	g, i = rotate(g+(0x50a28be6+x[9])+xorOr(h, i, j), 13)+f, rotate(i, 10)
	a, c = rotate(a+x[5]+xor(b, c, d), 8)+e, rotate(c, 10)
	f, h = rotate(f+(0x50a28be6+x[2])+xorOr(g, h, i), 15)+j, rotate(h, 10)
	e, b = rotate(e+x[6]+xor(a, b, c), 7)+d, rotate(b, 10)
	j, g = rotate(j+(0x50a28be6+x[11])+xorOr(f, g, h), 15)+i, rotate(g, 10)
	d, a = rotate(d+x[7]+xor(e, a, b), 9)+c, rotate(a, 10)
	i, f = rotate(i+(0x50a28be6+x[4])+xorOr(j, f, g), 5)+h, rotate(f, 10)
	c, e = rotate(c+x[8]+xor(d, e, a), 11)+b, rotate(e, 10)
	h, j = rotate(h+(0x50a28be6+x[13])+xorOr(i, j, f), 7)+g, rotate(j, 10)
	b, d = rotate(b+x[9]+xor(c, d, e), 13)+a, rotate(d, 10)
	g, i = rotate(g+(0x50a28be6+x[6])+xorOr(h, i, j), 7)+f, rotate(i, 10)
	a, c = rotate(a+x[10]+xor(b, c, d), 14)+e, rotate(c, 10)
	f, h = rotate(f+(0x50a28be6+x[15])+xorOr(g, h, i), 8)+j, rotate(h, 10)
	e, b = rotate(e+x[11]+xor(a, b, c), 15)+d, rotate(b, 10)
	j, g = rotate(j+(0x50a28be6+x[8])+xorOr(f, g, h), 11)+i, rotate(g, 10)
	d, a = rotate(d+x[12]+xor(e, a, b), 6)+c, rotate(a, 10)
	i, f = rotate(i+(0x50a28be6+x[1])+xorOr(j, f, g), 14)+h, rotate(f, 10)
	c, e = rotate(c+x[13]+xor(d, e, a), 7)+b, rotate(e, 10)
	h, j = rotate(h+(0x50a28be6+x[10])+xorOr(i, j, f), 14)+g, rotate(j, 10)
	b, d = rotate(b+x[14]+xor(c, d, e), 9)+a, rotate(d, 10)
	g, i = rotate(g+(0x50a28be6+x[3])+xorOr(h, i, j), 12)+f, rotate(i, 10)
	a, c = rotate(a+x[15]+xor(b, c, d), 8)+e, rotate(c, 10)
	f, h = rotate(f+(0x50a28be6+x[12])+xorOr(g, h, i), 6)+j, rotate(h, 10)
	*s = lines{e, a, b, c, d, j, f, g, h, i}
}

func (s *lines) roundSecond(x *[16]uint32) {
	a, b, c, d, e := s[0], s[1], s[2], s[3], s[4]
	f, g, h, i, j := s[5], s[6], s[7], s[8], s[9]
	a, c = rotate(a+(0x5a827999+x[7])+choose(b, c, d), 7)+e, rotate(c, 10)
	f, h = rotate(f+(0x5c4dd124+x[6])+chooseLast(g, h, i), 9)+j, rotate(h, 10)
	e, b = rotate(e+(0x5a827999+x[4])+choose(a, b, c), 6)+d, rotate(b, 10)
	j, g = rotate(j+(0x5c4dd124+x[11])+chooseLast(f, g, h), 13)+i, rotate(g, 10)
	d, a = rotate(d+(0x5a827999+x[13])+choose(e, a, b), 8)+c, rotate(a, 10)
	i, f = rotate(i+(0x5c4dd124+x[3])+chooseLast(j, f, g), 15)+h, rotate(f, 10)
	c, e = rotate(c+(0x5a827999+x[1])+choose(d, e, a), 13)+b, rotate(e, 10)
	h, j = rotate(h+(0x5c4dd124+x[7])+chooseLast(i, j, f), 7)+g, rotate(j, 10)
	b, d = rotate(b+(0x5a827999+x[10])+choose(c, d, e), 11)+a, rotate(d, 10)
	g, i = rotate(g+(0x5c4dd124+x[0])+chooseLast(h, i, j), 12)+f, rotate(i, 10)
	a, c = rotate(a+(0x5a827999+x[6])+choose(b, c, d), 9)+e, rotate(c, 10)
	f, h = rotate(f+(0x5c4dd124+x[13])+chooseLast(g, h, i), 8)+j, rotate(h, 10)
	e, b = rotate(e+(0x5a827999+x[15])+choose(a, b, c), 7)+d, rotate(b, 10)
	j, g = rotate(j+(0x5c4dd124+x[5])+chooseLast(f, g, h), 9)+i, rotate(g, 10)
	d, a = rotate(d+(0x5a827999+x[3])+choose(e, a, b), 15)+c, rotate(a, 10)
	i, f = rotate(i+(0x5c4dd124+x[10])+chooseLast(j, f, g), 11)+h, rotate(f, 10)
	c, e = rotate(c+(0x5a827999+x[12])+choose(d, e, a), 7)+b, rotate(e, 10)
	h, j = rotate(h+(0x5c4dd124+x[14])+chooseLast(i, j, f), 7)+g, rotate(j, 10)
	b, d = rotate(b+(0x5a827999+x[0])+choose(c, d, e), 12)+a, rotate(d, 10)
	g, i = rotate(g+(0x5c4dd124+x[15])+chooseLast(h, i, j), 7)+f, rotate(i, 10)
	a, c = rotate(a+(0x5a827999+x[9])+choose(b, c, d), 15)+e, rotate(c, 10)
	f, h = rotate(f+(0x5c4dd124+x[8])+chooseLast(g, h, i), 12)+j, rotate(h, 10)
	e, b = rotate(e+(0x5a827999+x[5])+choose(a, b, c), 9)+d, rotate(b, 10)
	j, g = rotate(j+(0x5c4dd124+x[12])+chooseLast(f, g, h), 7)+i, rotate(g, 10)
	d, a = rotate(d+(0x5a827999+x[2])+choose(e, a, b), 11)+c, rotate(a, 10)
	i, f = rotate(i+(0x5c4dd124+x[4])+chooseLast(j, f, g), 6)+h, rotate(f, 10)
	c, e = rotate(c+(0x5a827999+x[14])+choose(d, e, a), 7)+b, rotate(e, 10)
	h, j = rotate(h+(0x5c4dd124+x[9])+chooseLast(i, j, f), 15)+g, rotate(j, 10)
	b, d = rotate(b+(0x5a827999+x[11])+choose(c, d, e), 13)+a, rotate(d, 10)
	g, i = rotate(g+(0x5c4dd124+x[1])+chooseLast(h, i, j), 13)+f, rotate(i, 10)
	a, c = rotate(a+(0x5a827999+x[8])+choose(b, c, d), 12)+e, rotate(c, 10)
	f, h = rotate(f+(0x5c4dd124+x[2])+chooseLast(g, h, i), 11)+j, rotate(h, 10)
	*s = lines{e, a, b, c, d, j, f, g, h, i}
}

func (s *lines) roundThird(x *[16]uint32) {
	a, b, c, d, e := s[0], s[1], s[2], s[3], s[4]
	f, g, h, i, j := s[5], s[6], s[7], s[8], s[9]
	a, c = rotate(a+(0x6ed9eba1+x[3])+orNot(b, c, d), 11)+e, rotate(c, 10)
	f, h = rotate(f+(0x6d703ef3+x[15])+orNot(g, h, i), 9)+j, rotate(h, 10)
	e, b = rotate(e+(0x6ed9eba1+x[10])+orNot(a, b, c), 13)+d, rotate(b, 10)
	j, g = rotate(j+(0x6d703ef3+x[5])+orNot(f, g, h), 7)+i, rotate(g, 10)
	d, a = rotate(d+(0x6ed9eba1+x[14])+orNot(e, a, b), 6)+c, rotate(a, 10)
	i, f = rotate(i+(0x6d703ef3+x[1])+orNot(j, f, g), 15)+h, rotate(f, 10)
	c, e = rotate(c+(0x6ed9eba1+x[4])+orNot(d, e, a), 7)+b, rotate(e, 10)
	h, j = rotate(h+(0x6d703ef3+x[3])+orNot(i, j, f), 11)+g, rotate(j, 10)
	b, d = rotate(b+(0x6ed9eba1+x[9])+orNot(c, d, e), 14)+a, rotate(d, 10)
	g, i = rotate(g+(0x6d703ef3+x[7])+orNot(h, i, j), 8)+f, rotate(i, 10)
	a, c = rotate(a+(0x6ed9eba1+x[15])+orNot(b, c, d), 9)+e, rotate(c, 10)
	f, h = rotate(f+(0x6d703ef3+x[14])+orNot(g, h, i), 6)+j, rotate(h, 10)
	e, b = rotate(e+(0x6ed9eba1+x[8])+orNot(a, b, c), 13)+d, rotate(b, 10)
	j, g = rotate(j+(0x6d703ef3+x[6])+orNot(f, g, h), 6)+i, rotate(g, 10)
	d, a = rotate(d+(0x6ed9eba1+x[1])+orNot(e, a, b), 15)+c, rotate(a, 10)
	i, f = rotate(i+(0x6d703ef3+x[9])+orNot(j, f, g), 14)+h, rotate(f, 10)
	c, e = rotate(c+(0x6ed9eba1+x[2])+orNot(d, e, a), 14)+b, rotate(e, 10)
	h, j = rotate(h+(0x6d703ef3+x[11])+orNot(i, j, f), 12)+g, rotate(j, 10)
	b, d = rotate(b+(0x6ed9eba1+x[7])+orNot(c, d, e), 8)+a, rotate(d, 10)
	g, i = rotate(g+(0x6d703ef3+x[8])+orNot(h, i, j), 13)+f, rotate(i, 10)
	a, c = rotate(a+(0x6ed9eba1+x[0])+orNot(b, c, d), 13)+e, rotate(c, 10)
	f, h = rotate(f+(0x6d703ef3+x[12])+orNot(g, h, i), 5)+j, rotate(h, 10)
	e, b = rotate(e+(0x6ed9eba1+x[6])+orNot(a, b, c), 6)+d, rotate(b, 10)
	j, g = rotate(j+(0x6d703ef3+x[2])+orNot(f, g, h), 14)+i, rotate(g, 10)
	d, a = rotate(d+(0x6ed9eba1+x[13])+orNot(e, a, b), 5)+c, rotate(a, 10)
	i, f = rotate(i+(0x6d703ef3+x[10])+orNot(j, f, g), 13)+h, rotate(f, 10)
	c, e = rotate(c+(0x6ed9eba1+x[11])+orNot(d, e, a), 12)+b, rotate(e, 10)
	h, j = rotate(h+(0x6d703ef3+x[0])+orNot(i, j, f), 13)+g, rotate(j, 10)
	b, d = rotate(b+(0x6ed9eba1+x[5])+orNot(c, d, e), 7)+a, rotate(d, 10)
	g, i = rotate(g+(0x6d703ef3+x[4])+orNot(h, i, j), 7)+f, rotate(i, 10)
	a, c = rotate(a+(0x6ed9eba1+x[12])+orNot(b, c, d), 5)+e, rotate(c, 10)
	f, h = rotate(f+(0x6d703ef3+x[13])+orNot(g, h, i), 5)+j, rotate(h, 10)
	*s = lines{e, a, b, c, d, j, f, g, h, i}
}

func (s *lines) roundFourth(x *[16]uint32) {
	a, b, c, d, e := s[0], s[1], s[2], s[3], s[4]
	f, g, h, i, j := s[5], s[6], s[7], s[8], s[9]
	a, c = rotate(a+(0x8f1bbcdc+x[1])+chooseLast(b, c, d), 11)+e, rotate(c, 10)
	f, h = rotate(f+(0x7a6d76e9+x[8])+choose(g, h, i), 15)+j, rotate(h, 10)
	e, b = rotate(e+(0x8f1bbcdc+x[9])+chooseLast(a, b, c), 12)+d, rotate(b, 10)
	j, g = rotate(j+(0x7a6d76e9+x[6])+choose(f, g, h), 5)+i, rotate(g, 10)
	d, a = rotate(d+(0x8f1bbcdc+x[11])+chooseLast(e, a, b), 14)+c, rotate(a, 10)
	i, f = rotate(i+(0x7a6d76e9+x[4])+choose(j, f, g), 8)+h, rotate(f, 10)
	c, e = rotate(c+(0x8f1bbcdc+x[10])+chooseLast(d, e, a), 15)+b, rotate(e, 10)
	h, j = rotate(h+(0x7a6d76e9+x[1])+choose(i, j, f), 11)+g, rotate(j, 10)
	b, d = rotate(b+(0x8f1bbcdc+x[0])+chooseLast(c, d, e), 14)+a, rotate(d, 10)
	g, i = rotate(g+(0x7a6d76e9+x[3])+choose(h, i, j), 14)+f, rotate(i, 10)
	a, c = rotate(a+(0x8f1bbcdc+x[8])+chooseLast(b, c, d), 15)+e, rotate(c, 10)
	f, h = rotate(f+(0x7a6d76e9+x[11])+choose(g, h, i), 14)+j, rotate(h, 10)
	e, b = rotate(e+(0x8f1bbcdc+x[12])+chooseLast(a, b, c), 9)+d, rotate(b, 10)
	j, g = rotate(j+(0x7a6d76e9+x[15])+choose(f, g, h), 6)+i, rotate(g, 10)
	d, a = rotate(d+(0x8f1bbcdc+x[4])+chooseLast(e, a, b), 8)+c, rotate(a, 10)
	i, f = rotate(i+(0x7a6d76e9+x[0])+choose(j, f, g), 14)+h, rotate(f, 10)
	c, e = rotate(c+(0x8f1bbcdc+x[13])+chooseLast(d, e, a), 9)+b, rotate(e, 10)
	h, j = rotate(h+(0x7a6d76e9+x[5])+choose(i, j, f), 6)+g, rotate(j, 10)
	b, d = rotate(b+(0x8f1bbcdc+x[3])+chooseLast(c, d, e), 14)+a, rotate(d, 10)
	g, i = rotate(g+(0x7a6d76e9+x[12])+choose(h, i, j), 9)+f, rotate(i, 10)
	a, c = rotate(a+(0x8f1bbcdc+x[7])+chooseLast(b, c, d), 5)+e, rotate(c, 10)
	f, h = rotate(f+(0x7a6d76e9+x[2])+choose(g, h, i), 12)+j, rotate(h, 10)
	e, b = rotate(e+(0x8f1bbcdc+x[15])+chooseLast(a, b, c), 6)+d, rotate(b, 10)
	j, g = rotate(j+(0x7a6d76e9+x[13])+choose(f, g, h), 9)+i, rotate(g, 10)
	d, a = rotate(d+(0x8f1bbcdc+x[14])+chooseLast(e, a, b), 8)+c, rotate(a, 10)
	i, f = rotate(i+(0x7a6d76e9+x[9])+choose(j, f, g), 12)+h, rotate(f, 10)
	c, e = rotate(c+(0x8f1bbcdc+x[5])+chooseLast(d, e, a), 6)+b, rotate(e, 10)
	h, j = rotate(h+(0x7a6d76e9+x[7])+choose(i, j, f), 5)+g, rotate(j, 10)
	b, d = rotate(b+(0x8f1bbcdc+x[6])+chooseLast(c, d, e), 5)+a, rotate(d, 10)
	g, i = rotate(g+(0x7a6d76e9+x[10])+choose(h, i, j), 15)+f, rotate(i, 10)
	a, c = rotate(a+(0x8f1bbcdc+x[2])+chooseLast(b, c, d), 12)+e, rotate(c, 10)
	f, h = rotate(f+(0x7a6d76e9+x[14])+choose(g, h, i), 8)+j, rotate(h, 10)
	*s = lines{e, a, b, c, d, j, f, g, h, i}
}

func (s *lines) roundFifth(x *[16]uint32) {
	a, b, c, d, e := s[0], s[1], s[2], s[3], s[4]
	f, g, h, i, j := s[5], s[6], s[7], s[8], s[9]
	a, c = rotate(a+(0xa953fd4e+x[4])+xorOr(b, c, d), 9)+e, rotate(c, 10)
	f, h = rotate(f+x[12]+xor(g, h, i), 8)+j, rotate(h, 10)
	e, b = rotate(e+(0xa953fd4e+x[0])+xorOr(a, b, c), 15)+d, rotate(b, 10)
	j, g = rotate(j+x[15]+xor(f, g, h), 5)+i, rotate(g, 10)
	d, a = rotate(d+(0xa953fd4e+x[5])+xorOr(e, a, b), 5)+c, rotate(a, 10)
	i, f = rotate(i+x[10]+xor(j, f, g), 12)+h, rotate(f, 10)
	c, e = rotate(c+(0xa953fd4e+x[9])+xorOr(d, e, a), 11)+b, rotate(e, 10)
	h, j = rotate(h+x[4]+xor(i, j, f), 9)+g, rotate(j, 10)
	b, d = rotate(b+(0xa953fd4e+x[7])+xorOr(c, d, e), 6)+a, rotate(d, 10)
	g, i = rotate(g+x[1]+xor(h, i, j), 12)+f, rotate(i, 10)
	a, c = rotate(a+(0xa953fd4e+x[12])+xorOr(b, c, d), 8)+e, rotate(c, 10)
	f, h = rotate(f+x[5]+xor(g, h, i), 5)+j, rotate(h, 10)
	e, b = rotate(e+(0xa953fd4e+x[2])+xorOr(a, b, c), 13)+d, rotate(b, 10)
	j, g = rotate(j+x[8]+xor(f, g, h), 14)+i, rotate(g, 10)
	d, a = rotate(d+(0xa953fd4e+x[10])+xorOr(e, a, b), 12)+c, rotate(a, 10)
	i, f = rotate(i+x[7]+xor(j, f, g), 6)+h, rotate(f, 10)
	c, e = rotate(c+(0xa953fd4e+x[14])+xorOr(d, e, a), 5)+b, rotate(e, 10)
	h, j = rotate(h+x[6]+xor(i, j, f), 8)+g, rotate(j, 10)
	b, d = rotate(b+(0xa953fd4e+x[1])+xorOr(c, d, e), 12)+a, rotate(d, 10)
	g, i = rotate(g+x[2]+xor(h, i, j), 13)+f, rotate(i, 10)
	a, c = rotate(a+(0xa953fd4e+x[3])+xorOr(b, c, d), 13)+e, rotate(c, 10)
	f, h = rotate(f+x[13]+xor(g, h, i), 6)+j, rotate(h, 10)
	e, b = rotate(e+(0xa953fd4e+x[8])+xorOr(a, b, c), 14)+d, rotate(b, 10)
	j, g = rotate(j+x[14]+xor(f, g, h), 5)+i, rotate(g, 10)
	d, a = rotate(d+(0xa953fd4e+x[11])+xorOr(e, a, b), 11)+c, rotate(a, 10)
	i, f = rotate(i+x[0]+xor(j, f, g), 15)+h, rotate(f, 10)
	c, e = rotate(c+(0xa953fd4e+x[6])+xorOr(d, e, a), 8)+b, rotate(e, 10)
	h, j = rotate(h+x[3]+xor(i, j, f), 13)+g, rotate(j, 10)
	b, d = rotate(b+(0xa953fd4e+x[15])+xorOr(c, d, e), 5)+a, rotate(d, 10)
	g, i = rotate(g+x[9]+xor(h, i, j), 11)+f, rotate(i, 10)
	a, c = rotate(a+(0xa953fd4e+x[13])+xorOr(b, c, d), 6)+e, rotate(c, 10)
	f, h = rotate(f+x[11]+xor(g, h, i), 11)+j, rotate(h, 10)
	*s = lines{e, a, b, c, d, j, f, g, h, i}
}
