package hedge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// record adds n reads of 1, 2, 3, ... units.
func record(l *Latency, n int, unit time.Duration) {
	for i := range n {
		l.Record(time.Duration(i+1) * unit)
	}
}

func TestP95(t *testing.T) {
	var l Latency
	record(&l, enough-1, time.Millisecond)
	require.Zero(t, l.P95(), "too few reads")
	l.Record(enough * time.Millisecond)
	require.Equal(t, 19*time.Millisecond, l.P95(), "one of 20 took longer")
	record(&l, window+every, time.Second)
	require.InDelta(t, (every+window*0.95)*float64(time.Second), float64(l.P95()), every*float64(time.Second), "only the latest reads count")
}

func TestSlow(t *testing.T) {
	var fast, slow, unknown Latency
	record(&fast, window, time.Millisecond)
	record(&slow, window, 3*time.Millisecond)
	require.True(t, slow.Slow(&fast))
	require.False(t, fast.Slow(&slow))
	require.False(t, slow.Slow(&unknown))
	require.False(t, unknown.Slow(&fast))

	for range manyLate {
		require.False(t, fast.Slow(&slow))
		fast.Late()
	}
	require.True(t, fast.Slow(&unknown), "it does not answer")
	fast.Record(time.Hour)
	require.True(t, fast.Slow(&unknown))
	fast.Record(1)
	require.False(t, fast.Slow(&unknown))
}

func TestProbe(t *testing.T) {
	var l Latency
	probes := 0
	for range 10 * probeEvery {
		if l.Probe() {
			probes++
		}
	}
	require.Equal(t, 10, probes)
}
