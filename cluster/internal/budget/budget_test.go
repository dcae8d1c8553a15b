package budget

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// takeAll takes all retries and returns their number.
func takeAll(b *Budget) (n int) {
	for b.Take() {
		n++
	}
	return n
}

func TestBudget(t *testing.T) {
	b := New(20, 3)
	require.Equal(t, 3, takeAll(b), "a new budget is full")
	for range 4 {
		b.Earn()
	}
	require.False(t, b.Take(), "only 0.8 of a retry")
	b.Earn()
	require.True(t, b.Take())
	require.False(t, b.Take())
	for range 1000 {
		b.Earn()
	}
	require.Equal(t, 3, takeAll(b), "at most the reserve is saved")
}

func TestNoLimit(t *testing.T) {
	b := New(-1, 0)
	for range 1000 {
		require.True(t, b.Take())
	}
}

func TestZeroPercent(t *testing.T) {
	b := New(0, 2)
	require.Equal(t, 2, takeAll(b))
	b.Earn()
	require.False(t, b.Take())
}

// TestRetriesAreBounded checks random sequences: retries are at most the reserve plus the share of
// the commands, and no retry within that limit is rejected.
func TestRetriesAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		percent, reserve := rapid.IntRange(0, 200).Draw(t, "percent"), rapid.IntRange(0, 20).Draw(t, "reserve")
		b := New(percent, reserve)
		commands, retries := 0, 0
		level := reserve * unit
		for _, retry := range rapid.SliceOfN(rapid.Bool(), 0, 300).Draw(t, "steps") {
			if !retry {
				b.Earn()
				commands++
				level = min(level+percent, reserve*unit)
				continue
			}
			allowed := b.Take()
			require.Equal(t, level >= unit, allowed)
			if allowed {
				retries++
				level -= unit
			}
		}
		require.LessOrEqual(t, retries*unit, reserve*unit+commands*percent)
	})
}

// TestManyCallers checks that concurrent callers cannot take more than the budget has.
func TestManyCallers(t *testing.T) {
	b := New(50, 100)
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				b.Earn()
				if b.Take() {
					taken.Add(1)
				}
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, taken.Load(), int64(100+8000/2))
	require.GreaterOrEqual(t, b.level.Load(), int64(0))
}
