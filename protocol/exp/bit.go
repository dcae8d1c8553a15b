package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// Bits are numbered from the most significant bit of the first byte. A call that
// modifies does not change the record: its result is the blob after the change.

func bits(modify bool, result Type, code cdt.Code, blob Blob, args ...Expression) *Node {
	return call(Call{System: SystemBits, Modify: modify, Code: int64(code)}, result, blob, nil, args)
}

func modifyBits(code cdt.Code, blob Blob, flags []cdt.BitFlags, args ...Expression) Blob {
	return typed[Blob](bits(true, TypeBlob, code, blob, append(args, bitFlags(flags))...))
}

func bitFlags(flags []cdt.BitFlags) Int {
	var all cdt.BitFlags
	for _, f := range flags {
		all |= f
	}
	return number(all)
}

// BitResize is the blob made as long as byteSize; zero bytes are added where it grows.
//
// Unknown if there is no such blob or flags forbid it. Needs server 5.6.
func BitResize(blob Blob, byteSize Int, how cdt.ResizeFlags, flags ...cdt.BitFlags) Blob {
	args := []Expression{byteSize, bitFlags(flags), number(how)}
	return typed[Blob](bits(true, TypeBlob, cdt.CodeBitResize, blob, args...))
}

// BitInsert is the blob with bytes inserted in front of a byte.
//
// Unknown if there is no such blob or flags forbid it. Needs server 5.6.
func BitInsert(blob Blob, byteOffset Int, bytes Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitInsert, blob, flags, byteOffset, bytes)
}

// BitRemove is the blob without a range of bytes.
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitRemove(blob Blob, byteOffset, byteSize Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitRemove, blob, flags, byteOffset, byteSize)
}

// BitSet is the blob with a range of bits overwritten.
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitSet(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitSet, blob, flags, bitOffset, bitSize, value)
}

// BitOr is the blob with a range of bits combined by "or".
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitOr(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitOr, blob, flags, bitOffset, bitSize, value)
}

// BitXor is the blob with a range of bits combined by "exclusive or".
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitXor(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitXor, blob, flags, bitOffset, bitSize, value)
}

// BitAnd is the blob with a range of bits combined by "and".
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitAnd(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitAnd, blob, flags, bitOffset, bitSize, value)
}

// BitNot is the blob with a range of bits turned round.
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitNot(blob Blob, bitOffset, bitSize Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitNot, blob, flags, bitOffset, bitSize)
}

// BitLShift is the blob with a range of bits shifted to the left.
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitLShift(blob Blob, bitOffset, bitSize, shift Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitShiftLeft, blob, flags, bitOffset, bitSize, shift)
}

// BitRShift is the blob with a range of bits shifted to the right.
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitRShift(blob Blob, bitOffset, bitSize, shift Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitShiftRight, blob, flags, bitOffset, bitSize, shift)
}

// BitAdd is the blob with n added to the integer of 1 to 64 bits in a range.
//
// Unknown if there is no such blob or range, flags forbid it, or the sum does not fit and overflow is
// cdt.OverflowFail. Needs server 5.6.
func BitAdd(blob Blob, bitOffset, bitSize, n Int, sign cdt.Sign, overflow cdt.Overflow, flags ...cdt.BitFlags) Blob {
	args := []Expression{bitOffset, bitSize, n, bitFlags(flags), number(uint8(sign) | uint8(overflow))}
	return typed[Blob](bits(true, TypeBlob, cdt.CodeBitAdd, blob, args...))
}

// BitSubtract is the blob with n subtracted from the integer of 1 to 64 bits in a range.
//
// Unknown if there is no such blob or range, flags forbid it, or the difference does not fit and
// overflow is cdt.OverflowFail. Needs server 5.6.
func BitSubtract(blob Blob, bitOffset, bitSize, n Int, sign cdt.Sign, overflow cdt.Overflow, flags ...cdt.BitFlags) Blob {
	args := []Expression{bitOffset, bitSize, n, bitFlags(flags), number(uint8(sign) | uint8(overflow))}
	return typed[Blob](bits(true, TypeBlob, cdt.CodeBitSubtract, blob, args...))
}

// BitSetInt is the blob with an integer of 1 to 64 bits written to a range.
//
// Unknown if there is no such blob or range, or flags forbid it. Needs server 5.6.
func BitSetInt(blob Blob, bitOffset, bitSize, n Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitSetInt, blob, flags, bitOffset, bitSize, n)
}

// BitGet is a range of bits as a blob, filled up with zero bits at its end.
//
// Unknown if there is no such blob or range. Needs server 5.2.
func BitGet(blob Blob, bitOffset, bitSize Int) Blob {
	return typed[Blob](bits(false, TypeBlob, cdt.CodeBitGet, blob, bitOffset, bitSize))
}

// BitCount is how many bits of a range are set.
//
// Unknown if there is no such blob or range. Needs server 5.2.
func BitCount(blob Blob, bitOffset, bitSize Int) Int {
	return typed[Int](bits(false, TypeInt, cdt.CodeBitCount, blob, bitOffset, bitSize))
}

// BitLScan is the place, within the range, of its first bit from the left that
// is search; -1 if there is none.
//
// Unknown if there is no such blob or range. Needs server 5.2.
func BitLScan(blob Blob, bitOffset, bitSize Int, search Bool) Int {
	return typed[Int](bits(false, TypeInt, cdt.CodeBitScanLeft, blob, bitOffset, bitSize, search))
}

// BitRScan is the place, within the range, of its first bit from the right that
// is search; -1 if there is none.
//
// Unknown if there is no such blob or range. Needs server 5.2.
func BitRScan(blob Blob, bitOffset, bitSize Int, search Bool) Int {
	return typed[Int](bits(false, TypeInt, cdt.CodeBitScanRight, blob, bitOffset, bitSize, search))
}

// BitGetInt is the integer of 1 to 64 bits in a range.
//
// Unknown if there is no such blob or range. Needs server 5.2.
func BitGetInt(blob Blob, bitOffset, bitSize Int, sign cdt.Sign) Int {
	args := []Expression{bitOffset, bitSize}
	if sign == cdt.Signed {
		args = append(args, number(sign))
	}
	return typed[Int](bits(false, TypeInt, cdt.CodeBitGetInt, blob, args...))
}
