package cluster

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A sender takes the pending commands of a node and sends them together, until the queue is empty.
type sender struct {
	co    *coalescer
	node  *Node
	group []*pending // nil for those that are done
	rows  []wire.BatchRow
	resp  wire.Response // the last answer that was parsed; its memory is used again
	start func()        // runs the sender; a field so that it is allocated only once

	size   int           // of the group that was sent last
	waited time.Duration // by the first command of the group, in the queue
	trips  trips         // those to the node, as they were when the group was taken
	// starved says that it took long until the sender could run.
	starved bool
	turns   int // messages, those of failed tries included

	// The coalescer's mu guards what follows, for the watchdog.
	roster []*pending // the group as it was taken
	taken  time.Time
	// trip says that the message that was sent last was answered or timed out, and tooLate that it
	// timed out.
	trip, tooLate bool
}

// endTrip records the round trip of the message that was sent last. The caller holds the
// coalescer's mu.
func (k *sender) endTrip(now time.Time) {
	if k.trip {
		k.trip = false
		began := k.taken
		if k.tooLate {
			began = began.Add(-now.Sub(began)) // the answer would have taken longer, probably much
		}
		k.co.endTrip(began, k.size, now)
	}
}

func newSender(co *coalescer) *sender {
	k := &sender{co: co, node: co.node}
	k.start = func() {
		defer co.running.Done()
		k.run()
	}
	return k
}

// run sends until the queue is empty. It gets a connection first: meanwhile more commands arrive.
func (k *sender) run() {
	for {
		now := k.yield()
		c, f := k.node.acquire(context.Background(), &link.Span{Start: now, Deadline: now.Add(k.co.patience)}, now)
		if f.final && f.err != ErrClosed {
			// Only the sender's time is over. The waiting callers have their own timeouts.
			if k.stopIfIdle() {
				return
			}
			continue
		}
		if !k.take(now) {
			if f.err == nil {
				k.node.release(c)
			}
			return
		}
		if f.err != nil {
			if f.err != ErrClosed && !errors.Is(f.err, ErrLogin) {
				f.final, f.outcome = false, retry.NoConn
			}
			for _, e := range k.group {
				k.co.drop(e, e.withOwnTimeout(f))
			}
			continue
		}
		if k.dropLate(now); len(k.group) > 0 {
			k.send(c)
		}
		k.node.release(c)
	}
}

// yield lets the callers that got their answers go first: those that continue with another command
// are in the queue then. It returns the time. A sender that is starved does that only if few
// commands wait, and sometimes to find out whether it still is.
func (k *sender) yield() time.Time {
	ready := time.Now()
	k.turns++
	if k.starved && k.turns%starvedTurns != 0 && k.co.gate.Waiting() >= coalesceRows {
		return ready
	}
	runtime.Gosched()
	now := time.Now()
	k.starved = now.Sub(ready) > k.trips.usual/starvedTrip
	return now
}

// take takes commands from the queue. If the queue is empty, it gives up the sender's slot and
// returns false.
func (k *sender) take(now time.Time) bool {
	k.co.mu.Lock()
	defer k.co.mu.Unlock()
	k.endTrip(now)
	if k.group = k.co.queue.Take(k.group[:0], len(k.roster), k.starved); len(k.group) == 0 {
		k.co.retire(k)
		k.co.gate.Relax()
		return false
	}
	k.co.gate.Leave(len(k.group))
	k.co.setSteady(k.starved)
	k.roster, k.taken, k.co.lastTake = append(k.roster[:0], k.group...), now, now
	k.waited, k.trips = now.Sub(k.group[0].since), k.co.trips
	return true
}

// dropLate removes the commands from the group whose time ends before the usual round trip would.
// The node would work for them in vain, and the commands behind them would be late too.
func (k *sender) dropLate(now time.Time) {
	before := len(k.group)
	k.group = slices.DeleteFunc(k.group, func(e *pending) bool {
		if e.limit.IsZero() || k.trips.spare(e.limit.Sub(now)) {
			return false
		}
		k.co.drop(e, e.unsent(e.late()))
		return true
	})
	if before > 0 && len(k.group) == 0 {
		k.co.mu.Lock()
		k.co.trips.tooLong(now)
		k.co.mu.Unlock()
	}
}

