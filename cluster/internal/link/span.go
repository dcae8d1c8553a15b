package link

import (
	"time"
)

// A Span holds the time limits of one command, including all its tries.
type Span struct {
	Start       time.Time
	Deadline    time.Time     // zero if there is none
	FromContext bool          // the deadline is the context's
	Socket      time.Duration // maximum wait for the next bytes; 0 means no limit
	Shared      bool          // Socket is one try's share of the remaining time
	Delay       time.Duration // how long the connection is kept after a timeout, for a late answer
	Compress    int           // size in bytes above which a request is compressed; 0 means never
}

// MinShare is the minimum share of the remaining time that one try of a read gets.
const MinShare = 50 * time.Millisecond

// Over reports whether the deadline has passed.
func (s *Span) Over(now time.Time) bool { return !s.Deadline.IsZero() && !now.Before(s.Deadline) }

// Timeout returns the error of a Span whose deadline has passed.
func (s *Span) Timeout() error {
	if s.FromContext {
		return ErrContextTimeout
	}
	return ErrTotalTimeout
}

// QueueTimeout returns the error of a command that was not sent because its time was over.
func (s *Span) QueueTimeout() error {
	if s.FromContext {
		return ErrContextQueueTimeout
	}
	return ErrQueueTimeout
}

// SocketTimeout returns the error of a wait for bytes that exceeded the limit.
func (s *Span) SocketTimeout() error {
	switch {
	case !s.Shared:
		return ErrSocketTimeout
	case s.FromContext:
		return ErrContextShareTimeout
	}
	return ErrShareTimeout
}

// Share limits one try to an equal share of the remaining time, if the socket timeout would leave
// no time for the other tries.
func (s *Span) Share(now time.Time, tries int) {
	left := s.Deadline.Sub(now)
	if share := max(left/time.Duration(tries), MinShare); !s.Deadline.IsZero() && s.Socket >= left && share < left {
		s.Socket, s.Shared = share, true
	}
}

// Budget returns the remaining time in milliseconds, at least 1, or 0 if there is no limit
// (docs/wire-core.md#1.7).
func (s *Span) Budget(now time.Time) uint32 {
	if s.Deadline.IsZero() {
		return 0
	}
	return uint32(min(max(s.Deadline.Sub(now).Milliseconds(), 1), 1<<31))
}
