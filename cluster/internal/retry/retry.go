// Package retry decides what happens after a command fails: whether it is tried again, on which
// node, and whether a failed write may have been applied.
package retry

import (
	"github.com/aerosql/aerosql/cluster/internal/session"
	"github.com/aerosql/aerosql/protocol"
)

// An Outcome is the way in which one try of a command failed.
type Outcome uint8

// The outcomes, ordered by the progress of the try.
const (
	NoNode     Outcome = iota // no active node is known for the partition
	Backoff                   // the node is backing off after too many errors
	NoConn                    // no connection to the node
	Stale                     // a pooled connection was already broken when the request was sent
	Unsent                    // the request was not sent completely, so no server can act on it
	Lost                      // the request was sent and the connection failed before the response
	TimedOut                  // the request was sent and the socket timeout expired
	Broken                    // the request was sent and the response is invalid
	Ambiguous                 // the server returned an error for a message of several commands; the result of this one is unknown
	Refused                   // the server returned an error for the command
	Unreadable                // the server carried out the command, and a value in the response can't be read
)

// Sent reports whether the whole request was sent.
func (o Outcome) Sent() bool { return o >= Lost }

// Answered reports whether the server returned a result code.
func (o Outcome) Answered() bool { return o >= Ambiguous }

// Costs reports whether the try put load on a node.
func (o Outcome) Costs() bool { return o != NoNode && o != Backoff }

// definite reports whether the command was certainly not applied by the try. Every result code of a
// server, known or not, means that, except the server's own timeout: a server returns an error
// either before it writes or with the result of the write.
func (o Outcome) definite(code protocol.ResultCode) bool {
	return !o.Sent() || o == Refused && code != protocol.ServerTimeout
}

// A State is the state of one command, or of one row of a batch, over its tries. The zero value is
// a read that is not retried.
type State struct {
	Write      bool
	MaxRetries int

	tries         int  // tries, not counting those that are free
	maybeApplied  bool // a request was sent whose result is unknown
	replacedStale bool
	// relogins is the number of free tries after the node lost the client's session.
	relogins int
}

// maxRelogins limits the free tries after a lost session: one for the session of the connection,
// and one in case the new session is lost immediately.
const maxRelogins = 2

// A Step is what to do next.
type Step struct {
	// Again means to try again. The other fields are used only if it is set.
	Again bool
	// NextReplica means to use the next replica, if the policy has an order of replicas.
	NextReplica bool
	// Sleep means to pause as the policy says. A broken connection is replaced without a pause.
	Sleep bool
	// Refresh means that the partition map is out of date.
	Refresh bool
	// Costs means that the retry puts load on a node, so the retry budget must allow it.
	Costs bool
}

// Tries returns the number of tries, not counting replaced connections.
func (s *State) Tries() int { return s.tries }

// Fail records a failed try and returns the next step. code is used if the server returned one.
func (s *State) Fail(o Outcome, code protocol.ResultCode) Step {
	if o == Stale && !s.replacedStale {
		// Nothing was sent and the node may be healthy: only the idle connection was dead. Once per
		// command this retry is free.
		s.replacedStale = true
		return Step{Again: true}
	}
	if o == Refused && session.Lost(code) && s.relogins < maxRelogins {
		// The command was not executed, and the next connection logs in again.
		s.relogins++
		return Step{Again: true}
	}
	s.tries++
	s.maybeApplied = s.maybeApplied || !o.definite(code)
	if !retriable(o, code) || s.tries > s.MaxRetries {
		return Step{}
	}
	return Step{
		Again: true,
		Sleep: true,
		// A write that timed out stays on its node: another node could apply it a second time.
		NextReplica: !s.Write || o != TimedOut,
		Refresh:     o == NoNode || o == Refused && code == protocol.PartitionUnavailable,
		Costs:       o.Costs(),
	}
}

// Interrupt records a try that ended because of the deadline, the context or the closing of the
// client. sent reports whether the whole request had been sent.
func (s *State) Interrupt(sent bool) {
	s.tries++
	s.maybeApplied = s.maybeApplied || sent
}

// InDoubt reports whether the failed command may have been applied:
//
//	a read, or never completely sent             no
//	rejected each time it was sent               no
//	rejected by the server's timeout, any time   yes
//	sent without a result, any time              yes, whatever the other tries returned
//
// The official clients report every write in doubt that was sent twice. This rule excludes writes
// that were rejected each time.
func (s *State) InDoubt() bool { return s.Unsettled() }

// Unsettled reports whether a copy of a write may still be applied, even after a later try that
// succeeded.
func (s *State) Unsettled() bool { return s.Write && s.maybeApplied }

// retriable reports whether another try can have a different result.
func retriable(o Outcome, code protocol.ResultCode) bool {
	switch o {
	case Broken, Unreadable:
		return false
	case Ambiguous, Refused:
		return code == protocol.ServerTimeout || code == protocol.PartitionUnavailable || code == protocol.DeviceOverload
	}
	return true
}

// Query reports whether a failed share of a query can be tried again. The records that were
// delivered are remembered, so a query has no other state.
func Query(o Outcome, code protocol.ResultCode) bool {
	if o == Refused {
		return retriable(o, code) || session.Lost(code) || code == protocol.IndexNotFound || code == protocol.IndexNotReadable
	}
	return retriable(o, code)
}
