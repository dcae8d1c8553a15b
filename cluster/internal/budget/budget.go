// Package budget limits the retries of all commands of a client together, so that a client does not
// multiply the load of a cluster that is already failing.
package budget

import "sync/atomic"

// unit is the cost of one retry. Commands earn percent of it.
const unit = 100

// A Budget is a token bucket: each command adds a fraction of a retry, and each retry takes one. It
// starts full. It is safe for concurrent use. While it is full, which is the normal case, commands
// only read it.
type Budget struct {
	percent  int64 // hundredths of a retry that a command adds; negative for no limit
	capacity int64
	level    atomic.Int64
}

// New returns a full budget. A command adds percent hundredths of a retry; if percent is negative
// there is no limit. At most reserve retries are saved.
func New(percent, reserve int) *Budget {
	b := &Budget{percent: int64(percent), capacity: int64(reserve) * unit}
	b.level.Store(b.capacity)
	return b
}

// Earn adds the share of a command. It is called for the first try of each command.
func (b *Budget) Earn() {
	if b.level.Load() >= b.capacity || b.percent <= 0 {
		return
	}
	if over := b.level.Add(b.percent) - b.capacity; over > 0 {
		b.level.Add(-min(over, b.percent))
	}
}

// Left reports whether the budget has a retry left.
func (b *Budget) Left() bool { return b.percent < 0 || b.level.Load() >= unit }

// Take takes a retry out of the budget. If there is none it takes nothing and reports false.
func (b *Budget) Take() bool {
	if b.percent < 0 {
		return true
	}
	for {
		level := b.level.Load()
		if level < unit {
			return false
		}
		if b.level.CompareAndSwap(level, level-unit) {
			return true
		}
	}
}
