package cluster

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A BatchRow is one command of a batch, made by ReadRow, HeaderRow, PutRow, OperateRow, ExecuteRow
// or DeleteRow. The zero BatchRow is not valid.
type BatchRow struct {
	kind   rowKind
	key    protocol.Key
	names  []string
	bins   protocol.Bins
	coded  *wire.Encoded
	ops    []protocol.Operation
	call   *wire.UDFCall
	policy *WritePolicy
	read   *ReadPolicy // set by With, nil to use the batch's policy
}

type rowKind uint8

const (
	rowNone rowKind = iota
	rowRead
	rowHeader
	rowPut
	rowPutEncoded
	rowOperate
	rowDelete
	rowExecute
)

// ReadRow reads the named bins of a record, or all bins.
func ReadRow(key protocol.Key, bins ...string) BatchRow {
	return BatchRow{kind: rowRead, key: key, names: bins}
}

// HeaderRow reads a record's generation and void time.
func HeaderRow(key protocol.Key) BatchRow { return BatchRow{kind: rowHeader, key: key} }

// With returns the ReadRow or HeaderRow with a policy of its own. The Filter, SendKey, ReadModeAP,
// ReadModeSC and ReadTouchTTLPercent of p replace the batch's; its other fields are ignored.
func (row BatchRow) With(p *ReadPolicy) BatchRow {
	row.read = p
	return row
}

// PutRow writes bins. If p is nil, the client's default WritePolicy applies.
func PutRow(p *WritePolicy, key protocol.Key, bins protocol.Bins) BatchRow {
	return BatchRow{kind: rowPut, key: key, bins: bins, policy: p}
}

// PutEncodedRow is PutRow for bins that the caller has encoded; see [Client.PutEncoded].
func PutEncodedRow(p *WritePolicy, key protocol.Key, bins *wire.Encoded) BatchRow {
	return BatchRow{kind: rowPutEncoded, key: key, coded: bins, policy: p}
}

// OperateRow applies operations to a record in order. If p is nil, the client's default WritePolicy
// applies.
func OperateRow(p *WritePolicy, key protocol.Key, ops ...protocol.Operation) BatchRow {
	return BatchRow{kind: rowOperate, key: key, ops: ops, policy: p}
}

// DeleteRow removes a record. If p is nil, the client's default WritePolicy applies.
func DeleteRow(p *WritePolicy, key protocol.Key) BatchRow {
	return BatchRow{kind: rowDelete, key: key, policy: p}
}

// A BatchResult is the result of one row.
type BatchResult struct {
	// Key is the row's key.
	Key protocol.Key
	// Record is nil if there is no record. For rows that write it has the new generation.
	Record *protocol.Record
	// Err is nil or a *protocol.Error. It is protocol.KeyNotFound if the record does not exist.
	Err error
}

// BatchRead reads many records with the named bins, or with all bins. Results are in the order of
// the keys. If any row fails, other than by a missing or filtered record, the error is a
// *BatchError, and the results are still complete. BatchRead sends nothing if there are no keys
// (ErrEmptyBatch) or if they are in different namespaces (ErrBatchNamespaces).
func (c *Client) BatchRead(ctx context.Context, p *BatchPolicy, keys []protocol.Key, bins ...string) ([]BatchResult, error) {
	return c.batchOfKeys(ctx, "BatchRead", p, keys, func(p *BatchPolicy, i int, cmd *wire.Command) error {
		*cmd = wire.NewRead(keys[i], bins...)
		p.applyRead(cmd)
		return nil
	})
}

// BatchExists reads the headers of many records. The result of a missing record has the error
// protocol.KeyNotFound. Results and error are as for BatchRead.
func (c *Client) BatchExists(ctx context.Context, p *BatchPolicy, keys []protocol.Key) ([]BatchResult, error) {
	return c.batchOfKeys(ctx, "BatchExists", p, keys, func(p *BatchPolicy, i int, cmd *wire.Command) error {
		*cmd = wire.NewHeaderRead(keys[i])
		p.applyRead(cmd)
		return nil
	})
}

// BatchWrite runs rows of any kind, including rows that only read, in any namespaces. Rows are
// applied independently and in no particular order. Results and error are as for BatchRead. A row
// that failed but may have been applied has an error with InDoubt set.
func (c *Client) BatchWrite(ctx context.Context, p *BatchPolicy, rows []BatchRow) ([]BatchResult, error) {
	return c.BatchWriteInto(ctx, p, rows, nil)
}

// BatchWriteInto is BatchWrite for a caller that sends many batches. The memory of results, which
// an earlier call returned, and of their records is used again, so they must not be in use any
// more. It may be nil.
func (c *Client) BatchWriteInto(ctx context.Context, p *BatchPolicy, rows []BatchRow, results []BatchResult) ([]BatchResult, error) {
	return c.batch(ctx, "BatchWrite", p, batchCommands{n: len(rows), earlier: results, command: func(p *BatchPolicy, i int, cmd *wire.Command) error {
		return c.rowCommand(p, &rows[i], cmd)
	}})
}

