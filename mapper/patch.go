package mapper

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// Patch changes parts of a record in one command, without reading it:
//
//	err := users.Patch(ctx, "ada", U.Name.Set("Ada L."), U.Tags.AppendUnique("tea"), U.Visits.Add(1))
//
// The changes are made in their order, all of them or none. If there is no record the error is
// [ErrNotFound], unless a change is [OrInsert]. Zero values are stored like others. A patch keeps
// the record's expiry unless [Expire] or [TTL] sets another one.
//
// Like [Repo.Exists] it takes a key or a *T. The fields of a *T are not changed, except that its
// generation field is checked and set as Save does.
func (r *Repo[T]) Patch(ctx context.Context, keyOrObject any, changes ...Change[T]) error {
	return r.core().patchKey(ctx, keyOrObject, changesOf(changes))
}

// Change is like [Repo.Patch], and returns the object as it is after the changes. It is one command
// too, in which others can't interfere.
func (r *Repo[T]) Change(ctx context.Context, keyOrObject any, changes ...Change[T]) (*T, error) {
	x, err := r.core().change(ctx, keyOrObject, changesOf(changes))
	return (*T)(x), err
}

// Upsert inserts x, and reports whether it did. If the record exists the changes say what happens
// to it; without changes it stays as it is.
//
//	inserted, err := pages.Upsert(ctx, &Page{URL: url, Hits: 1}, P.Hits.Add(1), P.Seen.Set(now))
//
// The generation field of x is set if x is inserted, and not checked.
func (r *Repo[T]) Upsert(ctx context.Context, x *T, ifExists ...Change[T]) (inserted bool, err error) {
	return r.core().upsert(ctx, unsafe.Pointer(x), changesOf(ifExists))
}

// changesOf returns changes without their type parameter. The slice is the same.
func changesOf[T any](changes []Change[T]) []*change {
	return *(*[]*change)(unsafe.Pointer(&changes))
}

// maxUpsertAttempts limits how often a write is tried if others create and delete the record in
// between.
const maxUpsertAttempts = 10

// patchKey changes the record of a key or an object.
func (s *store) patchKey(ctx context.Context, keyOrObject any, changes []*change) error {
	t, err := s.targetOf("Repo.Patch", keyOrObject)
	if err != nil {
		return err
	}
	_, _, err = s.patch(ctx, t, changes, false)
	return err
}

// change is patchKey, and returns the object as it is then.
func (s *store) change(ctx context.Context, keyOrObject any, changes []*change) (unsafe.Pointer, error) {
	t, err := s.targetOf("Repo.Change", keyOrObject)
	if err != nil {
		return nil, err
	}
	rec, key, err := s.patch(ctx, t, changes, true)
	if err != nil {
		return nil, err
	}
	base := s.newObject()
	return base, s.decodeChanged(ctx, base, key, rec)
}

// patch changes a record. If read is true it returns the record's bins after the changes.
func (s *store) patch(ctx context.Context, t target, changes []*change, read bool) (*protocol.Record, protocol.Key, error) {
	b, key, err := s.locate(ctx, t)
	if err != nil {
		return nil, key, err
	}
	c, err := s.preparePatch(ctx, b, key, t, changes)
	if err != nil {
		return nil, key, err
	}
	ops := c.ops
	if read {
		ops = s.appendReads(ops)
		c.policy.RespondAllOps = true
	}
	for attempt := 1; ; attempt++ {
		rec, err := s.sendPatch(ctx, b, key, t, c, ops)
		if c.insert != nil {
			err = markedInstead(err)
		}
		if c.insert == nil || !errors.Is(err, ErrNotFound) || attempt == maxUpsertAttempts {
			return rec, key, err
		}
		rec, err = s.insertPatched(ctx, b, key, c, ops)
		if !errors.Is(err, ErrExists) || attempt == maxUpsertAttempts {
			return rec, key, err
		}
	}
}

// preparePatch returns the command of a patch.
func (s *store) preparePatch(ctx context.Context, b *binding, key protocol.Key, t target, changes []*change) (*changing, error) {
	policy := b.puts[update]
	if t.object != nil {
		if err := s.applyMeta(&policy, t.object, true, true); err != nil {
			return nil, err
		}
	}
	c, err := s.newChanging(policy, changes)
	if err != nil {
		return nil, err
	}
	filter, err := c.filter(ctx, b)
	if err != nil {
		return nil, err
	}
	if c.policy.Filter = bothFilters(c.policy.Filter, filter); filter == nil {
		s.onlyVisible(&c.policy)
	}
	c.policy.DurableDelete = c.policy.DurableDelete || s.durable
	if err := c.stampUpdated(); err != nil {
		return nil, err
	}
	if len(c.ops) == 0 {
		if c.ttl == nil && s.ttl == nil {
			return nil, fmt.Errorf("mapper: %v: %w: the patch has no change", key, ErrNothingToWrite)
		}
		c.add(protocol.TouchRecord())
	}
	switch {
	case s.ttlErr != nil:
		return nil, s.ttlErr
	case c.ttl != nil:
		c.policy.TTL = *c.ttl
	case s.ttl != nil:
		c.policy.TTL = *s.ttl
	default:
		c.policy.TTL = cluster.TTLDontUpdate
	}
	return c, nil
}

