package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// dialCap bounds the connections to one node that are being opened at the same
	// time, so that a cold start under load does not overrun the node.
	dialCap = 8
	// restBeforeCheck is the time after which an idle connection is looked at before it is used
	// again. A node that goes takes longer than that to be noticed otherwise.
	restBeforeCheck = 5 * time.Millisecond
)

// A pool holds the connections to one node. A caller takes the one that was used last, or
// waits, first come first served, for one to be given back or opened. Connections are
// opened by goroutines of the pool, so that a caller who gives up leaves the next one a connection.
type pool struct {
	min, max int
	maxIdle  time.Duration // negative: for ever
	dial     func(context.Context) (*conn, error)

	// ctx ends with the pool and with it every dial; openers counts the goroutines that dial, and those that wait for
	// late answers.
	ctx     context.Context
	cancel  context.CancelFunc
	openers sync.WaitGroup

	// mu guards what follows. It is never held over I/O.
	mu      sync.Mutex
	closed  error              // why nothing is given out any more
	all     map[*conn]struct{} // open, idle or in use
	idle    []*conn            // the one used last at the end
	opening int
	waiting waiterList
}

// A waiter is a caller without a connection. It gets exactly one grant, or takes
// itself off the list.
type waiter struct {
	grant      chan grant // capacity 1: granting never waits
	prev, next *waiter
	queued     bool
}

type grant struct {
	conn *conn
	err  error
}

