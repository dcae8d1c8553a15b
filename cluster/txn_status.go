package cluster

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster/internal/transaction"
)

// A CommitStatus says how a commit has ended.
type CommitStatus uint8

// The ends of a commit. With the first four the transaction is committed, with the others Commit returns an error.
const (
	CommitOK               CommitStatus = iota + 1
	CommitAlreadyCommitted              // by an earlier call
	// CommitRollForwardAbandoned: it is committed, but not all that it wrote is visible to others yet. The server
	// will see to it behind the transaction's timeout, or a further call of Commit at once.
	CommitRollForwardAbandoned
	// CommitCloseAbandoned: it is committed and visible; the server will remove the monitor.
	CommitCloseAbandoned
	// CommitAlreadyAborted: it was aborted by an earlier call.
	CommitAlreadyAborted
	// CommitVerifyFailed: a record that it has read was changed meanwhile, or could not be verified. Nothing of it stays.
	CommitVerifyFailed
	// CommitVerifyFailedRollBackAbandoned: as before, and records are locked until the server lets go of them.
	CommitVerifyFailedRollBackAbandoned
	// CommitVerifyFailedCloseAbandoned: as before, and no record is locked; the server will remove the monitor.
	CommitVerifyFailedCloseAbandoned
	// CommitMarkAbandoned: what was to commit it failed. If the error says InDoubt it may be committed, and Commit, called
	// again, finds out; if not, it is not committed, and Abort lets go of the locks.
	CommitMarkAbandoned
)

var commitTexts = map[CommitStatus]string{
	CommitOK:                            "committed",
	CommitAlreadyCommitted:              "committed already",
	CommitRollForwardAbandoned:          "committed, but the server has yet to roll records forward",
	CommitCloseAbandoned:                "committed, but the server has yet to remove the monitor",
	CommitAlreadyAborted:                "aborted already",
	CommitVerifyFailed:                  "a read did not hold, so the transaction was aborted",
	CommitVerifyFailedRollBackAbandoned: "a read did not hold; the server has yet to roll records back",
	CommitVerifyFailedCloseAbandoned:    "a read did not hold; records were rolled back, the server has yet to remove the monitor",
	CommitMarkAbandoned:                 "the transaction could not be marked as committed",
}

// String says it in a sentence.
func (s CommitStatus) String() string { return commitTexts[s] }

// An AbortStatus says how an abort has ended.
type AbortStatus uint8

// The ends of an abort. With the last two Abort returns an error.
const (
	AbortOK             AbortStatus = iota + 1
	AbortAlreadyAborted             // by an earlier call
	// AbortRollBackAbandoned: nothing of it stays, but records are locked until the server lets go of them behind the
	// transaction's timeout, or a further call of Abort at once.
	AbortRollBackAbandoned
	// AbortCloseAbandoned: no record is locked any more; the server will remove the monitor.
	AbortCloseAbandoned
	// AbortAlreadyCommitted: it was committed by an earlier call.
	AbortAlreadyCommitted
	// AbortInDoubt: it may be committed; Commit, called again, finds out.
	AbortInDoubt
)

var abortTexts = map[AbortStatus]string{
	AbortOK:                "aborted",
	AbortAlreadyAborted:    "aborted already",
	AbortRollBackAbandoned: "aborted, but the server has yet to roll records back",
	AbortCloseAbandoned:    "aborted, but the server has yet to remove the monitor",
	AbortAlreadyCommitted:  "committed already",
	AbortInDoubt:           "the transaction may be committed",
}

// String says it in a sentence.
func (s AbortStatus) String() string { return abortTexts[s] }

// A CommitError tells why a transaction was not committed, or why nobody knows whether it was. errors.Is and
// errors.As look into the failure of the step that failed: protocol.TransactionVersionMismatch where a read did not hold.
type CommitError struct {
	Status CommitStatus
	// Txn is the transaction, for another call of Commit.
	Txn *Txn
	// InDoubt says that the transaction may be committed all the same. Only Commit, called again, can tell.
	InDoubt bool
	// Verified are the results of the reads that were verified, Rolled those of the records that were rolled back; nil if it
	// did not come to that.
	Verified, Rolled []BatchResult
	// Err is the failure.
	Err error
}

// Error tells the status and the failure.
func (e *CommitError) Error() string {
	doubt := ""
	if e.InDoubt {
		doubt = ", in doubt"
	}
	return fmt.Sprintf("aerospike: commit: %v%s: %s", e.Status, doubt, inner(e.Err))
}

// Unwrap returns the failure.
func (e *CommitError) Unwrap() error { return e.Err }

// Causes of commits and aborts that come too late.
var (
	// ErrTxnCommitted means an abort of a transaction that was committed.
	ErrTxnCommitted = errors.New("the transaction is committed already")
	// ErrTxnAborted means a commit of a transaction that was aborted.
	ErrTxnAborted = errors.New("the transaction is aborted already; begin another one")
)

// commitStatus is how a commit has ended that has done something.
func commitStatus(state transaction.State, failed transaction.Step) CommitStatus {
	switch failed {
	case transaction.Mark:
		return CommitMarkAbandoned
	case transaction.RollForward:
		return CommitRollForwardAbandoned
	case transaction.RollBack:
		return CommitVerifyFailedRollBackAbandoned
	case transaction.Close:
		if state == transaction.Committed {
			return CommitCloseAbandoned
		}
		return CommitVerifyFailedCloseAbandoned
	}
	if state == transaction.Committed {
		return CommitOK
	}
	return CommitVerifyFailed
}

// abortStatus is how an abort has ended that has done something.
func abortStatus(failed transaction.Step) AbortStatus {
	switch failed {
	case transaction.RollBack:
		return AbortRollBackAbandoned
	case transaction.Close:
		return AbortCloseAbandoned
	}
	return AbortOK
}
