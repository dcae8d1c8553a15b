package cluster

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A pending is a command that waits to be sent together with others. Its caller waits for the
// answer.
type pending struct {
	cmd    wire.Command
	budget link.Span
	since  time.Time // when the command's try began
	resp   wire.Response
	fail   failure

	state   atomic.Int32
	signals chan signal // capacity 2, so that neither the sender nor the watchdog waits
	timer   *time.Timer // nil until a caller needs it
}

// The states of a pending. While it is in the queue its caller may leave, and so it may after it
// was sent; the sender drops the answer then. While it is being written the caller must stay,
// because the values are the caller's.
const (
	pendingWriting int32 = iota // in the queue, or being written
	pendingLeaving              // the caller wants to leave as soon as it is written
	pendingSent
	pendingDone
	pendingLeft
)

// A signal wakes the caller of a pending.
type signal uint8

const (
	answered signal = iota // the outcome is there, or the caller may leave
	overdue                // the caller must watch its own time limits from now on
)

func newPending() any { return &pending{signals: make(chan signal, 2)} }

// await waits for the answer, within the caller's own limits. Waiting with a timer costs several
// times as much as waiting for one channel, so a caller whose limits are not near waits without a
// timer until the watchdog wakes it.
func (co *coalescer) await(ctx context.Context, e *pending, cmd *wire.Command, resp *wire.Response) failure {
	limit, late := e.limit()
	if limit.IsZero() || limit.Sub(e.since) > 2*coalescePatience {
		if done := ctx.Done(); done == nil {
			if <-e.signals == answered {
				return co.collect(e, resp)
			}
		} else {
			select {
			case s := <-e.signals:
				if s == answered {
					return co.collect(e, resp)
				}
			case <-done:
			}
		}
	}
	return co.awaitTimed(ctx, e, cmd, resp, limit, late)
}

// awaitTimed waits for the answer until the limit. If the command is still in the queue after
// coalescePatience, and the queue has not moved for as long, the command is sent alone. A queue
// that moves is only long: more messages would make it longer.
func (co *coalescer) awaitTimed(ctx context.Context, e *pending, cmd *wire.Command, resp *wire.Response, limit time.Time, late failure) failure {
	end, queued := e.since.Add(coalescePatience), true
	if !limit.IsZero() && !limit.After(end) {
		end, queued = limit, false
	}
	for timeout := e.startTimer(end); ; {
		select {
		case s := <-e.signals:
			if s == overdue {
				continue
			}
		case <-ctx.Done():
			if sent, left := co.abandon(e); left {
				return ended(contextError(ctx), sent)
			}
		case <-timeout:
			if queued {
				if moved := co.moved(); time.Since(moved) < coalescePatience && (limit.IsZero() || moved.Add(coalescePatience).Before(limit)) {
					timeout = e.startTimer(moved.Add(coalescePatience))
					continue
				}
				if s := e.budget; co.withdraw(e) {
					return co.node.do(ctx, &s, time.Now(), cmd, resp)
				}
				queued, timeout = false, nil
				if !limit.IsZero() {
					timeout = e.startTimer(limit)
				}
				continue
			}
			if sent, left := co.abandon(e); left {
				if late.sent = sent; !sent {
					late.outcome = retry.Unsent
				}
				return late
			}
		}
		e.stopTimer()
		return co.collect(e, resp)
	}
}

// moved returns when a sender last took commands from the queue.
func (co *coalescer) moved() time.Time {
	co.mu.Lock()
	defer co.mu.Unlock()
	return co.lastTake
}

// collect returns the outcome of a pending and recycles it.
func (co *coalescer) collect(e *pending, resp *wire.Response) failure {
	f := e.fail
	*resp = e.resp
	co.recycle(e)
	return f
}

func (e *pending) startTimer(end time.Time) <-chan time.Time {
	if d := time.Until(end); e.timer == nil {
		e.timer = time.NewTimer(d)
	} else {
		e.timer.Reset(d)
	}
	return e.timer.C
}

func (e *pending) stopTimer() {
	if e.timer != nil {
		e.timer.Stop()
	}
}

// limit returns the time at which the caller stops waiting, zero for never, and the failure that
// then results.
func (e *pending) limit() (time.Time, failure) {
	s := &e.budget
	if s.Socket > 0 {
		if end := e.since.Add(s.Socket); s.Deadline.IsZero() || end.Before(s.Deadline) {
			return end, failure{err: s.SocketTimeout(), outcome: retry.TimedOut}
		}
	}
	if s.Deadline.IsZero() {
		return time.Time{}, failure{}
	}
	return s.Deadline, ended(s.Timeout(), false)
}

// withdraw removes a pending from the queue. It returns false if a sender has taken it.
func (co *coalescer) withdraw(e *pending) bool {
	co.mu.Lock()
	waiting := co.queue.Remove(e)
	co.mu.Unlock()
	if waiting {
		e.stopTimer()
		co.recycle(e)
	}
	return waiting
}

// abandon gives up a pending; sent reports whether it may have been sent. If left is false the
// answer has arrived at the same moment.
func (co *coalescer) abandon(e *pending) (sent, left bool) {
	switch {
	case co.withdraw(e):
		return false, true
	case e.state.CompareAndSwap(pendingWriting, pendingLeaving):
		// Writing takes no time, and afterwards nothing else refers to the pending.
		e.awaitSender()
		co.recycle(e)
		return true, true
	case e.state.CompareAndSwap(pendingSent, pendingLeft):
		return true, true
	}
	e.awaitSender()
	return false, false
}

// awaitSender waits for the signal of the sender.
func (e *pending) awaitSender() {
	for <-e.signals != answered {
	}
}
