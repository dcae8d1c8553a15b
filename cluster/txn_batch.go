package cluster

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// enter makes a batch part of a transaction: the records that its rows write are named first, all at once.
// Leave must follow.
func (b *batchRun) enter(ctx context.Context, name string, t *Txn) error {
	var writes []protocol.Key
	namespace := b.rows[0].cmd.Key.Namespace
	for i := range b.rows {
		row := &b.rows[i]
		if row.cmd.Key.Namespace != namespace {
			return clientError(ErrTxnNamespace)
		}
		if row.cmd.IsWrite() && b.results[i].Err == nil {
			writes = append(writes, row.cmd.Key)
		}
	}
	if err := t.enter(b.client, namespace); err != nil {
		return err
	}
	naming := call{name: name, limits: b.limits, replica: b.policy.Replica}
	naming.limits.begun = b.span.Start
	naming.limits.retries = max(b.policy.MaxRetries, defaultWriteRetries)
	if err := t.name(ctx, b.client, &naming, writes); err != nil {
		t.leave()
		return err
	}
	for i := range b.rows {
		t.join(&b.rows[i].cmd)
	}
	return nil
}

// leave takes in what has become of the rows.
func (b *batchRun) leave(t *Txn) {
	for i := range b.rows {
		row := &b.rows[i]
		resp := wire.Response{Version: row.version, HasVersion: row.hasVersion}
		t.answered(&row.cmd.Key, row.cmd.IsWrite(), row.state.Unsettled(), &resp, b.results[i].Err)
	}
	t.leave()
}
