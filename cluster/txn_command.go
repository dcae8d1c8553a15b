package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/transaction"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

// execute runs a single-record command as part of the transaction. It travels alone: what others send
// along must not wait for the transaction's locks.
func (t *Txn) execute(ctx context.Context, c *Client, cl *call, cmd *wire.Command, resp *wire.Response) error {
	if err := t.enter(c, cmd.Key.Namespace); err != nil {
		return err
	}
	defer t.leave()
	if cl.write {
		cl.limits.begun = time.Now() // the command's time is also that of naming its record
		if err := t.name(ctx, c, cl, []protocol.Key{cmd.Key}); err != nil {
			return err
		}
	}
	t.join(cmd)
	cl.alone = true
	err := c.perform(ctx, cl, cmd, resp)
	t.answered(&cmd.Key, cl.write, cl.unsettled, resp, err)
	return err
}

// enter admits a command to the transaction. Leave must follow.
func (t *Txn) enter(c *Client, namespace string) error {
	if err := t.options.validate(); err != nil {
		return clientError(err)
	}
	if err := c.checkTxn(namespace); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.state.Enter(namespace); err != nil {
		return clientError(err)
	}
	return nil
}

func (t *Txn) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state.Leave()
}

// join completes a command by what it tells of the transaction. Records are removed durably, as
// the server takes nothing else that can be rolled back.
func (t *Txn) join(cmd *wire.Command) {
	if cmd.MayRemove() {
		cmd.Info2 |= wire.Info2DurableDelete
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	cmd.Transaction = t.state.Fields(cmd.Key.Digest(), cmd.IsWrite())
}

// answered takes in what has become of a command, and whether a try of one that has succeeded is unsettled. The answer counts only
// if the command ended with it.
func (t *Txn) answered(key *protocol.Key, write, unsettled bool, resp *wire.Response, err error) {
	a := transaction.Answer{Unsettled: unsettled}
	if err != nil {
		a.Code, a.Unsettled = verdictOf(err)
	}
	if a.Code != protocol.ClientError {
		a.Version, a.HasVersion = resp.Version, resp.HasVersion
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state.Answered(*key, write, a)
}

// name has the transaction's monitor name records that are going to be written, before they are. The
// monitor is created by the first who comes; others wait for it. The call's limits tell when its time has begun.
func (t *Txn) name(ctx context.Context, c *Client, cl *call, keys []protocol.Key) error {
	limited := ctx
	if l := &cl.limits; l.total > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithDeadlineCause(ctx, l.begun.Add(l.total), errTotalTimeout)
		defer cancel()
	}
	for {
		how, digests, done, err := t.naming(keys)
		switch {
		case err != nil:
			return &protocol.Error{Code: protocol.TransactionTooManyWrites, Message: "nothing was written", Err: err}
		case how == transaction.Named:
			return nil
		case how == transaction.Create:
			var again bool
			if again, err = t.createMonitor(ctx, c, cl, digests); again {
				continue
			}
			return notNamed(err)
		case how == transaction.Add:
			resp, err := t.writeMonitor(ctx, c, cl, digests, false)
			if err == nil {
				t.named(digests, resp.TransactionEnd)
			}
			return notNamed(err)
		}
		select {
		case <-done:
		case <-limited.Done():
			if err := contextError(ctx); err != nil {
				return clientError(err)
			}
			return clientError(errTotalTimeout)
		}
	}
}

// notNamed is the failure of a command whose record could not be named. Whatever has become of the monitor, the command itself was
// not sent.
func notNamed(err error) error {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok {
		return err
	}
	own := *e
	own.InDoubt = false
	if own.Message != "" {
		own.Message += ": "
	}
	own.Message += "nothing was written, as the transaction's monitor could not be"
	return &own
}

// naming says what is to be done; done is closed when what is to be waited for has ended.
func (t *Txn) naming(keys []protocol.Key) (how transaction.Naming, digests []protocol.Digest, done <-chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	how, digests, err = t.state.Name(keys)
	if err == nil && how == transaction.Create {
		t.created = make(chan struct{})
		t.state.Creating()
	}
	return how, digests, t.created, err
}

func (t *Txn) named(digests []protocol.Digest, end uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state.NamedAll(digests, end)
}

// createMonitor creates the monitor, with records. It reports whether they are to be added still, to a
// monitor that was created by an earlier try which nobody knew the outcome of.
func (t *Txn) createMonitor(ctx context.Context, c *Client, cl *call, digests []protocol.Digest) (again bool, err error) {
	resp, err := t.writeMonitor(ctx, c, cl, digests, true)
	code, inDoubt := verdictOf(err)
	var e *protocol.Error
	repeated := errors.As(err, &e) && e.Attempts > 1
	t.mu.Lock()
	defer t.mu.Unlock()
	again = t.state.Created(digests, transaction.Creation{Code: code, InDoubt: inDoubt, Repeated: repeated, Deadline: resp.TransactionEnd})
	close(t.created)
	return again, err
}

// writeMonitor sends the command that names records in the monitor.
func (t *Txn) writeMonitor(ctx context.Context, c *Client, cl *call, digests []protocol.Digest, create bool) (resp wire.Response, err error) {
	var ops []protocol.Operation
	if create {
		ops = append(ops, protocol.PutBin(monitorID, protocol.Int(t.ID())))
	}
	cmd := wire.NewOperate(t.monitorKey(), append(ops, nameRecords(digests)), true)
	cmd.RecordTTL = t.options.seconds()
	naming := call{name: cl.name, limits: cl.limits, replica: cl.replica, write: true, alone: true}
	err = c.perform(ctx, &naming, &cmd, &resp)
	return resp, err
}

// The monitor's set and bins.
const (
	monitorSet     = wire.MonitorSet
	monitorID      = wire.MonitorID
	monitorKeys    = wire.MonitorKeys
	monitorForward = wire.MonitorForward
)

func (t *Txn) monitorKey() protocol.Key {
	return protocol.MustKey(t.Namespace(), monitorSet, t.ID())
}

var monitorPolicy = cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.AddUnique | cdt.NoFail | cdt.Partial}

func nameRecords(digests []protocol.Digest) protocol.Operation {
	if len(digests) == 1 {
		return cdt.ListAppend(monitorKeys, protocol.Blob(digests[0][:]), monitorPolicy)
	}
	values := make([]protocol.Value, len(digests))
	for i := range digests {
		values[i] = protocol.Blob(digests[i][:])
	}
	return cdt.ListAppendItems(monitorKeys, values, monitorPolicy)
}

// SupportsTxn reports whether a namespace has what transactions need: strong consistency, on nodes that are all of
// version 8 or later. It is false for a namespace that is not known.
func (c *Client) SupportsTxn(namespace string) bool {
	space := c.seen().parts.Space(namespace)
	return space != nil && c.checkTxn(namespace) == nil
}

// checkTxn refuses namespaces that are known to have no transactions. Older servers would not: they do not know what
// they are told of a transaction, and would let each write take effect at once.
func (c *Client) checkTxn(namespace string) error {
	space := c.seen().parts.Space(namespace)
	if space == nil || space.Strong() && c.since(8) {
		return nil
	}
	return &protocol.Error{Code: protocol.UnsupportedFeature, Err: ErrTxnUnsupported, Message: ErrTxnUnsupported.Error(), Key: protocol.Key{Namespace: namespace}}
}
