package cdt

import "github.com/aerosql/aerosql/protocol"

// BitFlags restrict writes to a blob: [CreateOnly] (BitResize and BitInsert only), [UpdateOnly],
// [NoFail], and [Partial] (operations on a range of bits, but not those on integers).
type BitFlags uint8

// ResizeFlags are the options of [BitResize].
type ResizeFlags uint8

// The resize options. Without ResizeFromFront, bytes are added and removed at the end.
const (
	ResizeFromFront  ResizeFlags = 0x01 // add and remove bytes at the front
	ResizeGrowOnly   ResizeFlags = 0x02 // error 4 instead of shrinking
	ResizeShrinkOnly ResizeFlags = 0x04 // error 4 instead of growing
)

// Sign selects how bits are read as an integer.
type Sign uint8

// The ways to read an integer.
const (
	Unsigned Sign = 0x00
	Signed   Sign = 0x01 // two's complement
)

// Overflow selects what [BitAdd] and [BitSubtract] do with a result that does not fit.
type Overflow uint8

// The overflow actions.
const (
	OverflowFail     Overflow = 0x00 // error 26
	OverflowSaturate Overflow = 0x02 // the greatest or smallest number that fits
	OverflowWrap     Overflow = 0x04 // the low bits of the result
)

// BitResize changes the length of a blob to byteSize bytes and creates the blob if there is none.
// Added bytes are zero. No result. Fails with error 4 if the resize flags forbid the change.
//
// For all bit operations: offsets count from the most significant bit, or from the first byte. A
// negative offset counts from the end. Operations that modify have no result. They fail with error
// 12 if the bin is not a blob, 17 if it does not exist, 4 if the range is empty, and 26 if the
// range extends beyond the end of the blob. With [NoFail] and [Partial] such a range is cut off at
// the end instead.
func BitResize(bin string, byteSize int, how ResizeFlags, flags ...BitFlags) protocol.Operation {
	p := begin(nil, CodeBitResize, 3)
	p.int(int64(byteSize))
	p.bitFlags(flags)
	p.int(int64(how))
	return p.operation(protocol.OpBitsModify, bin)
}

// BitInsert inserts bytes before the byte at byteOffset. If the offset is past the end the gap is
// filled with zero bytes. It creates the blob if there is none.
func BitInsert(bin string, byteOffset int, bytes []byte, flags ...BitFlags) protocol.Operation {
	p := begin(nil, CodeBitInsert, 3)
	p.int(int64(byteOffset))
	p.value(protocol.Blob(bytes))
	p.bitFlags(flags)
	return p.operation(protocol.OpBitsModify, bin)
}

// BitRemove removes byteSize bytes. Fails with error 4 if the range extends beyond the end.
func BitRemove(bin string, byteOffset, byteSize int, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitRemove, byteOffset, byteSize, 1).modifyBits(bin, flags)
}

