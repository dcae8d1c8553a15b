package cluster

import (
	"sort"
	"time"
)

// limitIsNear is the time before its limit from which a caller uses a timer of its own. The
// watchdog looks twice in this time.
const limitIsNear = 2 * coalescePatience

// A watchdog is the one timer of a coalescer. It looks at the callers that have waited for longer
// than coalescePatience, in the queue or for an answer. It wakes those whose limit is near, and if
// the queue does not move, some of those in the queue.
type watchdog struct {
	timer *time.Timer // nil until it is needed
	armed bool
	// nearest is the earliest limit of the callers to watch, or an earlier time; zero if there is
	// none. Until it is near, the watchdog needn't look at each of them.
	nearest time.Time
}

// watch adds a limit.
func (w *watchdog) watch(limit time.Time) {
	if !limit.IsZero() && (w.nearest.IsZero() || limit.Before(w.nearest)) {
		w.nearest = limit
	}
}

// startWatch lets the watchdog look at the callers after a time, unless it will anyway. The caller
// holds mu.
func (co *coalescer) startWatch(after time.Duration) {
	w := &co.watch
	if w.armed {
		return
	}
	w.armed = true
	co.running.Add(1)
	if w.timer == nil {
		w.timer = time.AfterFunc(after, co.lookAround)
	} else {
		w.timer.Reset(after)
	}
}

// endWatch ends the watchdog for good. Callers whose commands are in flight watch their own limits
// from now on. The caller holds mu.
func (co *coalescer) endWatch() {
	w := &co.watch
	if w.armed && w.timer != nil && w.timer.Stop() {
		co.running.Done()
	}
	w.armed = true // so that it is never started again
	for _, k := range co.all {
		for _, e := range k.roster {
			e.wake(hurry)
		}
	}
}

// lookAround wakes callers as described at watchdog, and arranges for the next look.
func (co *coalescer) lookAround() {
	defer co.running.Done()
	co.mu.Lock()
	defer co.mu.Unlock()
	if co.queue.Closed() {
		return
	}
	co.watch.armed = false
	now := time.Now()
	co.helpStuck(now)
	if nearest := co.watch.nearest; !nearest.IsZero() && nearest.Sub(now) <= limitIsNear {
		co.hurryAll(now)
	}
	waits := len(co.queue.Waiting())
	for _, k := range co.all {
		waits += len(k.roster)
	}
	if waits > 0 {
		co.startWatch(co.nextLook(now))
	}
}

// nextLook returns the time until another command of the queue has waited for coalescePatience. The
// caller holds mu.
func (co *coalescer) nextLook(now time.Time) time.Duration {
	waiting := co.queue.Waiting()
	later := sort.Search(len(waiting), func(i int) bool { return now.Sub(waiting[i].since) < coalescePatience })
	if later == len(waiting) {
		return coalescePatience
	}
	return coalescePatience - now.Sub(waiting[later].since)
}

// hurryAll wakes the callers whose limit is near, and finds the nearest limit of the others. The
// caller holds mu.
func (co *coalescer) hurryAll(now time.Time) {
	co.watch.nearest = time.Time{}
	for _, e := range co.queue.Waiting() {
		co.hurryNear(e, now)
	}
	for _, k := range co.all {
		for _, e := range k.roster {
			co.hurryNear(e, now)
		}
	}
}

// helpStuck wakes callers of a queue that does not move, so that they send their commands alone.
// The caller holds mu.
func (co *coalescer) helpStuck(now time.Time) {
	if !co.isStuck(now) {
		return
	}
	for i, e := range co.queue.Waiting() {
		if co.alone+i >= maxAlone || now.Sub(e.since) < coalescePatience {
			return
		}
		e.wake(stuck)
	}
}

// isStuck reports whether no sender has taken commands from the queue for long. The caller holds
// mu.
func (co *coalescer) isStuck(now time.Time) bool { return now.Sub(co.lastTake) >= co.trips.patience() }

// withdrawStuck removes a pending from the queue, to be sent alone. It reports false if the queue
// has moved, if enough commands are sent alone, or if a sender has taken the command.
func (co *coalescer) withdrawStuck(e *pending) bool {
	co.mu.Lock()
	defer co.mu.Unlock()
	if co.alone >= maxAlone || !co.isStuck(time.Now()) || !co.queue.Remove(e) {
		return false
	}
	co.alone++
	co.gate.Leave(1)
	e.stopTimer()
	return true
}

// hurryNear wakes a caller, once, if its limit is near. The caller holds mu.
func (co *coalescer) hurryNear(e *pending, now time.Time) {
	if !e.hurried && !e.limit.IsZero() && e.limit.Sub(now) <= limitIsNear {
		e.hurried = e.wake(hurry)
	}
	if !e.hurried {
		co.watch.watch(e.limit)
	}
}

// wake signals something to the caller of a pending. If its answer arrives at the same moment the
// signal may reach the next caller that uses the pending, which checks what a signal means. One
// such signal at a time leaves room for that of the sender.
func (e *pending) wake(s signal) bool {
	if len(e.signals) > 0 {
		return false
	}
	e.signals <- s
	return true
}