// BatchOperate applies the same operations to many records. Results and error are as for
// BatchWrite, but all keys must be in one namespace (ErrBatchNamespaces).
func (c *Client) BatchOperate(ctx context.Context, p *BatchPolicy, keys []protocol.Key, ops ...protocol.Operation) ([]BatchResult, error) {
	wp := c.env.Policies.Write
	return c.batchOfKeys(ctx, "BatchOperate", p, keys, func(p *BatchPolicy, i int, cmd *wire.Command) error {
		*cmd = wire.NewOperate(keys[i], ops, wp.RespondAllOps)
		wp.apply(cmd)
		if !cmd.IsWrite() {
			p.applyRead(cmd)
		}
		cmd.SendKey = cmd.SendKey || p.SendKey
		return nil
	})
}

// BatchDelete removes many records. The result of a missing record has the error
// protocol.KeyNotFound. Results and error are as for BatchWrite, but all keys must be in one
// namespace (ErrBatchNamespaces).
func (c *Client) BatchDelete(ctx context.Context, p *BatchPolicy, keys []protocol.Key) ([]BatchResult, error) {
	wp := c.env.Policies.Write
	return c.batchOfKeys(ctx, "BatchDelete", p, keys, func(_ *BatchPolicy, i int, cmd *wire.Command) error {
		*cmd = wire.NewDelete(keys[i])
		wp.apply(cmd)
		return nil
	})
}

// batchOfKeys runs the same command on keys, which must be in one namespace.
func (c *Client) batchOfKeys(ctx context.Context, name string, p *BatchPolicy, keys []protocol.Key, command rowCommander) ([]BatchResult, error) {
	oneSet := true
	for i := range keys {
		if first, ns := keys[0].Namespace, keys[i].Namespace; ns != first {
			var err error = clientError(fmt.Errorf("%w: key 0 is in %q, key %d in %q; use one batch per namespace, or BatchWrite", ErrBatchNamespaces, first, i, ns))
			c.about(&err, name, "", "")
			return nil, err
		}
		oneSet = oneSet && keys[i].Set == keys[0].Set
	}
	rows := batchCommands{n: len(keys), command: command}
	if oneSet {
		rows.keys = keys
	}
	return c.batch(ctx, name, p, rows)
}

// rowCommand sets a row's command.
func (c *Client) rowCommand(p *BatchPolicy, row *BatchRow, cmd *wire.Command) error {
	wp, err := c.writePolicy(row.policy)
	if err != nil {
		return err
	}
	switch row.kind {
	case rowRead:
		*cmd = wire.NewRead(row.key, row.names...)
		return row.applyRead(p, cmd)
	case rowHeader:
		*cmd = wire.NewHeaderRead(row.key)
		return row.applyRead(p, cmd)
	case rowPut:
		*cmd = wire.NewWrite(protocol.OpWrite, row.key, row.bins)
	case rowPutEncoded:
		*cmd = wire.NewEncodedWrite(row.key, row.coded)
	case rowOperate:
		*cmd = wire.NewOperate(row.key, row.ops, wp.RespondAllOps)
	case rowDelete:
		*cmd = wire.NewDelete(row.key)
	case rowExecute:
		if err := wp.checkExecute(); err != nil {
			return err
		}
		*cmd = wire.NewExecute(row.key, row.call)
	default:
		return clientError(configError("a batch row must be made by ReadRow, HeaderRow, PutRow, OperateRow, ExecuteRow or DeleteRow"))
	}
	wp.apply(cmd)
	if !cmd.IsWrite() {
		p.applyRead(cmd)
	}
	cmd.SendKey = cmd.SendKey || p.SendKey && row.kind != rowDelete
	return nil
}

// applyRead applies the read policy to the command of a row that only reads.
func (row *BatchRow) applyRead(p *BatchPolicy, cmd *wire.Command) error {
	if row.read == nil {
		p.applyRead(cmd)
		return nil
	}
	if err := row.read.validate(); err != nil {
		return clientError(err)
	}
	row.read.apply(cmd)
	return nil
}

// A BatchError means that rows of a batch failed, other than by a missing or filtered record.
// errors.Is and errors.As examine the errors of the rows.
type BatchError struct {
	// Results are the results of all rows, in order.
	Results []BatchResult
	// Failed is the number of rows that failed.
	Failed int
}

// Error returns the number of failed rows and the first failure.
func (e *BatchError) Error() string {
	for i := range e.Results {
		if r := &e.Results[i]; rowFailed(r.Err) {
			return fmt.Sprintf("aerospike: %d of %d batch rows failed, the first is row %d: %s", e.Failed, len(e.Results), i, inner(r.Err))
		}
	}
	return fmt.Sprintf("aerospike: %d of %d batch rows failed", e.Failed, len(e.Results))
}

// Unwrap returns the errors of the failed rows.
func (e *BatchError) Unwrap() []error {
	errs := make([]error, 0, e.Failed)
	for i := range e.Results {
		if err := e.Results[i].Err; rowFailed(err) {
			errs = append(errs, err)
		}
	}
	return errs
}

// rowFailed reports whether err is a failure rather than a missing or filtered record. A missing
// record in doubt is a failure, as an earlier try may have removed it.
func rowFailed(err error) bool {
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.InDoubt {
		return true
	}
	return err != nil && !errors.Is(err, protocol.KeyNotFound) && !errors.Is(err, protocol.FilteredOut)
}
