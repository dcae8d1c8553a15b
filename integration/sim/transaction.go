package sim

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster"
)

// An Ending is how a transaction has ended, as far as the client says.
type Ending struct {
	// ID is the transaction's.
	ID uint64
	// Verdict is Applied for one that is committed, NotApplied for one that never will be.
	Verdict Verdict
	// Contradicts tells that the transaction says something else of itself.
	Contradicts bool
	// Span is that of the call that gave the verdict.
	Span
	// Commits is how often a commit was asked for, and Asked when it was for the first time.
	Commits int
	Asked   Moment
}

// mostCommits is how often a commit in doubt is asked for.
const mostCommits = 3

// transaction carries out an operation whose commands belong to a transaction.
func (c *caller) transaction(ctx context.Context, call *Call) {
	plan := call.Transaction
	txn := cluster.NewTxn(cluster.TxnOptions{Timeout: plan.Timeout})
	call.Ending.ID = uint64(txn.ID())
	failed, at := false, 0
	for _, n := range plan.Steps {
		time.Sleep(plan.Pause)
		if failed && !plan.Bold {
			call.skip(at)
			break
		}
		failed = c.step(cluster.WithTxn(ctx, txn), call, at, at+n) || failed
		at += n
	}
	time.Sleep(plan.Pause)
	c.end(ctx, call, txn, plan.Abort || failed && !plan.Bold)
	call.Ending.Contradicts = call.Ending.Verdict != stateVerdict(txn)
}

// stateVerdict is what the transaction itself says of its end.
func stateVerdict(txn *cluster.Txn) Verdict {
	switch {
	case txn.State() == cluster.TxnCommitted:
		return Applied
	case txn.InDoubt():
		return InDoubt
	}
	return NotApplied
}

// step carries out commands of a transaction, alone or as a batch. It reports whether one has failed.
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

// skip notes that the commands from one on were not carried out.
func (c *Call) skip(from int) {
	for i := from; i < len(c.Outcomes); i++ {
		c.Outcomes[i].Skipped = true
	}
}

// end commits the transaction or aborts it. A commit in doubt is asked for again, and one that has failed otherwise is followed by an abort,
// so that nothing stays locked.
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
		ending.judge(call.Err)
		switch {
		case ending.Verdict == Applied, ctx.Err() != nil, ending.Verdict == InDoubt && ending.Commits == mostCommits:
			return
		case ending.Verdict == NotApplied:
			abort = true
			continue
		}
		time.Sleep(call.Transaction.Pause)
	}
}

// judge takes in what a commit has returned. One that could not even begin leaves what was known before.
func (e *Ending) judge(err error) {
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
