package exec

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// flush writes the rows that were added and forgets them. It returns the number of records that
// were written.
func (i *inserter) flush(ctx context.Context) (affected int64, err error) {
	rows := i.rows
	defer func() {
		i.rows, i.bins, i.size = i.rows[:0], i.bins[:0], 0
		clear(i.at)
	}()
	if len(rows) == 1 {
		written, err := i.writeOne(ctx, &rows[0])
		return count(written), err
	}
	for len(rows) > 0 {
		part := rows[:min(len(rows), batchKeys)]
		rows = rows[len(part):]
		n, err := i.writeBatch(ctx, part)
		affected += n
		if err != nil {
			return affected, partial(affected, err)
		}
	}
	return affected, nil
}

// policyOf returns the policy of a row. A row with a generated key is always created.
func (i *inserter) policyOf(r *newRow) *cluster.WritePolicy {
	if !r.generated || i.policy.Exists == cluster.CreateOnly {
		return &i.policy
	}
	created := i.policy
	created.Exists = cluster.CreateOnly
	return &created
}

// wrote records that a row was written. The record is the server's answer, nil if it was not asked.
func (i *inserter) wrote(r *newRow, record *protocol.Record) error {
	i.last, i.any = r.key.UserKey(), true
	row, err := i.completed(r, record)
	if err != nil {
		return err
	}
	return i.out.add(row)
}

// put writes a row as its policy says.
func (i *inserter) put(ctx context.Context, r *newRow) (*protocol.Record, error) {
	client := i.x.engine.client
	if len(i.plan.Answers) == 0 {
		return nil, client.Put(ctx, i.policyOf(r), r.key, r.bins)
	}
	return client.Operate(ctx, i.policyOf(r), r.key, i.putOperations(r)...)
}

// putRow is put as a row of a batch.
func (i *inserter) putRow(r *newRow) cluster.BatchRow {
	if len(i.plan.Answers) == 0 {
		return cluster.PutRow(i.policyOf(r), r.key, r.bins)
	}
	return cluster.OperateRow(i.policyOf(r), r.key, i.putOperations(r)...)
}

// writeOne writes a row and reports whether it was written.
func (i *inserter) writeOne(ctx context.Context, r *newRow) (bool, error) {
	if ops, ok, err := i.together(r); ok || err != nil {
		if err != nil {
			return false, err
		}
		record, err := i.x.engine.client.Operate(ctx, &i.togetherPolicy, r.key, ops...)
		if err == nil {
			return true, i.wroteTogether(r, record)
		}
		if !otherType(i.plan.Change, err) {
			return false, err
		}
	}
	for {
		record, err := i.put(ctx, r)
		if err == nil {
			return true, i.wrote(r, record)
		}
		if refused(err, protocol.KeyNotFound) {
			return false, i.noRecord(r, err)
		}
		if !refused(err, protocol.KeyExists) {
			return false, err
		}
		switch n, again, err := i.exists(ctx, r, err); {
		case err != nil || !again:
			return n > 0, err
		}
	}
}

// exists handles a row whose record exists. It returns the number of changed records, or again true
// if the record is gone or the row has another key now.
func (i *inserter) exists(ctx context.Context, r *newRow, cause error) (affected int64, again bool, err error) {
	switch {
	case r.generated:
		return 0, true, i.renew(r)
	case i.writer != nil:
		written, found, err := i.update(ctx, r)
		return count(written), !found && err == nil, err
	case i.plan.Verb == ast.Ignore:
		return 0, false, nil
	}
	return 0, false, i.keyError(r.key, cause)
}

// noRecord returns the error of a row whose record does not exist: an UPSERT of nothing but NULLs
// can only remove bins.
func (i *inserter) noRecord(r *newRow, cause error) error {
	for _, bin := range r.bins {
		if !bin.Value.IsNil() {
			return cause
		}
	}
	err := noBins()
	err.Cause = cause
	return i.keyError(r.key, err)
}

// keyError returns the error of a row.
func (i *inserter) keyError(key protocol.Key, cause error) error {
	e := &KeyError{Key: key, Err: cause}
	if unique := i.plan.Existing.Table.UniqueColumn(); unique != nil {
		e.Column = unique.Name
	}
	return e
}

// renew gives a row another generated key, because the last one exists.
func (i *inserter) renew(r *newRow) (err error) {
	r.skipped++
	if r.key, err = i.key(protocol.Nil(), i.plan.Key >= 0, r); err != nil || i.env.Row == nil {
		return err
	}
	return i.checkRow(r)
}

