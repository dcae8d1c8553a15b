package cluster

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster/internal/transaction"
)

// A CommitStatus is the outcome of a commit: CommitOK, CommitAlreadyCommitted,
// CommitRollForwardAbandoned, CommitCloseAbandoned, CommitAlreadyAborted, CommitVerifyFailed,
// CommitVerifyFailedRollBackAbandoned, CommitVerifyFailedCloseAbandoned, CommitMarkAbandoned.
type CommitStatus uint8

// The outcomes of a commit. With the first four the transaction is committed. With the others
// Commit returns an error.
const (
	CommitOK               CommitStatus = iota + 1
	CommitAlreadyCommitted              // by an earlier call
	// CommitRollForwardAbandoned: committed, but some writes are not visible to others yet. The
	// server makes them visible after the transaction's timeout; another call of Commit does so at
	// once.
	CommitRollForwardAbandoned
	// CommitCloseAbandoned: committed and visible. The server will remove the monitor.
	CommitCloseAbandoned
	// CommitAlreadyAborted: an earlier call aborted the transaction.
	CommitAlreadyAborted
	// CommitVerifyFailed: a record that the transaction read has changed or could not be verified.
	// The transaction is rolled back.
	CommitVerifyFailed
	// CommitVerifyFailedRollBackAbandoned: as CommitVerifyFailed, but records stay locked until the
	// server rolls them back.
	CommitVerifyFailedRollBackAbandoned
	// CommitVerifyFailedCloseAbandoned: as CommitVerifyFailed. No records are locked; the server
	// will remove the monitor.
	CommitVerifyFailedCloseAbandoned
	// CommitMarkAbandoned: marking the transaction as committed failed. If the error says InDoubt,
	// the transaction may be committed, and another call of Commit finds out. Otherwise it is not
	// committed, and Abort releases the locks.
	CommitMarkAbandoned
)

var commitTexts = map[CommitStatus]string{
	CommitOK:                            "committed",
	CommitAlreadyCommitted:              "already committed",
	CommitRollForwardAbandoned:          "committed, but the server must still roll records forward",
	CommitCloseAbandoned:                "committed, but the server must still remove the monitor",
	CommitAlreadyAborted:                "already aborted",
	CommitVerifyFailed:                  "a read could not be verified; the transaction was rolled back",
	CommitVerifyFailedRollBackAbandoned: "a read could not be verified; the server must still roll records back",
	CommitVerifyFailedCloseAbandoned:    "a read could not be verified; records were rolled back, but the server must still remove the monitor",
	CommitMarkAbandoned:                 "the transaction could not be marked as committed",
}

// String returns a description, such as "committed".
func (s CommitStatus) String() string { return commitTexts[s] }

// An AbortStatus is the outcome of an abort: AbortOK, AbortAlreadyAborted, AbortRollBackAbandoned,
// AbortCloseAbandoned, AbortAlreadyCommitted, AbortInDoubt.
type AbortStatus uint8

// The outcomes of an abort. With the last two Abort returns an error.
const (
	AbortOK             AbortStatus = iota + 1
	AbortAlreadyAborted             // by an earlier call
	// AbortRollBackAbandoned: aborted, but records stay locked. The server rolls them back after
	// the transaction's timeout; another call of Abort does so at once.
	AbortRollBackAbandoned
	// AbortCloseAbandoned: aborted, and no records are locked. The server will remove the monitor.
	AbortCloseAbandoned
	// AbortAlreadyCommitted: an earlier call committed the transaction.
	AbortAlreadyCommitted
	// AbortInDoubt: the transaction may be committed. Another call of Commit finds out.
	AbortInDoubt
)

var abortTexts = map[AbortStatus]string{
	AbortOK:                "aborted",
	AbortAlreadyAborted:    "already aborted",
	AbortRollBackAbandoned: "aborted, but the server must still roll records back",
	AbortCloseAbandoned:    "aborted, but the server must still remove the monitor",
	AbortAlreadyCommitted:  "already committed",
	AbortInDoubt:           "the transaction may be committed",
}

// String returns a description, such as "aborted".
func (s AbortStatus) String() string { return abortTexts[s] }

// A CommitError reports that a transaction was not committed, or that the outcome is unknown.
// errors.Is and errors.As examine the error of the step that failed; it is
// protocol.TransactionVersionMismatch if a record that was read has changed.
type CommitError struct {
	Status CommitStatus
	// Txn is the transaction, for another call of Commit.
	Txn *Txn
	// InDoubt reports whether the transaction may be committed. Call Commit again to find out.
	InDoubt bool
	// Verified has the results of verifying reads, and Rolled those of rolling records back. They
	// are nil if the step did not run.
	Verified, Rolled []BatchResult
	// Err is the cause.
	Err error
}

// Error returns the status and the cause.
func (e *CommitError) Error() string {
	doubt := ""
	if e.InDoubt {
		doubt = ", in doubt"
	}
	return fmt.Sprintf("aerospike: commit: %v%s: %s", e.Status, doubt, inner(e.Err))
}

// Unwrap returns Err.
func (e *CommitError) Unwrap() error { return e.Err }

// Errors of Commit and Abort for a transaction that has already ended.
var (
	// ErrTxnCommitted means an abort of a committed transaction.
	ErrTxnCommitted = errors.New("the transaction is already committed")
	// ErrTxnAborted means a commit of an aborted transaction.
	ErrTxnAborted = errors.New("the transaction is already aborted; begin a new one")
)

// commitStatus returns the status of a commit that has run.
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

// abortStatus returns the status of an abort that has run.
func abortStatus(failed transaction.Step) AbortStatus {
	switch failed {
	case transaction.RollBack:
		return AbortRollBackAbandoned
	case transaction.Close:
		return AbortCloseAbandoned
	}
	return AbortOK
}