// stopIfIdle reports whether the queue is empty and, if so, gives up the sender's slot.
func (k *sender) stopIfIdle() bool {
	k.co.mu.Lock()
	defer k.co.mu.Unlock()
	done := len(k.roster)
	clear(k.roster)
	k.roster = k.roster[:0]
	if k.co.queue.LeaveSender(done) {
		return false
	}
	k.co.retire(k)
	k.co.gate.Relax()
	return true
}

// send sends the group over a connection and delivers the answers.
func (k *sender) send(c *link.Conn) {
	for len(k.group) > 0 {
		now := time.Now()
		c.Span = k.span(now)
		c.Arm(now)
		err := k.write(c, c.Span.Budget(now))
		if err == nil {
			break
		}
		k.dropUnencodable(err)
	}
	k.markAllSent()
	if len(k.group) == 0 {
		return
	}
	k.size = len(k.group)
	k.co.commands.Add(int64(k.size))
	k.co.messages.Add(1)
	f := k.node.sendRequest(context.Background(), c)
	if f.err == nil {
		f = k.receive(c)
		k.trip, k.tooLate = f.err == nil || f.late(), f.late()
	}
	if !f.late() || k.waited < time.Since(k.taken) {
		// Otherwise the commands were in the queue for longer than with the node, so their timeout
		// says nothing about the node.
		k.node.recordResult(&f)
	}
	k.fail(f)
}

// span returns a Span that covers those of all commands of the group; each caller keeps its own.
// Its end counts against the node, unless all deadlines are those of contexts.
func (k *sender) span(now time.Time) link.Span {
	s := k.group[0].budget
	s.Start = now
	for _, e := range k.group[1:] {
		s.FromContext = s.FromContext && e.budget.FromContext
		s.Shared = s.Shared && e.budget.Shared
		if b := &e.budget; b.Deadline.IsZero() || !s.Deadline.IsZero() && b.Deadline.After(s.Deadline) {
			s.Deadline = b.Deadline
		}
		if b := &e.budget; b.Socket == 0 || s.Socket > 0 && b.Socket > s.Socket {
			s.Socket = b.Socket
		}
	}
	return s
}

// write makes the message: that of a single command, or a batch.
func (k *sender) write(c *link.Conn, budget uint32) (err error) {
	if len(k.group) == 1 {
		c.Request, err = k.group[0].cmd.AppendMessage(c.Request[:0], budget)
		return err
	}
	k.rows = k.rows[:0]
	for i, e := range k.group {
		k.rows = append(k.rows, wire.BatchRow{Index: uint32(i), Command: e.cmd})
	}
	batch := wire.Batch{Flags: wire.BatchInline | wire.BatchRespondAll}
	c.Request, err = batch.AppendMessage(c.Request[:0], k.rows, budget)
	clear(k.rows)
	return err
}

// dropUnencodable removes the commands that can't be written from the group. There is at least one.
func (k *sender) dropUnencodable(cause error) {
	k.group = slices.DeleteFunc(k.group, func(e *pending) bool {
		_, err := e.cmd.AppendMessage(nil, 0)
		if err == nil && len(k.group) == 1 {
			err = cause
		}
		if err == nil {
			return false
		}
		k.co.drop(e, unwritable(err))
		return true
	})
}

// markSent records that the command is written, so that its caller may leave. It reports whether
// the caller still waits.
func (e *pending) markSent() bool {
	if e.state.CompareAndSwap(pendingWriting, pendingSent) {
		return true
	}
	e.signals <- answered
	return false
}

// markAllSent marks the whole group as sent. Positions in the group stay, because rows refer to
// them by number.
func (k *sender) markAllSent() {
	for i, e := range k.group {
		if !e.markSent() {
			k.group[i] = nil
		}
	}
}

// fail gives the failure to all callers without an answer.
func (k *sender) fail(f failure) {
	if f.err == nil {
		f = failure{err: errNoRow, outcome: retry.Broken}
	}
	for i, e := range k.group {
		if e == nil {
			continue
		}
		k.group[i] = nil
		k.co.finish(e, nil, e.withOwnTimeout(f))
	}
}

// withOwnTimeout returns the failure of a message as this caller should see it, with the caller's
// own timeout.
func (e *pending) withOwnTimeout(f failure) failure {
	switch f.err {
	case link.ErrTotalTimeout, link.ErrContextTimeout:
		f.err = e.budget.Timeout()
	case link.ErrSocketTimeout, link.ErrShareTimeout, link.ErrContextShareTimeout:
		f.err = e.budget.SocketTimeout()
	}
	return f
}

