// Package overload bounds the commands that wait for a node.
package overload

import "sync/atomic"

// A Gate bounds the commands that wait for a node, those included that wait for the lock of the
// queue. So a command that can't wait is refused at once, without the lock: thousands of commands
// that wait for the lock would also keep the senders waiting. Its methods can be called
// concurrently.
//
// It admits a burst of commands. If that is exceeded, commands arrive faster than they are sent. A
// long queue does not help then: it only makes every command late. From then on only a few may wait
// until a slot is free.
type Gate struct {
	burst   int64
	steady  atomic.Int64
	waiting atomic.Int64
	limit   atomic.Int64 // burst or steady
}

// Bound sets how many commands may wait, and how many while the node is overloaded, which is at
// least one. A burst of 0 means no limit. It is called before all other methods.
func (g *Gate) Bound(burst, steady int) {
	// The one that may always wait ends an overload that is found just after all slots are free.
	g.burst = int64(burst)
	g.steady.Store(int64(max(steady, 1)))
	g.limit.Store(g.burst)
}

// SetSteady changes how many commands may wait while the node is overloaded.
func (g *Gate) SetSteady(steady int) {
	now := int64(max(steady, 1))
	if before := g.steady.Load(); before != now && g.steady.CompareAndSwap(before, now) {
		g.limit.CompareAndSwap(before, now)
	}
}

// Enter reports whether a command may wait. If so, it must leave.
func (g *Gate) Enter() bool {
	n, limit := g.waiting.Add(1), g.limit.Load()
	if n <= limit || g.burst == 0 {
		return true
	}
	g.waiting.Add(-1)
	g.limit.CompareAndSwap(g.burst, g.steady.Load())
	return false
}

// Waiting returns the number of commands that have entered and not left.
func (g *Gate) Waiting() int { return int(g.waiting.Load()) }

// Leave records that n commands wait no longer.
func (g *Gate) Leave(n int) { g.waiting.Add(int64(-n)) }

// Relax ends the overload. It is called when a slot is free that no command waits for.
func (g *Gate) Relax() {
	if g.limit.Load() != g.burst {
		g.limit.Store(g.burst)
	}
}