// BitSet writes the first bitSize bits of bits at bitOffset. bits must have at least bitSize bits.
func BitSet(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitSet, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitOr replaces bitSize bits at bitOffset with their bitwise or with bits.
func BitOr(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitOr, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitXor replaces bitSize bits at bitOffset with their bitwise exclusive or with bits.
func BitXor(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitXor, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitAnd replaces bitSize bits at bitOffset with their bitwise and with bits.
func BitAnd(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitAnd, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitNot inverts bitSize bits at bitOffset.
func BitNot(bin string, bitOffset, bitSize int, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitNot, bitOffset, bitSize, 1).modifyBits(bin, flags)
}

// BitShiftLeft shifts bitSize bits at bitOffset toward the front and fills with zeros.
//
// Warning: a server of 8.1.2 ends if [Partial] with [NoFail] cuts the range at the end of the blob
// and shift is greater than the number of bits that are left. Read the blob's size first, or leave
// Partial out.
func BitShiftLeft(bin string, bitOffset, bitSize, shift int, flags ...BitFlags) protocol.Operation {
	p := bitRange(CodeBitShiftLeft, bitOffset, bitSize, 2)
	p.int(int64(shift))
	return p.modifyBits(bin, flags)
}

// BitShiftRight shifts bitSize bits at bitOffset toward the end and fills with zeros.
//
// The warning of [BitShiftLeft] applies here too.
func BitShiftRight(bin string, bitOffset, bitSize, shift int, flags ...BitFlags) protocol.Operation {
	p := bitRange(CodeBitShiftRight, bitOffset, bitSize, 2)
	p.int(int64(shift))
	return p.modifyBits(bin, flags)
}

// BitAdd adds n to the big-endian integer of bitSize bits, 1 to 64, at bitOffset.
func BitAdd(bin string, bitOffset, bitSize int, n int64, sign Sign, overflow Overflow, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitAdd, bitOffset, bitSize, 3).modifyNumber(bin, n, sign, overflow, flags)
}

// BitSubtract subtracts n from the big-endian integer of bitSize bits, 1 to 64, at bitOffset.
func BitSubtract(bin string, bitOffset, bitSize int, n int64, sign Sign, overflow Overflow, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitSubtract, bitOffset, bitSize, 3).modifyNumber(bin, n, sign, overflow, flags)
}

// BitSetInt writes the low bitSize bits of n, 1 to 64, big-endian at bitOffset.
func BitSetInt(bin string, bitOffset, bitSize int, n int64, flags ...BitFlags) protocol.Operation {
	p := bitRange(CodeBitSetInt, bitOffset, bitSize, 2)
	p.int(n)
	return p.modifyBits(bin, flags)
}

// BitGet reads bitSize bits at bitOffset. The result is a blob, padded with zero bits at its end.
func BitGet(bin string, bitOffset, bitSize int) protocol.Operation {
	return bitRange(CodeBitGet, bitOffset, bitSize, 0).operation(protocol.OpBitsRead, bin)
}

// BitCount returns the number of set bits among bitSize bits at bitOffset as an integer.
func BitCount(bin string, bitOffset, bitSize int) protocol.Operation {
	return bitRange(CodeBitCount, bitOffset, bitSize, 0).operation(protocol.OpBitsRead, bin)
}

// BitScanLeft finds the first bit equal to bit in a range. The result is its position relative to
// bitOffset, or -1 if there is none. The official clients call it lscan.
func BitScanLeft(bin string, bitOffset, bitSize int, bit bool) protocol.Operation {
	p := bitRange(CodeBitScanLeft, bitOffset, bitSize, 1)
	p.value(protocol.Bool(bit))
	return p.operation(protocol.OpBitsRead, bin)
}

// BitScanRight finds the last bit equal to bit in a range. The result is its position relative to
// bitOffset, or -1 if there is none. The official clients call it rscan.
func BitScanRight(bin string, bitOffset, bitSize int, bit bool) protocol.Operation {
	p := bitRange(CodeBitScanRight, bitOffset, bitSize, 1)
	p.value(protocol.Bool(bit))
	return p.operation(protocol.OpBitsRead, bin)
}

// BitGetInt reads the big-endian integer of bitSize bits, 1 to 64, at bitOffset. The result is an
// integer. An unsigned integer of 64 bits is returned as a signed one.
func BitGetInt(bin string, bitOffset, bitSize int, sign Sign) protocol.Operation {
	if sign == Unsigned {
		return bitRange(CodeBitGetInt, bitOffset, bitSize, 0).operation(protocol.OpBitsRead, bin)
	}
	p := bitRange(CodeBitGetInt, bitOffset, bitSize, 1)
	p.int(int64(sign))
	return p.operation(protocol.OpBitsRead, bin)
}

// bitRange starts a call on a range, with room for more arguments.
func bitRange(code Code, offset, size, more int) *packer {
	p := begin(nil, code, 2+more)
	p.int(int64(offset))
	p.count(size)
	return p
}

func (p *packer) modifyBits(bin string, flags []BitFlags) protocol.Operation {
	p.bitFlags(flags)
	return p.operation(protocol.OpBitsModify, bin)
}

func (p *packer) modifyWith(bin string, bits []byte, flags []BitFlags) protocol.Operation {
	p.value(protocol.Blob(bits))
	return p.modifyBits(bin, flags)
}

func (p *packer) modifyNumber(bin string, n int64, sign Sign, overflow Overflow, flags []BitFlags) protocol.Operation {
	p.int(n)
	p.bitFlags(flags)
	p.int(int64(sign) | int64(overflow))
	return p.operation(protocol.OpBitsModify, bin)
}

func (p *packer) bitFlags(flags []BitFlags) {
	var all BitFlags
	for _, f := range flags {
		all |= f
	}
	p.int(int64(all))
}
