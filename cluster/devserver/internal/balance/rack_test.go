package balance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSpreadOverRacks(t *testing.T) {
	for name, test := range map[string]struct {
		racks    []int // indexed by node number
		replicas int
		want     []int // for the order 0, 1, 2, 3
	}{
		"one rack":       {[]int{1, 1, 1, 1}, 2, []int{0, 1, 2, 3}},
		"spread already": {[]int{1, 2, 1, 2}, 2, []int{0, 1, 2, 3}},
		"second moves":   {[]int{1, 1, 2, 2}, 2, []int{0, 2, 1, 3}},
		"one copy":       {[]int{1, 1, 2, 2}, 1, []int{0, 1, 2, 3}},
		"three copies":   {[]int{1, 1, 2, 2}, 3, []int{0, 2, 1, 3}},
		"last moves":     {[]int{1, 1, 1, 2}, 2, []int{0, 3, 2, 1}},
	} {
		order := []int{0, 1, 2, 3}
		got := SpreadOverRacks(order, test.replicas, func(n int) int { return test.racks[n] })
		require.Equal(t, test.want, got, name)
		require.Equal(t, []int{0, 1, 2, 3}, order)
	}
}

// TestReplicasStandInDifferentRacks checks that replicas use as many racks as there are and that
// the master does not change.
func TestReplicasStandInDifferentRacks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		racks := rapid.SliceOfN(rapid.IntRange(0, 3), 8, 8).Draw(t, "racks")
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7}).Draw(t, "order")
		replicas := rapid.IntRange(1, 8).Draw(t, "replicas")
		got := SpreadOverRacks(order, replicas, func(n int) int { return racks[n] })
		require.Equal(t, order[0], got[0])
		distinct := func(nodes []int) int {
			seen := make(map[int]bool)
			for _, n := range nodes {
				seen[racks[n]] = true
			}
			return len(seen)
		}
		require.Equal(t, min(replicas, distinct(order)), distinct(got[:replicas]))
		slices.Sort(got)
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, got)
	})
}
