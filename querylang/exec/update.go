package exec

import (
	"context"
	"io"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A writer runs an UPDATE or a DELETE on the records of a source.
type writer struct {
	runner     *Runner
	args       []protocol.Value
	source     *querylang.Source
	projection querylang.Projection
	generation querylang.Expr // the required generation, or nil
	guarded    bool
	eval       *evaluator
	// ops returns the operations on a record. The record is nil unless the writer is guarded. If
	// ops is nil the writer deletes.
	ops func(record *protocol.Record) ([]protocol.Operation, error)
}

// update runs an UPDATE.
func (r *Runner) update(ctx context.Context, p *querylang.UpdatePlan, args []protocol.Value) (int64, error) {
	w := &writer{
		runner: r, args: args, source: &p.Source, projection: p.Projection,
		generation: p.Generation, guarded: p.Guarded, eval: newEvaluator(args),
	}
	w.ops = func(record *protocol.Record) ([]protocol.Operation, error) {
		if record == nil {
			return operations(p.Changes, &querylang.Env{Args: args})
		}
		ops, err := operations(p.Changes, w.eval.on(record))
		if unreadable := w.eval.err(); unreadable != nil {
			return nil, unreadable
		}
		return ops, err
	}
	if p.Guarded {
		return w.run(ctx)
	}
	// The operations are the same for all records. Errors are reported even if there is no record.
	ops, err := w.ops(nil)
	if err != nil {
		return 0, err
	}
	w.ops = func(*protocol.Record) ([]protocol.Operation, error) { return ops, nil }
	return w.run(ctx)
}

// delete runs a DELETE.
func (r *Runner) delete(ctx context.Context, p *querylang.DeletePlan, args []protocol.Value) (int64, error) {
	w := &writer{
		runner: r, args: args, source: &p.Source, projection: p.Projection,
		generation: p.Generation, guarded: p.Guarded, eval: newEvaluator(args),
	}
	return w.run(ctx)
}

// operations returns the operations for changes.
func operations(changes []querylang.BinChange, env *querylang.Env) ([]protocol.Operation, error) {
	ops := make([]protocol.Operation, 0, len(changes))
	for _, c := range changes {
		v, err := c.Operand(env)
		if err != nil {
			return nil, err
		}
		switch c.Op {
		case querylang.BinPut:
			ops = append(ops, protocol.Operation{Code: protocol.OpWrite, Bin: c.Bin, Value: v})
		case querylang.BinAdd:
			ops = append(ops, protocol.Operation{Code: protocol.OpAdd, Bin: c.Bin, Value: v})
		case querylang.BinAppend:
			ops = append(ops, protocol.Operation{Code: protocol.OpAppend, Bin: c.Bin, Value: v})
		case querylang.BinPrepend:
			ops = append(ops, protocol.Operation{Code: protocol.OpPrepend, Bin: c.Bin, Value: v})
		}
	}
	return ops, nil
}

// run writes all records and returns the number of changed records.
func (w *writer) run(ctx context.Context) (int64, error) {
	switch {
	case w.source.Access == querylang.AccessKey:
		return w.writeKey(ctx)
	case w.source.Access == querylang.AccessKeys && !w.guarded:
		return w.writeKeys(ctx)
	case w.source.Access == querylang.AccessScan:
		return w.writeScan(ctx)
	}
	return w.writeCursor(ctx)
}

// writeKey writes the record of a source with one key.
func (w *writer) writeKey(ctx context.Context) (int64, error) {
	key, ok, err := keyOf(w.source, w.args)
	if err != nil || !ok {
		return 0, err
	}
	if w.guarded {
		return w.guard(ctx, key)
	}
	policy := w.policy()
	if w.generation != nil {
		if policy.Generation, ok = generationOf(querylang.Eval(w.generation, &querylang.Env{Args: w.args})); !ok {
			return 0, nil
		}
		policy.GenerationPolicy = cluster.ExpectEqual
	}
	ok, err = w.write(ctx, &policy, key, nil)
	if refused(err, protocol.GenerationError) {
		return 0, nil
	}
	return count(ok), err
}

// generationOf returns a value as a generation. ok is false if no record can have it.
func generationOf(v protocol.Value) (generation uint32, ok bool) {
	n, ok := v.Int()
	if f, isFloat := v.Float(); isFloat {
		n, ok = int64(f), f == float64(int64(f))
	}
	return uint32(n), ok && n >= 1 && n <= 0xFFFF
}

func count(written bool) int64 {
	if written {
		return 1
	}
	return 0
}

// policy returns the policy of a write to a record that must exist.
func (w *writer) policy() cluster.WritePolicy {
	policy := w.runner.options.Policies.Write
	if w.ops != nil { // Delete reports whether the record existed
		policy.Exists = cluster.UpdateOnly
	}
	return policy
}

// write writes one record and reports whether it existed.
func (w *writer) write(ctx context.Context, policy *cluster.WritePolicy, key protocol.Key, record *protocol.Record) (existed bool, err error) {
	if w.ops == nil {
		return w.runner.client.Delete(ctx, policy, key)
	}
	ops, err := w.ops(record)
	if err != nil {
		return false, err
	}
	_, err = w.runner.client.Operate(ctx, policy, key, ops...)
	if refused(err, protocol.KeyNotFound) {
		return false, nil
	}
	return err == nil, err
}

// row is write as a row of a batch.
func (w *writer) row(policy *cluster.WritePolicy, key protocol.Key, record *protocol.Record) (cluster.BatchRow, error) {
	if w.ops == nil {
		return cluster.DeleteRow(policy, key), nil
	}
	ops, err := w.ops(record)
	return cluster.OperateRow(policy, key, ops...), err
}

// writeKeys writes the records of a list of keys without reading them.
func (w *writer) writeKeys(ctx context.Context) (int64, error) {
	keys, err := keysOf(w.source, w.args)
	if err != nil {
		return 0, err
	}
	policy := w.policy()
	rows := make([]cluster.BatchRow, len(keys))
	for i, key := range keys {
		if rows[i], err = w.row(&policy, key, nil); err != nil {
			return 0, err
		}
	}
	return w.runner.writeBatches(ctx, rows)
}

const (
	// scanPage is the maximum number of records that a guarded plan or a plan that scans writes in
	// a batch.
	scanPage = 256
	// scanPageBytes is the size in bytes from which a page is written even if it has fewer records.
	scanPageBytes = 1 << 20
)

// sizeOf estimates the memory of a record's bins, in bytes.
func sizeOf(record *protocol.Record) (size int) {
	for i := range record.Bins {
		size += len(record.Bins[i].Name) + record.Bins[i].Value.Size()
	}
	return size
}

// writeCursor reads records by their keys in pages and writes those that match.
func (w *writer) writeCursor(ctx context.Context) (affected int64, err error) {
	cursor, err := w.runner.open(ctx, w.source, w.projection, w.args, 0)
	if err != nil {
		return 0, err
	}
	defer cursor.close()
	page := recordPage{records: make([]*protocol.Record, 0, scanPage)}
	for ended := false; !ended; page.reset() {
		for !page.full() && !ended {
			record, err := cursor.next()
			if err == io.EOF {
				ended = true
				break
			}
			matches := false
			if err == nil {
				matches, err = w.eval.matches(w.source.Filter, record)
			}
			if err != nil {
				return affected, &PartialError{RowsAffected: affected, Err: err}
			}
			if matches {
				page.add(record)
			}
		}
		n, err := w.writePage(ctx, page.records)
		affected += n
		if err != nil {
			return affected, &PartialError{RowsAffected: affected, Err: err}
		}
	}
	return affected, nil
}
