package transaction

import "github.com/aerosql/aerosql/protocol"

// A Step is one of those that end a transaction.
type Step uint8

// The steps, in their order. A commit verifies, marks, rolls forward and closes; an abort rolls back and
// closes. What there is nothing to do for is left out.
const (
	Done        Step = iota // there is nothing left to do
	Verify                  // compare the versions of all reads with those that the records have
	Mark                    // tell the monitor that what was written is to be rolled forward
	RollForward             // make what was written the records
	RollBack                // let go of what was written
	Close                   // remove the monitor
)

// String returns the step in a word or two.
func (s Step) String() string {
	return [...]string{"done", "verify", "mark", "roll forward", "roll back", "close"}[s]
}

// A Result is what has become of a step.
type Result struct {
	// Failed: the step was not done as a whole.
	Failed bool
	// Code is the server's verdict on a Mark that failed, ClientError if there was none.
	Code protocol.ResultCode
	// InDoubt tells of a Mark that failed that it may have been done.
	InDoubt bool
}

// Commit begins to commit, or goes on where a commit has stopped. Step Done at once means that there was
// nothing to do: the state tells whether it was committed or aborted before.
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

// Abort begins to abort, or goes on where an abort has stopped. Step Done at once means that there was
// nothing to do. What may be committed can't be aborted.
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

// end notes that a commit or abort is over, with the step that it could not do.
func (t *Transaction) end(failed Step) Step {
	t.ending, t.failed = false, failed
	return Done
}

// Failed is the step that the last commit or abort could not do, Done if it did all. A commit whose
// verification failed goes on as an abort, and then Failed is what that could not do.
func (t *Transaction) Failed() Step { return t.failed }

// Next takes in what has become of a step and returns the next one.
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

// verified goes on behind the verification. A transaction that has written nothing is committed by it.
func (t *Transaction) verified() Step {
	t.state = Verified
	if t.deadline != 0 {
		return Mark
	}
	t.state = Committed
	return t.unfinished()
}

// marked goes on behind the mark. That it was made before is as good.
func (t *Transaction) marked(r Result) Step {
	switch {
	case !r.Failed || r.Code == protocol.TransactionCommitted:
		t.state, t.markInDoubt = Committed, false
		return t.unfinished()
	case r.Code == protocol.TransactionAborted:
		// The server has begun to roll back, and will end it.
		t.state, t.markInDoubt, t.rolled, t.closed = Aborted, false, true, true
	case r.InDoubt:
		t.markInDoubt = true
	}
	return t.end(Mark)
}

// unfinished is the next step of a transaction whose outcome is fixed.
func (t *Transaction) unfinished() Step {
	switch {
	case !t.rolled && len(t.writes) > 0 && t.state == Committed:
		return RollForward
	case !t.rolled && len(t.writes) > 0:
		return RollBack
	case !t.closed && t.deadline != 0 && !t.unsettled:
		return Close
	}
	// Where a write may be applied yet, the monitor stays: the server will roll what comes late.
	t.rolled, t.closed = true, true
	return t.end(Done)
}
