package balance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// settled returns the ownership of a cluster without pending migrations.
func settled(replicas int, order ...int) Ownership {
	o, _ := Ownership{}.Rebalance(order, replicas)
	return o
}

func TestFreshPartition(t *testing.T) {
	o, fresh := Ownership{}.Rebalance([]int{2, 0, 1}, 2)
	require.True(t, fresh)
	require.Equal(t, 2, o.Working)
	require.Equal(t, Of(2, 0), o.Full)
	require.Zero(t, o.Pending())
	require.Equal(t, []Set{Of(1), 0, Of(0)}, []Set{o.Columns(0), o.Columns(1), o.Columns(2)})
}

func TestEmptyClusterHasNoMaster(t *testing.T) {
	o, fresh := settled(2, 0, 1).Rebalance(nil, 2)
	require.False(t, fresh)
	require.Equal(t, NoNode, o.Working)
	_, ok := o.Next()
	require.False(t, ok)
}

// TestMasterDies checks that the replica takes over at once and takes the column of the new replica
// until that one is complete.
func TestMasterDies(t *testing.T) {
	o, fresh := settled(2, 0, 1, 2).Rebalance([]int{1, 2}, 2)
	require.False(t, fresh)
	require.Equal(t, 1, o.Working)
	require.Equal(t, Of(0, 1), o.Columns(1))
	require.Zero(t, o.Columns(2))
	require.False(t, o.Serves(2))
	m, ok := o.Next()
	require.True(t, ok)
	require.Equal(t, Move{1, 2}, m)
	o = o.Moved(m)
	require.Equal(t, Of(0), o.Columns(1))
	require.Equal(t, Of(1), o.Columns(2))
	require.Zero(t, o.Pending())
}

// TestMasterJoins checks that the old master acts for the new one, and that the surplus copy is
// dropped only after all migrations.
func TestMasterJoins(t *testing.T) {
	o, _ := settled(2, 0, 1).Rebalance([]int{2, 0, 1}, 2)
	require.Equal(t, 0, o.Working)
	require.Equal(t, Of(0, 1), o.Columns(0))
	require.Zero(t, o.Columns(2))
	require.True(t, o.Full.Has(1))
	require.False(t, o.Serves(1))
	o = o.Moved(Move{0, 2})
	require.Equal(t, 2, o.Working)
	require.Equal(t, Of(2, 0), o.Full)
	require.Equal(t, Of(0), o.Columns(2))
	require.Equal(t, Of(1), o.Columns(0))
}

func TestSurplusCopySavesThePartition(t *testing.T) {
	o, _ := settled(1, 0).Rebalance([]int{1, 0}, 1)
	require.Equal(t, 0, o.Working)
	o, _ = settled(2, 0, 1).Rebalance([]int{2, 3, 0, 1}, 2)
	require.Equal(t, 0, o.Working)
	o, fresh := o.Rebalance([]int{2, 3, 1}, 2)
	require.False(t, fresh)
	require.Equal(t, 1, o.Working)
}

// TestAnyLife lets nodes join and leave and runs migrations at random. It checks that a partition
// is lost only with its last complete copy, that each column has at most one node, and that
// migrations end.
func TestAnyLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		replicas := rapid.IntRange(1, 3).Draw(t, "replicas")
		succession := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(t, "succession")
		members := Of(succession[:3]...)
		order := func() (list []int) {
			for _, n := range succession {
				if members.Has(n) {
					list = append(list, n)
				}
			}
			return list
		}
		o, _ := Ownership{}.Rebalance(order(), replicas)
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			n := rapid.IntRange(0, 5).Draw(t, "node")
			if m, ok := o.Next(); ok && rapid.Bool().Draw(t, "migrate") {
				require.True(t, o.Full.Has(m.From))
				o = o.Moved(m)
			} else {
				members ^= Of(n)
				survivors := o.Full & members
				var fresh bool
				o, fresh = o.Rebalance(order(), replicas)
				require.Equal(t, survivors == 0 && members != 0, fresh)
			}
			check(t, o, members)
		}
		for {
			m, ok := o.Next()
			if !ok {
				break
			}
			before := o.Pending()
			o = o.Moved(m)
			require.Equal(t, before-1, o.Pending())
			check(t, o, members)
		}
		if members != 0 {
			require.Equal(t, o.Order[0], o.Working)
			require.Equal(t, Of(o.replicas()...), o.Full)
		}
	})
}

func check(t *rapid.T, o Ownership, members Set) {
	require.Equal(t, members.Len(), len(o.Order))
	require.Equal(t, members == 0, o.Working == NoNode)
	var columns Set
	for _, n := range o.Order {
		mine := o.Columns(n)
		require.Zero(t, columns&mine, "two nodes claim a column")
		columns |= mine
		if mine != 0 {
			require.True(t, o.Full.Has(n))
			require.True(t, o.Serves(n))
			require.True(t, o.Reads(n))
		}
	}
	require.Equal(t, Of(slices.Collect(Set(1<<o.Replicas-1).All())...), columns, "every column has a node")
}
