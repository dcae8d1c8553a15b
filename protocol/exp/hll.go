package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A call that modifies does not change the record. Its result is the modified HyperLogLog.
// [cdt.Unset], given as a number of bits, uses the number that the HyperLogLog has.

// Sketches is the set of types for several HyperLogLogs: a list of them, or a single one.
type Sketches interface {
	List | HLL
	Expression
}

func readHLL[T Typed](code cdt.Code, hll HLL, args ...Expression) T {
	return typed[T](call(Call{System: SystemHLL, Code: int64(code)}, typeOf[T](), hll, nil, args))
}

func modifyHLL(code cdt.Code, hll HLL, flags []cdt.HLLFlags, args ...Expression) HLL {
	var all cdt.HLLFlags
	for _, f := range flags {
		all |= f
	}
	what := Call{System: SystemHLL, Modify: true, Code: int64(code)}
	return typed[HLL](call(what, TypeHLL, hll, nil, append(args, number(all))))
}

// HLLInit returns an empty HyperLogLog of 2^indexBits registers. indexBits is 4 to 16. minHashBits
// is the number of bits per register for similarity, 4 to 51, or 0 for none. Both together are at
// most 64.
//
// Unknown if the HyperLogLog does not exist or the flags forbid the change. Needs server 5.6.
func HLLInit(hll HLL, indexBits, minHashBits Int, flags ...cdt.HLLFlags) HLL {
	return modifyHLL(cdt.CodeHLLInit, hll, flags, indexBits, minHashBits)
}

// HLLAdd returns the HyperLogLog with elements added. Elements must not be lists or maps. The
// numbers of bits are used only if the HyperLogLog is created.
//
// Unknown if the HyperLogLog does not exist or the flags forbid the change. Needs server 5.6.
func HLLAdd(hll HLL, elements List, indexBits, minHashBits Int, flags ...cdt.HLLFlags) HLL {
	return modifyHLL(cdt.CodeHLLAdd, hll, flags, elements, indexBits, minHashBits)
}

// HLLSetUnion returns the union of the HyperLogLog and others at the precision of the first, or at
// the smallest precision of all if the flags have cdt.AllowFold.
//
// Unknown if the HyperLogLog does not exist, if precision would be lost, or if the flags forbid the
// change. Needs server 5.6.
func HLLSetUnion[S Sketches](hll HLL, others S, flags ...cdt.HLLFlags) HLL {
	return modifyHLL(cdt.CodeHLLSetUnion, hll, flags, others)
}

// HLLRefreshCount returns the HyperLogLog with its count computed and cached in it.
//
// Unknown if the HyperLogLog does not exist. Needs server 5.6.
func HLLRefreshCount(hll HLL) HLL {
	return typed[HLL](call(Call{System: SystemHLL, Modify: true, Code: int64(cdt.CodeHLLRefreshCount)}, TypeHLL, hll, nil, nil))
}

// HLLFold returns the HyperLogLog reduced to fewer index bits. It must not have min-hash bits.
//
// Unknown if the HyperLogLog does not exist or cannot be folded to indexBits. Needs server 5.6.
func HLLFold(hll HLL, indexBits Int) HLL {
	what := Call{System: SystemHLL, Modify: true, Code: int64(cdt.CodeHLLFold)}
	return typed[HLL](call(what, TypeHLL, hll, nil, []Expression{indexBits}))
}

// HLLGetCount returns the estimated number of elements.
//
// Unknown if the HyperLogLog does not exist. Needs server 5.2.
func HLLGetCount(hll HLL) Int { return readHLL[Int](cdt.CodeHLLCount, hll) }

// HLLGetUnion returns the union of the HyperLogLog and others.
//
// Unknown if the HyperLogLog does not exist. Needs server 5.2.
func HLLGetUnion[S Sketches](hll HLL, others S) HLL {
	return readHLL[HLL](cdt.CodeHLLUnion, hll, others)
}

// HLLGetUnionCount returns the estimated number of elements in the union of the HyperLogLog and
// others.
//
// Unknown if the HyperLogLog does not exist. Needs server 5.2.
func HLLGetUnionCount[S Sketches](hll HLL, others S) Int {
	return readHLL[Int](cdt.CodeHLLUnionCount, hll, others)
}

// HLLGetIntersectCount returns the estimated number of elements that the HyperLogLog and others
// have in common. If there are more than two others, all need the same number of min-hash bits.
//
// Unknown if the HyperLogLog does not exist. Needs server 5.2.
func HLLGetIntersectCount[S Sketches](hll HLL, others S) Int {
	return readHLL[Int](cdt.CodeHLLIntersectCount, hll, others)
}

// HLLGetSimilarity returns the estimated Jaccard similarity of the HyperLogLog and others, from 0
// to 1. If there are more than two others, all need the same number of min-hash bits.
//
// Unknown if the HyperLogLog does not exist. Needs server 5.2.
func HLLGetSimilarity[S Sketches](hll HLL, others S) Float {
	return readHLL[Float](cdt.CodeHLLSimilarity, hll, others)
}

// HLLDescribe returns the list [index bits, min-hash bits].
//
// Unknown if the HyperLogLog does not exist. Needs server 5.2.
func HLLDescribe(hll HLL) List { return readHLL[List](cdt.CodeHLLDescribe, hll) }

// HLLMayContain returns 1 if all elements may have been added, and 0 if at least one certainly was
// not.
//
// Unknown if the HyperLogLog does not exist. Needs server 5.2.
func HLLMayContain(hll HLL, elements List) Int {
	return readHLL[Int](cdt.CodeHLLMayContain, hll, elements)
}
