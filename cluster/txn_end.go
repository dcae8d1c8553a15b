package cluster

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster/internal/transaction"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Commit ends a transaction so that all its writes take effect, provided that no record it has read
// has changed. Otherwise Commit aborts it. The error is nil if the transaction is committed, even
// if the server still has cleanup to do; the status says so. Otherwise the error is a *CommitError.
//
// After a CommitError with InDoubt, call Commit again. It finds out the outcome and continues where
// the previous call stopped. If ctx ends, Commit stops, and the server completes the remaining
// steps after the transaction's timeout.
func (c *Client) Commit(ctx context.Context, t *Txn) (_ CommitStatus, err error) {
	defer c.aboutTxn(&err, "Commit", t)
	ctx, err = c.beginEnd(ctx, t)
	if err != nil {
		return 0, err
	}
	defer c.calls.end()
	ending := &txnEnd{client: c, txn: t}
	before, step, err := t.begin((*transaction.Transaction).Commit)
	if err != nil {
		return 0, clientError(err)
	}
	if step == transaction.Done && before == transaction.Aborted {
		return CommitAlreadyAborted, &CommitError{Status: CommitAlreadyAborted, Txn: t, Err: ErrTxnAborted}
	}
	if step == transaction.Done && before == transaction.Committed {
		return CommitAlreadyCommitted, nil
	}
	state, failed := ending.run(ctx, step)
	status := commitStatus(state, failed)
	if status <= CommitCloseAbandoned {
		if ending.err != nil {
			c.env.Logger.Warn("aerospike: the server must complete a committed transaction", "status", status.String(), "error", ending.err)
		}
		return status, nil
	}
	return status, &CommitError{Status: status, Txn: t, InDoubt: t.InDoubt(), Verified: ending.verified, Rolled: ending.rolled, Err: ending.err}
}

// Abort ends a transaction so that none of its writes take effect. The error is nil if the
// transaction is aborted, even if the server still has cleanup to do; the status says so. The error
// is ErrTxnCommitted if the transaction is committed, and ErrTxnInDoubt if it may be.
func (c *Client) Abort(ctx context.Context, t *Txn) (_ AbortStatus, err error) {
	defer c.aboutTxn(&err, "Abort", t)
	ctx, err = c.beginEnd(ctx, t)
	if err != nil {
		return 0, err
	}
	defer c.calls.end()
	ending := &txnEnd{client: c, txn: t}
	before, step, err := t.begin((*transaction.Transaction).Abort)
	switch {
	case errors.Is(err, ErrTxnInDoubt):
		return AbortInDoubt, clientError(err)
	case err != nil:
		return 0, clientError(err)
	case step == transaction.Done && before == transaction.Committed:
		return AbortAlreadyCommitted, clientError(ErrTxnCommitted)
	case step == transaction.Done && before == transaction.Aborted:
		return AbortAlreadyAborted, nil
	}
	_, failed := ending.run(ctx, step)
	status := abortStatus(failed)
	if ending.err != nil {
		c.env.Logger.Warn("aerospike: the server must complete an aborted transaction", "status", status.String(), "error", ending.err)
	}
	return status, nil
}

// beginEnd begins a call that ends a transaction. If it succeeds, calls.end must be called.
func (c *Client) beginEnd(ctx context.Context, t *Txn) (context.Context, error) {
	if err := c.calls.begin(ctx); err != nil {
		return nil, err
	}
	err := error(nil)
	switch {
	case ctx == nil:
		err = errNilContext
	case t == nil:
		err = errNilTxn
	}
	if err != nil {
		c.calls.end()
		return nil, clientError(err)
	}
	return withinCall(ctx), nil
}

var errNilTxn = fmt.Errorf("%w: the transaction is nil; make one with NewTxn", ErrArgument)

// aboutTxn is about for the methods that end transactions. Errors of a step already have the step's
// own command, and are left as they are.
func (c *Client) aboutTxn(err *error, op string, t *Txn) {
	if e, ok := (*err).(*protocol.Error); ok {
		key := protocol.Key{}
		if t != nil {
			key.Namespace = t.Namespace()
		}
		c.describe(e, op, &key)
	}
}

