package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A call that modifies does not change the record: its result is the HyperLogLog
// after the change. [cdt.Unset] as a number of bits leaves it to what there is.

// Sketches are several HyperLogLogs in a list, or a single one.
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

// HLLInit is an empty HyperLogLog of 2^indexBits registers, 4 to 16 bits, each with
// minHashBits bits for similarity: 4 to 51, or 0 for none; both together at most 64.
//
// Unknown if there is no such HyperLogLog or flags forbid it. Needs server 5.6.
func HLLInit(hll HLL, indexBits, minHashBits Int, flags ...cdt.HLLFlags) HLL {
	return modifyHLL(cdt.CodeHLLInit, hll, flags, indexBits, minHashBits)
}

// HLLAdd is the HyperLogLog with elements added, which may be no lists or maps. The
// numbers of bits are used only where it is created.
//
// Unknown if there is no such HyperLogLog or flags forbid it. Needs server 5.6.
func HLLAdd(hll HLL, elements List, indexBits, minHashBits Int, flags ...cdt.HLLFlags) HLL {
	return modifyHLL(cdt.CodeHLLAdd, hll, flags, elements, indexBits, minHashBits)
}

// HLLSetUnion is the union of the HyperLogLog and others, at the precision that the
// first has; with cdt.AllowFold among the flags at the smallest of all.
//
// Unknown if there is no such HyperLogLog, precision would be lost, or flags forbid it. Needs server 5.6.
func HLLSetUnion[S Sketches](hll HLL, others S, flags ...cdt.HLLFlags) HLL {
	return modifyHLL(cdt.CodeHLLSetUnion, hll, flags, others)
}

// HLLRefreshCount is the HyperLogLog with its count computed and kept in it.
//
// Unknown if there is no such HyperLogLog. Needs server 5.6.
func HLLRefreshCount(hll HLL) HLL {
	return typed[HLL](call(Call{System: SystemHLL, Modify: true, Code: int64(cdt.CodeHLLRefreshCount)}, TypeHLL, hll, nil, nil))
}

// HLLFold is the HyperLogLog with fewer index bits; it may have no minhash bits.
//
// Unknown if there is no such HyperLogLog or it can't be folded so. Needs server 5.6.
func HLLFold(hll HLL, indexBits Int) HLL {
	what := Call{System: SystemHLL, Modify: true, Code: int64(cdt.CodeHLLFold)}
	return typed[HLL](call(what, TypeHLL, hll, nil, []Expression{indexBits}))
}

// HLLGetCount is the estimated number of elements.
//
// Unknown if there is no such HyperLogLog. Needs server 5.2.
func HLLGetCount(hll HLL) Int { return readHLL[Int](cdt.CodeHLLCount, hll) }

// HLLGetUnion is the union of the HyperLogLog and others.
//
// Unknown if there is no such HyperLogLog. Needs server 5.2.
func HLLGetUnion[S Sketches](hll HLL, others S) HLL {
	return readHLL[HLL](cdt.CodeHLLUnion, hll, others)
}

// HLLGetUnionCount is the estimated number of elements of the union of the HyperLogLog and others.
//
// Unknown if there is no such HyperLogLog. Needs server 5.2.
func HLLGetUnionCount[S Sketches](hll HLL, others S) Int {
	return readHLL[Int](cdt.CodeHLLUnionCount, hll, others)
}

// HLLGetIntersectCount is the estimated number of elements that the HyperLogLog and others have in
// common. More than two others must have minhash bits, all the same number.
//
// Unknown if there is no such HyperLogLog. Needs server 5.2.
func HLLGetIntersectCount[S Sketches](hll HLL, others S) Int {
	return readHLL[Int](cdt.CodeHLLIntersectCount, hll, others)
}

// HLLGetSimilarity is the estimated Jaccard similarity of the HyperLogLog and others, 0 to 1. More
// than two others must have minhash bits, all the same number.
//
// Unknown if there is no such HyperLogLog. Needs server 5.2.
func HLLGetSimilarity[S Sketches](hll HLL, others S) Float {
	return readHLL[Float](cdt.CodeHLLSimilarity, hll, others)
}

// HLLDescribe is the list [index bits, minhash bits].
//
// Unknown if there is no such HyperLogLog. Needs server 5.2.
func HLLDescribe(hll HLL) List { return readHLL[List](cdt.CodeHLLDescribe, hll) }

// HLLMayContain is 1 if all elements may have been added, else 0.
//
// Unknown if there is no such HyperLogLog. Needs server 5.2.
func HLLMayContain(hll HLL, elements List) Int {
	return readHLL[Int](cdt.CodeHLLMayContain, hll, elements)
}
