package mapper

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// maxModifyAttempts limits the attempts of Modify. With more contention than that the program needs
// another design, and the caller should learn about it.
const maxModifyAttempts = 100

// Modify reads a record, calls change with the object, updates the record and returns the object as
// it was written. If the record was written by others in between, Modify starts again from the new
// record, so change may be called many times. After 100 attempts, or what [Attempts] says, the
// error is a [*StaleError]. An error of change ends the attempts and is returned unchanged. If
// there is no record the error is [ErrNotFound].
//
// A write that failed but may have been applied is not repeated; the error is [ErrInDoubt]. This
// includes a generation error of the server that an earlier try of the same write may have caused.
//
// The type needs no generation field. If change doesn't change a field tagged `asm:"ttl"`, the
// record keeps its expiry. The key may be a protocol.Digest, or a protocol.Key made from one: a
// field tagged pk is zero then.
func (r *Repo[T]) Modify(ctx context.Context, key any, change func(*T) error) (*T, error) {
	var call func(unsafe.Pointer) error
	if change != nil {
		call = func(x unsafe.Pointer) error { return change((*T)(x)) }
	}
	x, err := r.core().modify(ctx, key, call)
	return (*T)(x), err
}

// modify is Modify without its type parameter.
func (s *store) modify(ctx context.Context, key any, change func(unsafe.Pointer) error) (unsafe.Pointer, error) {
	const method = "Repo.Modify"
	if err := s.ready(method); err != nil {
		return nil, err
	}
	if change == nil {
		return nil, &emptyError{method, "the function is nil"}
	}
	for attempt := 1; ; attempt++ {
		x := s.newObject()
		m, err := s.beginChange(ctx, key, x)
		if err != nil {
			return nil, err
		}
		if err := change(x); err != nil {
			return nil, err
		}
		err = s.finishChange(ctx, m, x)
		if err == nil {
			return x, s.hooks.afterSave.run(ctx, x)
		}
		if !errors.Is(err, ErrStale) || attempt >= cmp.Or(s.attempts, maxModifyAttempts) {
			return nil, err
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, err
		}
	}
}

// pause waits for a random time before the next attempt, so that callers that compete for a record
// don't retry together.
func pause(ctx context.Context, attempt int) error {
	timer := time.NewTimer(rand.N(time.Duration(min(attempt, 20)) * time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// A modification identifies the version of a record that Modify has read.
type modification struct {
	binding    *binding
	key        protocol.Key
	generation uint32
}

// beginChange reads a record into the object at base. If only the digest of the key is known, the
// object's key field is left unchanged and the record is written by its digest.
func (s *store) beginChange(ctx context.Context, user any, base unsafe.Pointer) (m modification, err error) {
	if m.binding, m.key, err = s.locate(ctx, target{key: user}); err != nil {
		return m, err
	}
	rec, err := m.binding.records.Get(ctx, s.read, m.key, s.plan.bins...)
	if err != nil {
		return m, s.wrapError(m.key, nil, err)
	}
	m.generation = rec.Generation
	if err := s.restoreKey(base, m.key); err != nil {
		return m, err
	}
	if err := s.decodeContent(base, m.key, rec, true); err != nil {
		return m, err
	}
	if err := s.checkVisible(m.key, base); err != nil {
		return m, err
	}
	return m, s.afterFind(ctx, base)
}

// finishChange updates the record if it still has the generation that was read. If change has
// changed the object's key, the key is restored.
func (s *store) finishChange(ctx context.Context, m modification, base unsafe.Pointer) error {
	once, err := s.beforeSave(ctx, update, base)
	if err != nil {
		return err
	}
	if err := s.restoreKey(base, m.key); err != nil {
		return err
	}
	p := m.binding.puts[update]
	p.DurableDelete = p.DurableDelete || s.durable
	w := writeRequest{verb: update, key: m.key, policy: &p, keepsExpiry: s.keepsExpiry(base, m.key), once: once}
	if err := s.applyMeta(&p, base, w.keepsExpiry, false); err != nil {
		return err
	}
	p.Generation, p.GenerationPolicy = m.generation, cluster.ExpectEqual
	if err := s.encode(&w, base); err != nil {
		return err
	}
	defer s.release(&w)
	return s.send(ctx, m.binding, &w, base)
}

// restoreKey sets the object's key field if the user key is known.
func (s *store) restoreKey(base unsafe.Pointer, key protocol.Key) error {
	if key.UserKey().IsNil() {
		return nil
	}
	return s.setKey(base, key)
}
