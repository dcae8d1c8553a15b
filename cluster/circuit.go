package cluster

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/breaker"
)

// A circuit is the circuit breaker of a node. While it is closed, which is nearly always, admit and
// recordSuccess take no lock.
type circuit struct {
	tripped atomic.Bool // not closed
	window  time.Duration

	mu    sync.Mutex // guards state
	state breaker.Breaker
}

// configure sets how many failures are allowed within a time.
func (g *circuit) configure(limit int, window time.Duration) {
	g.window = window
	g.state = breaker.Breaker{Limit: limit, Window: window}
}

// admit reports whether a command may go to the node.
func (g *circuit) admit(now time.Time) bool {
	if !g.tripped.Load() {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state.Admit(now)
}

// backingOff reports whether admit would refuse a command.
func (g *circuit) backingOff() bool {
	if !g.tripped.Load() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.state.Ready(time.Now())
}

// recordFailure counts a failure of the node. It reports whether the circuit has opened because of
// it.
func (g *circuit) recordFailure() (opened bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	opened = g.state.Fail(time.Now())
	g.tripped.Store(!g.state.Closed())
	return opened
}

// recordSuccess records that the node has answered.
func (g *circuit) recordSuccess() {
	if !g.tripped.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.Succeed()
	g.tripped.Store(!g.state.Closed())
}

// withdraw ends a command that was admitted at the given time and whose outcome says nothing about
// the node's health. It does not affect other commands, and has no effect after recordFailure or
// recordSuccess.
func (g *circuit) withdraw(admitted time.Time) {
	if !g.tripped.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.Withdraw(admitted)
}
