package cluster

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/breaker"
	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A guard is the circuit breaker of a node. Who succeeds and who is admitted while it is closed, which is nearly
// always, takes no lock.
type guard struct {
	tripped atomic.Bool // not closed
	window  time.Duration

	mu    sync.Mutex // guards state
	state breaker.Breaker
}

func (g *guard) configure(cfg *Config) {
	g.window = time.Duration(cfg.ErrorRateWindow) * cfg.TendInterval
	g.state = breaker.Breaker{Limit: max(cfg.MaxErrorRate, 0), Window: g.window}
}

// admit reports whether a command may go to the node.
func (g *guard) admit(now time.Time) bool {
	if !g.tripped.Load() {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state.Admit(now)
}

// rests reports whether admit would refuse a command.
func (g *guard) rests() bool {
	if !g.tripped.Load() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.state.Ready(time.Now())
}

// blame counts a failure of the node; it reports whether the node is left alone from now on because of it.
func (g *guard) blame() (opened bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	opened = g.state.Fail(time.Now())
	g.tripped.Store(!g.state.Closed())
	return opened
}

// praise notes that the node has answered.
func (g *guard) praise() {
	if !g.tripped.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.Succeed()
	g.tripped.Store(!g.state.Closed())
}

// withdraw ends a command that was admitted at a moment and has not shown how the node is. It has no effect on any other command,
// nor after blame or praise.
func (g *guard) withdraw(admitted time.Time) {
	if !g.tripped.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.Withdraw(admitted)
}

// admit lets a command go to the node, or is the failure of one that may not.
func (n *Node) admit(now time.Time) failure {
	if n.guard.admit(now) {
		return failure{}
	}
	return failure{err: ErrNodeBackoff, outcome: retry.Backoff}
}

// withdraw ends a command that admit let in at a moment and that has failed, whatever the failure. If the command was to show whether
// the node is well again and has not shown it, e.g. because its context ended, the next command does so.
func (n *Node) withdraw(admitted time.Time) { n.guard.withdraw(admitted) }

// blame counts a failure that the node is to blame for.
func (n *Node) blame() {
	if n.guard.blame() {
		n.log.Warn("aerospike: node fails too often and is left alone", "node", n.name, "address", n.Address(), "for", n.guard.window)
	}
}

// refused is the failure of one command of a message of several. The message itself is judged by judge.
func (n *Node) refused(resp *wire.Response) failure {
	if resp.ResultCode == protocol.DeviceOverload {
		n.blame()
	}
	return failure{err: resp.ResultCode, outcome: retry.Refused, code: resp.ResultCode, detail: resp.Detail}
}

// judge reports to the circuit breaker how a command that had a connection has ended. As with the official clients, what costs the
// connection counts, and so does a node that is overloaded. What the caller did does not count: a context that was cancelled or whose
// deadline was reached says nothing about the node. Nor does a connection that had died while it was idle.
func (n *Node) judge(f *failure) {
	timeout, late := f.err.(*link.TimeoutError)
	switch {
	case f.err == nil:
		n.guard.praise()
	case late && timeout.ByCaller():
	case f.final:
		if late {
			n.blame()
		}
	case f.outcome == retry.Stale:
	case f.outcome.Answered() && f.code != protocol.DeviceOverload:
		n.guard.praise()
	default:
		n.blame()
	}
}
