package cluster

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster/internal/transaction"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Commit ends a transaction so that all that it has written takes effect, if nothing that it has read was
// changed meanwhile; else it is aborted. The error is nil if the transaction is committed, also where the server has yet to tidy up,
// which the status tells. Any other end is a *CommitError.
//
// Call it again after a CommitError with InDoubt: it finds out, and goes on where it has stopped. A context that ends interrupts it; what
// is left undone the server does behind the transaction's timeout.
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
			c.env.Logger.Warn("aerospike: the server has yet to end a committed transaction", "status", status.String(), "error", ending.err)
		}
		return status, nil
	}
	return status, &CommitError{Status: status, Txn: t, InDoubt: t.InDoubt(), Verified: ending.verified, Rolled: ending.rolled, Err: ending.err}
}

// Abort ends a transaction so that nothing that it has written takes effect. The error is nil if it is aborted, also where the
// server has yet to tidy up, which the status tells; it is ErrTxnCommitted for a transaction that was committed, and
// ErrTxnInDoubt for one that may be.
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
		c.env.Logger.Warn("aerospike: the server has yet to end an aborted transaction", "status", status.String(), "error", ending.err)
	}
	return status, nil
}

// beginEnd begins a call that ends a transaction. Unless there is an error, calls.end ends it.
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

// aboutTxn is about for a method about a transaction. The failure of a step names its own command.
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

// A txnEnd is a commit or an abort under way.
type txnEnd struct {
	client           *Client
	txn              *Txn
	verified, rolled []BatchResult
	err              error // the failure that decided
}

// run takes the steps that are left.
func (e *txnEnd) run(ctx context.Context, step transaction.Step) (transaction.State, transaction.Step) {
	ctx = WithTxn(ctx, nil)
	for step != transaction.Done {
		err := e.take(ctx, step)
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

func (e *txnEnd) take(ctx context.Context, step transaction.Step) error {
	switch step {
	case transaction.Verify:
		return e.verify(ctx)
	case transaction.Mark:
		mark := wire.NewWrite(protocol.OpWrite, e.txn.monitorKey(), protocol.Bins{{Name: monitorForward, Value: protocol.Bool(true)}})
		return e.monitor(ctx, "TxnMark", &mark, protocol.TransactionCommitted)
	case transaction.Close:
		remove := wire.NewDelete(e.txn.monitorKey())
		remove.Info2 |= wire.Info2DurableDelete
		return e.monitor(ctx, "TxnClose", &remove, protocol.KeyNotFound)
	}
	return e.roll(ctx, step == transaction.RollForward)
}

// monitor sends a command on the monitor. One that was done before is as good.
func (e *txnEnd) monitor(ctx context.Context, name string, cmd *wire.Command, doneBefore protocol.ResultCode) error {
	cl := call{name: name, limits: e.client.env.Policies.TxnRoll.limits().resolve(0, 0, 0), replica: ReplicaMaster, write: true, alone: true}
	var resp wire.Response
	err := e.client.perform(ctx, &cl, cmd, &resp)
	if errors.Is(err, doneBefore) {
		return nil
	}
	return err
}

// verify has the versions of all reads compared.
func (e *txnEnd) verify(ctx context.Context) error {
	var commands []wire.Command
	e.txn.mu.Lock()
	for key, version := range e.txn.state.Reads {
		commands = append(commands, wire.NewVerify(key, version))
	}
	e.txn.mu.Unlock()
	var err error
	e.verified, err = e.rows(ctx, "TxnVerify", &e.client.env.Policies.TxnVerify, commands, func(i int) bool {
		// That there is no record still is what a read of none has to hold against.
		return commands[i].Transaction.Version == 0
	})
	return err
}

// roll ends the locks of all records that were written.
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

// rows sends commands as a batch. A missing record is a failure where mayMiss says no.
func (e *txnEnd) rows(ctx context.Context, name string, p *TxnPolicy, commands []wire.Command, mayMiss func(i int) bool) ([]BatchResult, error) {
	policy := p.batch()
	results, err := e.client.batch(ctx, name, &policy, len(commands), func(_ *BatchPolicy, i int) (wire.Command, error) {
		return commands[i], nil
	})
	for i := range results {
		if err == nil && errors.Is(results[i].Err, protocol.KeyNotFound) && !mayMiss(i) {
			return results, results[i].Err
		}
	}
	return results, err
}
