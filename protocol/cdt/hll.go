package cdt

import "github.com/aerosql/aerosql/protocol"

// HLLFlags say when a HyperLogLog bin must not be written: [CreateOnly],
// [UpdateOnly], [NoFail], and [AllowFold].
type HLLFlags uint8

// AllowFold lets [HLLSetUnion] unite sketches of different sizes, at the
// precision of the smallest. Error 26 without it.
const AllowFold HLLFlags = 0x08

// Unset as a number of bits leaves it to what the bin has.
const Unset = -1

// HLLInit makes an empty sketch of 2^indexBits registers, 4 to 16 bits, each with
// minHashBits bits for similarity, 4 to 51 or 0 for none; both together at most 64. [Unset]
// keeps what an existing bin has. No result. Errors 6 with [CreateOnly], 17 with [UpdateOnly], 26 if a new
// sketch has no indexBits.
//
// Of all operations on HyperLogLog: error 12 for a bin of another type, 4 for numbers of bits out of range.
func HLLInit(bin string, indexBits, minHashBits int, flags ...HLLFlags) protocol.Operation {
	p := begin(nil, CodeHLLInit, 3)
	p.int(int64(indexBits))
	p.int(int64(minHashBits))
	return p.modifyHLL(bin, flags)
}

// HLLAdd adds elements, which are no lists or maps, and creates the sketch
// as [HLLInit] does; the numbers of bits are not used where it exists. The result is how many
// elements changed a register.
func HLLAdd(bin string, elements []protocol.Value, indexBits, minHashBits int, flags ...HLLFlags) protocol.Operation {
	p := begin(nil, CodeHLLAdd, 4)
	p.value(protocol.List(elements...))
	p.int(int64(indexBits))
	p.int(int64(minHashBits))
	return p.modifyHLL(bin, flags)
}

// HLLSetUnion makes the bin the union of itself and sketches, each in the
// server's form as a read of such a bin gives it. No result. Error 26 if that loses precision, see [AllowFold].
func HLLSetUnion(bin string, sketches [][]byte, flags ...HLLFlags) protocol.Operation {
	p := begin(nil, CodeHLLSetUnion, 2)
	p.sketches(sketches)
	return p.modifyHLL(bin, flags)
}

// HLLRefreshCount counts and keeps the count in the bin. The result is the
// estimated number of distinct elements. Error 17 if the bin does not exist.
func HLLRefreshCount(bin string) protocol.Operation {
	return begin(nil, CodeHLLRefreshCount, 0).operation(protocol.OpHLLModify, bin)
}

// HLLFold reduces a sketch to fewer index bits. No result. Error 17 if the bin
// does not exist, 26 if it has fewer index bits already, or min-hash bits.
func HLLFold(bin string, indexBits int) protocol.Operation {
	p := begin(nil, CodeHLLFold, 1)
	p.int(int64(indexBits))
	return p.operation(protocol.OpHLLModify, bin)
}

// HLLGetCount estimates the number of distinct elements. The result is an integer.
func HLLGetCount(bin string) protocol.Operation {
	return begin(nil, CodeHLLCount, 0).operation(protocol.OpHLLRead, bin)
}

// HLLGetUnion gives the union of the bin and sketches, of which there must be one at
// least, as a sketch, without changing the bin.
func HLLGetUnion(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLUnion, sketches)
}

// HLLGetUnionCount estimates the number of distinct elements in the union of the bin and sketches.
func HLLGetUnionCount(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLUnionCount, sketches)
}

// HLLGetIntersectCount estimates the number of elements that the bin and all
// sketches have in common. Without min-hash bits there may be two sketches at most.
func HLLGetIntersectCount(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLIntersectCount, sketches)
}

// HLLGetSimilarity estimates which part of the union of the bin and sketches they
// have in common: a float from 0 to 1. Without min-hash bits there may be two sketches at most.
func HLLGetSimilarity(bin string, sketches ...[]byte) protocol.Operation {
	return readHLL(bin, CodeHLLSimilarity, sketches)
}

// HLLDescribe gives the numbers of bits: a list of index bits and min-hash bits.
func HLLDescribe(bin string) protocol.Operation {
	return begin(nil, CodeHLLDescribe, 0).operation(protocol.OpHLLRead, bin)
}

// HLLMayContain tells whether all elements may have been added: 1, or 0 if one
// of them surely was not. The official clients have it in expressions only. Server 5.2.
func HLLMayContain(bin string, elements ...protocol.Value) protocol.Operation {
	p := begin(nil, CodeHLLMayContain, 1)
	p.value(protocol.List(elements...))
	return p.operation(protocol.OpHLLRead, bin)
}

func readHLL(bin string, code Code, sketches [][]byte) protocol.Operation {
	p := begin(nil, code, 1)
	p.sketches(sketches)
	return p.operation(protocol.OpHLLRead, bin)
}

// sketches are sent as blobs, like the official Go client does; the server does not look at their type.
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
