package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

func bitPolicy(g expGen) (cdt.BitFlags, *as.BitPolicy) {
	flags := rapid.IntRange(0, 15).Draw(g.T, "flags")
	return cdt.BitFlags(flags), as.NewBitPolicy(flags)
}

func hllPolicy(g expGen) (cdt.HLLFlags, *as.HLLPolicy) {
	flags := rapid.IntRange(0, 15).Draw(g.T, "flags")
	return cdt.HLLFlags(flags), as.NewHLLPolicy(flags)
}

// bitRange has the first arguments of most bit calls.
type bitRange struct{ offset, size expTwin[exp.Int] }

// onBits returns the constructor of a call on a range of bits.
func onBits[T exp.Typed](name string, call func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[T]) constructor[T] {
	return constructor[T]{name, func(g expGen) expTwin[T] {
		return call(g, operand[exp.Blob](g), bitRange{index(g), index(g)})
	}}
}

// blobBits returns the constructor of a call that overwrites a range with a blob.
func blobBits(name string, ours func(exp.Blob, exp.Int, exp.Int, exp.Blob, ...cdt.BitFlags) exp.Blob,
	theirs func(*as.BitPolicy, *as.Expression, *as.Expression, *as.Expression, *as.Expression) *as.Expression) constructor[exp.Blob] {
	return onBits(name, func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Blob] {
		v := operand[exp.Blob](g)
		flags, policy := bitPolicy(g)
		return expTwin[exp.Blob]{ours(on.ours, at.offset.ours, at.size.ours, v.ours, flags), theirs(policy, at.offset.theirs, at.size.theirs, v.theirs, on.theirs)}
	})
}

func integerBits(name string, ours func(exp.Blob, exp.Int, exp.Int, exp.Int, ...cdt.BitFlags) exp.Blob,
	theirs func(*as.BitPolicy, *as.Expression, *as.Expression, *as.Expression, *as.Expression) *as.Expression) constructor[exp.Blob] {
	return onBits(name, func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Blob] {
		n := index(g)
		flags, policy := bitPolicy(g)
		return expTwin[exp.Blob]{ours(on.ours, at.offset.ours, at.size.ours, n.ours, flags), theirs(policy, at.offset.theirs, at.size.theirs, n.theirs, on.theirs)}
	})
}

func sumBits(name string, ours func(exp.Blob, exp.Int, exp.Int, exp.Int, cdt.Sign, cdt.Overflow, ...cdt.BitFlags) exp.Blob,
	theirs func(*as.BitPolicy, *as.Expression, *as.Expression, *as.Expression, bool, as.BitOverflowAction, *as.Expression) *as.Expression) constructor[exp.Blob] {
	return onBits(name, func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Blob] {
		n := index(g)
		flags, policy := bitPolicy(g)
		sign := rapid.SampledFrom([]cdt.Sign{cdt.Unsigned, cdt.Signed}).Draw(g.T, "sign")
		overflow := rapid.SampledFrom([]cdt.Overflow{cdt.OverflowFail, cdt.OverflowSaturate, cdt.OverflowWrap}).Draw(g.T, "overflow")
		return expTwin[exp.Blob]{
			ours(on.ours, at.offset.ours, at.size.ours, n.ours, sign, overflow, flags),
			theirs(policy, at.offset.theirs, at.size.theirs, n.theirs, sign == cdt.Signed, as.BitOverflowAction(overflow), on.theirs),
		}
	})
}

