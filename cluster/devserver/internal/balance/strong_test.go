package balance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMayDecide(t *testing.T) {
	three, four := []int{0, 1, 2}, []int{0, 1, 2, 3}
	for name, test := range map[string]struct {
		roster   []int
		present  Set
		replicas int
		want     bool
	}{
		"all":                                {three, Of(0, 1, 2), 2, true},
		"majority with the master":           {three, Of(0, 2), 2, true},
		"majority with a replica":            {three, Of(1, 2), 2, true},
		"majority without master or replica": {four, Of(2, 3), 1, false},
		"all replicas in a minority":         {[]int{0, 1, 2, 3, 4}, Of(0, 1), 2, true},
		"one replica in a minority":          {three, Of(0), 2, false},
		"half with the master":               {four, Of(0, 3), 2, true},
		"half without the master":            {four, Of(1, 3), 2, false},
		"no node":                            {three, 0, 2, false},
		"node not in the roster":             {three, Of(0, 5), 2, false},
	} {
		require.Equal(t, test.want, mayDecide(test.roster, test.present, test.replicas), name)
	}
}

func TestDeadPartition(t *testing.T) {
	roster := []int{0, 1, 2}
	o, fresh := Ownership{}.RebalanceStrong(roster, Of(0, 1, 2), 2, false)
	require.True(t, fresh)
	o, fresh = o.RebalanceStrong(roster, Of(2), 2, false)
	require.False(t, fresh)
	require.Equal(t, Of(0, 1), o.Kept)
	require.False(t, o.Dead)
	o = o.Forget(0).Forget(1)
	require.True(t, o.Dead)
	o, fresh = o.RebalanceStrong(roster, Of(0, 1, 2), 2, false)
	require.False(t, fresh)
	require.Equal(t, NoNode, o.Working)
	require.True(t, o.Dead)
	o, fresh = o.RebalanceStrong(roster, Of(0, 1, 2), 2, true)
	require.True(t, fresh)
	require.Equal(t, 0, o.Working)
	require.False(t, o.Dead)
}

// TestNothingAcknowledgedIsLost writes a value whenever the partition has a master. It checks that
// every later master has the last value in its complete copy, whatever nodes leave and return with
// their data.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roster := rapid.Permutation([]int{0, 1, 2, 3, 4}).Draw(t, "roster")[:rapid.IntRange(1, 5).Draw(t, "nodes")]
		replicas := rapid.IntRange(1, 3).Draw(t, "replicas")
		present := Of(roster...)
		o, fresh := Ownership{}.RebalanceStrong(roster, present, replicas, false)
		require.True(t, fresh)
		copies := make(map[int]int) // the last value of each node, present or absent
		last := 0
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			switch m, ok := o.Next(); {
			case ok && rapid.Bool().Draw(t, "migrate"):
				copies[m.To] = copies[m.From]
				o = o.Moved(m)
			case o.Working != NoNode && rapid.Bool().Draw(t, "write"):
				last++
				for n := range o.Full.All() {
					copies[n] = last
				}
			default:
				present ^= Of(rapid.SampledFrom(roster).Draw(t, "node"))
				o, fresh = o.RebalanceStrong(roster, present, replicas, false)
				require.False(t, fresh)
			}
			if o.Working == NoNode {
				require.Zero(t, o.Replicas)
				continue
			}
			require.True(t, present.Has(o.Working))
			require.Zero(t, o.Kept)
			for n := range o.Full.All() {
				require.Equal(t, last, copies[n], "node %d is behind", n)
			}
		}
		o, _ = o.RebalanceStrong(roster, Of(roster...), replicas, false)
		require.NotEqual(t, NoNode, o.Working, "all nodes and all kept copies are present")
		require.True(t, slices.Contains(roster, o.Working))
	})
}
