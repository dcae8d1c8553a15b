package coalesce

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAloneCallerNeverWaits(t *testing.T) {
	q := Queue[int]{Places: 1, Rows: 10}
	for range 3 {
		require.True(t, q.Enter())
		require.False(t, q.Leave())
	}
}

func TestGathersWhileInFlight(t *testing.T) {
	q := Queue[int]{Places: 2, Rows: 3}
	require.True(t, q.Enter())
	require.True(t, q.Enter())
	for i := range 5 {
		require.False(t, q.Enter())
		q.Wait(i)
	}
	require.True(t, q.Leave(), "a carrier takes the place over")
	require.Equal(t, []int{0, 1, 2}, q.Take(nil))
	require.False(t, q.Enter(), "who comes later does not overtake")
	require.True(t, q.Remove(3))
	require.False(t, q.Remove(3))
	require.Equal(t, []int{4}, q.Take(nil))
	require.Empty(t, q.Take(nil), "and the place is free")
	require.True(t, q.Enter())
}

func TestClose(t *testing.T) {
	q := Queue[int]{Places: 1, Rows: 3}
	require.True(t, q.Enter())
	require.False(t, q.Enter())
	q.Wait(7)
	require.Equal(t, []int{7}, q.Close())
	require.True(t, q.Enter())
	require.False(t, q.Leave())
}

// TestNobodyIsForgotten: whatever happens, every command that waits is taken, in order, as long as messages end.
func TestNobodyIsForgotten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Queue[int]{Places: rapid.IntRange(1, 4).Draw(t, "places"), Rows: rapid.IntRange(1, 5).Draw(t, "rows")}
		direct, carriers, next := 0, 0, 0
		var taken, waited []int
		step := func(drain bool) {
			switch action := rapid.IntRange(0, 3).Draw(t, "action"); {
			case action == 0 && !drain:
				if q.Enter() {
					direct++
				} else {
					q.Wait(next)
					waited = append(waited, next)
				}
				next++
			case direct > 0 && (action == 1 || carriers == 0):
				direct--
				if q.Leave() {
					carriers++
				}
			case carriers > 0:
				before := len(taken)
				if taken = q.Take(taken); len(taken) == before {
					carriers--
				}
				require.LessOrEqual(t, len(taken)-before, q.Rows)
			}
			require.LessOrEqual(t, direct+carriers, q.Places)
			require.True(t, len(q.waiting) == 0 || direct+carriers > 0, "somebody must come for those who wait")
		}
		for range rapid.IntRange(0, 100).Draw(t, "steps") {
			step(false)
		}
		for direct+carriers > 0 {
			step(true)
		}
		require.Equal(t, waited, taken)
		require.Zero(t, q.used)
	})
}
