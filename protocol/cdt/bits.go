package cdt

import "github.com/aerosql/aerosql/protocol"

// BitFlags say when a blob must not be written: [CreateOnly] and [UpdateOnly] (for
// BitResize and BitInsert the former, for all the latter), [NoFail], and [Partial] (for operations on a range of
// bits that are no numbers).
type BitFlags uint8

// ResizeFlags say how [BitResize] may change a blob.
type ResizeFlags uint8

// The ways to resize; without any of them bytes come and go at the end.
const (
	ResizeFromFront  ResizeFlags = 0x01 // bytes come and go at the front
	ResizeGrowOnly   ResizeFlags = 0x02 // error 4 instead of shrinking
	ResizeShrinkOnly ResizeFlags = 0x04 // error 4 instead of growing
)

// Sign says how bits are read as an integer.
type Sign uint8

// The two ways to read an integer.
const (
	Unsigned Sign = 0x00
	Signed   Sign = 0x01 // two's complement
)

// Overflow says what [BitAdd] and [BitSubtract] do with a result that does not fit.
type Overflow uint8

// The ways out of an overflow.
const (
	OverflowFail     Overflow = 0x00 // error 26
	OverflowSaturate Overflow = 0x02 // the greatest, or smallest, number that fits
	OverflowWrap     Overflow = 0x04 // the low bits of the result
)

// BitResize makes a blob as long as byteSize, with zero bytes where it grows, and
// creates it. No result. Error 4 if how forbids it.
//
// Of all operations on bits: offsets count from the most significant bit (or
// the first byte), a negative one from the end; modifying ones have no result. Errors: 12
// for a bin that is no blob, 17 for one that does not exist, 26 for a range beyond the end of the blob
// (with [NoFail] and [Partial] it is cut there), 4 for an empty range.
func BitResize(bin string, byteSize int, how ResizeFlags, flags ...BitFlags) protocol.Operation {
	p := begin(nil, CodeBitResize, 3)
	p.int(int64(byteSize))
	p.bitFlags(flags)
	p.int(int64(how))
	return p.operation(protocol.OpBitsModify, bin)
}

// BitInsert inserts bytes before a byte, past the end with zero bytes between, and creates the blob.
func BitInsert(bin string, byteOffset int, bytes []byte, flags ...BitFlags) protocol.Operation {
	p := begin(nil, CodeBitInsert, 3)
	p.int(int64(byteOffset))
	p.value(protocol.Blob(bytes))
	p.bitFlags(flags)
	return p.operation(protocol.OpBitsModify, bin)
}

// BitRemove removes byteSize bytes. Error 4 for a range beyond the end.
func BitRemove(bin string, byteOffset, byteSize int, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitRemove, byteOffset, byteSize, 1).modifyBits(bin, flags)
}

// BitSet writes the first bitSize bits of bits, which must have as many, over those at bitOffset.
func BitSet(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitSet, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitOr combines bitSize bits at bitOffset with those of bits by "or".
func BitOr(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitOr, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitXor combines bitSize bits at bitOffset with those of bits by "exclusive or".
func BitXor(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitXor, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitAnd combines bitSize bits at bitOffset with those of bits by "and".
func BitAnd(bin string, bitOffset, bitSize int, bits []byte, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitAnd, bitOffset, bitSize, 2).modifyWith(bin, bits, flags)
}

// BitNot inverts bitSize bits at bitOffset.
func BitNot(bin string, bitOffset, bitSize int, flags ...BitFlags) protocol.Operation {
	return bitRange(CodeBitNot, bitOffset, bitSize, 1).modifyBits(bin, flags)
}

// BitShiftLeft shifts bitSize bits at bitOffset towards the front and fills up with zeros.
//
// Warning: a server of 8.1.2 ends if [Partial] with [NoFail] cuts the range at the end of the blob and shift is
// greater than the number of bits that are left. Read the blob's size first, or leave Partial out.
func BitShiftLeft(bin string, bitOffset, bitSize, shift int, flags ...BitFlags) protocol.Operation {
	p := bitRange(CodeBitShiftLeft, bitOffset, bitSize, 2)
	p.int(int64(shift))
	return p.modifyBits(bin, flags)
}

// BitShiftRight shifts bitSize bits at bitOffset towards the end and fills up with zeros. The warning at
// [BitShiftLeft] holds for it too.
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

// BitGet reads bitSize bits at bitOffset. The result is a blob, filled up with zero bits at its end.
func BitGet(bin string, bitOffset, bitSize int) protocol.Operation {
	return bitRange(CodeBitGet, bitOffset, bitSize, 0).operation(protocol.OpBitsRead, bin)
}

// BitCount counts the bits that are set among bitSize at bitOffset. The result is an integer.
func BitCount(bin string, bitOffset, bitSize int) protocol.Operation {
	return bitRange(CodeBitCount, bitOffset, bitSize, 0).operation(protocol.OpBitsRead, bin)
}

// BitScanLeft looks for the first bit of a value, from the start of a range. The result
// is its place counted from bitOffset, -1 if there is none. The official clients call it lscan.
func BitScanLeft(bin string, bitOffset, bitSize int, bit bool) protocol.Operation {
	p := bitRange(CodeBitScanLeft, bitOffset, bitSize, 1)
	p.value(protocol.Bool(bit))
	return p.operation(protocol.OpBitsRead, bin)
}

// BitScanRight looks for the last bit of a value in a range. The result is its
// place counted from bitOffset, -1 if there is none. The official clients call it rscan.
func BitScanRight(bin string, bitOffset, bitSize int, bit bool) protocol.Operation {
	p := bitRange(CodeBitScanRight, bitOffset, bitSize, 1)
	p.value(protocol.Bool(bit))
	return p.operation(protocol.OpBitsRead, bin)
}

// BitGetInt reads the big-endian integer of bitSize bits, 1 to 64, at bitOffset. The result
// is an integer; an unsigned one of 64 bits comes back as a signed one.
func BitGetInt(bin string, bitOffset, bitSize int, sign Sign) protocol.Operation {
	if sign == Unsigned {
		return bitRange(CodeBitGetInt, bitOffset, bitSize, 0).operation(protocol.OpBitsRead, bin)
	}
	p := bitRange(CodeBitGetInt, bitOffset, bitSize, 1)
	p.int(int64(sign))
	return p.operation(protocol.OpBitsRead, bin)
}

// bitRange starts a call on a range, with a number of arguments to follow.
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
