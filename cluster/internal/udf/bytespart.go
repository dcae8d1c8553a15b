package udf

import (
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// This file has the functions of the table bytes for strings, other byte arrays and integers of
// variable length.

// maxVarInt is the number of bytes reserved for an integer of variable length.
const maxVarInt = 5

// portion reads the arguments of get_string and get_bytes. Bytes beyond the end read as zeros.
func portion(c call) (data []byte, ok bool) {
	if c.GetTop() != 3 {
		return nil, false
	}
	b, i, n := objectAt[*byteArray](c, 1), c.optional(2, 0), c.optional(3, 0)
	if !isPosition(i) || n < 0 || n > math.MaxUint32 {
		return nil, false
	}
	if n > maxBytes {
		failMemory(c.LState)
	}
	c.spend(int(n))
	data = make([]byte, n)
	if i-1 < int64(len(b.data)) {
		copy(data, b.data[i-1:])
	}
	return data, true
}

func (m *machine) bytesString(c call) int {
	data, ok := portion(c)
	if !ok {
		return 0
	}
	return c.push(lua.LString(data))
}

func (m *machine) bytesPart(c call) int {
	data, ok := portion(c)
	if !ok {
		return 0
	}
	return c.push(m.box(newBytes(data, protocol.ParticleBlob)))
}

func bytesSetString(c call) int {
	if c.GetTop() != 3 {
		return c.push(lua.LFalse)
	}
	b, i := objectAt[*byteArray](c, 1), c.optional(2, 0)
	if !isPosition(i) || c.missing(3) {
		return c.push(lua.LFalse)
	}
	return c.push(lua.LBool(b.write(c, int(i-1), []byte(c.text(3)))))
}

func bytesAppendString(c call) int {
	if c.GetTop() != 2 {
		return c.push(lua.LFalse)
	}
	b := objectAt[*byteArray](c, 1)
	if c.missing(2) {
		return c.push(lua.LFalse)
	}
	text := c.text(2)
	return c.push(lua.LBool(text != "" && b.write(c, len(b.data), []byte(text))))
}

// bytesSetBytes copies n bytes of another array. A real server reserves only the size of the other
// array, so a larger n fails unless the memory is already reserved.
func bytesSetBytes(c call) int {
	if c.GetTop() != 4 {
		return c.push(lua.LFalse)
	}
	b, i := objectAt[*byteArray](c, 1), c.optional(2, 0)
	source, n := objectAt[*byteArray](c, 3), c.optional(4, 0)
	if !isPosition(i) || n < 0 || n > math.MaxUint32 {
		return c.push(lua.LFalse)
	}
	b.ensure(c, int(i-1)+min(int(n), len(source.data)))
	if int(i-1)+int(n) > b.capacity {
		return c.push(lua.LFalse)
	}
	c.spend(int(n))
	data := make([]byte, n)
	copy(data, source.data)
	return c.push(lua.LBool(b.write(c, int(i-1), data)))
}

func bytesAppendBytes(c call) int {
	if c.GetTop() != 3 {
		return c.push(lua.LFalse)
	}
	b, source, n := objectAt[*byteArray](c, 1), objectAt[*byteArray](c, 2), c.optional(3, 0)
	if n < 0 || n > math.MaxUint32 {
		return c.push(lua.LFalse)
	}
	return c.push(lua.LBool(b.write(c, len(b.data), source.data[:min(int(n), len(source.data))])))
}

// bytesVarInt decodes seven bits per byte, low bits first, until a byte without the high bit.
func bytesVarInt(c call) int {
	if c.GetTop() != 2 {
		return 0
	}
	b, i := objectAt[*byteArray](c, 1), c.optional(2, 0)
	if !isPosition(i) {
		return 0
	}
	memory, value := b.data[:cap(b.data)], uint32(0)
	for n := 0; ; n++ {
		low := byte(0)
		if at := i - 1 + int64(n); at < int64(len(memory)) {
			low = memory[at]
		}
		value |= uint32(low&0x7F) << (7 * n % 32)
		if low&0x80 == 0 {
			return c.push(lua.LNumber(value), lua.LNumber(n+1))
		}
	}
}

func bytesSetVarInt(c call) int {
	if c.GetTop() != 3 {
		return c.push(lua.LNumber(0))
	}
	b, i, v := objectAt[*byteArray](c, 1), c.optional(2, 0), c.optional(3, 0)
	if !isPosition(i) {
		return c.push(lua.LNumber(0))
	}
	return writeVarInt(c, b, int(i-1), v)
}

func bytesAppendVarInt(c call) int {
	if c.GetTop() != 2 {
		return c.push(lua.LNumber(0))
	}
	b, v := objectAt[*byteArray](c, 1), c.optional(2, 0)
	return writeVarInt(c, b, len(b.data), v)
}

// writeVarInt encodes an integer of variable length. As on a real server the array's size does not
// change: only bytesVarInt can read what is written beyond it.
func writeVarInt(c call, b *byteArray, at int, v int64) int {
	if v < math.MinInt32 || v > math.MaxInt32 {
		return c.push(lua.LNumber(0))
	}
	b.ensure(c, at+maxVarInt)
	c.spend(maxVarInt)
	b.data = slices.Grow(b.data, max(at+maxVarInt-len(b.data), 0))
	memory, n := b.data[:at+maxVarInt], 0
	for u := uint32(v); ; u >>= 7 {
		low := byte(u & 0x7F)
		if u >= 0x80 {
			low |= 0x80
		}
		memory[at+n] = low
		n++
		if u < 0x80 {
			return c.push(lua.LNumber(n))
		}
	}
}
