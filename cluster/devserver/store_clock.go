package devserver

import (
	"sync/atomic"
	"time"
)

// epoch is 2010-01-01 UTC in Unix milliseconds, where last-update times and void times begin
// (docs/wire-core.md#1.7).
const epoch = 1_262_304_000_000

// A clock returns milliseconds since 2010. It is never behind the last truncation. A record written
// after a truncation is therefore never older than it, even within one millisecond.
type clock struct {
	now    func() time.Time
	offset atomic.Int64 // a time.Duration, set by SetTime and AdvanceTime
	floor  atomic.Uint64
}

// Now returns the time of the cluster: that of Options.Clock, changed by [Server.SetTime] and
// [Server.AdvanceTime].
func (s *Server) Now() time.Time { return s.clock.time() }

// AdvanceTime moves the time of the cluster forward, or back if d is negative. Records expire by
// the new time. It does not change how long faults delay, or timeouts.
func (s *Server) AdvanceTime(d time.Duration) { s.clock.offset.Add(int64(d)) }

// SetTime sets the time of the cluster. It goes on from there.
func (s *Server) SetTime(t time.Time) { s.clock.offset.Store(int64(t.Sub(s.clock.now()))) }

func (c *clock) time() time.Time { return c.now().Add(time.Duration(c.offset.Load())) }

func (c *clock) millis() uint64 {
	return max(uint64(max(c.time().UnixMilli()-epoch, 0)), c.floor.Load())
}

// seconds returns the time in seconds, the unit of void times.
func (c *clock) seconds() uint32 { return uint32(c.millis() / 1000) }

// advance raises the clock to at least t.
func (c *clock) advance(t uint64) {
	for {
		old := c.floor.Load()
		if old >= t || c.floor.CompareAndSwap(old, t) {
			return
		}
	}
}
