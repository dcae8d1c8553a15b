package link

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/connqueue"
)

const (
	// MaxDials is the maximum number of concurrent dials to one node, so that a cold start under
	// load does not overload the node.
	MaxDials = 8
	// IdleCheckAge is how long a connection must have been idle to be checked before it is reused.
	IdleCheckAge = 5 * time.Millisecond
)

// A Pool holds the connections to one node. Its connqueue.Queue decides which caller gets which
// connection. The Pool opens connections in its own goroutines: if a caller gives up, the next one
// gets the connection that was being opened.
type Pool struct {
	maxIdle time.Duration // negative: forever
	dial    func(context.Context) (*Conn, error)
	auth    *Authenticator // nil in tests

	// ctx is canceled when the pool is closed, which ends every dial. openers counts the goroutines
	// that dial and those that wait for late answers.
	ctx     context.Context
	cancel  context.CancelFunc
	openers sync.WaitGroup

	// mu guards what follows. It is never held over I/O.
	mu     sync.Mutex
	closed error // the error of Get once the pool is closed
	state  connqueue.Queue[*Conn]
	// The numbers of connections that were opened and closed, and of dials that failed.
	opened, discarded, failed int64
}

// NewPool returns a pool for the connections to one node. The pool opens no connections until
// Maintain or Get is called.
func NewPool(o *Options, auth *Authenticator, dial func(context.Context) (*Conn, error)) *Pool {
	p := &Pool{maxIdle: o.IdleTimeout, dial: dial, auth: auth}
	p.state = connqueue.Queue[*Conn]{Min: o.MinConns, Max: o.MaxConns, MaxDials: MaxDials}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Get returns a connection. The error is that of the context, the span or a dial, or the reason
// passed to Close. It is an *ExhaustedError if all connections were in use until the end of the
// span.
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

// Idle returns an idle connection, or nil if there is none. It does not wait.
func (p *Pool) Idle(now time.Time) *Conn {
	p.mu.Lock()
	if p.closed != nil {
		p.mu.Unlock()
		return nil
	}
	c, ok := p.state.Take()
	p.mu.Unlock()
	if ok && !p.usable(c, now) {
		p.discard(c)
		return nil
	}
	return c
}

// usable reports whether an idle connection can be used.
func (p *Pool) usable(c *Conn, now time.Time) bool {
	if p.auth != nil && !p.auth.valid(c) {
		return false
	}
	return !p.old(c, now) && (now.Sub(c.used) < IdleCheckAge || c.live.alive())
}

// Suspect is called after an idle connection was found broken. The others are likely to be broken
// too, so Suspect closes those that can't be checked.
func (p *Pool) Suspect(now time.Time) {
	p.mu.Lock()
	broken := p.state.Expire(func(c *Conn) bool { return now.Sub(c.used) >= IdleCheckAge && c.live.unknown() })
	p.mu.Unlock()
	for _, c := range broken {
		p.discard(c)
	}
}

// old reports whether a connection has been idle for too long.
func (p *Pool) old(c *Conn, now time.Time) bool { return p.maxIdle >= 0 && now.Sub(c.used) > p.maxIdle }

// wait waits until w, which is in the queue, gets a connection or an error. Without a deadline it
// waits for the socket timeout: the connections may be in use by commands that never end.
func (p *Pool) wait(ctx context.Context, s *Span, w *connqueue.Waiter[*Conn]) (*Conn, error) {
	var timeout <-chan time.Time
	limit, ended := s.Socket, s.SocketTimeout
	if !s.Deadline.IsZero() {
		limit, ended = time.Until(s.Deadline), s.Timeout
	}
	if !s.Deadline.IsZero() || s.Socket > 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		timeout = t.C
	}
	var err error
	select {
	case g := <-w.Grant:
		return g.Conn, g.Err
	case <-ctx.Done():
		err = ContextError(ctx)
	case <-timeout:
		err = ended()
	}
	p.mu.Lock()
	waited := p.state.GiveUp(w)
	full := p.state.Full()
	p.mu.Unlock()
	if !waited {
		// The grant arrived at the same time; pass the connection on.
		if g := <-w.Grant; g.Conn != nil {
			p.Put(g.Conn)
		}
	}
	if full && ctx.Err() == nil {
		err = &ExhaustedError{Waited: time.Since(s.Start), Max: p.state.Max, Err: err}
	}
	return nil, err
}

// Put returns a connection to the pool. It goes to the caller that has waited longest, or becomes
// idle.
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

// grant gives a connection or an error to a waiter, which may be nil.
func grant(w *connqueue.Waiter[*Conn], c *Conn, err error) {
	if w != nil {
		w.Grant <- connqueue.Grant[*Conn]{Conn: c, Err: err}
	}
}

// Linger returns a connection whose command has timed out. A goroutine waits up to delay for the
// late answer, so that the connection can be reused. Meanwhile the connection counts as in use.
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

// discard closes a connection and opens another if callers are waiting.
func (p *Pool) discard(c *Conn) {
	c.Close()
	p.mu.Lock()
	p.state.Drop(c)
	p.discarded++
	p.openMore()
	p.mu.Unlock()
}

// openMore starts opening the connections that are needed. The caller holds mu.
func (p *Pool) openMore() {
	if p.closed != nil {
		return
	}
	for range p.state.StartDials() {
		p.openers.Go(p.open)
	}
}

// open opens one connection. If it fails, the first waiter gets the error.
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
			// No caller is waiting. Maintain tries again to reach the minimum.
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

// Maintain closes connections that have been idle for too long and opens connections up to the
// minimum.
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

// Close closes the pool. Waiters and later callers get reason as their error. Close closes idle
// connections; connections in use are closed when they are put back. If interrupt is true, they are
// also interrupted now. Close waits for the pool's goroutines.
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

// LowerIdleTimeout lowers the idle timeout to limit, if limit is lower. It must not be called once
// the pool is in use.
func (p *Pool) LowerIdleTimeout(limit time.Duration) { p.maxIdle = min(p.maxIdle, limit) }

// Stats are the statistics of a pool.
type Stats struct {
	Max, Open, Idle, Opening, Waiting int
	IdleTimeout                       time.Duration
	// The numbers of connections that were opened and closed, and of dials that failed.
	Opened, Closed, Failed int64
}

// Stats returns the current statistics.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Stats{Max: p.state.Max, IdleTimeout: p.maxIdle, Opened: p.opened, Closed: p.discarded, Failed: p.failed}
	s.Open, s.Idle, s.Opening, s.Waiting = p.state.Counts()
	return s
}

// An ExhaustedError means that all connections were in use until a time limit was reached. It
// matches ErrPoolExhausted.
type ExhaustedError struct {
	Waited time.Duration
	Max    int
	Err    error // the time limit
}

// Error returns a one-line message.
func (e *ExhaustedError) Error() string { return ErrPoolExhausted.Error() + ": " + e.Err.Error() }

// Is reports whether target is ErrPoolExhausted.
func (e *ExhaustedError) Is(target error) bool { return target == ErrPoolExhausted }

// Unwrap returns the time limit.
func (e *ExhaustedError) Unwrap() error { return e.Err }

// Empty reports whether the pool has no open connections.
func (p *Pool) Empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	open, _, _, _ := p.state.Counts()
	return open == 0
}

// IsClosed reports whether the pool was closed with reason.
func (p *Pool) IsClosed(reason error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed != nil && errors.Is(p.closed, reason)
}
