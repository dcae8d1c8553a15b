package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// sharedBody is the size in bytes up to which the answers to several callers share memory. Out of larger
// ones each caller gets a copy of its part, so that who keeps a record does not keep those of all others.
const sharedBody = 16 << 10

// A carrier takes errands that wait at a node and carries them together, until none waits any more.
type carrier struct {
	co   *coalescer
	node *Node
	load []*errand // nil where the errand is done
	rows []wire.BatchRow
}

func newCarrier(co *coalescer) *carrier { return &carrier{co: co, node: co.node} }

// run carries until nothing waits. The connection comes first: meanwhile more gathers.
func (k *carrier) run() {
	for {
		now := time.Now()
		c, f := k.node.acquire(context.Background(), &link.Span{Start: now, Deadline: now.Add(k.co.patience)}, now)
		if f.final && f.err != ErrClosed {
			// Only the carrier's time is over. Those who wait have times of their own.
			if k.needless() {
				return
			}
			continue
		}
		if !k.take() {
			if f.err == nil {
				k.node.release(c)
			}
			return
		}
		if f.err != nil {
			if f.err != ErrClosed && !errors.Is(f.err, ErrLogin) {
				f.final, f.outcome = false, retry.NoConn
			}
			k.written()
			k.fail(f)
			continue
		}
		k.carry(c)
		k.node.release(c)
	}
}

// take loads what waits. It reports false, and has given the carrier's place up, if nothing does.
func (k *carrier) take() bool {
	k.co.mu.Lock()
	defer k.co.mu.Unlock()
	k.load = k.co.queue.Take(k.load[:0])
	for _, e := range k.load {
		e.state.Store(errandWriting)
	}
	return len(k.load) > 0
}

// needless reports whether nothing waits; the carrier's place is given up then.
func (k *carrier) needless() bool {
	k.co.mu.Lock()
	defer k.co.mu.Unlock()
	return !k.co.queue.Leave()
}

// carry sends the load over a connection and delivers the answers.
func (k *carrier) carry(c *link.Conn) {
	for len(k.load) > 0 {
		now := time.Now()
		c.Span = k.span(now)
		c.Arm(now)
		err := k.write(c, c.Span.Budget(now))
		if err == nil {
			break
		}
		k.sortOut(err)
	}
	k.written()
	if len(k.load) == 0 {
		return
	}
	f := k.node.sendRequest(context.Background(), c)
	if f.err == nil {
		f = k.receive(c)
	}
	k.node.judge(&f)
	k.fail(f)
}

