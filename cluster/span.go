package cluster

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
)

// A span bounds the time of one command with all its tries.
type span struct {
	start       time.Time
	deadline    time.Time     // zero for none
	fromContext bool          // the deadline is the context's
	socket      time.Duration // longest wait for the next bytes, 0 for any
	shared      bool          // socket is the share that one try has of the time left
	delay       time.Duration // that the connection is kept after a timeout
	compress    int           // size in bytes above which a request is compressed, 0 for never
}

// newSpan starts the clock of a command.
func newSpan(ctx context.Context, l *limits) span {
	s := span{start: time.Now(), socket: l.socket, delay: l.delay, compress: l.compress}
	if l.total > 0 {
		begun := s.start
		if !l.begun.IsZero() {
			begun = l.begun
		}
		s.deadline = begun.Add(l.total)
	}
	if d, ok := ctx.Deadline(); ok && (s.deadline.IsZero() || d.Before(s.deadline)) {
		s.deadline, s.fromContext = d, true
	}
	return s
}

// over reports whether nothing can be tried any more.
func (s *span) over(now time.Time) bool { return !s.deadline.IsZero() && !now.Before(s.deadline) }

// timeout is the error of a span that is over.
func (s *span) timeout() error {
	if s.fromContext {
		return link.ErrContextTimeout
	}
	return link.ErrTotalTimeout
}

// socketTimeout is the error of a wait for bytes that took too long.
func (s *span) socketTimeout() error {
	switch {
	case !s.shared:
		return link.ErrSocketTimeout
	case s.fromContext:
		return link.ErrContextShareTimeout
	}
	return link.ErrShareTimeout
}

// share limits the wait of one try to its equal share of the time left, if the socket timeout would leave no time for the other tries.
func (s *span) share(now time.Time, tries int) {
	left := s.deadline.Sub(now)
	if share := max(left/time.Duration(tries), leastShare); !s.deadline.IsZero() && s.socket >= left && share < left {
		s.socket, s.shared = share, true
	}
}

// budget is what is left for the server in milliseconds, at least 1; 0 is no limit (docs/wire-core.md#1.7).
func (s *span) budget(now time.Time) uint32 {
	if s.deadline.IsZero() {
		return 0
	}
	return uint32(min(max(s.deadline.Sub(now).Milliseconds(), 1), 1<<31))
}
