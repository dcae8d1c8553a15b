package cluster

import "time"

// limitIsNear is the time before its limit from which a caller uses a timer of its own. The
// watchdog looks twice in this time.
const limitIsNear = 2 * coalescePatience

// A watchdog is the one timer of a coalescer. It looks at the callers that have waited for longer
// than coalescePatience, in the queue or for an answer. It wakes those whose limit is near, and if
// the queue does not move, some of those in the queue.
type watchdog struct {
	timer *time.Timer // nil until it is needed
	armed bool
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
	next := coalescePatience
	for _, e := range co.queue.Waiting() {
		if waited := now.Sub(e.since); waited < coalescePatience {
			next -= waited
			break // those that follow came later
		}
		e.hurryNear(now)
	}
	waits := len(co.queue.Waiting())
	for _, k := range co.all {
		waits += len(k.roster)
		for _, e := range k.roster {
			e.hurryNear(now)
		}
	}
	if waits > 0 {
		co.startWatch(next)
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

// hurryNear wakes the caller, once, if its limit is near. The caller holds the coalescer's mu.
func (e *pending) hurryNear(now time.Time) {
	if e.hurried {
		return
	}
	if limit, _ := e.limit(); !limit.IsZero() && limit.Sub(now) <= limitIsNear {
		e.hurried = e.wake(hurry)
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
