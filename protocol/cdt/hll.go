package cdt

import "github.com/aerosql/aerosql/protocol"

// HLLFlags restrict writes to a HyperLogLog bin: [CreateOnly], [UpdateOnly], [NoFail], and
// [AllowFold].
type HLLFlags uint8

// AllowFold lets [HLLSetUnion] combine sketches of different sizes at the precision of the
// smallest. Without it that fails with error 26.
const AllowFold HLLFlags = 0x08

// Unset, given as a number of bits, uses the number that the bin has.
const Unset = -1

// HLLInit creates an empty sketch of 2^indexBits registers. indexBits is 4 to 16. minHashBits is
// the number of bits per register for similarity, 4 to 51, or 0 for none. Both together are at most
// 64. [Unset] keeps the number of an existing bin. No result. Fails with error 6 with [CreateOnly],
// 17 with [UpdateOnly], and 26 if a new sketch has no indexBits.
//
// All HyperLogLog operations fail with error 12 if the bin has another type and 4 if a number of
// bits is out of range.
func HLLInit(bin string, indexBits, minHashBits int, flags ...HLLFlags) protocol.Operation {
	p := begin(nil, CodeHLLInit, 3)
	p.int(int64(indexBits))
	p.int(int64(minHashBits))
	return p.modifyHLL(bin, flags)
}

// HLLAdd adds elements, which must not be lists or maps. It creates the sketch like [HLLInit] if
// there is none; otherwise the numbers of bits are not used. The result is the number of elements
// that changed a register.
func HLLAdd[V any](bin string, elements []V, indexBits, minHashBits int, flags ...HLLFlags) protocol.Operation {
	p := begin(nil, CodeHLLAdd, 4)
	p.value(listOf(elements))
	p.int(int64(indexBits))
	p.int(int64(minHashBits))
	return p.modifyHLL(bin, flags)
}

// HLLSetUnion sets the bin to the union of itself and sketches. The sketches have the server's
// format, as returned by a read of a HyperLogLog bin. No result. Fails with error 26 if that loses
// precision; see [AllowFold].
func HLLSetUnion(bin string, sketches [][]byte, flags ...HLLFlags) protocol.Operation {
	p := begin(nil, CodeHLLSetUnion, 2)
	p.sketches(sketches)
	return p.modifyHLL(bin, flags)
}

// HLLRefreshCount computes the count and caches it in the bin. The result is the estimated number
// of distinct elements. Fails with error 17 if the bin does not exist.
func HLLRefreshCount(bin string) protocol.Operation {
	return begin(nil, CodeHLLRefreshCount, 0).operation(protocol.OpHLLModify, bin)
}

// HLLFold reduces a sketch to fewer index bits. No result. Fails with error 17 if the bin does not
// exist, and 26 if it already has fewer index bits or has min-hash bits.
func HLLFold(bin string, indexBits int) protocol.Operation {
	p := begin(nil, CodeHLLFold, 1)
	p.int(int64(indexBits))
	return p.operation(protocol.OpHLLModify, bin)
}

// HLLGetCount estimates the number of distinct elements. The result is an integer.
func HLLGetCount(bin string) protocol.Operation {
	return begin(nil, CodeHLLCount, 0).operation(protocol.OpHLLRead, bin)
}

// HLLGetUnion returns the union of the bin and at least one sketch, as a sketch. It does not change
// the bin.
func HLLGetUnion(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLUnion, sketches)
}

// HLLGetUnionCount estimates the number of distinct elements in the union of the bin and sketches.
func HLLGetUnionCount(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLUnionCount, sketches)
}

// HLLGetIntersectCount estimates the number of elements that the bin and all sketches have in
// common. Without min-hash bits it takes at most two sketches.
func HLLGetIntersectCount(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLIntersectCount, sketches)
}

// HLLGetSimilarity estimates the similarity of the bin and sketches: the size of their intersection
// divided by the size of their union, from 0 to 1, as a float. Without min-hash bits it takes at
// most two sketches.
func HLLGetSimilarity(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLSimilarity, sketches)
}

// HLLDescribe returns a list of the number of index bits and the number of min-hash bits.
func HLLDescribe(bin string) protocol.Operation {
	return begin(nil, CodeHLLDescribe, 0).operation(protocol.OpHLLRead, bin)
}

// HLLMayContain returns 0 if at least one element was certainly not added, and 1 if all elements
// may have been added. The official clients support it only in expressions. Needs server 5.2.
func HLLMayContain[V any](bin string, elements ...V) protocol.Operation {
	p := begin(nil, CodeHLLMayContain, 1)
	p.value(listOf(elements))
	return p.operation(protocol.OpHLLRead, bin)
}

func readHLL(bin string, code Code, sketches [][]byte) protocol.Operation {
	p := begin(nil, code, 1)
	p.sketches(sketches)
	return p.operation(protocol.OpHLLRead, bin)
}

// sketches appends sketches as blobs, as the official Go client does. The server ignores their
// type.
func (p *packer) sketches(sketches [][]byte) {
	p.array(len(sketches))
	for _, s := range sketches {
		p.value(protocol.Blob(s))
	}
}

func (p *packer) modifyHLL(bin string, flags []HLLFlags) protocol.Operation {
	var all HLLFlags
	for _, f := range flags {
		all |= f
	}
	p.int(int64(all))
	return p.operation(protocol.OpHLLModify, bin)
}
