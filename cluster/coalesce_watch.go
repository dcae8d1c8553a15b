package cluster

import "time"

// A watchdog is the one timer of a coalescer. It wakes the callers that have waited for longer than
// coalescePatience, in the queue or for an answer; from then on these use timers of their own.
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
	if w.armed && w.timer.Stop() {
		co.running.Done()
	}
	w.armed = true // so that it is never started again
	for _, k := range co.all {
		k.wakeAll()
	}
}

// lookAround wakes the callers that have waited for too long, and lets the watchdog look again when
// the next one will have.
func (co *coalescer) lookAround() {
	defer co.running.Done()
	co.mu.Lock()
	defer co.mu.Unlock()
	if co.queue.Closed() {
		return
	}
	co.watch.armed = false
	now := time.Now()
	oldest := now
	waits := false
	see := func(since time.Time) (late bool) {
		if now.Sub(since) >= coalescePatience {
			return true
		}
		if waits = true; since.Before(oldest) {
			oldest = since
		}
		return false
	}
	for _, e := range co.queue.Waiting() {
		if !see(e.since) {
			break // those that follow came later
		}
		e.wake()
	}
	for _, k := range co.all {
		if len(k.roster) > 0 && see(k.taken) {
			k.wakeAll()
		}
	}
	if waits {
		co.startWatch(coalescePatience - now.Sub(oldest))
	}
}

// wakeAll wakes the callers of the sender's group. The caller holds mu.
func (k *sender) wakeAll() {
	for _, e := range k.roster {
		e.wake()
	}
	clear(k.roster)
	k.roster = k.roster[:0]
}

// wake signals that the pending is overdue. If its answer arrives at the same moment the signal may
// reach the next caller that uses the pending, which then only takes a timer too early. One such
// signal at a time leaves room for that of the sender.
func (e *pending) wake() {
	if len(e.signals) == 0 {
		e.signals <- overdue
	}
}
