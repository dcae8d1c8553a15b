package mapper

import (
	"fmt"
	"time"
)

// A CallOption changes how the calls of a Repo behave; see [Repo.With].
type CallOption func(*store)

// With returns a copy of the Repo with other options. A nil option changes nothing. It is cheap
// enough for a single call:
//
//	err := sessions.With(mapper.TTL(30*time.Minute)).Touch(ctx, id)
func (r *Repo[T]) With(opts ...CallOption) *Repo[T] { return &Repo[T]{r.core().with(opts)} }

// with returns a copy of the store with other options.
//
//go:noinline
func (s *store) with(opts []CallOption) *store {
	if s == nil {
		return nil
	}
	changed := *s
	for _, opt := range opts {
		if opt != nil {
			opt(&changed)
		}
	}
	return &changed
}

// TTL sets the time to live of records that are written or touched. It is rounded up to seconds and
// overrides fields tagged `asm:"ttl"` and the write policy. 0 means the default of the set or
// namespace; [NeverExpires] and [KeepExpiry] are allowed. For any other negative duration, and for
// more than ten years, calls that write return [ErrRange].
func TTL(d time.Duration) CallOption {
	return func(s *store) {
		ttl, err := ttlFor(d)
		if s.ttl, s.ttlErr = &ttl, nil; err != nil {
			s.ttlErr = fmt.Errorf("mapper: TTL(%v): %w", d, err)
		}
	}
}

// Durable makes deletes, and writes that remove a record's last bin, leave a tombstone, so that the
// record can't reappear. Needs Enterprise.
func Durable() CallOption { return func(s *store) { s.durable = true } }

// Attempts sets how often [Repo.Modify] tries. The default is 100; numbers below 1 mean 1.
func Attempts(n int) CallOption { return func(s *store) { s.attempts = max(n, 1) } }

// IncludeDeleted makes records visible that are marked as deleted, for a type with a field tagged
// deleted. To restore one unset the field:
//
//	err := users.With(mapper.IncludeDeleted()).Patch(ctx, id, U.Deleted.Unset())
func IncludeDeleted() CallOption { return func(s *store) { s.withDeleted = true } }

// Purge makes deletes remove records of a type with a field tagged deleted, instead of marking
// them.
func Purge() CallOption { return func(s *store) { s.purge = true } }