func registerBlobs() {
	register(expOperators, exp.TypeBlob,
		constructor[exp.Blob]{"BitResize", func(g expGen) expTwin[exp.Blob] {
			on, n, how := operand[exp.Blob](g), index(g), rapid.IntRange(0, 7).Draw(g.T, "how")
			flags, policy := bitPolicy(g)
			return expTwin[exp.Blob]{exp.BitResize(on.ours, n.ours, cdt.ResizeFlags(how), flags), as.ExpBitResize(policy, n.theirs, as.BitResizeFlags(how), on.theirs)}
		}},
		constructor[exp.Blob]{"BitInsert", func(g expGen) expTwin[exp.Blob] {
			on, n, v := operand[exp.Blob](g), index(g), operand[exp.Blob](g)
			flags, policy := bitPolicy(g)
			return expTwin[exp.Blob]{exp.BitInsert(on.ours, n.ours, v.ours, flags), as.ExpBitInsert(policy, n.theirs, v.theirs, on.theirs)}
		}},
		onBits("BitRemove", func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Blob] {
			flags, policy := bitPolicy(g)
			return expTwin[exp.Blob]{exp.BitRemove(on.ours, at.offset.ours, at.size.ours, flags), as.ExpBitRemove(policy, at.offset.theirs, at.size.theirs, on.theirs)}
		}),
		onBits("BitNot", func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Blob] {
			flags, policy := bitPolicy(g)
			return expTwin[exp.Blob]{exp.BitNot(on.ours, at.offset.ours, at.size.ours, flags), as.ExpBitNot(policy, at.offset.theirs, at.size.theirs, on.theirs)}
		}),
		blobBits("BitSet", exp.BitSet, as.ExpBitSet),
		blobBits("BitOr", exp.BitOr, as.ExpBitOr),
		blobBits("BitXor", exp.BitXor, as.ExpBitXor),
		blobBits("BitAnd", exp.BitAnd, as.ExpBitAnd),
		integerBits("BitLShift", exp.BitLShift, as.ExpBitLShift),
		integerBits("BitRShift", exp.BitRShift, as.ExpBitRShift),
		integerBits("BitSetInt", exp.BitSetInt, as.ExpBitSetInt),
		sumBits("BitAdd", exp.BitAdd, as.ExpBitAdd),
		sumBits("BitSubtract", exp.BitSubtract, as.ExpBitSubtract),
		onBits("BitGet", func(_ expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Blob] {
			return expTwin[exp.Blob]{exp.BitGet(on.ours, at.offset.ours, at.size.ours), as.ExpBitGet(at.offset.theirs, at.size.theirs, on.theirs)}
		}),
	)
	register(expOperators, exp.TypeInt,
		onBits("BitCount", func(_ expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Int] {
			return expTwin[exp.Int]{exp.BitCount(on.ours, at.offset.ours, at.size.ours), as.ExpBitCount(at.offset.theirs, at.size.theirs, on.theirs)}
		}),
		onBits("BitLScan", func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Int] {
			v := operand[exp.Bool](g)
			return expTwin[exp.Int]{exp.BitLScan(on.ours, at.offset.ours, at.size.ours, v.ours), as.ExpBitLScan(at.offset.theirs, at.size.theirs, v.theirs, on.theirs)}
		}),
		onBits("BitRScan", func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Int] {
			v := operand[exp.Bool](g)
			return expTwin[exp.Int]{exp.BitRScan(on.ours, at.offset.ours, at.size.ours, v.ours), as.ExpBitRScan(at.offset.theirs, at.size.theirs, v.theirs, on.theirs)}
		}),
		onBits("BitGetInt", func(g expGen, on expTwin[exp.Blob], at bitRange) expTwin[exp.Int] {
			sign := rapid.SampledFrom([]cdt.Sign{cdt.Unsigned, cdt.Signed}).Draw(g.T, "sign")
			return expTwin[exp.Int]{exp.BitGetInt(on.ours, at.offset.ours, at.size.ours, sign), as.ExpBitGetInt(at.offset.theirs, at.size.theirs, sign == cdt.Signed, on.theirs)}
		}),
	)
	registerHLL()
}

func registerHLL() {
	register(expOperators, exp.TypeHLL,
		constructor[exp.HLL]{"HLLInit", func(g expGen) expTwin[exp.HLL] {
			on, i, m := operand[exp.HLL](g), index(g), index(g)
			flags, policy := hllPolicy(g)
			if open(g) {
				return expTwin[exp.HLL]{exp.HLLInit(on.ours, i.ours, exp.IntVal(cdt.Unset), flags), as.ExpHLLInit(policy, i.theirs, on.theirs)}
			}
			return expTwin[exp.HLL]{exp.HLLInit(on.ours, i.ours, m.ours, flags), as.ExpHLLInitWithMinHash(policy, i.theirs, m.theirs, on.theirs)}
		}},
		constructor[exp.HLL]{"HLLAdd", func(g expGen) expTwin[exp.HLL] {
			on, l, i, m := operand[exp.HLL](g), listOf(g), index(g), index(g)
			flags, policy := hllPolicy(g)
			if open(g) {
				unset := exp.IntVal(cdt.Unset)
				return expTwin[exp.HLL]{exp.HLLAdd(on.ours, l.ours, unset, unset, flags), as.ExpHLLAdd(policy, l.theirs, on.theirs)}
			}
			return expTwin[exp.HLL]{exp.HLLAdd(on.ours, l.ours, i.ours, m.ours, flags), as.ExpHLLAddWithIndexAndMinHash(policy, l.theirs, i.theirs, m.theirs, on.theirs)}
		}},
		dyadic("HLLGetUnionList", exp.HLLGetUnion[exp.List], swapped(as.ExpHLLGetUnion)),
		dyadic("HLLGetUnionHLL", exp.HLLGetUnion[exp.HLL], swapped(as.ExpHLLGetUnion)),
	)
	register(expOperators, exp.TypeInt,
		unary("HLLGetCount", exp.HLLGetCount, as.ExpHLLGetCount),
		dyadic("HLLGetUnionCount", exp.HLLGetUnionCount[exp.List], swapped(as.ExpHLLGetUnionCount)),
		dyadic("HLLGetIntersectCount", exp.HLLGetIntersectCount[exp.List], swapped(as.ExpHLLGetIntersectCount)),
		dyadic("HLLMayContain", exp.HLLMayContain, swapped(as.ExpHLLMayContain)),
	)
	register(expOperators, exp.TypeFloat,
		dyadic("HLLGetSimilarity", exp.HLLGetSimilarity[exp.List], swapped(as.ExpHLLGetSimilarity)),
	)
	register(expOperators, exp.TypeList, unary("HLLDescribe", exp.HLLDescribe, as.ExpHLLDescribe))
}

// swapped changes the argument order to ours: the value that a call works on comes first.
func swapped(call func(argument, on *as.Expression) *as.Expression) func(on, argument *as.Expression) *as.Expression {
	return func(on, argument *as.Expression) *as.Expression { return call(argument, on) }
}
