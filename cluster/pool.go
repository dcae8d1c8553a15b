package cluster

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/connqueue"
	"github.com/aerosql/aerosql/cluster/internal/link"
)

const (
	// dialCap bounds the connections to one node that are being opened at the same
	// time, so that a cold start under load does not overrun the node.
	MaxDials = 8
	// restBeforeCheck is the time after which an idle connection is looked at before it is used
	// again. A node that goes takes longer than that to be noticed otherwise.
	IdleCheckAge = 5 * time.Millisecond
)

// A pool holds the connections to one node. Which of them goes to whom is decided by its state; the pool opens and closes them. It
// does so with goroutines of its own, so that a caller who gives up leaves the next one a connection.
type Pool struct {
	maxIdle time.Duration // negative: for ever
	dial    func(context.Context) (*Conn, error)
	auth    *Authenticator // nil in tests

	// ctx ends with the pool and with it every dial; openers counts the goroutines that dial, and those that wait for
	// late answers.
	ctx     context.Context
	cancel  context.CancelFunc
	openers sync.WaitGroup

	// mu guards what follows. It is never held over I/O.
	mu     sync.Mutex
	closed error // why nothing is given out any more
	state  connqueue.Queue[*Conn]
	// How many connections were opened, closed, and could not be opened.
	opened, discarded, failed int64
}

