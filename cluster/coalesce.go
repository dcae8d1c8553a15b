package cluster

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/cluster/internal/sendqueue"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// coalescePlaces is the number of messages to one node in flight at the same time before
	// commands wait for each other.
	coalescePlaces = 3
	// coalesceRows bounds the commands in one message, so that the first does not wait for a very
	// long one.
	coalesceRows = 128
	// coalescePatience is how long a command waits in the queue before it is sent alone. A queue
	// that does not move means that messages are stuck on the node, e.g. writes whose replica is
	// gone.
	coalescePatience = 20 * time.Millisecond
	// coalesceSize is the size in bytes from which a command is sent alone.
	coalesceSize = 8 << 10
)

// A coalescer sends the commands for one node, alone or together. A node has two, one for reads and
// one for writes: a batch is answered when its slowest row is, and writes can be slow while reads
// are not.
type coalescer struct {
	node     *Node
	patience time.Duration // longest wait of a sender for a connection
	off      atomic.Bool
	spare    sync.Pool // of *pending

	// mu guards queue. It is never held over I/O.
	mu    sync.Mutex
	queue sendqueue.Queue[*pending]
	// senders counts the goroutines that send pending commands. None is started once the queue is
	// closed.
	senders sync.WaitGroup
}

// A pending is a command that waits to be sent together with others. Its caller waits for the
// answer.
type pending struct {
	cmd    wire.Command
	budget link.Span
	resp   wire.Response
	fail   failure

	state   atomic.Int32
	arrived chan struct{} // capacity 1: one signal for each pending that its caller waits for
	timer   *time.Timer
}

// The states of a pending. The caller may leave while it waits in the queue, and after it was sent;
// the sender drops the answer then. While it is being written the caller must stay, because the
// values are the caller's.
const (
	pendingWaiting int32 = iota
	pendingWriting
	pendingLeaving // the caller wants to leave as soon as it is written
	pendingSent
	pendingDone
	pendingLeft
)

func newPending() any {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &pending{arrived: make(chan struct{}, 1), timer: t}
}

// recycle keeps the memory of a pending for another. Nothing else may refer to it.
func (co *coalescer) recycle(e *pending) {
	e.cmd, e.resp, e.fail = wire.Command{}, wire.Response{}, failure{}
	co.spare.Put(e)
}

func newCoalescer(n *Node, env *env) *coalescer {
	co := &coalescer{node: n, patience: env.ConnectTimeout}
	co.spare.New = newPending
	co.off.Store(env.Coalesce == CoalesceOff)
	co.queue = sendqueue.Queue[*pending]{Slots: coalescePlaces, Rows: coalesceRows}
	return co
}

// do sends a command, alone or with others.
func (co *coalescer) do(ctx context.Context, s *link.Span, now time.Time, cmd *wire.Command, resp *wire.Response, alone bool) failure {
	if alone || co.off.Load() {
		return co.node.do(ctx, s, now, cmd, resp)
	}
	co.mu.Lock()
	if co.queue.Enter() {
		co.mu.Unlock()
		f := co.node.do(ctx, s, now, cmd, resp)
		co.mu.Lock()
		co.leave()
		co.mu.Unlock()
		return f
	}
	e := co.spare.Get().(*pending)
	e.cmd, e.budget = *cmd, *s
	e.state.Store(pendingWaiting)
	co.queue.Wait(e)
	co.mu.Unlock()
	return co.await(ctx, e, cmd, resp)
}

// leave gives up a slot, or starts a sender that takes it over. The caller holds mu.
func (co *coalescer) leave() {
	if co.queue.Leave() {
		co.senders.Go(func() { newSender(co).run() })
	}
}

// await waits for the answer, within the caller's own limits.
func (co *coalescer) await(ctx context.Context, e *pending, cmd *wire.Command, resp *wire.Response) failure {
	wait, late := e.patience()
	stage := coalescePatience
	if wait > 0 {
		stage = min(stage, wait)
	}
	e.timer.Reset(stage)
	timeout := e.timer.C
	for waited := stage; ; waited = wait {
		select {
		case <-e.arrived:
		case <-ctx.Done():
			if sent, left := co.abandon(e); left {
				return ended(contextError(ctx), sent)
			}
		case <-timeout:
			if waited != wait {
				if s := e.budget; co.withdraw(e) {
					return co.node.do(ctx, &s, time.Now(), cmd, resp)
				}
				if timeout = nil; wait > 0 {
					e.timer.Reset(wait - waited)
					timeout = e.timer.C
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
		e.timer.Stop()
		f := e.fail
		*resp = e.resp
		co.recycle(e)
		return f
	}
}

// withdraw removes a pending from the queue. It returns false if a sender has taken it.
func (co *coalescer) withdraw(e *pending) bool {
	co.mu.Lock()
	waiting := co.queue.Remove(e)
	co.mu.Unlock()
	if waiting {
		e.timer.Stop()
		co.recycle(e)
	}
	return waiting
}

// patience returns how long the caller waits, 0 for no limit, and the failure that then results.
func (e *pending) patience() (time.Duration, failure) {
	s := &e.budget
	if s.Deadline.IsZero() && s.Socket == 0 {
		return 0, failure{}
	}
	left := time.Until(s.Deadline)
	if s.Socket > 0 && (s.Deadline.IsZero() || s.Socket < left) {
		return s.Socket, failure{err: s.SocketTimeout(), outcome: retry.TimedOut}
	}
	return max(left, 1), ended(s.Timeout(), false)
}

// abandon gives up a pending; sent reports whether it may have been sent. If left is false the
// answer has arrived at the same moment.
func (co *coalescer) abandon(e *pending) (sent, left bool) {
	switch {
	case co.withdraw(e):
		return false, true
	case e.state.CompareAndSwap(pendingWriting, pendingLeaving):
		// Writing takes no time, and afterwards nothing else refers to the pending.
		<-e.arrived
		co.recycle(e)
		return true, true
	case e.state.CompareAndSwap(pendingSent, pendingLeft):
		return true, true
	}
	<-e.arrived
	return false, false
}

// close closes the queue. Pending commands fail; later commands are sent alone.
func (co *coalescer) close(reason error) {
	co.mu.Lock()
	left := co.queue.Close()
	co.mu.Unlock()
	for _, e := range left {
		e.state.Store(pendingSent)
		co.finish(e, failure{err: reason, outcome: retry.NoConn, final: reason == ErrClosed})
	}
}

// finish hands the outcome to the caller, or drops it if the caller has left.
func (co *coalescer) finish(e *pending, f failure) {
	e.fail = f
	if e.state.CompareAndSwap(pendingSent, pendingDone) {
		e.arrived <- struct{}{}
		return
	}
	co.recycle(e)
}