// span is as wide as the widest of the load's: each caller keeps to its own by itself. Its end counts against the node if it is the
// end of any caller's policy, and not if all deadlines are those of contexts.
func (k *carrier) span(now time.Time) link.Span {
	s := k.load[0].budget
	s.Start = now
	for _, e := range k.load[1:] {
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
func (k *carrier) write(c *link.Conn, budget uint32) (err error) {
	if len(k.load) == 1 {
		c.Request, err = k.load[0].cmd.AppendMessage(c.Request[:0], budget)
		return err
	}
	k.rows = k.rows[:0]
	for i, e := range k.load {
		k.rows = append(k.rows, wire.BatchRow{Index: uint32(i), Command: &e.cmd})
	}
	batch := wire.Batch{Flags: wire.BatchInline | wire.BatchRespondAll}
	c.Request, err = batch.AppendMessage(c.Request[:0], k.rows, budget)
	clear(k.rows)
	return err
}

// sortOut takes those out of the load that can't be written, of which there is one at least.
func (k *carrier) sortOut(cause error) {
	k.load = slices.DeleteFunc(k.load, func(e *errand) bool {
		_, err := e.cmd.AppendMessage(nil, 0)
		if err == nil && len(k.load) == 1 {
			err = cause
		}
		if err == nil {
			return false
		}
		if e.wasWritten() {
			k.co.finish(e, unwritable(err))
		}
		return true
	})
}

// wasWritten lets the caller go if it wants to; it reports whether the caller still waits.
func (e *errand) wasWritten() bool {
	if e.state.CompareAndSwap(errandWriting, errandSent) {
		return true
	}
	e.arrived <- struct{}{}
	return false
}

// written marks the whole load as written. Places in the load stay, as the rows' numbers refer to them.
func (k *carrier) written() {
	for i, e := range k.load {
		if !e.wasWritten() {
			k.load[i] = nil
		}
	}
}

// fail gives the failure to all that have had no answer.
func (k *carrier) fail(f failure) {
	if f.err == nil {
		f = failure{err: errNoRow, outcome: retry.Broken}
	}
	for i, e := range k.load {
		if e == nil {
			continue
		}
		k.load[i] = nil
		k.co.finish(e, e.own(f))
	}
}

// own is a failure of the message as the errand's caller is told of it: its time is the errand's own.
func (e *errand) own(f failure) failure {
	switch f.err {
	case link.ErrTotalTimeout, link.ErrContextTimeout:
		f.err = e.budget.Timeout()
	case link.ErrSocketTimeout, link.ErrShareTimeout, link.ErrContextShareTimeout:
		f.err = e.budget.SocketTimeout()
	}
	return f
}

// receive reads the answer to the load.
func (k *carrier) receive(c *link.Conn) failure {
	if len(k.load) == 1 {
		if e := k.load[0]; e != nil {
			f := k.node.readAnswer(context.Background(), c, &e.resp)
			k.load[0] = nil
			k.co.finish(e, e.own(f))
			return f
		}
		return k.node.readAnswer(context.Background(), c, new(wire.Response))
	}
	for rows := 0; ; {
		body, err := c.ReadMessage()
		if err != nil {
			return k.node.failed(context.Background(), c, err)
		}
		share := len(body) <= sharedBody
		for len(body) > 0 {
			resp, rest, err := wire.ParseResponse(body)
			if err == nil && resp.Last() {
				return k.trailer(c, &resp, rest)
			}
			if err == nil && !share && resp.OpCount > 0 {
				resp, _, err = wire.ParseResponse(bytes.Clone(body[:len(body)-len(rest)]))
			}
			if rows++; err == nil && rows > len(k.load) {
				err = errUnexpectedRow
			}
			if err == nil {
				err = k.deliver(&resp)
			}
			if err != nil {
				c.Unusable = true
				return failure{err: err, outcome: retry.Broken}
			}
			body = rest
		}
	}
}

// deliver hands one answer to its caller.
func (k *carrier) deliver(resp *wire.Response) error {
	i := resp.TransactionTTL
	if int64(i) >= int64(len(k.load)) {
		return errUnexpectedRow
	}
	e := k.load[i]
	if e == nil {
		// Its caller has left, or this is its second answer, which harms nobody.
		return nil
	}
	k.load[i] = nil
	dropEmptyAnswers(&e.cmd, resp)
	resp.TransactionTTL = 0
	e.resp = *resp
	f := failure{}
	if resp.ResultCode != protocol.OK {
		f = k.node.refused(resp)
	} else if resp.Err != nil {
		f = unreadable(resp)
	}
	k.co.finish(e, f)
	return nil
}

// trailer reads the end of the answer. A node that can't do batches now is sent the commands one by one.
func (k *carrier) trailer(c *link.Conn, resp *wire.Response, rest []byte) failure {
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
		return k.carryEach(c)
	case protocol.BatchMaxRequests, protocol.BatchQueuesFull:
		return k.carryEach(c)
	default:
		c.NoteResult(code)
		return refusedTogether(code)
	}
}

// carryEach sends what is left as messages of their own. It returns the failure that ended the connection, if one did.
func (k *carrier) carryEach(c *link.Conn) (f failure) {
	for i, e := range k.load {
		if e == nil {
			continue
		}
		now := time.Now()
		c.Span = e.budget
		c.Arm(now)
		request, err := e.cmd.AppendMessage(c.Request[:0], e.budget.Budget(now))
		if err != nil {
			f = unwritable(err)
		} else {
			c.Request = request
			f = k.node.roundTrip(context.Background(), c, &e.resp)
		}
		k.load[i] = nil
		k.co.finish(e, f)
		if c.Unusable {
			k.fail(failure{err: ErrConnect, outcome: retry.NoConn})
			return f
		}
	}
	return failure{}
}
