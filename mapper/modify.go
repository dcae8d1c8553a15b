package mapper

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// maxModify bounds the attempts of Modify. A record that is still contended
// after so many wants another design, and its caller wants to hear of it.
const maxModifyAttempts = 100

// Modify reads a record, lets change work on the object and updates the record,
// unless others have written it in between: then all is done again, with what
// they wrote. It returns the object as it was written. change may be called many times; its error
// ends the attempts and is returned as it is.
//
// A write that failed and may have been applied is never repeated: the error is [ErrInDoubt] then,
// also where the server says that the generation is another one, as that may be the work of an
// earlier try of the same write.
//
// A field tagged `asm:"ttl"` that change leaves alone leaves the record's expiry alone. The key may
// be a protocol.Digest or a protocol.Key made from one: a field tagged pk is zero then.
//
// The type needs no generation field for this. A missing record is
// [ErrNotFound]; too much contention ends as a [*StaleError].
func (r *Repo[T]) Modify(ctx context.Context, key any, change func(*T) error) (*T, error) {
	for attempt := 1; ; attempt++ {
		x := new(T)
		m, err := r.store.beginChange(ctx, key, unsafe.Pointer(x))
		if err != nil {
			return nil, err
		}
		if err := change(x); err != nil {
			return nil, err
		}
		err = r.store.finishChange(ctx, m, unsafe.Pointer(x))
		if err == nil {
			return x, nil
		}
		if !errors.Is(err, ErrStale) || attempt == maxModifyAttempts {
			return nil, err
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, err
		}
	}
}

// pause spreads competitors, the more the longer they have been at it.
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

// A modification is a record between its being read and its being written.
type modification struct {
	binding    *binding
	key        protocol.Key
	generation uint32
}

// beginChange reads the record under the key into the object at base. Where only a digest is known
// the object's key field stays as it is: the record is written by its digest.
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
	return m, s.decodeContent(base, m.key, rec, true)
}

// finishChange updates the record if it has the generation that was read.
// A change of the object's own key does not move the record, and is undone.
func (s *store) finishChange(ctx context.Context, m modification, base unsafe.Pointer) error {
	if err := s.restoreKey(base, m.key); err != nil {
		return err
	}
	p := m.binding.puts[update]
	w := writeRequest{verb: update, key: m.key, policy: &p, keepsExpiry: s.keepsExpiry(base, m.key)}
	if err := s.applyMeta(&p, base, w.keepsExpiry, false); err != nil {
		return err
	}
	p.Generation, p.GenerationPolicy = m.generation, cluster.ExpectEqual
	if err := s.encode(&w, base); err != nil {
		return err
	}
	return s.operate(ctx, m.binding, &w, base)
}

// restoreKey sets the key field of an object whose user key is known.
func (s *store) restoreKey(base unsafe.Pointer, key protocol.Key) error {
	if key.UserKey().IsNil() {
		return nil
	}
	return s.setKey(base, key)
}
