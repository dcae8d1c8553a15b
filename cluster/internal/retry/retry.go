// Package retry decides what follows the failure of a command: whether it is
// tried again, where, and whether a write that failed may have been applied.
package retry

import (
	"github.com/aerosql/aerosql/cluster/internal/session"
	"github.com/aerosql/aerosql/protocol"
)

// An Outcome is how one try of a command failed.
type Outcome uint8

// The outcomes, in the order of how far a try got.
const (
	NoNode     Outcome = iota // no active node is known to hold the partition
	Backoff                   // the node has failed too often of late and is left alone for now
	NoConn                    // there was no connection to the node
	Stale                     // a connection from the pool was broken before it took a byte
	Unsent                    // the request did not leave as a whole, so no server can act on it
	Lost                      // the whole request was sent and the connection failed before the answer
	Late                      // the whole request was sent and the socket timeout was reached
	Broken                    // the whole request was sent and the answer is not one
	Vague                     // the server answered with a code about a message of several commands, which leaves open what became of this one
	Refused                   // the server answered with a code that is not OK
	Unreadable                // the server did what was asked, and a value in its answer can't be read
)

// Sent reports whether the whole request left this side.
func (o Outcome) Sent() bool { return o >= Lost }

// Answered reports whether the server gave a verdict.
func (o Outcome) Answered() bool { return o >= Vague }

// Costs reports whether the try was a load for a node.
func (o Outcome) Costs() bool { return o != NoNode && o != Backoff }

// definite reports whether it is known after a try that nothing was applied. Every code of a server says so but that of its
// own timeout, also one that this client does not know: a server gives its verdict before it writes, or with what it has written.
func (o Outcome) definite(code protocol.ResultCode) bool {
	return !o.Sent() || o == Refused && code != protocol.ServerTimeout
}

// A State follows one command, or one row of a batch, through its tries. Its zero value is a read
// that is not retried.
type State struct {
	Write      bool
	MaxRetries int

	tries int  // those that count
	open  bool // a try was sent of which nobody can know what it did
	stale bool
	// admissions counts the tries that were refused because the node had forgotten who the client is.
	admissions int
}

// maxAdmissions bounds the tries that are free because the node had forgotten the client: for the session of
// the connection, and for one that was lost again at once.
const maxAdmissions = 2

// A Step says how to go on.
type Step struct {
	// Again: try once more; the other fields matter only then.
	Again bool
	// NextReplica: the next replica in turn, under a policy that has turns.
	NextReplica bool
	// Sleep: pause as the policy says. A broken connection is replaced without a pause.
	Sleep bool
	// Refresh: the partition map is out of date.
	Refresh bool
	// Costs: the retry is load for a node, so the budget of retries must allow it.
	Costs bool
}

// Tries is how often the command was tried, replaced connections not counted.
func (s *State) Tries() int { return s.tries }

// Fail records a failed try and decides. The code matters for Refused.
func (s *State) Fail(o Outcome, code protocol.ResultCode) Step {
	if o == Stale && !s.stale {
		// Nothing was sent and the node may be well: only the idle connection was dead. Once
		// per command this is free.
		s.stale = true
		return Step{Again: true}
	}
	if o == Refused && session.Lost(code) && s.admissions < maxAdmissions {
		// Nothing was done, and the next connection will be let in anew.
		s.admissions++
		return Step{Again: true}
	}
	s.tries++
	s.open = s.open || !o.definite(code)
	if !retriable(o, code) || s.tries > s.MaxRetries {
		return Step{}
	}
	return Step{
		Again: true,
		Sleep: true,
		// A write that was not answered in time stays with its node: another one would do it twice.
		NextReplica: !s.Write || o != Late,
		Refresh:     o == NoNode || o == Refused && code == protocol.PartitionUnavailable,
		Costs:       o.Costs(),
	}
}

// Interrupt records a try that the end of the time, the context or the client cut off; sent tells whether
// the whole request had left.
func (s *State) Interrupt(sent bool) {
	s.tries++
	s.open = s.open || sent
}

// InDoubt reports whether the command, which has failed, may have been applied all the same:
//
//	a read, or never sent as a whole            no
//	refused each time it was sent               no
//	refused by the server's timeout, any time   yes
//	sent and without a verdict, any time        yes, whatever the other tries met with
//
// The official clients call every write in doubt that was sent twice. This is the same rule without those writes that
// were refused both times.
func (s *State) InDoubt() bool { return s.Unsettled() }

// Unsettled reports whether a copy of a write is on its way, for all that is known: it may be applied yet, also behind a later
// try that has succeeded.
func (s *State) Unsettled() bool { return s.Write && s.open }

// retriable reports whether another try can end otherwise.
func retriable(o Outcome, code protocol.ResultCode) bool {
	switch o {
	case Broken, Unreadable:
		return false
	case Vague, Refused:
		return code == protocol.ServerTimeout || code == protocol.PartitionUnavailable || code == protocol.DeviceOverload
	}
	return true
}

// Query reports whether what a query's share did not deliver can be asked for again: what was
// delivered is remembered, so a query has no other state.
func Query(o Outcome, code protocol.ResultCode) bool {
	if o == Refused {
		return retriable(o, code) || session.Lost(code) || code == protocol.IndexNotFound || code == protocol.IndexNotReadable
	}
	return retriable(o, code)
}
