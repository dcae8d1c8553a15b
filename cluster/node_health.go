package cluster

import (
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/cluster/internal/route"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// admit returns a zero failure if a command may be sent to the node, and its failure otherwise.
func (n *Node) admit(now time.Time) failure {
	if n.circuit.admit(now) {
		return failure{}
	}
	return failure{err: ErrNodeBackoff, outcome: retry.Backoff}
}

// withdraw ends a command that was admitted at the given time and has failed, for any reason. If it
// was the one command that tests whether the node works again, and its failure does not show that
// (e.g. its context ended), the next command is the test.
func (n *Node) withdraw(admitted time.Time) { n.circuit.withdraw(admitted) }

// recordFailure counts a failure of the node.
func (n *Node) recordFailure() {
	if n.circuit.recordFailure() {
		n.log.Warn("aerospike: node fails too often, backing off", "node", n.name, "address", n.Address(), "for", n.circuit.window)
	}
}

// refused returns the failure of one command in a message with several. recordResult records the
// outcome of the whole message.
func (n *Node) refused(resp *wire.Response) failure {
	if resp.ResultCode == protocol.DeviceOverload {
		n.recordFailure()
	}
	return failure{err: resp.ResultCode, outcome: retry.Refused, code: resp.ResultCode, detail: resp.Detail}
}

// recordResult records in the circuit breaker how a command that had a connection ended. As with
// the official clients, what costs the connection counts, and so does a node that is overloaded. A
// context that was canceled or whose deadline was reached does not count, because it says nothing
// about the node. Nor does a connection that died while it was idle.
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

// health returns the health of a node, which may be nil, for choosing a node.
func (n *Node) health() route.Health {
	switch {
	case n == nil || !n.active.Load():
		return route.Gone
	case n.circuit.backingOff():
		return route.BackingOff
	}
	return route.Healthy
}
