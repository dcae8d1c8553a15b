// Package hedge decides when a read is sent to a second node, from the time that earlier reads took
// on each node.
package hedge

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// window is the number of latest reads of a node that count.
	window = 64
	// enough is the number of reads after which the latency of a node is known.
	enough = 20
	// every is the number of reads after which it is computed again.
	every = 8
	// slower is the factor from which a node is slow in comparison with another.
	slower = 3
	// manyLate is the number of late reads, without one that was answered in time, from which a
	// node is slow in any case.
	manyLate = 4
	// probeEvery is the number of reads that avoid a slow node for each one that is sent to it too.
	probeEvery = 16
)

// A Latency keeps the time that the latest reads of a node took. The zero value is ready. It is
// safe for concurrent use.
type Latency struct {
	p95     atomic.Int64 // nanoseconds; 0 if it is not known
	late    atomic.Int64 // late reads since one was answered in time
	avoided atomic.Int64

	mu     sync.Mutex // guards what follows
	latest [window]time.Duration
	reads  int
}

// Record adds the time that a read took.
func (l *Latency) Record(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if took <= l.Wait() {
		l.late.Store(0)
	}
	l.latest[l.reads%window] = took
	l.reads++
	if p95 := l.P95(); l.reads < enough || p95 > 0 && took < slower*p95 && l.reads%every != 0 {
		return
	}
	sorted := l.latest
	n := min(l.reads, window)
	slices.Sort(sorted[:n])
	l.p95.Store(int64(max(sorted[(n-1)*95/100], 1)))
}

// P95 returns the time within which 95 % of the latest reads were answered, or 0 if there were too
// few.
func (l *Latency) P95() time.Duration { return time.Duration(l.p95.Load()) }

// Wait returns how long a read waits for the node before it is sent to another: a quarter more than
// P95, so that a node whose reads all take about as long is not hedged for one in twenty of them.
// It is 0 if P95 is not known.
func (l *Latency) Wait() time.Duration { return l.P95() * 5 / 4 }

// Late counts a read that has waited for Wait without an answer.
func (l *Latency) Late() { l.late.Add(1) }

// Slow reports whether reads should go to the other node first: l's node takes at least three times
// as long, or its latest reads were all late.
func (l *Latency) Slow(other *Latency) bool {
	if l.late.Load() >= manyLate {
		return other.late.Load() < manyLate
	}
	own, others := l.P95(), other.P95()
	return own > 0 && others > 0 && own >= slower*others
}

// Probe reports whether a read that avoids the node is sent to it too. Such reads show when the
// node is fast again.
func (l *Latency) Probe() bool { return l.avoided.Add(1)%probeEvery == 0 }
