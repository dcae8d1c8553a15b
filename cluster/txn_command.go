package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/transaction"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

// execute runs a single-record command as part of the transaction. The command is never coalesced,
// as others must not wait for the transaction's locks.
func (t *Txn) execute(ctx context.Context, c *Client, r *request) error {
	if err := t.enter(c, r.cmd.Key.Namespace); err != nil {
		return err
	}
	defer t.leave()
	if r.write {
		r.limits.begun = time.Now() // the command's time includes registering its record
		if err := t.addToMonitor(ctx, c, &r.call, []protocol.Key{r.cmd.Key}); err != nil {
			return err
		}
	}
	t.attach(&r.cmd)
	r.alone = true
	err := c.perform(ctx, r)
	t.recordResult(&r.cmd.Key, r.write, r.unsettled, &r.resp, err)
	return err
}

// enter adds a command to the transaction. If it succeeds, leave must be called.
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

// attach adds the transaction's fields to a command. Records are removed durably, because the
// server can't roll back any other removal.
func (t *Txn) attach(cmd *wire.Command) {
	if cmd.MayRemove() {
		cmd.Info2 |= wire.Info2DurableDelete
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	cmd.Transaction = t.state.Fields(cmd.Key.Digest(), cmd.IsWrite())
}

// recordResult updates the transaction after a command. The flag unsettled means that an earlier
// try of a command that succeeded may still take effect. The response is valid only if the command
// was answered.
func (t *Txn) recordResult(key *protocol.Key, write, unsettled bool, resp *wire.Response, err error) {
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

// addToMonitor registers records in the transaction's monitor, which must be done before they are
// written. The first call creates the monitor while others wait. The time limit counts from
// cl.limits.begun.
func (t *Txn) addToMonitor(ctx context.Context, c *Client, cl *call, keys []protocol.Key) error {
	limited := ctx
	if l := &cl.limits; l.total > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithDeadlineCause(ctx, l.begun.Add(l.total), link.ErrTotalTimeout)
		defer cancel()
	}
	for {
		how, digests, done, err := t.monitorStep(keys)
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
			return monitorFailed(err)
		case how == transaction.Add:
			resp, err := t.writeMonitor(ctx, c, cl, digests, false)
			if err == nil {
				t.setMonitored(digests, resp.TransactionEnd)
			}
			return monitorFailed(err)
		}
		select {
		case <-done:
		case <-limited.Done():
			if err := contextError(ctx); err != nil {
				return clientError(err)
			}
			return clientError(link.ErrTotalTimeout)
		}
	}
}

// monitorFailed returns the error of a command whose record could not be registered. Whatever
// happened to the monitor, the command itself was not sent, so it is not in doubt.
func monitorFailed(err error) error {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok {
		return err
	}
	own := *e
	own.InDoubt = false
	if own.Message != "" {
		own.Message += ": "
	}
	own.Message += "nothing was written, because the transaction's monitor could not be updated"
	return &own
}

// monitorStep returns the next step of registering records. If it is to wait, done is closed at the
// end of the wait.
func (t *Txn) monitorStep(keys []protocol.Key) (how transaction.Naming, digests []protocol.Digest, done <-chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	how, digests, err = t.state.Name(keys)
	if err == nil && how == transaction.Create {
		t.created = make(chan struct{})
		t.state.Creating()
	}
	return how, digests, t.created, err
}

func (t *Txn) setMonitored(digests []protocol.Digest, end uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state.NamedAll(digests, end)
}

// createMonitor creates the monitor with records. It reports whether the records must still be
// added, because an earlier try whose outcome was unknown had created the monitor.
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

// writeMonitor sends the command that registers records in the monitor.
func (t *Txn) writeMonitor(ctx context.Context, c *Client, cl *call, digests []protocol.Digest, create bool) (resp wire.Response, err error) {
	var ops []protocol.Operation
	if create {
		ops = append(ops, protocol.PutBin(monitorID, protocol.Int(t.ID())))
	}
	naming := request{
		call: call{name: cl.name, limits: cl.limits, replica: cl.replica, write: true, alone: true},
		cmd:  wire.NewOperate(t.monitorKey(), append(ops, addDigests(digests)), true),
	}
	naming.cmd.RecordTTL = t.options.seconds()
	err = c.perform(ctx, &naming)
	return naming.resp, err
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

func addDigests(digests []protocol.Digest) protocol.Operation {
	if len(digests) == 1 {
		return cdt.ListAppend(monitorKeys, protocol.Blob(digests[0][:]), monitorPolicy)
	}
	values := make([]protocol.Value, len(digests))
	for i := range digests {
		values[i] = protocol.Blob(digests[i][:])
	}
	return cdt.ListAppendItems(monitorKeys, values, monitorPolicy)
}

// SupportsTxn reports whether a namespace supports transactions: it has strong consistency, and all
// nodes run version 8.0 or later. It returns false for an unknown namespace.
func (c *Client) SupportsTxn(namespace string) bool {
	space := c.seen().parts.Space(namespace)
	return space != nil && c.checkTxn(namespace) == nil
}

// checkTxn rejects namespaces that are known not to support transactions. Older servers ignore a
// transaction's fields and would apply each write at once.
func (c *Client) checkTxn(namespace string) error {
	space := c.seen().parts.Space(namespace)
	if space == nil || space.Strong() && c.since(8) {
		return nil
	}
	return &protocol.Error{Code: protocol.UnsupportedFeature, Err: ErrTxnUnsupported, Message: ErrTxnUnsupported.Error(), Key: protocol.Key{Namespace: namespace}}
}
