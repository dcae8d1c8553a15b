package cluster

import (
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/cluster/internal/route"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// admit lets a command go to the node, or is the failure of one that may not.
func (n *Node) admit(now time.Time) failure {
	if n.circuit.admit(now) {
		return failure{}
	}
	return failure{err: ErrNodeBackoff, outcome: retry.Backoff}
}

// withdraw ends a command that admit let in at a moment and that has failed, whatever the failure.
// If the command was to show whether the node is well again and has not shown it, e.g. because its
// context ended, the next command does so.
func (n *Node) withdraw(admitted time.Time) { n.circuit.withdraw(admitted) }

// recordFailure counts a failure of the node.
func (n *Node) recordFailure() {
	if n.circuit.recordFailure() {
		n.log.Warn("aerospike: node fails too often and is left alone", "node", n.name, "address", n.Address(), "for", n.circuit.window)
	}
}

// refused returns the failure of one command of a message of several. recordResult records the
// message as a whole.
func (n *Node) refused(resp *wire.Response) failure {
	if resp.ResultCode == protocol.DeviceOverload {
		n.recordFailure()
	}
	return failure{err: resp.ResultCode, outcome: retry.Refused, code: resp.ResultCode, detail: resp.Detail}
}

// recordResult records in the circuit breaker how a command that had a connection ended. As with
// the official clients, what costs the connection counts, and so does a node that is overloaded.
// What the caller did does not count: a context that was cancelled or whose deadline was reached
// says nothing about the node. Nor does a connection that had died while it was idle.
func (n *Node) recordResult(f *failure) {
	timeout, late := f.err.(*link.TimeoutError)
	switch {
	case f.err == nil:
		n.circuit.recordSuccess()
	case late && timeout.ByCaller():
	case f.final:
		if late {
			n.recordFailure()
		}
	case f.outcome == retry.Stale:
	case f.outcome.Answered() && f.code != protocol.DeviceOverload:
		n.circuit.recordSuccess()
	default:
		n.recordFailure()
	}
}

// health returns the state of a node, which may be nil, for the choice of a node.
func (n *Node) health() route.Health {
	switch {
	case n == nil || !n.active.Load():
		return route.Gone
	case n.circuit.backingOff():
		return route.BackingOff
	}
	return route.Healthy
}
