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
	now   func() time.Time
	floor atomic.Uint64
}

func (c *clock) millis() uint64 {
	return max(uint64(max(c.now().UnixMilli()-epoch, 0)), c.floor.Load())
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