// writeBatch writes rows with one batch, and then those whose record exists one by one.
func (i *inserter) writeBatch(ctx context.Context, part []newRow) (affected int64, err error) {
	together, err := i.batchRows(part)
	if err != nil {
		return 0, err
	}
	results, err := i.sendRows(ctx, part)
	batch, isBatch := errors.AsType[*cluster.BatchError](err)
	if err != nil && !isBatch {
		return 0, err
	}
	var existing []*newRow
	var missing error
	for at := range results {
		switch e := results[at].Err; {
		case e == nil:
			affected++
			write := i.wrote
			if together != nil && together[at] {
				write = i.wroteTogether
			}
			if err := write(&part[at], results[at].Record); err != nil {
				return affected, err
			}
		case refused(e, protocol.KeyNotFound):
			missing = cmp.Or(missing, i.noRecord(&part[at], e))
		case together != nil && together[at] && otherType(i.plan.Change, e):
			existing = append(existing, &part[at])
		case refused(e, protocol.KeyExists) && (i.writer != nil || i.plan.Verb == ast.Ignore || part[at].generated):
			existing = append(existing, &part[at])
		}
	}
	if isBatch && batch.Failed > len(existing) {
		err = batchError(err, func(at int) protocol.Key { return part[at].key })
		if e, ok := err.(*KeyError); ok {
			err = i.keyError(e.Key, e.Err)
		}
		return affected, err
	}
	if missing != nil {
		return affected, missing
	}
	for _, r := range existing {
		if i.plan.Verb == ast.Ignore && !r.generated {
			continue
		}
		n, again, err := i.exists(ctx, r, nil)
		if err == nil && again {
			var written bool
			written, err = i.writeOne(ctx, r)
			n = count(written)
		}
		affected += n
		if err != nil {
			return affected, err
		}
	}
	return affected, nil
}

// batchRows makes the rows of a batch, in i.batch. It returns which of them also change an existing
// record, nil if none does.
func (i *inserter) batchRows(part []newRow) (together []bool, err error) {
	i.batch = slices.Grow(i.batch[:0], len(part))[:len(part)]
	if i.plan.Together {
		together = make([]bool, len(part))
	}
	for at := range part {
		ops, ok, err := i.together(&part[at])
		if err != nil {
			return nil, err
		}
		if ok {
			together[at] = true
			i.batch[at] = cluster.OperateRow(&i.togetherPolicy, part[at].key, ops...)
		} else {
			i.batch[at] = i.putRow(&part[at])
		}
	}
	return together, nil
}

// conflictWriter returns the writer that changes existing records. Its frame is that of the
// inserter.
func (i *inserter) conflictWriter() (*writer, error) {
	w := i.x.newWriter(i.plan.Change)
	access, err := i.x.engine.lowerLookup(w.change.Scan, w.env, i.x.engine.environment)
	if err != nil {
		return nil, err
	}
	// The condition reads the new row too, so the client checks it.
	unfiltered := *access
	unfiltered.Filter, unfiltered.Residual = nil, w.change.Scan.Conditions
	unfiltered.Bins = nil
	for _, c := range w.change.Scan.Relation.Columns {
		if c.Pseudo == bind.NoPseudo {
			unfiltered.Bins = append(unfiltered.Bins, c.Bin)
		}
	}
	w.use(&unfiltered)
	w.policy = i.policy
	w.policy.Exists = cluster.UpdateOnly
	w.conflictDirect = i.plan.Change.Direct && len(w.change.Scan.Conditions) == 0
	return w, nil
}

// update changes the existing record of a row. It reports whether the record was changed, and
// whether it was found.
func (i *inserter) update(ctx context.Context, r *newRow) (written, found bool, err error) {
	w := i.writer
	if w.conflictDirect {
		i.show(w.env, r)
		record, done, err := w.changeExisting(ctx, r.key)
		switch {
		case err != nil:
			return false, true, i.keyError(r.key, err)
		case done && record == nil:
			return false, false, nil // the record is gone
		case done:
			return true, true, i.wroteTogether(r, record)
		}
	}
	w.prepare = func(protocol.Key) {
		found = true
		i.show(w.env, r)
	}
	kept := len(w.rows.rows)
	n, err := w.guard(ctx, r.key, nil)
	if err != nil {
		return false, true, i.keyError(r.key, err)
	}
	i.out.rows = append(i.out.rows, w.rows.rows[kept:]...)
	if n > 0 {
		i.last, i.any = r.key.UserKey(), true
	}
	return n > 0, found, nil
}

// changeExisting changes an existing record with one command. It reports false if the server could
// not compute the change. The record is nil if it does not exist.
func (w *writer) changeExisting(ctx context.Context, key protocol.Key) (record *protocol.Record, done bool, err error) {
	d, ok, err := directOperationsOf(w.change, w.env)
	if err != nil || !ok {
		return nil, false, err
	}
	policy := w.policy
	if ok, err := d.restrict(&policy); !ok || err != nil {
		return nil, false, err
	}
	record, err = w.x.engine.client.Operate(ctx, &policy, key, withReadBack(w.change, d.ops)...)
	switch {
	case refused(err, protocol.KeyNotFound):
		return nil, true, nil
	case otherType(w.change, err), refused(err, protocol.FilteredOut):
		return nil, false, nil
	}
	return record, err == nil, err
}
