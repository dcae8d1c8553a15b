package mapper

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// FindMany reads many records in few messages. The result has an element for each key, in their
// order. It is nil if there is no record. If a read failed the element is nil too, and the error is
// a [*ManyError].
func (r *Repo[T]) FindMany(ctx context.Context, keys ...any) ([]*T, error) {
	found, err := r.core().findMany(ctx, keys)
	return objectsAt[T](found), err
}

// SaveMany saves many objects in few messages. Each is a write of its own: some may succeed while
// others fail. If any fails the error is a [*ManyError].
func (r *Repo[T]) SaveMany(ctx context.Context, objects ...*T) error {
	return r.core().putAll(ctx, save, addresses(objects))
}

// InsertMany is like SaveMany, but each write is an Insert.
func (r *Repo[T]) InsertMany(ctx context.Context, objects ...*T) error {
	return r.core().putAll(ctx, insert, addresses(objects))
}

// UpdateMany is like SaveMany, but each write is an Update.
func (r *Repo[T]) UpdateMany(ctx context.Context, objects ...*T) error {
	return r.core().putAll(ctx, update, addresses(objects))
}

// ReplaceMany is like SaveMany, but each write is a Replace.
func (r *Repo[T]) ReplaceMany(ctx context.Context, objects ...*T) error {
	return r.core().putAll(ctx, replace, addresses(objects))
}

// DeleteMany deletes the records of many keys or *T and returns how many existed. If any delete
// fails the error is a [*ManyError]. A record that doesn't exist is not an error.
func (r *Repo[T]) DeleteMany(ctx context.Context, keysOrObjects ...any) (deleted int, err error) {
	return r.core().deleteMany(ctx, keysOrObjects)
}

// A batch collects the rows of a batch command. An item that can't become a row has an error of its
// own; the others are sent.
type batch[R any] struct {
	rows  []R
	items []int // the item of each row
	errs  []error
}

func newBatch[R any](n int) *batch[R] {
	return &batch[R]{rows: make([]R, 0, n), items: make([]int, 0, n), errs: make([]error, n)}
}

func (b *batch[R]) add(item int, row R, err error) {
	if err != nil {
		b.errs[item] = err
		return
	}
	b.rows, b.items = append(b.rows, row), append(b.items, item)
}

// finish calls each for the result of every row and returns a *ManyError if an item failed. If err
// is not about rows the results are not valid and finish returns err.
func (b *batch[R]) finish(results []cluster.BatchResult, err error, each func(item int, res *cluster.BatchResult) error) error {
	err = b.collect(results, err, func(row int, res *cluster.BatchResult) error { return each(b.items[row], res) })
	if err != nil {
		return err
	}
	return manyErrors(b.errs)
}

// collect calls each for the result of every row and records its errors. If err is not about rows
// the results are not valid and collect returns err.
func (b *batch[R]) collect(results []cluster.BatchResult, err error, each func(row int, res *cluster.BatchResult) error) error {
	var failed *cluster.BatchError
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("mapper: %w", err)
	}
	for i := range results {
		b.errs[b.items[i]] = each(i, &results[i])
	}
	return nil
}

// newObject returns the address of a new object.
func (s *store) newObject() unsafe.Pointer { return reflect.New(s.plan.typ).UnsafePointer() }

func (s *store) findMany(ctx context.Context, keys []any) ([]unsafe.Pointer, error) {
	if err := s.ready("Repo.FindMany"); err != nil {
		return nil, err
	}
	found := make([]unsafe.Pointer, len(keys))
	b, err := s.bind(ctx)
	if err != nil {
		return found, err
	}
	rows := newBatch[protocol.Key](len(keys))
	for i, user := range keys {
		key, err := s.keyFrom(b.namespace, user)
		rows.add(i, key, err)
	}
	if len(rows.rows) == 0 {
		return found, manyErrors(rows.errs)
	}
	results, err := b.records.BatchRead(ctx, s.batch, rows.rows, s.plan.bins...)
	return found, rows.finish(results, err, func(i int, res *cluster.BatchResult) error {
		switch {
		case errors.Is(res.Err, protocol.KeyNotFound):
			return nil
		case res.Err != nil:
			return s.wrapError(res.Key, nil, res.Err)
		}
		base := s.newObject()
		if err := s.decodeRecord(base, res.Key, res.Record, true); err != nil {
			return err
		}
		if s.checkVisible(res.Key, base) != nil {
			return nil
		}
		if err := s.afterFind(ctx, base); err != nil {
			return err
		}
		found[i] = base
		return nil
	})
}

