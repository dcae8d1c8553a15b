package function

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// scalars are values that meet each other often.
var scalars = rapid.SampledFrom([]any{
	nil, true, false, 0, 1, 2, -1, math.MaxInt64, math.MinInt64, int64(1)<<53 + 1, 0.0, math.Copysign(0, -1), 1.0, 1.5,
	float64(1 << 53), math.NaN(), math.Inf(1), math.Inf(-1), 9.3e18, "", "a", "A", "b", "\u00e9", []byte{}, []byte("a"),
	[]any{}, []any{1}, []any{1.0}, []any{1, "a"}, []any{nil}, protocol.GeoPoint(1, 2),
})

func value() *rapid.Generator[protocol.Value] {
	return rapid.Map(scalars, protocol.ValueOf)
}

// TestOrderIsTotal: Order is antisymmetric and transitive.
func TestOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := value().Draw(t, "x"), value().Draw(t, "y"), value().Draw(t, "z")
		require.Equal(t, Order(x, y), -Order(y, x))
		if Order(x, y) <= 0 && Order(y, z) <= 0 {
			require.LessOrEqual(t, Order(x, z), 0)
		}
	})
}

// TestKeyAgreesWithOrder: keys are equal exactly if Order is 0.
func TestKeyAgreesWithOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := value().Draw(t, "x"), value().Draw(t, "y")
		require.Equal(t, Order(x, y) == 0, string(AppendKey(nil, x)) == string(AppendKey(nil, y)))
	})
}

// TestSetAgreesWithCompare: a set gives what comparing with each value gives.
func TestSetAgreesWithCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(value(), 0, 2*smallSet+2).Draw(t, "values")
		x := value().Draw(t, "x")
		require.Equal(t, compareAll(values, x), NewSet(values).Contains(x))
	})
}

func TestSetAllocatesNothing(t *testing.T) {
	values := make([]protocol.Value, 1000)
	for i := range values {
		values[i] = protocol.Int(int64(i))
	}
	set := NewSet(values)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		require.Equal(t, True, set.Contains(protocol.Float(999)))
		require.Equal(t, False, set.Contains(protocol.Int(1000)))
	}))
}

func TestTrilean(t *testing.T) {
	all := []Trilean{Unknown, False, True}
	for _, x := range all {
		for _, y := range all {
			assert.Equal(t, x.And(y), y.And(x))
			assert.Equal(t, x.Or(y), x.Not().And(y.Not()).Not())
			assert.Equal(t, x, x.Not().Not())
		}
	}
	assert.Equal(t, False, False.And(Unknown))
	assert.Equal(t, True, True.Or(Unknown))
	assert.Equal(t, Unknown, Unknown.Or(False))
}

func TestPatterns(t *testing.T) {
	cases := []struct {
		op            ast.MatchOp
		pattern, text string
		escape        rune
		want          bool
	}{
		{ast.Like, "a%", "abc", NoEscape, true},
		{ast.Like, "a%", "ba", NoEscape, false},
		{ast.Like, "%c", "abc", NoEscape, true},
		{ast.Like, "a_c", "a\u00e9c", NoEscape, true},
		{ast.Like, "a!%", "a%", '!', true},
		{ast.Like, "a!%", "ab", '!', false},
		{ast.Like, "abc", "ABC", NoEscape, false},
		{ast.Like, "abc", "abc\x00", NoEscape, false}, // an equality
		{ast.Like, "a!%c", "a%c", '!', true},
		{ast.Like, "ab_", "abc\x00", NoEscape, true},
		{ast.ILike, "abC", "ABc", NoEscape, true},
		{ast.ILike, "\u00c4%", "\u00e4\u00f6", NoEscape, true},
		{ast.Regexp, "^a+$", "aaa", NoEscape, true},
		{ast.Regexp, "b", "abc", NoEscape, true},
	}
	for _, c := range cases {
		p, err := NewPattern(c.op, c.pattern, c.escape)
		require.NoError(t, err)
		assert.Equal(t, c.want, p.Match(c.text), "%v %q %q", c.op, c.pattern, c.text)
	}
	_, err := NewPattern(ast.Like, "a!", '!')
	require.ErrorContains(t, err, "escape character")
	_, err = NewPattern(ast.Regexp, "(", NoEscape)
	require.ErrorContains(t, err, "regular expression")
	_, err = Escape("!!")
	require.Error(t, err)
}

func TestArithmetic(t *testing.T) {
	cases := []struct {
		op   ast.Operator
		x, y any
		want any
	}{
		{ast.OpAdd, math.MaxInt64, 1, math.MinInt64},
		{ast.OpDivide, 7, 2, 3},
		{ast.OpDivide, -7, 2, -3},
		{ast.OpDivide, 1, 0, nil},
		{ast.OpDivide, math.MinInt64, -1, math.MinInt64},
		{ast.OpRemainder, math.MinInt64, -1, 0},
		{ast.OpRemainder, -7, 3, -1},
		{ast.OpDivide, 1.0, 0, math.Inf(1)},
		{ast.OpAdd, 1, 1.5, 2.5},
		{ast.OpAdd, "1", 1, nil},
		{ast.OpConcat, "a", "b", "ab"},
		{ast.OpBitAnd, 6, 3, 2},
		{ast.OpBitOr, 6, 3, 7},
		{ast.OpBitXor, 6, 3, 5},
		{ast.OpShiftLeft, 1, 4, 16},
		{ast.OpShiftLeft, 1, 64, 0},
		{ast.OpShiftRight, -8, 1, -4},
		{ast.OpShiftRight, -8, 100, -1},
		{ast.OpShiftLeft, 16, -4, 1},
		{ast.OpBitAnd, 6.0, 3, nil},
	}
	for _, c := range cases {
		got := Arithmetic(c.op, protocol.ValueOf(c.x), protocol.ValueOf(c.y))
		assert.Equal(t, protocol.ValueOf(c.want).Any(), got.Any(), "%v %v %v", c.x, c.op, c.y)
	}
}