// sendPatch changes an existing record.
func (s *store) sendPatch(
	ctx context.Context, b *binding, key protocol.Key, t target, c *changing, ops []protocol.Operation,
) (*protocol.Record, error) {
	rec, err := b.records.Operate(ctx, &c.policy, key, ops...)
	if err != nil {
		if err = s.wrapError(key, &c.policy, err); len(c.conditions) == 0 {
			return nil, s.hidden(key, err)
		}
		return nil, s.notVisible(ctx, b, key, err)
	}
	if t.object != nil {
		s.plan.setGeneration(t.object, rec.Generation)
		if c.policy.TTL != cluster.TTLDontUpdate {
			s.forget(t.object)
		}
	}
	return rec, nil
}

// insertPatched creates the record from the object of OrInsert and changes it.
func (s *store) insertPatched(
	ctx context.Context, b *binding, key protocol.Key, c *changing, ops []protocol.Operation,
) (*protocol.Record, error) {
	w, err := s.newWriteRequest(ctx, b, insert, c.insert)
	if err != nil && !errors.Is(err, ErrNothingToWrite) { // the changes may write bins
		return nil, err
	}
	defer s.release(&w)
	if w.key.Digest() != key.Digest() {
		return nil, fmt.Errorf("mapper: %v: the object of OrInsert has the key %v", key, w.key)
	}
	policy := *w.policy
	policy.RespondAllOps = c.policy.RespondAllOps
	if c.ttl != nil {
		policy.TTL = *c.ttl
	}
	bins, err := s.plan.appendBins(nil, c.insert, false)
	if err != nil {
		return nil, err
	}
	all := make([]protocol.Operation, 0, len(bins)+len(ops))
	for _, bin := range bins {
		all = append(all, protocol.Operation{Code: protocol.OpWrite, Bin: bin.Name, Value: bin.Value})
	}
	rec, err := b.records.Operate(ctx, &policy, key, append(all, ops...)...)
	if err != nil {
		return nil, s.wrapError(key, &policy, err)
	}
	s.plan.setGeneration(c.insert, rec.Generation)
	s.forget(c.insert)
	return rec, s.hooks.afterSave.run(ctx, c.insert)
}

// appendReads appends operations that read the bins of the type.
func (s *store) appendReads(ops []protocol.Operation) []protocol.Operation {
	all := make([]protocol.Operation, len(ops), len(ops)+len(s.plan.bins))
	copy(all, ops)
	for _, bin := range s.plan.bins {
		all = append(all, protocol.GetBin(bin))
	}
	return all
}

// decodeChanged sets a new object from the response of a patch that reads. The response has a
// result for every operation; those of appendReads are the last.
func (s *store) decodeChanged(ctx context.Context, base unsafe.Pointer, key protocol.Key, rec *protocol.Record) error {
	read := *rec
	read.Bins = rec.Bins[max(0, len(rec.Bins)-len(s.plan.bins)):]
	if err := s.restoreKey(base, key); err != nil {
		return err
	}
	if err := s.decodeContent(base, key, &read, true); err != nil {
		return err
	}
	return s.afterFind(ctx, base)
}

// upsert inserts the object at base, or changes the record that exists.
func (s *store) upsert(ctx context.Context, base unsafe.Pointer, changes []*change) (inserted bool, err error) {
	if err := s.takes("Repo.Upsert", base); err != nil {
		return false, err
	}
	for attempt := 1; ; attempt++ {
		if err = s.put(ctx, insert, base); err == nil || !errors.Is(err, ErrExists) {
			return err == nil, err
		}
		if len(changes) == 0 {
			return false, nil
		}
		key, err := s.objectKey(ctx, base)
		if err != nil {
			return false, err
		}
		_, _, err = s.patch(ctx, target{key: key}, changes, false)
		err = markedInstead(err)
		if !errors.Is(err, ErrNotFound) || attempt == maxUpsertAttempts {
			return false, err
		}
	}
}

// objectKey returns the key of the object at base.
func (s *store) objectKey(ctx context.Context, base unsafe.Pointer) (protocol.Key, error) {
	_, key, err := s.locate(ctx, target{object: base})
	return key, err
}