// putAll writes objects.
func (s *store) putAll(ctx context.Context, v verb, objects []unsafe.Pointer) error {
	method := verbs[v].method + "Many"
	if err := s.ready(method); err != nil {
		return err
	}
	return s.putMany(ctx, method, v, objects)
}

func (s *store) putMany(ctx context.Context, method string, v verb, objects []unsafe.Pointer) error {
	n := len(objects)
	b, err := s.bind(ctx)
	if err != nil {
		return err
	}
	rows := newBatch[*writeRequest](n)
	for i, base := range objects {
		err := s.takes(method, base)
		var w writeRequest
		if err == nil {
			w, err = s.newWriteRequest(ctx, b, v, base)
		}
		rows.add(i, &w, err)
	}
	defer func() {
		for _, w := range rows.rows {
			s.release(w)
		}
	}()
	retry := newBatch[*writeRequest](n)
	if err := s.putRows(ctx, b, rows, retry, objects); err != nil {
		return err
	}
	retry.errs = rows.errs
	if err := s.putRows(ctx, b, retry, nil, objects); err != nil {
		for _, item := range retry.items {
			rows.errs[item] = err // the other items have their results
		}
	}
	return manyErrors(rows.errs)
}

// putRows writes objects in one batch command. It adds writes whose record is gone to another
// batch, retry.
func (s *store) putRows(ctx context.Context, b *binding, rows, retry *batch[*writeRequest], objects []unsafe.Pointer) error {
	if len(rows.rows) == 0 {
		return nil
	}
	puts := make([]cluster.BatchRow, len(rows.rows))
	for i, w := range rows.rows {
		if w.once != "" {
			puts[i] = cluster.OperateRow(w.policy, w.key, w.operations()...)
		} else {
			puts[i] = cluster.PutEncodedRow(w.policy, w.key, &w.writer.encoded)
		}
	}
	results, err := b.records.BatchWrite(ctx, s.batch, puts)
	return rows.collect(results, err, func(row int, res *cluster.BatchResult) error {
		w, item := rows.rows[row], rows.items[row]
		base := objects[item]
		if res.Err == nil {
			if res.Record != nil {
				s.plan.setGeneration(base, res.Record.Generation)
			}
			s.afterWrite(w, base)
			if err := s.afterOnce(w, base, res.Record); err != nil {
				return err
			}
			return s.hooks.afterSave.run(ctx, base)
		}
		err := s.wrapWriteError(w, res.Err)
		if w.recordGone(err) {
			err = s.prepareRetry(b, w, base)
			retry.add(item, w, err)
		}
		return err
	})
}

func (s *store) deleteMany(ctx context.Context, keysOrObjects []any) (deleted int, err error) {
	if err := s.ready("Repo.DeleteMany"); err != nil {
		return 0, err
	}
	n := len(keysOrObjects)
	b, err := s.bind(ctx)
	if err != nil {
		return 0, err
	}
	rows := newBatch[cluster.BatchRow](n)
	policies, targets := make([]*cluster.WritePolicy, n), make([]target, n)
	for i := range n {
		var row cluster.BatchRow
		if targets[i], err = s.targetOf("Repo.DeleteMany", keysOrObjects[i]); err == nil {
			row, policies[i], err = s.deleteRow(ctx, targets[i])
		}
		rows.add(i, row, err)
	}
	if len(rows.rows) == 0 {
		return 0, manyErrors(rows.errs)
	}
	results, err := b.records.BatchWrite(ctx, s.batch, rows.rows)
	err = rows.finish(results, err, func(i int, res *cluster.BatchResult) error {
		missing := isMissing(res.Err)
		if res.Err != nil && !missing {
			return s.wrapError(res.Key, policies[i], res.Err)
		}
		if !missing {
			deleted++
		}
		if object := targets[i].object; object != nil {
			s.plan.setGeneration(object, 0)
			s.forget(object)
		}
		return nil
	})
	return deleted, err
}

func (s *store) deleteRow(ctx context.Context, t target) (cluster.BatchRow, *cluster.WritePolicy, error) {
	b, key, err := s.locate(ctx, t)
	if err == nil && t.object != nil {
		err = s.hooks.beforeDelete.run(ctx, t.object)
	}
	if err != nil {
		return cluster.BatchRow{}, nil, err
	}
	p, err := s.deletePolicy(b, t)
	if err == nil && s.softDelete() {
		ops, err := s.markOps()
		return cluster.OperateRow(s.markPolicy(p), key, ops...), p, err
	}
	return cluster.DeleteRow(p, key), p, err
}
