package mapper

import (
	"fmt"
	"time"
)

// A CallOption changes what the calls of a Repo do; see [Repo.With].
type CallOption func(*store)

// With returns a Repo that does the same with other options. It is cheap, and meant for single
// calls as well:
//
//	err := sessions.With(mapper.TTL(30*time.Minute)).Touch(ctx, id)
func (r *Repo[T]) With(opts ...CallOption) *Repo[T] {
	s := *r.store
	for _, opt := range opts {
		opt(&s)
	}
	return &Repo[T]{&s}
}

// TTL gives the records that are written or touched a time to live, rounded up to seconds, in place
// of what fields tagged `asm:"ttl"` and the write policy say. 0 is the default of the set or
// namespace; [NeverExpires] and [KeepExpiry] have their meaning. Any other negative duration, and
// one of more than ten years, is [ErrRange] at the call that writes.
func TTL(d time.Duration) CallOption {
	return func(s *store) {
		ttl, err := ttlFor(d)
		if s.ttl, s.ttlErr = &ttl, nil; err != nil {
			s.ttlErr = fmt.Errorf("mapper: TTL(%v): %w", d, err)
		}
	}
}
