package exec

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// writeKeys writes the records of a list of keys that meet the condition.
func (w *writer) writeKeys(ctx context.Context, keys []protocol.Key) (affected int64, err error) {
	if len(keys) == 1 {
		return w.writeKey(ctx, keys[0])
	}
	size := scanPage
	if w.direct {
		size = batchKeys
	}
	for len(keys) > 0 {
		part := keys[:min(len(keys), size)]
		keys = keys[len(part):]
		var n int64
		if w.direct {
			n, err = w.writeDirect(ctx, part)
		} else {
			n, err = w.writeRead(ctx, part)
		}
		affected += n
		if err != nil {
			return affected, partial(affected, err)
		}
	}
	return affected, nil
}

// writeTogether writes the records of keys that the statement names.
func (w *writer) writeTogether(ctx context.Context, keys []protocol.Key) (affected int64, err error) {
	if len(keys) == 1 {
		return w.writeKey(ctx, keys[0])
	}
	err = w.x.atomically(ctx, w.change.Scan.Relation.Namespace, func(ctx context.Context) error {
		w.rows.clear()
		affected, err = w.writeKeys(ctx, keys)
		return err
	})
	return affected, err
}

// writeKey writes one record.
func (w *writer) writeKey(ctx context.Context, key protocol.Key) (int64, error) {
	if !w.direct {
		return w.guard(ctx, key, w.x.cause)
	}
	ops, _, err := w.operations()
	if err != nil {
		return 0, err
	}
	record, written, err := w.send(ctx, &w.policy, key, ops)
	if w.otherType(err) {
		return w.guard(ctx, key, err)
	}
	if written && err == nil && w.change.ReadBack {
		err = w.addReadBack(record)
	}
	return count(written), err
}

// addReadBack adds the row of RETURNING of a record that was written directly.
func (w *writer) addReadBack(record *protocol.Record) error {
	row, err := readBack(w.change, w.env, record)
	if err != nil {
		return err
	}
	return w.rows.add(row)
}

// writeDirect writes a batch of records without reading them.
func (w *writer) writeDirect(ctx context.Context, keys []protocol.Key) (int64, error) {
	rows := make([]cluster.BatchRow, len(keys))
	for i, key := range keys {
		ops, _, err := w.operations()
		if err != nil {
			return 0, err
		}
		rows[i] = w.row(&w.policy, key, ops)
	}
	return w.batch(ctx, keys, rows, nil)
}

// writeRead reads a batch of records and writes those that meet the condition.
func (w *writer) writeRead(ctx context.Context, keys []protocol.Key) (affected int64, err error) {
	records, err := w.reader.getAll(ctx, keys)
	if err != nil {
		return 0, err
	}
	page := recordPage{}
	for i, record := range records {
		holds, err := w.accepts(record)
		if err != nil {
			return affected, err
		}
		if holds {
			page.add(record)
		}
		if page.full() || i == len(records)-1 {
			n, err := w.writePage(ctx, page.records)
			affected += n
			if err != nil {
				return affected, err
			}
			page.reset()
		}
	}
	return affected, nil
}

// batch sends rows and returns the number of records that were written. It repeats the rows whose
// records had changed, or whose bins are of another type.
func (w *writer) batch(ctx context.Context, keys []protocol.Key, rows []cluster.BatchRow, out []pageOut) (affected int64, _ error) {
	if len(rows) == 0 {
		return 0, nil
	}
	results, err := w.x.engine.client.BatchWriteInto(ctx, &w.x.engine.options.Policies.Batch, rows, nil)
	batchErr := err
	batch, isBatch := errors.AsType[*cluster.BatchError](err)
	if err != nil && !isBatch {
		return 0, err
	}
	type again struct {
		key   protocol.Key
		cause error
	}
	var repeated []again
	for i, result := range results {
		switch {
		case result.Err == nil:
			affected++
			switch {
			case out != nil:
				err = w.addOut(&out[i], result.Record)
			case w.direct && w.change.ReadBack:
				err = w.addReadBack(result.Record)
			default:
				continue
			}
			if err != nil {
				return affected, err
			}
		case !w.direct && refused(result.Err, protocol.GenerationError):
			repeated = append(repeated, again{key: keys[i]})
		case w.direct && w.otherType(result.Err):
			repeated = append(repeated, again{keys[i], result.Err})
		}
	}
	if isBatch && batch.Failed > len(repeated) {
		return affected, batchError(batchErr, func(i int) protocol.Key { return keys[i] })
	}
	for _, a := range repeated {
		n, err := w.guard(ctx, a.key, a.cause)
		affected += n
		if err != nil {
			return affected, &KeyError{Key: a.key, Err: err}
		}
	}
	return affected, nil
}
