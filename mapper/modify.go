package mapper

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
)

// maxModify bounds the attempts of Modify. A record that is still contended
// after so many wants another design, and its caller wants to hear of it.
const maxModify = 100

// Modify reads a record, lets change work on the object and updates the record,
// unless others have written it in between: then all is done again, with what
// they wrote. It returns the object as it was written. change may be called many times; its error
// ends the attempts and is returned as it is.
//
// A write that failed and may have been applied is never repeated: the error is [ErrInDoubt] then,
// also where the server says that the generation is another one, as that may be the work of an
// earlier try of the same write.
//
// The type needs no generation field for this. A missing record is
// [ErrNotFound]; too much contention ends as a [*StaleError].
func (r *Repo[T]) Modify(ctx context.Context, key any, change func(*T) error) (*T, error) {
	for attempt := 1; ; attempt++ {
		x := new(T)
		generation, err := r.store.find(ctx, key, unsafe.Pointer(x), true)
		if err != nil {
			return nil, err
		}
		if err := change(x); err != nil {
			return nil, err
		}
		err = r.store.updateGeneration(ctx, key, unsafe.Pointer(x), generation)
		if err == nil {
			return x, nil
		}
		if !errors.Is(err, ErrStale) || attempt == maxModify {
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

// updateGeneration updates the record under the key if it has the generation.
// A change of the object's own key does not move the record, and is undone.
func (s *store) updateGeneration(ctx context.Context, user any, base unsafe.Pointer, generation uint32) error {
	b, key, err := s.locate(ctx, target{key: user})
	if err != nil {
		return err
	}
	if err := s.setKey(base, key); err != nil {
		return err
	}
	w := writing{key: key}
	p := b.puts[update]
	w.policy = &p
	if err := s.applyMeta(&p, base, false); err != nil {
		return err
	}
	p.Generation, p.GenerationPolicy = generation, cluster.ExpectEqual
	if err := s.encode(&w, update, base); err != nil {
		return err
	}
	return s.operate(ctx, b, &w, base)
}
