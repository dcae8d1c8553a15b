package cluster

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// enter adds a batch to a transaction, and registers the records that its rows write in the
// monitor. If it succeeds, leave must be called.
func (b *batchRun) enter(ctx context.Context, name string, t *Txn) error {
	var writes []protocol.Key
	namespace := b.results[0].Key.Namespace
	for i := range b.rows {
		row := &b.rows[i]
		if b.results[i].Key.Namespace != namespace {
			return clientError(ErrTxnNamespace)
		}
		if row.cmd.IsWrite() && b.results[i].Err == nil {
			writes = append(writes, b.results[i].Key)
		}
	}
	if err := t.enter(b.client, namespace); err != nil {
		return err
	}
	naming := call{name: name, limits: b.limits, replica: b.policy.Replica}
	naming.limits.begun = b.span.Start
	naming.limits.retries = max(b.policy.MaxRetries, defaultWriteRetries)
	if err := t.addToMonitor(ctx, b.client, &naming, writes); err != nil {
		t.leave()
		return err
	}
	for i := range b.rows {
		t.attach(b.rows[i].cmd)
	}
	return nil
}

// leave records the results of the rows in the transaction.
func (b *batchRun) leave(t *Txn) {
	for i := range b.rows {
		row := &b.rows[i]
		resp := wire.Response{Version: row.version, HasVersion: row.hasVersion}
		t.recordResult(&b.results[i].Key, row.cmd.IsWrite(), row.state.Unsettled(), &resp, b.results[i].Err)
	}
	t.leave()
}
