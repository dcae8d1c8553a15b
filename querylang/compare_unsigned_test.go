package querylang

import (
	"cmp"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// Numbers compare exactly, including unsigned integers above 2^63-1.
func TestCompareNumbersIsExact(t *testing.T) {
	drawNumber := func(t *rapid.T, name string) (protocol.Value, *big.Float) {
		exact := new(big.Float).SetPrec(2000)
		switch rapid.IntRange(0, 2).Draw(t, name) {
		case 0:
			n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(1<<53-2, 1<<53+2), rapid.Just(int64(math.MinInt64))).Draw(t, "int")
			return protocol.Int(n), exact.SetInt64(n)
		case 1:
			n := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(1<<63-2, 1<<63+2), rapid.Just(uint64(math.MaxUint64))).Draw(t, "uint")
			return protocol.Uint(n), exact.SetUint64(n)
		}
		f := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{1 << 53, 1 << 63, 1 << 64, -1 << 63, 0.5, -0.5, 0, math.Inf(1), math.Inf(-1)})).Draw(t, "float")
		if math.IsNaN(f) {
			f = 0
		}
		return protocol.Float(f), exact.SetFloat64(f)
	}
	rapid.Check(t, func(t *rapid.T) {
		x, exactX := drawNumber(t, "x")
		y, exactY := drawNumber(t, "y")
		order, ok := compareValues(x, y)
		require.True(t, ok)
		require.Equal(t, exactX.Cmp(exactY), order, "%v and %v", x, y)
		require.Equal(t, cmp.Compare(asFloat(x), asFloat(y)) == -1 && exactX.Cmp(exactY) >= 0, false)
	})
}

func TestUnsignedArithmetic(t *testing.T) {
	sum := arithmetic(OpAdd, protocol.Uint(1<<63), protocol.Int(1))
	require.True(t, protocol.Equal(protocol.Float(1<<63), sum), "%v", sum)
}

// In IN, a nil slice is a list without elements, like an empty slice.
func TestNilSliceInList(t *testing.T) {
	for _, arg := range []any{[]int(nil), []int{}, []string(nil), []any(nil), []float32(nil), []any{}} {
		env := &Env{Args: []protocol.Value{protocol.ValueOf(arg)}}
		require.Empty(t, ExpandList([]Expr{&Param{}}, env), "%T", arg)
		require.Equal(t, "false", Eval(&In{X: &Literal{Value: protocol.Int(1)}, List: []Expr{&Param{}}}, env).String())
		require.Equal(t, "true", Eval(&In{X: &Literal{Value: protocol.Int(1)}, List: []Expr{&Param{}}, Not: true}, env).String())
	}
	for _, arg := range []any{nil, []byte(nil), map[string]any(nil)} {
		env := &Env{Args: []protocol.Value{protocol.ValueOf(arg)}}
		require.True(t, Eval(&In{X: &Literal{Value: protocol.Int(1)}, List: []Expr{&Param{}}}, env).IsNil(), "%T", arg)
	}
}
