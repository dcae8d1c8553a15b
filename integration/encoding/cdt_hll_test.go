package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func (d draw) hllPolicy() (cdt.HLLFlags, *as.HLLPolicy) {
	flags := d.flags(15)
	return cdt.HLLFlags(flags), as.NewHLLPolicy(flags)
}

// bitCount draws a number of bits, or Unset.
func (d draw) bitCount() int { return rapid.IntRange(cdt.Unset, 64).Draw(d.T, "bits") }

func hllValues(sketches [][]byte) []as.HLLValue {
	out := make([]as.HLLValue, len(sketches))
	for i, s := range sketches {
		out[i] = as.NewHLLValue(s)
	}
	return out
}

var hllCalls = map[string]call{
	"HLLInit": func(d draw) (protocol.Operation, *as.Operation) {
		index, minHash := d.bitCount(), d.bitCount()
		flags, policy := d.hllPolicy()
		return cdt.HLLInit(bin, index, minHash, flags), as.HLLInitOp(policy, bin, index, minHash)
	},
	"HLLAdd": func(d draw) (protocol.Operation, *as.Operation) {
		l := rapid.SliceOfN(scalars(), 0, 17).Draw(d.T, "elements")
		same := make([]as.Value, len(l))
		for i, e := range l {
			same[i] = as.NewValue(e.theirs)
		}
		index, minHash := d.bitCount(), d.bitCount()
		flags, policy := d.hllPolicy()
		return cdt.HLLAdd(bin, ours(l), index, minHash, flags), as.HLLAddOp(policy, bin, same, index, minHash)
	},
	"HLLSetUnion": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.sketches()
		flags, policy := d.hllPolicy()
		return cdt.HLLSetUnion(bin, l, flags), as.HLLSetUnionOp(policy, bin, hllValues(l))
	},
	"HLLRefreshCount": func(draw) (protocol.Operation, *as.Operation) {
		return cdt.HLLRefreshCount(bin), as.HLLRefreshCountOp(bin)
	},
	"HLLFold": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.bitCount()
		return cdt.HLLFold(bin, n), as.HLLFoldOp(bin, n)
	},
	"HLLGetCount": func(draw) (protocol.Operation, *as.Operation) {
		return cdt.HLLGetCount(bin), as.HLLGetCountOp(bin)
	},
	"HLLGetUnion": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.sketches()
		return cdt.HLLGetUnion(bin, l...), as.HLLGetUnionOp(bin, hllValues(l))
	},
	"HLLGetUnionCount": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.sketches()
		return cdt.HLLGetUnionCount(bin, l...), as.HLLGetUnionCountOp(bin, hllValues(l))
	},
	"HLLGetIntersectCount": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.sketches()
		return cdt.HLLGetIntersectCount(bin, l...), as.HLLGetIntersectCountOp(bin, hllValues(l))
	},
	"HLLGetSimilarity": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.sketches()
		return cdt.HLLGetSimilarity(bin, l...), as.HLLGetSimilarityOp(bin, hllValues(l))
	},
	"HLLDescribe": func(draw) (protocol.Operation, *as.Operation) {
		return cdt.HLLDescribe(bin), as.HLLDescribeOp(bin)
	},
}
