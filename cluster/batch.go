package cluster

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A BatchRow is one command of a batch; its functions below make one. The zero BatchRow is not valid.
type BatchRow struct {
	kind   rowKind
	key    protocol.Key
	names  []string
	bins   protocol.Bins
	ops    []protocol.Operation
	call   *wire.UDFCall
	policy *WritePolicy
	read   *ReadPolicy // of a row that only reads, nil for what the batch's says
}

type rowKind uint8

const (
	rowNone rowKind = iota
	rowRead
	rowHeader
	rowPut
	rowOperate
	rowDelete
	rowExecute
)

// ReadRow reads the named bins of a record, or all of them.
func ReadRow(key protocol.Key, bins ...string) BatchRow {
	return BatchRow{kind: rowRead, key: key, names: bins}
}

// HeaderRow reads a record's generation and void time.
func HeaderRow(key protocol.Key) BatchRow { return BatchRow{kind: rowHeader, key: key} }

// With returns a row of ReadRow or HeaderRow with a policy of its own: its Filter, SendKey, ReadModeAP, ReadModeSC and
// ReadTouchTTLPercent take the place of the batch's, and the rest does not matter.
func (row BatchRow) With(p *ReadPolicy) BatchRow {
	row.read = p
	return row
}

// PutRow writes bins. A nil policy is the client's default for writes.
func PutRow(p *WritePolicy, key protocol.Key, bins protocol.Bins) BatchRow {
	return BatchRow{kind: rowPut, key: key, bins: bins, policy: p}
}

// OperateRow applies operations to a record in their order. A nil policy is the client's default for writes.
func OperateRow(p *WritePolicy, key protocol.Key, ops ...protocol.Operation) BatchRow {
	return BatchRow{kind: rowOperate, key: key, ops: ops, policy: p}
}

// DeleteRow removes a record. A nil policy is the client's default for writes.
func DeleteRow(p *WritePolicy, key protocol.Key) BatchRow {
	return BatchRow{kind: rowDelete, key: key, policy: p}
}

// A BatchResult is what became of one row.
type BatchResult struct {
	// Key is the row's.
	Key protocol.Key
	// Record is nil if there is none; rows that write have one with the new generation.
	Record *protocol.Record
	// Err is nil or a *protocol.Error: protocol.KeyNotFound where there is no record.
	Err error
}

// BatchRead reads many records: the named bins, or all of them. Results stand in the order
// of the keys. The error is a *BatchError, with the results complete all the same,
// when a row failed otherwise than by a missing or filtered record. Nothing is sent if there are no keys (ErrEmptyBatch), or if they
// are of several namespaces (ErrBatchNamespaces).
func (c *Client) BatchRead(ctx context.Context, p *BatchPolicy, keys []protocol.Key, bins ...string) ([]BatchResult, error) {
	return c.batchOfKeys(ctx, "BatchRead", p, keys, func(p *BatchPolicy, i int) (wire.Command, error) {
		cmd := wire.NewRead(keys[i], bins...)
		p.applyRead(&cmd)
		return cmd, nil
	})
}

// BatchExists reads the headers of many records: a row without a record has the
// error protocol.KeyNotFound. Results and error are those of BatchRead.
func (c *Client) BatchExists(ctx context.Context, p *BatchPolicy, keys []protocol.Key) ([]BatchResult, error) {
	return c.batchOfKeys(ctx, "BatchExists", p, keys, func(p *BatchPolicy, i int) (wire.Command, error) {
		cmd := wire.NewHeaderRead(keys[i])
		p.applyRead(&cmd)
		return cmd, nil
	})
}

// BatchWrite runs rows of any kind and of any namespaces, those that only read among them. Rows are applied
// independently of each other and in no order. Results and error are those of
// BatchRead; a row that may have been applied although it failed has InDoubt set in its error.
func (c *Client) BatchWrite(ctx context.Context, p *BatchPolicy, rows []BatchRow) ([]BatchResult, error) {
	return c.batch(ctx, "BatchWrite", p, len(rows), func(p *BatchPolicy, i int) (wire.Command, error) {
		return c.rowCommand(p, &rows[i])
	})
}

// BatchOperate applies the same operations to many records. Results and error are those of BatchWrite.
func (c *Client) BatchOperate(ctx context.Context, p *BatchPolicy, keys []protocol.Key, ops ...protocol.Operation) ([]BatchResult, error) {
	wp := c.env.Policies.Write
	return c.batchOfKeys(ctx, "BatchOperate", p, keys, func(p *BatchPolicy, i int) (wire.Command, error) {
		cmd := wire.NewOperate(keys[i], ops, wp.RespondAllOps)
		wp.apply(&cmd)
		if !cmd.IsWrite() {
			p.applyRead(&cmd)
		}
		cmd.SendKey = cmd.SendKey || p.SendKey
		return cmd, nil
	})
}

