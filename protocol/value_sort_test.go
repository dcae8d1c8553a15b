package protocol

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func floats(fs ...float64) []Value {
	values := make([]Value, len(fs))
	for i, f := range fs {
		values[i] = Float(f)
	}
	return values
}

// NaNs are after all other floats, and before values of kinds that are greater.
func TestSortListPutsNaNLast(t *testing.T) {
	nan := math.NaN()
	list := append(floats(5, nan, 1, math.Inf(1), nan, 3), GeoJSON("{}"), Int(7))
	require.NoError(t, SortList(list))
	require.Equal(t, "[7, 1, 3, 5, +Inf, NaN, NaN, GeoJSON({})]", List(list...).String())

	nested := []Value{List(floats(5)...), List(floats(nan)...), List(floats(1)...), List(floats(3)...)}
	require.NoError(t, SortList(nested))
	require.Equal(t, "[[1], [3], [5], [NaN]]", List(nested...).String())

	maps := []Value{Map(Pair{Int(1), Float(nan)}), Map(Pair{Int(1), Float(2)})}
	require.NoError(t, SortList(maps))
	require.Equal(t, "[{1: 2}, {1: NaN}]", List(maps...).String())
}

// The server treats a NaN as equal to all floats and compares the elements after it. There may be
// no order that is sorted then.
func TestSortListRejectsUnsortable(t *testing.T) {
	nan := math.NaN()
	list := []Value{List(floats(nan, 1)...), List(floats(5, 2)...)}
	require.ErrorIs(t, SortList(list), ErrInvalidValue)
}

// The result of SortList is sorted by Compare, and does not depend on the order of the input.
func TestSortListIsTotal(t *testing.T) {
	element := rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Float64Range(-2, 2))
	rapid.Check(t, func(t *rapid.T) {
		list := floats(rapid.SliceOfN(element, 0, 20).Draw(t, "list")...)
		shuffled := slices.Clone(list)
		slices.Reverse(shuffled)
		require.NoError(t, SortList(list))
		require.NoError(t, SortList(shuffled))
		require.True(t, slices.IsSortedFunc(list, Compare))
		for i := range list {
			require.True(t, Equal(list[i], shuffled[i]))
		}
	})
}