// NewPool returns a pool for the connections to one node. It opens none until maintain or get needs one.
func NewPool(o *Options, auth *Authenticator, dial func(context.Context) (*Conn, error)) *Pool {
	p := &Pool{maxIdle: o.IdleTimeout, dial: dial, auth: auth}
	p.state = connqueue.Queue[*Conn]{Min: o.MinConns, Max: o.MaxConns, MaxDials: MaxDials}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// get returns a connection or says why there is none: the context's or the span's end,
// a failed dial, or a closed pool.
func (p *Pool) Get(ctx context.Context, s *Span, now time.Time) (*Conn, error) {
	for {
		p.mu.Lock()
		if err := p.closed; err != nil {
			p.mu.Unlock()
			return nil, err
		}
		c, ok := p.state.Take()
		if !ok {
			w := connqueue.NewWaiter[*Conn]()
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
func (p *Pool) usable(c *Conn, now time.Time) bool {
	if p.auth != nil && !p.auth.valid(c) {
		return false
	}
	return !p.old(c, now) && (now.Sub(c.used) < IdleCheckAge || c.live.alive())
}

// suspect closes idle connections after one was found broken that could not be looked at: what has broken it is likely to have
// broken those that have rested for a while too. Where a look is possible, each is looked at in its turn.
func (p *Pool) Suspect(now time.Time) {
	p.mu.Lock()
	broken := p.state.Expire(func(c *Conn) bool { return now.Sub(c.used) >= IdleCheckAge && c.live.unknown() })
	p.mu.Unlock()
	for _, c := range broken {
		p.discard(c)
	}
}

// old reports whether a connection has been idle for longer than it may be.
func (p *Pool) old(c *Conn, now time.Time) bool { return p.maxIdle >= 0 && now.Sub(c.used) > p.maxIdle }

// wait waits for the grant of a waiter that is on the list.
func (p *Pool) wait(ctx context.Context, s *Span, w *connqueue.Waiter[*Conn]) (*Conn, error) {
	var timeout <-chan time.Time
	if !s.Deadline.IsZero() {
		t := time.NewTimer(time.Until(s.Deadline))
		defer t.Stop()
		timeout = t.C
	}
	var err error
	select {
	case g := <-w.Grant:
		return g.Conn, g.Err
	case <-ctx.Done():
		err = link.ContextError(ctx)
	case <-timeout:
		err = s.Timeout()
	}
	p.mu.Lock()
	waited := p.state.GiveUp(w)
	full := p.state.Full()
	p.mu.Unlock()
	if !waited {
		// The grant came at the same moment; pass it on.
		if g := <-w.Grant; g.Conn != nil {
			p.Put(g.Conn)
		}
	}
	if full && ctx.Err() == nil {
		err = &ExhaustedError{Waited: time.Since(s.Start), Max: p.state.Max, Err: err}
	}
	return nil, err
}

// put takes a connection back, for the caller who waits longest or for later.
func (p *Pool) Put(c *Conn) {
	if c.Unusable || c.interrupted.Load() {
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
func grant(w *connqueue.Waiter[*Conn], c *Conn, err error) {
	if w != nil {
		w.Grant <- connqueue.Grant[*Conn]{Conn: c, Err: err}
	}
}

// linger gives the answer to a command that has timed out some more time to come, so that the connection can be used
// again. It counts as in use meanwhile.
func (p *Pool) Linger(c *Conn, delay time.Duration) {
	p.mu.Lock()
	if p.closed != nil {
		p.mu.Unlock()
		p.discard(c)
		return
	}
	defer p.mu.Unlock()
	p.openers.Go(func() {
		now := time.Now()
		c.Begin(&Span{Start: now, Deadline: now.Add(delay)}, now)
		c.Unusable = false
		stop := c.Watch(p.ctx)
		err := c.skipAnswer()
		c.Unwatch(stop)
		if err != nil || c.Drained() != nil {
			c.Unusable = true
		}
		p.Put(c)
	})
}

// discard closes a connection; who waits gets another one.
func (p *Pool) discard(c *Conn) {
	c.Close()
	p.mu.Lock()
	p.state.Drop(c)
	p.discarded++
	p.openMore()
	p.mu.Unlock()
}

// openMore starts opening the connections that are wanted. mu is held.
func (p *Pool) openMore() {
	if p.closed != nil {
		return
	}
	for range p.state.StartDials() {
		p.openers.Go(p.open)
	}
}

// open opens one connection, or tells the first waiter why it can't.
func (p *Pool) open() {
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
		c.Close()
		return
	default:
		p.opened++
		grant(p.state.Opened(c), c, nil)
	}
	p.openMore()
}

// maintain closes connections that have been idle for too long and opens those that
// are missing from the minimum.
func (p *Pool) Maintain(now time.Time) {
	p.mu.Lock()
	expired := p.state.Expire(func(c *Conn) bool { return p.old(c, now) })
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
func (p *Pool) Close(reason error, interrupt bool) {
	p.mu.Lock()
	p.closed = reason
	waiting, idle := p.state.Close()
	for _, w := range waiting {
		grant(w, nil, reason)
	}
	var inUse []*Conn
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

// LowerIdleTimeout lowers the age at which an unused connection is closed, if limit is lower. It must not
// be called once the pool is in use.
func (p *Pool) LowerIdleTimeout(limit time.Duration) { p.maxIdle = min(p.maxIdle, limit) }

// Stats are numbers about a pool.
type Stats struct {
	Max, Open, Idle, Opening, Waiting int
	IdleTimeout                       time.Duration
	// How many connections were opened and closed, and how many could not be opened.
	Opened, Closed, Failed int64
}

// Stats returns the present numbers.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Stats{Max: p.state.Max, IdleTimeout: p.maxIdle, Opened: p.opened, Closed: p.discarded, Failed: p.failed}
	s.Open, s.Idle, s.Opening, s.Waiting = p.state.Counts()
	return s
}

// An ExhaustedError means that all connections were in use until the time was over. It is ErrPoolExhausted.
type ExhaustedError struct {
	Waited time.Duration
	Max    int
	Err    error // the time limit
}

// Error returns one line.
func (e *ExhaustedError) Error() string { return link.ErrPoolExhausted.Error() + ": " + e.Err.Error() }

// Is reports whether target is ErrPoolExhausted.
func (e *ExhaustedError) Is(target error) bool { return target == link.ErrPoolExhausted }

// Unwrap returns the time limit.
func (e *ExhaustedError) Unwrap() error { return e.Err }

// empty reports whether no connection is left.
func (p *Pool) Empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	open, _, _, _ := p.state.Counts()
	return open == 0
}

// isClosed reports whether the pool was closed for a reason.
func (p *Pool) IsClosed(reason error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed != nil && errors.Is(p.closed, reason)
}
