package transaction

import "github.com/aerosql/aerosql/protocol"

// A Step is one of the steps that end a transaction.
type Step uint8

// The steps, in order. A commit verifies, marks, rolls forward and closes. An abort rolls back and
// closes. Steps with nothing to do are skipped.
const (
	Done        Step = iota // nothing left to do
	Verify                  // compare the versions of all reads with the current ones
	Mark                    // mark the monitor: the writes are to be rolled forward
	RollForward             // make the writes permanent
	RollBack                // discard the writes
	Close                   // remove the monitor
)

// String returns the name of the step.
func (s Step) String() string {
	return [...]string{"done", "verify", "mark", "roll forward", "roll back", "close"}[s]
}

// A Result is the result of a step.
type Result struct {
	// Failed means that the step was not completed.
	Failed bool
	// Code is the server's result code for a failed Mark; ClientError if there was no response.
	Code protocol.ResultCode
	// InDoubt means that a failed Mark may have been applied.
	InDoubt bool
}

// Commit starts a commit, or continues one that stopped, and returns the first step. If the step is
// Done there was nothing to do: the state is the result of an earlier commit or abort.
func (t *Transaction) Commit() (Step, error) {
	if err := t.begin(); err != nil {
		return Done, err
	}
	switch t.state {
	case Open:
		if len(t.reads) > 0 {
			return Verify, nil
		}
		return t.verified(), nil
	case Verified:
		return Mark, nil
	case Committed:
		return t.unfinished(), nil
	}
	return t.end(Done), nil
}

// Abort starts an abort, or continues one that stopped, and returns the first step. If the step is
// Done there was nothing to do. A transaction that may be committed cannot be aborted.
func (t *Transaction) Abort() (Step, error) {
	if t.markInDoubt {
		return Done, ErrInDoubt
	}
	if err := t.begin(); err != nil {
		return Done, err
	}
	if t.state == Committed {
		return t.end(Done), nil
	}
	t.state = Aborted
	return t.unfinished(), nil
}

func (t *Transaction) begin() error {
	if t.active > 0 || t.ending {
		return ErrBusy
	}
	t.ending, t.failed = true, Done
	return nil
}

// end records the end of a commit or abort, and the step that failed.
func (t *Transaction) end(failed Step) Step {
	t.ending, t.failed = false, failed
	return Done
}

// Failed returns the step that the last commit or abort failed at, or Done if it completed. A
// commit whose verification failed continues as an abort; Failed is then the failed step of the
// abort.
func (t *Transaction) Failed() Step { return t.failed }

// Next records the result of a step and returns the next step.
func (t *Transaction) Next(did Step, r Result) Step {
	switch did {
	case Verify:
		if r.Failed {
			t.state = Aborted
			return t.unfinished()
		}
		return t.verified()
	case Mark:
		return t.marked(r)
	case RollForward, RollBack:
		if r.Failed {
			return t.end(did)
		}
		t.rolled = true
		return t.unfinished()
	case Close:
		if r.Failed {
			return t.end(did)
		}
		t.closed = true
	}
	return t.end(Done)
}

// verified continues after the verification. A transaction without writes is committed at this
// point.
func (t *Transaction) verified() Step {
	t.state = Verified
	if t.deadline != 0 {
		return Mark
	}
	t.state = Committed
	return t.unfinished()
}

// marked continues after the mark. An earlier mark counts as success.
func (t *Transaction) marked(r Result) Step {
	switch {
	case !r.Failed || r.Code == protocol.TransactionCommitted:
		t.state, t.markInDoubt = Committed, false
		return t.unfinished()
	case r.Code == protocol.TransactionAborted:
		// The server has started to roll back and will complete that.
		t.state, t.markInDoubt, t.rolled, t.closed = Aborted, false, true, true
	case r.InDoubt:
		t.markInDoubt = true
	}
	return t.end(Mark)
}

// unfinished returns the next step of a transaction whose outcome is final.
func (t *Transaction) unfinished() Step {
	switch {
	case !t.rolled && len(t.writes) > 0 && t.state == Committed:
		return RollForward
	case !t.rolled && len(t.writes) > 0:
		return RollBack
	case !t.closed && t.deadline != 0 && !t.unsettled:
		return Close
	}
	// If a write may still be applied the monitor is kept, so that the server rolls a late write.
	t.rolled, t.closed = true, true
	return t.end(Done)
}