// receive reads the answer to the group's message.
func (k *sender) receive(c *link.Conn) failure {
	if len(k.group) == 1 {
		if e := k.group[0]; e != nil {
			f := k.node.readAnswer(context.Background(), c, &k.resp, e.keepEncoded)
			k.group[0] = nil
			k.co.finish(e, &k.resp, e.withOwnTimeout(f))
			return f
		}
		return k.node.readAnswer(context.Background(), c, &k.resp, false)
	}
	resp := &k.resp
	for rows := 0; ; {
		body, _, err := c.ReadLent(protocol.MaxProtoSize)
		if err != nil {
			return k.node.failed(context.Background(), c, err)
		}
		for len(body) > 0 {
			// Each caller gets memory of its own, so that a record that is kept does not keep those
			// of others.
			rest, err := k.parse(resp, body)
			if err == nil && resp.Last() {
				return k.trailer(c, resp, rest)
			}
			if rows++; err == nil && rows > len(k.group) {
				err = errUnexpectedRow
			}
			if err == nil {
				err = k.deliver(resp)
			}
			if err != nil {
				c.Unusable = true
				return failure{err: err, outcome: retry.Broken}
			}
			body = rest
		}
	}
}

// parse parses the answer at the start of body as the command expects it that the answer is for.
func (k *sender) parse(resp *wire.Response, body []byte) (rest []byte, err error) {
	i := wire.RowIndex(body)
	if int64(i) >= int64(len(k.group)) || k.group[i] == nil {
		return resp.ParseCopy(body, false)
	}
	if e := k.group[i]; !e.keepEncoded {
		return resp.ParseCopy(body, e.dropsNil)
	}
	return resp.ParseEncoded(body, true)
}

// deliver hands one answer to its caller.
func (k *sender) deliver(resp *wire.Response) error {
	i := resp.TransactionTTL
	if int64(i) >= int64(len(k.group)) {
		return errUnexpectedRow
	}
	e := k.group[i]
	if e == nil {
		// Its caller has left, or this is its second answer.
		return nil
	}
	k.group[i] = nil
	resp.TransactionTTL = 0
	f := failure{}
	if resp.ResultCode != protocol.OK {
		f = k.node.refused(resp)
	} else if resp.Err != nil {
		f = unreadable(resp)
	}
	k.co.finish(e, resp, f)
	return nil
}

// trailer reads the end of the answer. If the node can't run batches now, the commands are sent one
// by one.
func (k *sender) trailer(c *link.Conn, resp *wire.Response, rest []byte) failure {
	if len(rest) > 0 {
		c.Unusable = true
		return failure{err: fmt.Errorf("%w: %d bytes follow the batch", protocol.ErrMalformed, len(rest)), outcome: retry.Broken}
	}
	if err := c.Drained(); err != nil {
		return failure{err: err, outcome: retry.Broken}
	}
	switch code := resp.ResultCode; code {
	case protocol.OK:
		return failure{}
	case protocol.BatchDisabled:
		k.co.off.Store(true)
		return k.sendEach(c)
	case protocol.BatchMaxRequests:
		k.co.limitRows(k.size / 2)
		return k.sendEach(c)
	case protocol.BatchQueuesFull:
		return k.sendEach(c)
	default:
		c.NoteResult(code)
		return refusedTogether(code)
	}
}

// sendEach sends each remaining command in its own message. It returns the failure that ended the
// connection, if any.
func (k *sender) sendEach(c *link.Conn) (f failure) {
	for i, e := range k.group {
		if e == nil {
			continue
		}
		k.group[i] = nil
		if !e.state.CompareAndSwap(pendingSent, pendingWriting) {
			k.co.recycle(e) // its caller has left, and the values may have changed
			continue
		}
		now := time.Now()
		c.Span = e.budget
		c.Arm(now)
		request, err := e.cmd.AppendMessage(c.Request[:0], e.budget.Budget(now))
		if !e.markSent() {
			continue
		}
		if err != nil {
			f = unwritable(err)
		} else {
			c.Request = request
			f = k.node.roundTrip(context.Background(), c, &k.resp, e.keepEncoded)
		}
		k.co.finish(e, &k.resp, f)
		if c.Unusable {
			k.fail(failure{err: ErrConnect, outcome: retry.NoConn})
			return f
		}
	}
	return failure{}
}
