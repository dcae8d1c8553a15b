// Package budget bounds the retries of all commands of a client together, so that a cluster in trouble is not sent a multiple
// of its load just then.
package budget

import "sync/atomic"

// unit is what one retry costs. Commands earn hundredths of it.
const unit = 100

// A Budget is a bucket of tokens: each command earns a part of a retry, and each retry takes a whole one. It is full in the
// beginning. It is safe for use by any number of goroutines, and while it is full, which is nearly always, commands only look at it.
type Budget struct {
	percent int64 // that a command earns; negative for no bound
	most    int64
	level   atomic.Int64
}

// New returns a full budget. A command earns percent hundredths of a retry, negative for no bound at all; at most reserve retries are
// saved up.
func New(percent, reserve int) *Budget {
	b := &Budget{percent: int64(percent), most: int64(reserve) * unit}
	b.level.Store(b.most)
	return b
}

// Earn counts a command that is tried for the first time.
func (b *Budget) Earn() {
	if b.level.Load() >= b.most || b.percent <= 0 {
		return
	}
	if over := b.level.Add(b.percent) - b.most; over > 0 {
		b.level.Add(-min(over, b.percent))
	}
}

// Left reports whether there is a retry in the budget.
func (b *Budget) Left() bool { return b.percent < 0 || b.level.Load() >= unit }

// Take takes a retry out of the budget; it reports false, and takes nothing, if there is none.
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