// begin begins a commit or an abort, and returns the state before it.
func (t *Txn) begin(how func(*transaction.Transaction) (transaction.Step, error)) (before transaction.State, step transaction.Step, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before = t.state.State()
	step, err = how(&t.state)
	return before, step, err
}

// A txnEnd is a running commit or abort.
type txnEnd struct {
	client           *Client
	txn              *Txn
	verified, rolled []BatchResult
	err              error // the first failure
}

// run executes step and the ones that follow.
func (e *txnEnd) run(ctx context.Context, step transaction.Step) (transaction.State, transaction.Step) {
	ctx = WithTxn(ctx, nil)
	for step != transaction.Done {
		err := e.runStep(ctx, step)
		code, inDoubt := verdictOf(err)
		if err != nil && e.err == nil {
			e.err = err
		}
		e.txn.mu.Lock()
		step = e.txn.state.Next(step, transaction.Result{Failed: err != nil, Code: code, InDoubt: inDoubt})
		e.txn.mu.Unlock()
	}
	e.txn.mu.Lock()
	defer e.txn.mu.Unlock()
	return e.txn.state.State(), e.txn.state.Failed()
}

func (e *txnEnd) runStep(ctx context.Context, step transaction.Step) error {
	switch step {
	case transaction.Verify:
		return e.verify(ctx)
	case transaction.Mark:
		mark := wire.NewWrite(protocol.OpWrite, e.txn.monitorKey(), protocol.Bins{{Name: monitorForward, Value: protocol.Bool(true)}})
		return e.updateMonitor(ctx, "TxnMark", &mark, protocol.TransactionCommitted)
	case transaction.Close:
		remove := wire.NewDelete(e.txn.monitorKey())
		remove.Info2 |= wire.Info2DurableDelete
		return e.updateMonitor(ctx, "TxnClose", &remove, protocol.KeyNotFound)
	}
	return e.roll(ctx, step == transaction.RollForward)
}

// updateMonitor sends a command on the monitor. The code doneBefore means that an earlier try has
// succeeded, and is not an error.
func (e *txnEnd) updateMonitor(ctx context.Context, name string, cmd *wire.Command, doneBefore protocol.ResultCode) error {
	r := request{cmd: *cmd, call: call{
		name: name, limits: e.client.env.Policies.TxnRoll.limits().resolve(0, 0, 0), replica: ReplicaMaster, write: true, alone: true,
	}}
	err := e.client.perform(ctx, &r)
	if errors.Is(err, doneBefore) {
		return nil
	}
	return err
}

// verify checks that the versions of all reads are unchanged.
func (e *txnEnd) verify(ctx context.Context) error {
	var commands []wire.Command
	e.txn.mu.Lock()
	for key, version := range e.txn.state.Reads {
		commands = append(commands, wire.NewVerify(key, version))
	}
	e.txn.mu.Unlock()
	var err error
	e.verified, err = e.rows(ctx, "TxnVerify", &e.client.env.Policies.TxnVerify, commands, func(i int) bool {
		// If the transaction read no record, a record that is still missing is unchanged.
		return commands[i].Transaction.Version == 0
	})
	return err
}

// roll rolls all written records forward or back, which releases their locks.
func (e *txnEnd) roll(ctx context.Context, forward bool) error {
	var commands []wire.Command
	e.txn.mu.Lock()
	for key := range e.txn.state.Writes {
		commands = append(commands, wire.NewRoll(key, forward, e.txn.state.Fields(key.Digest(), true)))
	}
	e.txn.mu.Unlock()
	var err error
	e.rolled, err = e.rows(ctx, "TxnRoll", &e.client.env.Policies.TxnRoll, commands, func(int) bool { return true })
	return err
}

// rows sends commands as a batch. A missing record is an error unless mayMiss(i) is true.
func (e *txnEnd) rows(ctx context.Context, name string, p *TxnPolicy, commands []wire.Command, mayMiss func(i int) bool) ([]BatchResult, error) {
	policy := p.batch()
	results, err := e.client.batch(ctx, name, &policy, batchCommands{n: len(commands), command: func(_ *BatchPolicy, i int, cmd *wire.Command) error {
		*cmd = commands[i]
		return nil
	}})
	for i := range results {
		if err == nil && errors.Is(results[i].Err, protocol.KeyNotFound) && !mayMiss(i) {
			return results, results[i].Err
		}
	}
	return results, err
}
