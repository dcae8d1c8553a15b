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
	// cmd and resp are the caller's. The sender may use cmd while the state is pendingWriting, and
	// resp in the state pendingDone until it has signaled that.
	cmd  *wire.Command
	resp *wire.Response
	// keepEncoded and dropsNil say how the answer is parsed.
	keepEncoded, dropsNil bool

	budget link.Span
	since  time.Time // when the command's try began
	limit  time.Time // when the caller stops waiting, zero for never
	fail   failure

	state   atomic.Int32
	signals chan signal // capacity 2, so that neither the sender nor the watchdog waits
	timer   *time.Timer // nil until a caller needs it
	hurried bool        // the watchdog has signaled hurry; guarded by the coalescer's mu
}

// The states of a pending. While it is in the queue its caller may leave, and so it may after it
// was sent; the sender drops the answer then. While it is being written, and while the sender hands
// over the answer, the caller must stay, because the memory is the caller's.
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
	unsent                 // the caller may leave, and the command was not sent
	hurry                  // the time limit is near: the caller must watch it from now on
	stuck                  // the queue does not move: the caller should send the command alone
)

func newPending() any { return &pending{signals: make(chan signal, 2)} }

// begin prepares a pending for a command that is added to the queue.
func (e *pending) begin(cmd *wire.Command, resp *wire.Response, s *link.Span, now time.Time) {
	e.cmd, e.resp, e.keepEncoded, e.dropsNil = cmd, resp, cmd.KeepEncoded, dropsNil(cmd)
	e.budget, e.since, e.hurried, e.limit = *s, now, false, s.Deadline
	if s.Socket > 0 {
		if end := now.Add(s.Socket); e.limit.IsZero() || end.Before(e.limit) {
			e.limit = end
		}
	}
	e.state.Store(pendingWriting)
}

// await waits for the answer, within the caller's own limits. Waiting with a timer costs several
// times as much as waiting for one channel, so a caller whose limits are not near waits without a
// timer until the watchdog wakes it.
func (co *coalescer) await(ctx context.Context, e *pending) failure {
	first := hurry
	if e.limit.IsZero() || e.limit.Sub(e.since) > limitIsNear {
		if done := ctx.Done(); done == nil {
			first = <-e.signals
		} else {
			select {
			case first = <-e.signals:
			case <-done: // awaitTimed finds that too
			}
		}
		if first == answered {
			return co.collect(e)
		}
	}
	return co.awaitTimed(ctx, e, first)
}

// awaitTimed waits for the answer until the limit, once the limit is near or the watchdog has
// signaled something. If the command is in a queue that does not move, it is sent alone.
func (co *coalescer) awaitTimed(ctx context.Context, e *pending, first signal) failure {
	late := e.late()
	var timeout <-chan time.Time
	for s := first; ; {
		switch {
		case s == answered:
			e.stopTimer()
			return co.collect(e)
		case s == stuck && co.withdrawStuck(e):
			return co.sendAlone(ctx, e)
		case s == hurry && timeout == nil && !e.limit.IsZero():
			timeout = e.startTimer(e.limit)
		}
		select {
		case s = <-e.signals:
			continue
		case <-ctx.Done():
			if sent, left := co.abandon(e); left {
				return ended(contextError(ctx), sent)
			}
		case <-timeout:
			never := e.unsent(late) // another caller may use e once it is abandoned
			if sent, left := co.abandon(e); left && sent {
				late.sent = true
				return late
			} else if left {
				return never
			}
		}
		s = answered
	}
}

// sendAlone sends a command that was withdrawn from a queue that does not move.
func (co *coalescer) sendAlone(ctx context.Context, e *pending) failure {
	s, cmd, resp := e.budget, e.cmd, e.resp
	co.recycle(e)
	f := co.node.do(ctx, &s, time.Now(), cmd, resp)
	co.mu.Lock()
	co.alone--
	co.helpStuck(time.Now())
	co.mu.Unlock()
	return f
}

// unsent returns the failure of a command that was not sent before its limit, whose failure would
// be late if it had been sent.
func (e *pending) unsent(late failure) failure {
	late.err, late.sent = link.ErrQueueTimeout, false
	if late.final {
		late.err = e.budget.QueueTimeout()
	} else {
		late.outcome = retry.Unsent
	}
	return late
}

// collect returns the outcome of a pending and recycles it.
func (co *coalescer) collect(e *pending) failure {
	f := e.fail
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

// late returns the failure of a command whose caller has stopped waiting.
func (e *pending) late() failure {
	if s := &e.budget; s.Socket > 0 && e.limit != s.Deadline {
		return failure{err: s.SocketTimeout(), outcome: retry.TimedOut}
	}
	return ended(e.budget.Timeout(), false)
}

// withdraw removes a pending from the queue. It returns false if a sender has taken it.
func (co *coalescer) withdraw(e *pending) bool {
	co.mu.Lock()
	waiting := co.queue.Remove(e)
	co.mu.Unlock()
	if waiting {
		co.gate.Leave(1)
		e.stopTimer()
	}
	return waiting
}

// abandon gives up a pending; sent reports whether it may have been sent. If left is false the
// answer has arrived at the same moment.
func (co *coalescer) abandon(e *pending) (sent, left bool) {
	switch {
	case co.withdraw(e):
		co.recycle(e)
		return false, true
	case e.state.CompareAndSwap(pendingWriting, pendingLeaving):
		// Writing takes no time, and afterwards nothing else refers to the pending.
		sent = e.awaitSender() == answered
		co.recycle(e)
		return sent, true
	case e.state.CompareAndSwap(pendingSent, pendingLeft):
		return true, true
	}
	e.awaitSender()
	return false, false
}

// awaitSender waits for the signal of the sender and returns it.
func (e *pending) awaitSender() signal {
	for {
		if s := <-e.signals; s == answered || s == unsent {
			return s
		}
	}
}