func newPool(cfg *Config, dial func(context.Context) (*conn, error)) *pool {
	p := &pool{
		min: cfg.MinConnsPerNode, max: cfg.MaxConnsPerNode, maxIdle: cfg.IdleTimeout,
		dial: dial, all: make(map[*conn]struct{}),
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// get returns a connection or says why there is none: the context's or the span's end,
// a failed dial, or a closed pool.
func (p *pool) get(ctx context.Context, s *span, now time.Time) (*conn, error) {
	for {
		p.mu.Lock()
		if err := p.closed; err != nil {
			p.mu.Unlock()
			return nil, err
		}
		last := len(p.idle) - 1
		if last < 0 {
			w := &waiter{grant: make(chan grant, 1)}
			p.waiting.push(w)
			p.openMore()
			p.mu.Unlock()
			return p.wait(ctx, s, w)
		}
		c := p.idle[last]
		p.idle[last] = nil
		p.idle = p.idle[:last]
		p.mu.Unlock()
		if p.usable(c, now) {
			return c, nil
		}
		p.discard(c)
	}
}

// usable looks at a connection that has been idle.
func (p *pool) usable(c *conn, now time.Time) bool {
	rested := now.Sub(c.used)
	if p.maxIdle >= 0 && rested > p.maxIdle {
		return false
	}
	return rested < restBeforeCheck || c.live.alive()
}

// wait waits for the grant of a waiter that is on the list.
func (p *pool) wait(ctx context.Context, s *span, w *waiter) (*conn, error) {
	var timeout <-chan time.Time
	if !s.deadline.IsZero() {
		t := time.NewTimer(time.Until(s.deadline))
		defer t.Stop()
		timeout = t.C
	}
	var err error
	select {
	case g := <-w.grant:
		return g.conn, g.err
	case <-ctx.Done():
		err = contextError(ctx)
	case <-timeout:
		err = s.timeout()
	}
	p.mu.Lock()
	queued := w.queued
	p.waiting.remove(w)
	full := len(p.all) >= p.max
	p.mu.Unlock()
	if !queued {
		// The grant came at the same moment; pass it on.
		if g := <-w.grant; g.conn != nil {
			p.put(g.conn)
		}
	}
	if full && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", &PoolExhaustedError{Waited: time.Since(s.start), Max: p.max}, err)
	}
	return nil, err
}

// put takes a connection back, for the caller who waits longest or for later.
func (p *pool) put(c *conn) {
	if c.unusable || c.interrupted.Load() {
		p.discard(c)
		return
	}
	p.mu.Lock()
	if p.closed != nil {
		p.mu.Unlock()
		p.discard(c)
		return
	}
	p.hand(c)
	p.mu.Unlock()
}

// linger gives the answer to a command that has timed out some more time to come, so that the connection can be used
// again. It counts as in use meanwhile.
func (p *pool) linger(c *conn, delay time.Duration) {
	p.mu.Lock()
	if p.closed != nil {
		p.mu.Unlock()
		p.discard(c)
		return
	}
	defer p.mu.Unlock()
	p.openers.Go(func() {
		now := time.Now()
		c.begin(&span{start: now, deadline: now.Add(delay)}, now)
		c.unusable = false
		stop := c.watch(p.ctx)
		_, err := c.readMessage()
		c.unwatch(stop)
		if err != nil || c.drained() != nil {
			c.unusable = true
		}
		p.put(c)
	})
}

// hand gives a connection to the first waiter, or keeps it. mu is held.
func (p *pool) hand(c *conn) {
	if w := p.waiting.pop(); w != nil {
		w.grant <- grant{conn: c}
		return
	}
	p.idle = append(p.idle, c)
}

// discard closes a connection; who waits gets another one.
func (p *pool) discard(c *conn) {
	c.close()
	p.mu.Lock()
	delete(p.all, c)
	p.openMore()
	p.mu.Unlock()
}

// openMore starts opening connections for those who wait, and up to the minimum. mu is held.
func (p *pool) openMore() {
	for p.closed == nil && p.opening < dialCap && len(p.all)+p.opening < p.max &&
		(p.opening < p.waiting.n || len(p.all)+p.opening < p.min) {
		p.opening++
		p.openers.Go(p.open)
	}
}

// open opens one connection, or tells the first waiter why it can't.
func (p *pool) open() {
	c, err := p.dial(p.ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opening--
	switch {
	case p.closed != nil && c != nil:
		c.close()
	case p.closed != nil:
	case err == nil:
		p.all[c] = struct{}{}
		p.hand(c)
		p.openMore()
	default:
		// Without a waiter nobody opens more now: the next round of tending tries again for the minimum.
		if w := p.waiting.pop(); w != nil {
			w.grant <- grant{err: err}
			p.openMore()
		}
	}
}

// maintain closes connections that have been idle for too long and opens those that
// are missing from the minimum.
func (p *pool) maintain(now time.Time) {
	p.mu.Lock()
	// Those that rest longest stand first.
	n := 0
	for p.maxIdle >= 0 && n < len(p.idle) && now.Sub(p.idle[n].used) > p.maxIdle {
		n++
	}
	old := append([]*conn(nil), p.idle[:n]...)
	p.idle = append(p.idle[:0], p.idle[n:]...)
	p.mu.Unlock()
	for _, c := range old {
		p.discard(c)
	}
	p.mu.Lock()
	p.openMore()
	p.mu.Unlock()
}

// close ends the pool: waiters get the reason, idle connections are closed, and those in use when
// they come back, or at once if they are to be interrupted. It waits for the dials.
func (p *pool) close(reason error, interrupt bool) {
	p.mu.Lock()
	p.closed = reason
	for w := p.waiting.pop(); w != nil; w = p.waiting.pop() {
		w.grant <- grant{err: reason}
	}
	idle := p.idle
	p.idle = nil
	var inUse []*conn
	if interrupt {
		for c := range p.all {
			inUse = append(inUse, c)
		}
	}
	p.mu.Unlock()
	p.cancel()
	for _, c := range idle {
		p.discard(c)
	}
	for _, c := range inUse {
		c.interrupt()
	}
	p.openers.Wait()
}

// empty reports whether no connection is left.
func (p *pool) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.all) == 0
}

// isClosed reports whether the pool was closed for a reason.
func (p *pool) isClosed(reason error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed != nil && errors.Is(p.closed, reason)
}

// A waiterList is a queue that waiters can also leave from the middle.
type waiterList struct {
	first, last *waiter
	n           int
}

func (l *waiterList) push(w *waiter) {
	w.queued, w.prev = true, l.last
	if l.last != nil {
		l.last.next = w
	} else {
		l.first = w
	}
	l.last = w
	l.n++
}

// pop takes the first one off, nil if there is none.
func (l *waiterList) pop() *waiter {
	w := l.first
	if w != nil {
		l.remove(w)
	}
	return w
}

// remove takes a waiter off, if it is still there.
func (l *waiterList) remove(w *waiter) {
	if !w.queued {
		return
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		l.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		l.last = w.prev
	}
	w.prev, w.next, w.queued = nil, nil, false
	l.n--
}
