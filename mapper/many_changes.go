package mapper

import (
	"context"
	"errors"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// PatchMany makes the same changes to the records of many keys or *T, in few messages. Each is a
// patch of its own: some may succeed while others fail. If any fails the error is a [*ManyError],
// in which a record that doesn't exist has [ErrNotFound]. [OrInsert] is not possible: use
// [Repo.UpsertMany].
func (r *Repo[T]) PatchMany(ctx context.Context, keysOrObjects []any, changes ...Change[T]) error {
	return r.core().patchKeys(ctx, keysOrObjects, changesOf(changes))
}

// TouchMany is [Repo.Touch] for many keys or *T. If any fails the error is a [*ManyError].
func (r *Repo[T]) TouchMany(ctx context.Context, keysOrObjects ...any) error {
	return r.core().touchMany(ctx, keysOrObjects)
}

// ExistsMany reports for each of many keys or *T whether the record exists, in their order. If a
// read failed the element is false, and the error is a [*ManyError].
func (r *Repo[T]) ExistsMany(ctx context.Context, keysOrObjects ...any) ([]bool, error) {
	return r.core().existsMany(ctx, keysOrObjects)
}

// UpsertMany is [Repo.Upsert] for many objects: it inserts them, and changes those records that
// exist. It reports for each object whether it was inserted. If any fails the error is a
// [*ManyError].
func (r *Repo[T]) UpsertMany(ctx context.Context, objects []*T, ifExists ...Change[T]) (inserted []bool, err error) {
	return r.core().upsertMany(ctx, addresses(objects), changesOf(ifExists))
}

// PatchMany is like [Repo.PatchMany].
func (t *Table[K, T]) PatchMany(ctx context.Context, keys []K, changes ...Change[T]) error {
	return t.repo().PatchMany(ctx, boxed(keys), changes...)
}

// TouchMany is like [Repo.TouchMany].
func (t *Table[K, T]) TouchMany(ctx context.Context, keys ...K) error {
	return t.repo().TouchMany(ctx, boxed(keys)...)
}

// ExistsMany is like [Repo.ExistsMany].
func (t *Table[K, T]) ExistsMany(ctx context.Context, keys ...K) ([]bool, error) {
	return t.repo().ExistsMany(ctx, boxed(keys)...)
}

// targets makes a row for each of n items. An item for which row fails has an error of its own.
func (s *store) targets(
	ctx context.Context, n int, targetOf func(i int) (target, error), row func(i int, b *binding, key protocol.Key, t target) (cluster.BatchRow, error),
) (*binding, *batch[cluster.BatchRow], error) {
	b, err := s.bind(ctx)
	if err != nil {
		return nil, nil, err
	}
	rows := newBatch[cluster.BatchRow](n)
	for i := range n {
		t, err := targetOf(i)
		var key protocol.Key
		if err == nil {
			key, err = s.keyAt(b.namespace, t)
		}
		var made cluster.BatchRow
		if err == nil {
			made, err = row(i, b, key, t)
		}
		rows.add(i, made, err)
	}
	return b, rows, nil
}

// write sends the rows and calls each for their results.
func (rows *batch[R]) write(ctx context.Context, s *store, b *binding, sent []cluster.BatchRow, each func(item int, res *cluster.BatchResult) error) error {
	if len(sent) == 0 {
		return manyErrors(rows.errs)
	}
	results, err := b.records.BatchWrite(ctx, s.batch, sent)
	return rows.finish(results, err, each)
}

// patchKeys is patchMany for keys and objects.
func (s *store) patchKeys(ctx context.Context, keysOrObjects []any, changes []*change) error {
	if err := s.ready("Repo.PatchMany"); err != nil {
		return err
	}
	return s.patchMany(ctx, len(keysOrObjects), s.targetsOf("Repo.PatchMany", keysOrObjects), changes)
}

// targetsOf returns the function that returns the target of each key or object.
func (s *store) targetsOf(method string, keysOrObjects []any) func(i int) (target, error) {
	return func(i int) (target, error) { return s.targetOf(method, keysOrObjects[i]) }
}

// patchMany changes records. Those of *T have their generations checked and set.
func (s *store) patchMany(ctx context.Context, n int, targetOf func(i int) (target, error), changes []*change) error {
	patches, targets := make([]*changing, n), make([]target, n)
	b, rows, err := s.targets(ctx, n, targetOf, func(i int, b *binding, key protocol.Key, t target) (row cluster.BatchRow, err error) {
		c, err := s.preparePatch(ctx, b, key, t, changes)
		switch {
		case err != nil:
			return row, err
		case c.insert != nil:
			return row, errInsertMany
		}
		patches[i], targets[i] = c, t
		return cluster.OperateRow(&c.policy, key, c.ops...), nil
	})
	if err != nil {
		return err
	}
	return rows.write(ctx, s, b, rows.rows, func(i int, res *cluster.BatchResult) error {
		conditions := len(patches[i].conditions)
		err := s.afterChange(targets[i], res, &patches[i].policy, conditions == 0)
		if conditions > 0 {
			err = s.notVisible(ctx, b, res.Key, err)
		}
		return err
	})
}

var errInsertMany = errors.New("mapper: OrInsert is one object and can't be part of PatchMany: use UpsertMany")

// afterChange returns the error of a record that was changed or touched, or else sets the metadata
// of its object. A record that the policy's filter excludes is hidden.
func (s *store) afterChange(t target, res *cluster.BatchResult, p *cluster.WritePolicy, hides bool) error {
	if res.Err != nil {
		err := s.wrapError(res.Key, p, res.Err)
		if hides {
			err = s.hidden(res.Key, err)
		}
		return err
	}
	if t.object == nil {
		return nil
	}
	if res.Record != nil {
		s.plan.setGeneration(t.object, res.Record.Generation)
	}
	if p.TTL != cluster.TTLDontUpdate {
		s.forget(t.object)
	}
	return nil
}

func (s *store) touchMany(ctx context.Context, keysOrObjects []any) error {
	if err := s.ready("Repo.TouchMany"); err != nil {
		return err
	}
	n, targetOf := len(keysOrObjects), s.targetsOf("Repo.TouchMany", keysOrObjects)
	policies, targets := make([]*cluster.WritePolicy, n), make([]target, n)
	b, rows, err := s.targets(ctx, n, targetOf, func(i int, b *binding, key protocol.Key, t target) (cluster.BatchRow, error) {
		p, err := s.touchPolicy(b, key, t)
		s.onlyVisible(p)
		policies[i], targets[i] = p, t
		return cluster.OperateRow(p, key, protocol.TouchRecord()), err
	})
	if err != nil {
		return err
	}
	return rows.write(ctx, s, b, rows.rows, func(i int, res *cluster.BatchResult) error {
		return s.afterChange(targets[i], res, policies[i], true)
	})
}

func (s *store) existsMany(ctx context.Context, keysOrObjects []any) ([]bool, error) {
	if err := s.ready("Repo.ExistsMany"); err != nil {
		return nil, err
	}
	n, targetOf := len(keysOrObjects), s.targetsOf("Repo.ExistsMany", keysOrObjects)
	found := make([]bool, n)
	b, rows, err := s.targets(ctx, n, targetOf, func(_ int, _ *binding, key protocol.Key, _ target) (cluster.BatchRow, error) {
		row := cluster.HeaderRow(key)
		if s.hidesDeleted() {
			row = cluster.ReadRow(key, s.plan.audit.deleted.bin)
		}
		if s.read != nil {
			row = row.With(s.read)
		}
		return row, nil
	})
	if err != nil {
		return found, err
	}
	return found, rows.write(ctx, s, b, rows.rows, func(i int, res *cluster.BatchResult) error {
		switch {
		case errors.Is(res.Err, protocol.KeyNotFound):
			return nil
		case res.Err != nil:
			return s.wrapError(res.Key, nil, res.Err)
		}
		found[i] = true
		if s.hidesDeleted() && res.Record != nil {
			_, marked := res.Record.Bin(s.plan.audit.deleted.bin)
			found[i] = !marked
		}
		return nil
	})
}

// upsertMany inserts objects and changes the records that exist. Items whose record is created or
// deleted by others in between are tried again.
func (s *store) upsertMany(ctx context.Context, objects []unsafe.Pointer, changes []*change) (inserted []bool, err error) {
	const method = "Repo.UpsertMany"
	if err := s.ready(method); err != nil {
		return nil, err
	}
	n := len(objects)
	inserted = make([]bool, n)
	errs := make([]error, n)
	open := make([]int, n)
	for i := range open {
		open[i] = i
	}
	for attempt := 1; len(open) > 0 && attempt <= maxUpsertAttempts; attempt++ {
		tried := make([]unsafe.Pointer, len(open))
		for at, i := range open {
			tried[at] = objects[i]
		}
		err := s.putMany(ctx, method, insert, tried)
		open, err = settle(open, errs, err, ErrExists, func(i int) { inserted[i] = true })
		if err != nil {
			return inserted, err
		}
		if len(changes) == 0 {
			for _, i := range open {
				errs[i] = nil // the record stays as it is
			}
			break
		}
		err = s.patchMany(ctx, len(open), func(i int) (target, error) {
			key, err := s.objectKey(ctx, objects[open[i]])
			return target{key: key}, err
		}, changes)
		if open, err = settle(open, errs, err, ErrNotFound, func(int) {}); err != nil {
			return inserted, err
		}
	}
	return inserted, manyErrors(errs)
}

// settle records the results of the items in open, whose errors are in a *ManyError. It returns the
// items whose error is again, which also stays in errs, and any other error.
func settle(open []int, errs []error, err, again error, done func(i int)) (left []int, _ error) {
	many, partly := errors.AsType[*ManyError](err)
	if err != nil && !partly {
		return open, err
	}
	for at, i := range open {
		switch errs[i] = nil; {
		case !partly || many.Errors[at] == nil:
			done(i)
		default:
			if errs[i] = markedInstead(many.Errors[at]); errors.Is(errs[i], again) {
				left = append(left, i)
			}
		}
	}
	return left, nil
}
