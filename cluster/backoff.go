package cluster

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/breaker"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
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

// withdraw notes that a command which was admitted has not come to the node.
func (g *guard) withdraw() {
	if !g.tripped.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.Withdraw()
}

// admit lets a command go to the node, or is the failure of one that may not.
func (n *Node) admit(now time.Time) failure {
	if n.guard.admit(now) {
		return failure{}
	}
	return failure{err: ErrNodeBackoff, outcome: retry.Backoff}
}

// blame counts a failure that the node is to blame for.
func (n *Node) blame() {
	if n.guard.blame() {
		n.log.Warn("aerospike: node fails too often and is left alone", "node", n.name, "address", n.Address(), "for", n.guard.window)
	}
}

// refused is the failure of one command of a message of several. The message itself is judged by judge.
func (n *Node) refused(resp *protocol.Response) failure {
	if resp.ResultCode == protocol.DeviceOverload {
		n.blame()
	}
	return failure{err: resp.ResultCode, outcome: retry.Refused, code: resp.ResultCode, detail: resp.Detail}
}

// refusedTogether is the failure of the commands of a message that was refused as a whole. Those without an answer of their own may have
// been done all the same, unless the code says that the server has not begun.
func refusedTogether(code protocol.ResultCode) failure {
	outcome := retry.Ambiguous
	switch code {
	case protocol.BatchDisabled, protocol.BatchMaxRequests, protocol.BatchQueuesFull, protocol.NotAuthenticated, protocol.ExpiredSession:
		outcome = retry.Refused
	}
	return failure{err: code, outcome: outcome, code: code}
}

// judge tells the circuit breaker how a command that had a connection has ended. As with the official clients, what costs the
// connection counts, and so does a node that is overloaded. The caller's own doing does not, nor does a connection that had died while it was idle.
func (n *Node) judge(f *failure) {
	switch {
	case f.err == nil:
		n.guard.praise()
	case f.final:
		if _, timeout := f.err.(*timeoutError); timeout {
			n.blame()
		}
	case f.outcome == retry.Stale:
		n.guard.withdraw()
	case f.outcome.Answered() && f.code != protocol.DeviceOverload:
		n.guard.praise()
	default:
		n.blame()
	}
}