// BatchDelete removes many records; a row without a record has the error
// protocol.KeyNotFound. Results and error are those of BatchWrite.
func (c *Client) BatchDelete(ctx context.Context, p *BatchPolicy, keys []protocol.Key) ([]BatchResult, error) {
	wp := c.env.Policies.Write
	return c.batchOfKeys(ctx, "BatchDelete", p, keys, func(_ *BatchPolicy, i int) (wire.Command, error) {
		cmd := wire.NewDelete(keys[i])
		wp.apply(&cmd)
		return cmd, nil
	})
}

// batchOfKeys runs a batch of the same command on keys, which belong to one namespace.
func (c *Client) batchOfKeys(ctx context.Context, name string, p *BatchPolicy, keys []protocol.Key, command func(*BatchPolicy, int) (wire.Command, error)) ([]BatchResult, error) {
	for i := range keys {
		if first, ns := keys[0].Namespace, keys[i].Namespace; ns != first {
			var err error = clientError(fmt.Errorf("%w: key 0 is of %q, key %d of %q; use a batch for each, or rows of BatchWrite", ErrBatchNamespaces, first, i, ns))
			c.about(&err, name, "", "")
			return nil, err
		}
	}
	return c.batch(ctx, name, p, len(keys), command)
}

// rowCommand makes the command of a row.
func (c *Client) rowCommand(p *BatchPolicy, row *BatchRow) (cmd wire.Command, err error) {
	wp, err := c.writePolicy(row.policy)
	if err != nil {
		return cmd, err
	}
	switch row.kind {
	case rowRead:
		return row.readCommand(p, wire.NewRead(row.key, row.names...))
	case rowHeader:
		return row.readCommand(p, wire.NewHeaderRead(row.key))
	case rowPut:
		cmd = wire.NewWrite(protocol.OpWrite, row.key, row.bins)
	case rowOperate:
		cmd = wire.NewOperate(row.key, row.ops, wp.RespondAllOps)
	case rowDelete:
		cmd = wire.NewDelete(row.key)
	case rowExecute:
		if err := wp.checkExecute(); err != nil {
			return cmd, err
		}
		cmd = wire.NewExecute(row.key, row.call)
	default:
		return cmd, clientError(configError("a batch row must be made by ReadRow, HeaderRow, PutRow, OperateRow, ExecuteRow or DeleteRow"))
	}
	wp.apply(&cmd)
	if !cmd.IsWrite() {
		p.applyRead(&cmd)
	}
	cmd.SendKey = cmd.SendKey || p.SendKey && row.kind != rowDelete
	return cmd, nil
}

// readCommand completes the command of a row that only reads.
func (row *BatchRow) readCommand(p *BatchPolicy, cmd wire.Command) (wire.Command, error) {
	if row.read == nil {
		p.applyRead(&cmd)
		return cmd, nil
	}
	if err := row.read.validate(); err != nil {
		return cmd, clientError(err)
	}
	row.read.apply(&cmd)
	return cmd, nil
}

// A BatchError tells that rows of a batch failed otherwise than by a missing or
// filtered record. errors.Is and errors.As look into the failures of the rows.
type BatchError struct {
	// Results are those of all rows, in the order of the rows.
	Results []BatchResult
	// Failed is the number of rows that failed.
	Failed int
}

// Error tells how many rows failed, and the first failure.
func (e *BatchError) Error() string {
	for i := range e.Results {
		if r := &e.Results[i]; rowFailed(r.Err) {
			return fmt.Sprintf("aerospike: %d of %d batch rows failed, the first is row %d: %s", e.Failed, len(e.Results), i, inner(r.Err))
		}
	}
	return fmt.Sprintf("aerospike: %d of %d batch rows failed", e.Failed, len(e.Results))
}

// Unwrap returns the failures of the rows.
func (e *BatchError) Unwrap() []error {
	errs := make([]error, 0, e.Failed)
	for i := range e.Results {
		if err := e.Results[i].Err; rowFailed(err) {
			errs = append(errs, err)
		}
	}
	return errs
}

// rowFailed reports whether a row's error is a failure and not the absence of a record; that may be the work of an earlier
// try, which is in doubt then.
func rowFailed(err error) bool {
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.InDoubt {
		return true
	}
	return err != nil && !errors.Is(err, protocol.KeyNotFound) && !errors.Is(err, protocol.FilteredOut)
}
