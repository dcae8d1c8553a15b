package mapper

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// FindMany reads the records under many keys in few messages. The result has
// a place for each key, in their order, nil where there is no record. Where
// reading failed the place is nil too and the error is a [*ManyError].
func (r *Repo[T]) FindMany(ctx context.Context, keys ...any) ([]*T, error) {
	found := make([]*T, len(keys))
	err := r.store.findMany(ctx, keys, func(i int) (unsafe.Pointer, func()) {
		x := new(T)
		return unsafe.Pointer(x), func() { found[i] = x }
	})
	return found, err
}

// SaveMany saves many objects in few messages, each by itself: some may
// succeed where others fail. If any failed, the error is a [*ManyError] that has a place for each.
func (r *Repo[T]) SaveMany(ctx context.Context, objects ...*T) error {
	return r.putMany(ctx, save, objects)
}

// InsertMany is SaveMany with Insert.
func (r *Repo[T]) InsertMany(ctx context.Context, objects ...*T) error {
	return r.putMany(ctx, insert, objects)
}

// UpdateMany is SaveMany with Update.
func (r *Repo[T]) UpdateMany(ctx context.Context, objects ...*T) error {
	return r.putMany(ctx, update, objects)
}

// ReplaceMany is SaveMany with Replace.
func (r *Repo[T]) ReplaceMany(ctx context.Context, objects ...*T) error {
	return r.putMany(ctx, replace, objects)
}

func (r *Repo[T]) putMany(ctx context.Context, v verb, objects []*T) error {
	return r.store.putMany(ctx, v, len(objects), func(i int) (unsafe.Pointer, error) {
		if objects[i] == nil {
			return nil, r.nilObject()
		}
		return unsafe.Pointer(objects[i]), nil
	})
}

// DeleteMany deletes the records of many keys or *T and returns how many
// there were. If any failed, the error is a [*ManyError]; a missing record is no failure.
func (r *Repo[T]) DeleteMany(ctx context.Context, keysOrObjects ...any) (deleted int, err error) {
	return r.store.deleteMany(ctx, len(keysOrObjects), func(i int) (target, error) { return r.target(keysOrObjects[i]) })
}

// A rows is a batch in the making. Items that can't become a row fail by
// themselves and leave the others alone.
type batch[R any] struct {
	rows  []R
	items []int // the item of each row
	errs  []error
}

func newRows[R any](n int) *batch[R] {
	return &batch[R]{rows: make([]R, 0, n), items: make([]int, 0, n), errs: make([]error, n)}
}

func (r *batch[R]) add(item int, row R, err error) {
	if err != nil {
		r.errs[item] = err
		return
	}
	r.rows, r.items = append(r.rows, row), append(r.items, item)
}

// finish hands each result to its item and returns what failed. An error that is
// not about rows means that no result can be relied on.
func (r *batch[R]) finish(results []cluster.BatchResult, err error, each func(item int, res *cluster.BatchResult) error) error {
	err = r.collect(results, err, func(row int, res *cluster.BatchResult) error { return each(r.items[row], res) })
	if err != nil {
		return err
	}
	return manyErrors(r.errs)
}

// take notes the error that each makes of the result of a row. It returns an error that is not
// about rows.
func (r *batch[R]) collect(results []cluster.BatchResult, err error, each func(row int, res *cluster.BatchResult) error) error {
	var failed *cluster.BatchError
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("mapper: %w", err)
	}
	for i := range results {
		r.errs[r.items[i]] = each(i, &results[i])
	}
	return nil
}

func (s *store) findMany(ctx context.Context, keys []any, object func(i int) (base unsafe.Pointer, keep func())) error {
	b, err := s.bind(ctx)
	if err != nil {
		return err
	}
	batch := newRows[protocol.Key](len(keys))
	for i, user := range keys {
		key, err := s.keyFrom(b.namespace, user)
		batch.add(i, key, err)
	}
	if len(batch.rows) == 0 {
		return manyErrors(batch.errs)
	}
	results, err := b.records.BatchRead(ctx, s.batch, batch.rows, s.plan.bins...)
	return batch.finish(results, err, func(i int, res *cluster.BatchResult) error {
		switch {
		case errors.Is(res.Err, protocol.KeyNotFound):
			return nil
		case res.Err != nil:
			return s.wrapError(res.Key, nil, res.Err)
		}
		base, keep := object(i)
		if err := s.decodeRecord(base, res.Key, res.Record, true); err != nil {
			return err
		}
		keep()
		return nil
	})
}

func (s *store) putMany(ctx context.Context, v verb, n int, object func(i int) (unsafe.Pointer, error)) error {
	b, err := s.bind(ctx)
	if err != nil {
		return err
	}
	batch := newRows[*writeRequest](n)
	for i := range n {
		base, err := object(i)
		var w writeRequest
		if err == nil {
			w, err = s.newWriteRequest(b, v, base)
		}
		batch.add(i, &w, err)
	}
	missed := newRows[*writeRequest](n)
	if err := s.putRows(ctx, b, batch, missed, object); err != nil {
		return err
	}
	missed.errs = batch.errs
	if err := s.putRows(ctx, b, missed, nil, object); err != nil {
		for _, item := range missed.items {
			batch.errs[item] = err // the others are done
		}
	}
	return manyErrors(batch.errs)
}

// putRows writes objects in one batch. Those that have missed their record become rows of another
// one.
func (s *store) putRows(
	ctx context.Context, b *binding, batch, missed *batch[*writeRequest], object func(i int) (unsafe.Pointer, error),
) error {
	if len(batch.rows) == 0 {
		return nil
	}
	puts := make([]cluster.BatchRow, len(batch.rows))
	for i, w := range batch.rows {
		puts[i] = cluster.PutRow(w.policy, w.key, w.bins)
	}
	results, err := b.records.BatchWrite(ctx, s.batch, puts)
	return batch.collect(results, err, func(row int, res *cluster.BatchResult) error {
		w, item := batch.rows[row], batch.items[row]
		base, _ := object(item)
		if res.Err == nil {
			if res.Record != nil {
				s.plan.setGeneration(base, res.Record.Generation)
			}
			s.afterWrite(w, base)
			return nil
		}
		err := s.wrapWriteError(w, res.Err)
		if w.recordGone(err) {
			err = s.prepareRetry(b, w, base)
			missed.add(item, w, err)
		}
		return err
	})
}

func (s *store) deleteMany(ctx context.Context, n int, targetOf func(i int) (target, error)) (deleted int, err error) {
	b, err := s.bind(ctx)
	if err != nil {
		return 0, err
	}
	batch := newRows[cluster.BatchRow](n)
	policies, targets := make([]*cluster.WritePolicy, n), make([]target, n)
	for i := range n {
		var row cluster.BatchRow
		if targets[i], err = targetOf(i); err == nil {
			row, policies[i], err = s.deleteRow(ctx, targets[i])
		}
		batch.add(i, row, err)
	}
	if len(batch.rows) == 0 {
		return 0, manyErrors(batch.errs)
	}
	results, err := b.records.BatchWrite(ctx, s.batch, batch.rows)
	err = batch.finish(results, err, func(i int, res *cluster.BatchResult) error {
		missing := errors.Is(res.Err, protocol.KeyNotFound) && !inDoubt(res.Err)
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
	if err != nil {
		return cluster.BatchRow{}, nil, err
	}
	p, err := s.deletePolicy(b, t)
	return cluster.DeleteRow(p, key), p, err
}
