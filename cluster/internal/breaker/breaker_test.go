package breaker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return start.Add(d) }

// failed returns a breaker with n failures at the start.
func failed(n int) *Breaker {
	b := &Breaker{Limit: 10, Window: time.Second}
	for range n {
		b.Fail(start)
	}
	return b
}

func TestOpensAboveLimit(t *testing.T) {
	b := failed(10)
	require.True(t, b.Closed())
	require.True(t, b.Admit(start))
	require.True(t, b.Fail(start))
	require.False(t, b.Closed())
	require.False(t, b.Ready(start))
	require.False(t, b.Admit(at(999*time.Millisecond)))
	require.False(t, b.Fail(start), "already open")
}

func TestHalfOpen(t *testing.T) {
	for name, c := range map[string]struct {
		outcome func(b *Breaker)
		// Whether a command is admitted immediately and after another window, and whether the
		// breaker is closed.
		now, later, closed bool
	}{
		"success":              {func(b *Breaker) { b.Succeed() }, true, true, true},
		"failure":              {func(b *Breaker) { b.Fail(at(time.Second)) }, false, true, false},
		"no outcome":           {func(b *Breaker) {}, false, true, false},
		"another is withdrawn": {func(b *Breaker) { b.Withdraw(at(0)) }, false, true, false},
		"withdrawn":            {func(b *Breaker) { b.Withdraw(at(time.Second)) }, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := failed(11)
			require.True(t, b.Ready(at(time.Second)))
			require.True(t, b.Admit(at(time.Second)), "the probe")
			require.False(t, b.Admit(at(time.Second)), "one probe at a time")
			c.outcome(b)
			require.Equal(t, c.closed, b.Closed())
			require.Equal(t, c.now, b.Admit(at(1500*time.Millisecond)))
			require.Equal(t, c.later, b.Admit(at(2*time.Second)))
		})
	}
}

func TestCountRestartsAfterClose(t *testing.T) {
	b := failed(11)
	b.Admit(at(time.Second))
	b.Succeed()
	for range 10 {
		require.False(t, b.Fail(at(time.Second)))
	}
	require.True(t, b.Fail(at(time.Second)))
}

// A command sent before the breaker opened can still succeed. It must not close the breaker.
func TestLateSuccess(t *testing.T) {
	b := failed(11)
	b.Succeed()
	require.False(t, b.Closed())
}

func TestWindowSlides(t *testing.T) {
	b := failed(10)
	require.False(t, b.Fail(at(1500*time.Millisecond)), "5 of the 10 failures count, and this one")
	for range 4 {
		require.False(t, b.Fail(at(1500*time.Millisecond)))
	}
	require.True(t, b.Fail(at(1500*time.Millisecond)))

	b = failed(10)
	for range 10 {
		require.False(t, b.Fail(at(2*time.Second)), "outside the window")
	}
}

func TestWithoutLimit(t *testing.T) {
	b := new(Breaker)
	for range 1000 {
		require.False(t, b.Fail(start))
	}
	require.True(t, b.Admit(start))
	require.True(t, b.Ready(start))
}

// TestBounds checks random sequences: the breaker opens if a window has more failures than the
// limit, an open breaker admits at most one command per window, and it opens only after more
// failures than the limit.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		b := &Breaker{Limit: limit, Window: time.Second}
		now := start
		var failures []time.Time // since the breaker was closed
		var lastTry time.Time
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond)
			wasClosed := b.Closed()
			switch rapid.SampledFrom([]string{"fail", "succeed", "withdraw", "admit"}).Draw(t, "step") {
			case "fail":
				failures = append(failures, now)
				if b.Fail(now) {
					require.Greater(t, len(failures), limit)
					require.True(t, wasClosed)
					lastTry = now
				}
			case "succeed":
				if b.Succeed(); b.Closed() && !wasClosed {
					failures = nil
				}
			case "withdraw":
				withdrawn := b.state == halfOpen
				if b.Withdraw(b.since); withdrawn {
					lastTry = time.Time{}
				}
			case "admit":
				ready := b.Ready(now)
				admitted := b.Admit(now)
				require.Equal(t, ready, admitted)
				require.True(t, admitted || !wasClosed)
				if admitted && !wasClosed {
					require.GreaterOrEqual(t, now.Sub(lastTry), b.Window)
					lastTry = now
				}
			}
			if b.Closed() {
				// The estimate of a sliding window is off by at most the failures of two adjacent
				// windows.
				recent := 0
				for _, f := range failures {
					if now.Sub(f) < b.Window {
						recent++
					}
				}
				require.LessOrEqual(t, recent, 2*limit)
			}
		}
	})
}
