package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// Bits are numbered from the most significant bit of the first byte. A call that modifies does not
// change the record. Its result is the modified blob.

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

// BitResize returns the blob with its length changed to byteSize bytes. Added bytes are zero.
//
// Unknown if the blob does not exist or the flags forbid the change. Needs server 5.6.
func BitResize(blob Blob, byteSize Int, how cdt.ResizeFlags, flags ...cdt.BitFlags) Blob {
	args := []Expression{byteSize, bitFlags(flags), number(how)}
	return typed[Blob](bits(true, TypeBlob, cdt.CodeBitResize, blob, args...))
}

// BitInsert returns the blob with bytes inserted before the byte at byteOffset.
//
// Unknown if the blob does not exist or the flags forbid the change. Needs server 5.6.
func BitInsert(blob Blob, byteOffset Int, bytes Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitInsert, blob, flags, byteOffset, bytes)
}

// BitRemove returns the blob without byteSize bytes at byteOffset.
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitRemove(blob Blob, byteOffset, byteSize Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitRemove, blob, flags, byteOffset, byteSize)
}

// BitSet returns the blob with bitSize bits at bitOffset overwritten.
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitSet(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitSet, blob, flags, bitOffset, bitSize, value)
}

// BitOr returns the blob with bitSize bits at bitOffset combined with value by "or".
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitOr(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitOr, blob, flags, bitOffset, bitSize, value)
}

// BitXor returns the blob with bitSize bits at bitOffset combined with value by "exclusive or".
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitXor(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitXor, blob, flags, bitOffset, bitSize, value)
}

// BitAnd returns the blob with bitSize bits at bitOffset combined with value by "and".
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitAnd(blob Blob, bitOffset, bitSize Int, value Blob, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitAnd, blob, flags, bitOffset, bitSize, value)
}

// BitNot returns the blob with bitSize bits at bitOffset inverted.
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitNot(blob Blob, bitOffset, bitSize Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitNot, blob, flags, bitOffset, bitSize)
}

// BitLShift returns the blob with bitSize bits at bitOffset shifted to the left.
//
// Warning: see [cdt.BitShiftLeft] about cdt.Partial.
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitLShift(blob Blob, bitOffset, bitSize, shift Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitShiftLeft, blob, flags, bitOffset, bitSize, shift)
}

// BitRShift returns the blob with bitSize bits at bitOffset shifted to the right.
//
// Warning: see [cdt.BitShiftLeft] about cdt.Partial.
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitRShift(blob Blob, bitOffset, bitSize, shift Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitShiftRight, blob, flags, bitOffset, bitSize, shift)
}

// BitAdd returns the blob with n added to the integer of bitSize bits, 1 to 64, at bitOffset.
//
// Unknown if the blob or range does not exist, if the flags forbid the change, or if the sum does
// not fit and overflow is cdt.OverflowFail. Needs server 5.6.
func BitAdd(blob Blob, bitOffset, bitSize, n Int, sign cdt.Sign, overflow cdt.Overflow, flags ...cdt.BitFlags) Blob {
	args := []Expression{bitOffset, bitSize, n, bitFlags(flags), number(uint8(sign) | uint8(overflow))}
	return typed[Blob](bits(true, TypeBlob, cdt.CodeBitAdd, blob, args...))
}

// BitSubtract returns the blob with n subtracted from the integer of bitSize bits, 1 to 64, at
// bitOffset.
//
// Unknown if the blob or range does not exist, if the flags forbid the change, or if the difference
// does not fit and overflow is cdt.OverflowFail. Needs server 5.6.
func BitSubtract(blob Blob, bitOffset, bitSize, n Int, sign cdt.Sign, overflow cdt.Overflow, flags ...cdt.BitFlags) Blob {
	args := []Expression{bitOffset, bitSize, n, bitFlags(flags), number(uint8(sign) | uint8(overflow))}
	return typed[Blob](bits(true, TypeBlob, cdt.CodeBitSubtract, blob, args...))
}

// BitSetInt returns the blob with n written to the integer of bitSize bits, 1 to 64, at bitOffset.
//
// Unknown if the blob or range does not exist, or if the flags forbid the change. Needs server 5.6.
func BitSetInt(blob Blob, bitOffset, bitSize, n Int, flags ...cdt.BitFlags) Blob {
	return modifyBits(cdt.CodeBitSetInt, blob, flags, bitOffset, bitSize, n)
}

// BitGet returns bitSize bits at bitOffset as a blob, padded with zero bits at its end.
//
// Unknown if the blob or range does not exist. Needs server 5.2.
func BitGet(blob Blob, bitOffset, bitSize Int) Blob {
	return typed[Blob](bits(false, TypeBlob, cdt.CodeBitGet, blob, bitOffset, bitSize))
}

// BitCount returns the number of bits that are set among bitSize bits at bitOffset.
//
// Unknown if the blob or range does not exist. Needs server 5.2.
func BitCount(blob Blob, bitOffset, bitSize Int) Int {
	return typed[Int](bits(false, TypeInt, cdt.CodeBitCount, blob, bitOffset, bitSize))
}

// BitLScan returns the position, relative to bitOffset, of the first bit from the left that equals
// search, or -1 if there is none.
//
// Unknown if the blob or range does not exist. Needs server 5.2.
func BitLScan(blob Blob, bitOffset, bitSize Int, search Bool) Int {
	return typed[Int](bits(false, TypeInt, cdt.CodeBitScanLeft, blob, bitOffset, bitSize, search))
}

// BitRScan returns the position, relative to bitOffset, of the first bit from the right that equals
// search, or -1 if there is none.
//
// Unknown if the blob or range does not exist. Needs server 5.2.
func BitRScan(blob Blob, bitOffset, bitSize Int, search Bool) Int {
	return typed[Int](bits(false, TypeInt, cdt.CodeBitScanRight, blob, bitOffset, bitSize, search))
}

// BitGetInt returns the integer of bitSize bits, 1 to 64, at bitOffset.
//
// Unknown if the blob or range does not exist. Needs server 5.2.
func BitGetInt(blob Blob, bitOffset, bitSize Int, sign cdt.Sign) Int {
	args := []Expression{bitOffset, bitSize}
	if sign == cdt.Signed {
		args = append(args, number(sign))
	}
	return typed[Int](bits(false, TypeInt, cdt.CodeBitGetInt, blob, args...))
}
