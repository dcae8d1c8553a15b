package sim

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster"
)

// An Ending is how a transaction ended, as the client reported it.
type Ending struct {
	// ID is the transaction's id.
	ID uint64
	// Verdict is Applied if it was committed, NotApplied if it never will be.
	Verdict Verdict
	// Contradicts means that the state of the transaction differs from the verdict.
	Contradicts bool
	// Span is the time of the call that returned the verdict.
	Span
	// Commits is how often a commit was requested. Asked is when it was first requested.
	Commits int
	Asked   Moment
}

// maxCommits is how often a commit in doubt is requested.
const maxCommits = 3

// transaction executes an operation whose commands belong to a transaction.
func (c *caller) transaction(ctx context.Context, call *Call) {
	plan := call.Transaction
	txn := cluster.NewTxn(cluster.TxnOptions{Timeout: plan.Timeout})
	call.Ending.ID = uint64(txn.ID())
	failed, at := false, 0
	for _, n := range plan.Steps {
		time.Sleep(plan.Pause)
		if failed && !plan.CommitAnyway {
			call.skip(at)
			break
		}
		failed = c.step(cluster.WithTxn(ctx, txn), call, at, at+n) || failed
		at += n
	}
	time.Sleep(plan.Pause)
	c.end(ctx, call, txn, plan.Abort || failed && !plan.CommitAnyway)
	call.Ending.Contradicts = call.Ending.Verdict != stateVerdict(txn)
}

// stateVerdict returns the verdict according to the transaction's own state.
func stateVerdict(txn *cluster.Txn) Verdict {
	switch {
	case txn.State() == cluster.TxnCommitted:
		return Applied
	case txn.InDoubt():
		return InDoubt
	}
	return NotApplied
}

// step executes commands of a transaction, one alone or several as a batch. It reports whether one
// failed.
func (c *caller) step(ctx context.Context, call *Call, from, to int) (failed bool) {
	part := Call{Operation: &Operation{Commands: call.Commands[from:to], Limits: call.Limits}, Outcomes: call.Outcomes[from:to]}
	part.Begun = c.now()
	if to-from > 1 {
		part.batch(ctx, c.client)
	} else {
		part.single(ctx, c.client)
	}
	c.ended(&part.Span)
	for i := range part.Outcomes {
		part.Outcomes[i].Span = part.Span
		failed = failed || part.Outcomes[i].Err != nil && !part.Outcomes[i].absent()
	}
	return failed
}

// skip records that the commands from the given one on were not executed.
func (c *Call) skip(from int) {
	for i := from; i < len(c.Outcomes); i++ {
		c.Outcomes[i].Skipped = true
	}
}

// end commits or aborts the transaction. It repeats a commit in doubt, and aborts after a commit
// that failed otherwise, so that nothing stays locked.
func (c *caller) end(ctx context.Context, call *Call, txn *cluster.Txn, abort bool) {
	ending := &call.Ending
	ending.Verdict = NotApplied
	for {
		ending.Begun = c.now()
		if abort {
			_, call.Err = c.client.Abort(ctx, txn)
			c.ended(&ending.Span)
			return
		}
		if ending.Commits++; ending.Commits == 1 {
			ending.Asked = ending.Begun
		}
		_, call.Err = c.client.Commit(ctx, txn)
		c.ended(&ending.Span)
		ending.record(call.Err)
		switch {
		case ending.Verdict == Applied, ctx.Err() != nil, ending.Verdict == InDoubt && ending.Commits == maxCommits:
			return
		case ending.Verdict == NotApplied:
			abort = true
			continue
		}
		time.Sleep(call.Transaction.Pause)
	}
}

// record records the result of a commit. A commit that could not even start leaves the previous
// verdict.
func (e *Ending) record(err error) {
	var failed *cluster.CommitError
	switch {
	case err == nil:
		e.Verdict = Applied
	case !asError(err, &failed):
	case failed.InDoubt:
		e.Verdict = InDoubt
	default:
		e.Verdict = NotApplied
	}
}
