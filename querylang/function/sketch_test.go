package function

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

func TestApproxCountDistinct(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1024, 1025, 5000, 100000} {
		state, reverse := LookupAggregate("approx_count_distinct").New(nil), LookupAggregate("APPROX_COUNT_DISTINCT").New(nil)
		for i := range n {
			state.Add(protocol.Int(int64(i)))
			state.Add(protocol.Float(float64(i))) // the same value
			reverse.Add(protocol.Int(int64(n - 1 - i)))
		}
		v, err := state.Result()
		require.NoError(t, err)
		w, err := reverse.Result()
		require.NoError(t, err)
		assert.Equal(t, v, w, "the order has no effect")
		got, _ := v.Int()
		if n <= maxHashes {
			assert.Equal(t, int64(n), got)
		}
		assert.InDelta(t, n, got, 0.03*float64(n))
		assert.Less(t, state.Size(), 20<<10)
	}
}

// sketchOf returns a HyperLogLog value with some ranks.
func sketchOf(indexBits, minhashBits int, ranks map[int]uint64) protocol.Value {
	width := sketchRankBits + minhashBits
	b := make([]byte, sketchHeader+(width<<indexBits+7)/8)
	b[1], b[2] = byte(indexBits), byte(minhashBits)
	for i, r := range ranks {
		for k := range sketchRankBits {
			bit := i*width + k
			b[sketchHeader+bit/8] |= byte(r >> (sketchRankBits - 1 - k) & 1 << (7 - bit%8))
		}
	}
	return protocol.HLL(b)
}

func TestHLLCount(t *testing.T) {
	for _, minhash := range []int{0, 7, 20} {
		empty := sketchOf(4, minhash, nil)
		one := sketchOf(4, minhash, map[int]uint64{3: 1})
		same := sketchOf(6, minhash, map[int]uint64{3 + 16: 1}) // the same register in the smaller one
		last := sketchOf(4, minhash, map[int]uint64{15: 63})
		count := func(v protocol.Value) any { return hllCount(nil, []protocol.Value{v}).Any() }
		assert.Equal(t, int64(0), count(empty))
		assert.Equal(t, int64(1), count(one))
		assert.Equal(t, int64(1), count(last))
		assert.Equal(t, int64(1), hllUnionCount(nil, []protocol.Value{empty, one, same}).Any())
		assert.Equal(t, int64(2), hllUnionCount(nil, []protocol.Value{last, one}).Any())
		b, _ := one.Bytes()
		b[3] = 77 // the kept estimate
		assert.Equal(t, int64(77), count(one))
		for _, n := range []int{0, 5, len(b) - 1} {
			assert.Nil(t, count(protocol.HLL(b[:n])))
		}
	}
	assert.True(t, hllCount(nil, []protocol.Value{protocol.Blob(make([]byte, 23))}).IsNil())
	assert.Equal(t, 0.7213/(1+1.079/16384), alphaOf(14))
	assert.False(t, math.IsNaN(estimate(make([]float64, 65), 16, 0.673)))
}
