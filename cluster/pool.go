package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/connqueue"
)

const (
	// dialCap bounds the connections to one node that are being opened at the same
	// time, so that a cold start under load does not overrun the node.
	dialCap = 8
	// restBeforeCheck is the time after which an idle connection is looked at before it is used
	// again. A node that goes takes longer than that to be noticed otherwise.
	restBeforeCheck = 5 * time.Millisecond
)

// A pool holds the connections to one node. Which of them goes to whom is decided by its state; the pool opens and closes them. It
// does so with goroutines of its own, so that a caller who gives up leaves the next one a connection.
type pool struct {
	maxIdle time.Duration // negative: for ever
	dial    func(context.Context) (*conn, error)
	knows   func(*conn) bool // the node knows whose the connection is; nil: it does

	// ctx ends with the pool and with it every dial; openers counts the goroutines that dial, and those that wait for
	// late answers.
	ctx     context.Context
	cancel  context.CancelFunc
	openers sync.WaitGroup

	// mu guards what follows. It is never held over I/O.
	mu     sync.Mutex
	closed error // why nothing is given out any more
	state  connqueue.Queue[*conn]
	// How many connections were opened, closed, and could not be opened.
	opened, discarded, failed int64
}

func newPool(cfg *Config, dial func(context.Context) (*conn, error)) *pool {
	p := &pool{maxIdle: cfg.IdleTimeout, dial: dial}
	p.state = connqueue.Queue[*conn]{Min: cfg.MinConnsPerNode, Max: cfg.MaxConnsPerNode, MaxDials: dialCap}
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
		c, ok := p.state.Take()
		if !ok {
			w := connqueue.NewWaiter[*conn]()
			p.state.Wait(w)
			p.openMore()
			p.mu.Unlock()
			return p.wait(ctx, s, w)
		}
		p.mu.Unlock()
		if p.usable(c, now) {
			return c, nil
		}
		p.discard(c)
	}
}

// usable looks at a connection that has been idle.
func (p *pool) usable(c *conn, now time.Time) bool {
	if p.knows != nil && !p.knows(c) {
		return false
	}
	return !p.old(c, now) && (now.Sub(c.used) < restBeforeCheck || c.live.alive())
}

// suspect closes idle connections after one was found broken that could not be looked at: what has broken it is likely to have
// broken those that have rested for a while too. Where a look is possible, each is looked at in its turn.
func (p *pool) suspect(now time.Time) {
	p.mu.Lock()
	broken := p.state.Expire(func(c *conn) bool { return now.Sub(c.used) >= restBeforeCheck && c.live.unknown() })
	p.mu.Unlock()
	for _, c := range broken {
		p.discard(c)
	}
}

// old reports whether a connection has been idle for longer than it may be.
func (p *pool) old(c *conn, now time.Time) bool { return p.maxIdle >= 0 && now.Sub(c.used) > p.maxIdle }

// wait waits for the grant of a waiter that is on the list.
func (p *pool) wait(ctx context.Context, s *span, w *connqueue.Waiter[*conn]) (*conn, error) {
	var timeout <-chan time.Time
	if !s.deadline.IsZero() {
		t := time.NewTimer(time.Until(s.deadline))
		defer t.Stop()
		timeout = t.C
	}
	var err error
	select {
	case g := <-w.Grant:
		return g.Conn, g.Err
	case <-ctx.Done():
		err = contextError(ctx)
	case <-timeout:
		err = s.timeout()
	}
	p.mu.Lock()
	waited := p.state.GiveUp(w)
	full := p.state.Full()
	p.mu.Unlock()
	if !waited {
		// The grant came at the same moment; pass it on.
		if g := <-w.Grant; g.Conn != nil {
			p.put(g.Conn)
		}
	}
	if full && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", &PoolExhaustedError{Waited: time.Since(s.start), Max: p.state.Max}, err)
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
	grant(p.state.Put(c), c, nil)
	p.mu.Unlock()
}

// grant tells a caller who has waited, if there is one, what came of it.
func grant(w *connqueue.Waiter[*conn], c *conn, err error) {
	if w != nil {
		w.Grant <- connqueue.Grant[*conn]{Conn: c, Err: err}
	}
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
		err := c.skipAnswer()
		c.unwatch(stop)
		if err != nil || c.drained() != nil {
			c.unusable = true
		}
		p.put(c)
	})
}

// discard closes a connection; who waits gets another one.
func (p *pool) discard(c *conn) {
	c.close()
	p.mu.Lock()
	p.state.Drop(c)
	p.discarded++
	p.openMore()
	p.mu.Unlock()
}

// openMore starts opening the connections that are wanted. mu is held.
func (p *pool) openMore() {
	if p.closed != nil {
		return
	}
	for range p.state.StartDials() {
		p.openers.Go(p.open)
	}
}

// open opens one connection, or tells the first waiter why it can't.
func (p *pool) open() {
	c, err := p.dial(p.ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil:
		p.failed++
		w := p.state.Failed()
		grant(w, nil, err)
		if w == nil {
			// Nobody waits: the next round of tending tries again for the minimum.
			return
		}
	case p.closed != nil:
		c.close()
		return
	default:
		p.opened++
		grant(p.state.Opened(c), c, nil)
	}
	p.openMore()
}

// maintain closes connections that have been idle for too long and opens those that
// are missing from the minimum.
func (p *pool) maintain(now time.Time) {
	p.mu.Lock()
	expired := p.state.Expire(func(c *conn) bool { return p.old(c, now) })
	p.mu.Unlock()
	for _, c := range expired {
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
	waiting, idle := p.state.Close()
	for _, w := range waiting {
		grant(w, nil, reason)
	}
	var inUse []*conn
	if interrupt {
		inUse = p.state.All()
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
	open, _, _, _ := p.state.Counts()
	return open == 0
}

// isClosed reports whether the pool was closed for a reason.
func (p *pool) isClosed(reason error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed != nil && errors.Is(p.closed, reason)
}
