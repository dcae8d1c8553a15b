package function

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

func TestAggregates(t *testing.T) {
	cases := []struct {
		name   string
		values []any
		want   any
	}{
		{"COUNT", nil, 0}, {"count", []any{1, "a"}, 2},
		{"SUM", nil, nil}, {"SUM", []any{1, 2, 3}, 6}, {"SUM", []any{1, 0.5}, 1.5}, {"SUM", []any{"a", 2}, 2}, {"SUM", []any{"a"}, nil},
		{"SUM", []any{math.MaxInt64, math.MinInt64}, -1}, {"SUM", []any{1e100, 1.0, -1e100}, 1.0}, {"SUM", []any{math.Inf(1), 1}, math.Inf(1)},
		{"AVG", nil, nil}, {"AVG", []any{1, 2}, 1.5}, {"AVG", []any{math.MaxInt64, math.MaxInt64}, float64(math.MaxInt64)},
		{"TOTAL", nil, 0.0}, {"TOTAL", []any{math.MaxInt64, math.MaxInt64}, 2 * float64(math.MaxInt64)},
		{"MIN", nil, nil}, {"MIN", []any{2, 1.5, 3}, 1.5}, {"MIN", []any{"b", "a"}, "a"}, {"MIN", []any{"a", 1}, 1},
		{"MAX", []any{2, 1.5, 3}, 3}, {"MAX", []any{[]byte{1}, []byte{2}}, []byte{2}}, {"ANY_VALUE", []any{7, 8}, 7},
		{"GROUP_CONCAT", nil, nil}, {"GROUP_CONCAT", []any{"a", 1, 2.5, true}, "a,1,2.5,true"}, {"STRING_AGG", []any{""}, ""},
		{"VAR_POP", []any{1, 2, 3, 4}, 1.25}, {"VARIANCE", []any{1, 2, 3, 4}, 5.0 / 3}, {"VAR_SAMP", []any{1}, nil},
		{"STDDEV_POP", []any{2, 4, 4, 4, 5, 5, 7, 9}, 2.0}, {"STDDEV", []any{1}, nil}, {"STDDEV_POP", []any{5}, 0.0},
		{"BOOL_AND", nil, nil}, {"EVERY", []any{true, false}, false}, {"BOOL_OR", []any{false, true}, true}, {"BOOL_AND", []any{1}, nil},
		{"ARRAY_AGG", nil, nil}, {"LIST_AGG", []any{1, "a"}, []any{int64(1), "a"}},
	}
	for _, c := range cases {
		a := LookupAggregate(c.name)
		require.NotNil(t, a, c.name)
		state := a.New(nil)
		for _, v := range c.values {
			state.Add(protocol.ValueOf(v))
		}
		got, err := state.Result()
		require.NoError(t, err)
		assert.Equal(t, protocol.ValueOf(c.want).Any(), got.Any(), "%s of %v", c.name, c.values)
		_, kinds := a.Result([]Type{{}})
		assert.True(t, kinds.Has(1<<got.Kind()), "%s of %v: kinds", c.name, c.values)
	}
	assert.Nil(t, LookupAggregate("nosuch"))
	assert.True(t, slices.IsSortedFunc(Aggregates(), func(a, b *Aggregate) int { return slices.Compare([]byte(a.Name), []byte(b.Name)) }))
}

// TestSumOverflow: only a total that does not fit is an error, in whatever order it is added.
func TestSumOverflow(t *testing.T) {
	for _, values := range [][]int64{{math.MaxInt64, 1}, {math.MinInt64, -1}, {math.MinInt64, math.MinInt64}} {
		state := LookupAggregate("SUM").New(nil)
		for _, n := range values {
			state.Add(protocol.Int(n))
		}
		_, err := state.Result()
		require.ErrorIs(t, err, ErrSumOverflow)
		require.ErrorIs(t, err, ast.ErrType)
		state.Add(protocol.Int(-values[1]))
		v, err := state.Result()
		if values[1] == math.MinInt64 {
			continue // its negation is itself
		}
		require.NoError(t, err)
		require.Equal(t, protocol.Int(values[0]), v)
	}
}

func TestSeparator(t *testing.T) {
	state := LookupAggregate("GROUP_CONCAT").New([]protocol.Value{protocol.String("; ")})
	state.Add(protocol.String("a"))
	state.Add(protocol.String("b"))
	v, err := state.Result()
	require.NoError(t, err)
	text, _ := v.Text()
	assert.Equal(t, "a; b", text)
	assert.Positive(t, state.Size())
}
