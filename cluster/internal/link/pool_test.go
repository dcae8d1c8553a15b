package link

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

var errDial, errPoolClosed = errors.New("connection refused"), errors.New("pool closed")

// pipes dials connections without a peer.
type pipes struct {
	mu    sync.Mutex // guards what follows
	delay time.Duration
	err   error
	open  int
	most  int // maximum number of concurrent dials
	now   int
}

func (p *pipes) dial(ctx context.Context) (*Conn, error) {
	p.mu.Lock()
	p.now++
	p.most = max(p.most, p.now)
	delay, err := p.delay, p.err
	p.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now--
	if err != nil {
		return nil, err
	}
	p.open++
	ours, _ := net.Pipe()
	return NewConn(ours), nil
}

func poolBubble(t *testing.T, o Options, test func(t *testing.T, p *Pool, d *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		d := new(pipes)
		o.MaxConns, o.IdleTimeout = cmp.Or(o.MaxConns, 2), cmp.Or(o.IdleTimeout, 55*time.Second)
		p := NewPool(&o, nil, d.dial)
		test(t, p, d)
		p.Close(errPoolClosed, true)
	})
}

func within(d time.Duration) *Span {
	now := time.Now()
	return &Span{Start: now, Deadline: now.Add(d)}
}

func take(t *testing.T, p *Pool) *Conn {
	t.Helper()
	c, err := p.Get(t.Context(), within(time.Second), time.Now())
	require.NoError(t, err)
	return c
}

// openOf returns the number of open connections of a pool.
func openOf(p *Pool) int { return p.Stats().Open }

// idleOf returns the number of idle connections of a pool.
func idleOf(p *Pool) int { return p.Stats().Idle }

func TestPoolReusesTheLastConnection(t *testing.T) {
	poolBubble(t, Options{}, func(t *testing.T, p *Pool, d *pipes) {
		a, b := take(t, p), take(t, p)
		p.Put(a)
		p.Put(b)
		require.Same(t, b, take(t, p))
		require.Same(t, a, take(t, p))
		require.Equal(t, 2, d.open)
	})
}

func TestPoolServesInTurn(t *testing.T) {
	poolBubble(t, Options{MaxConns: 1}, func(t *testing.T, p *Pool, d *pipes) {
		c := take(t, p)
		var order []int
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				got, err := p.Get(t.Context(), within(time.Second), time.Now())
				if err == nil {
					order = append(order, i) // no race: one goroutine at a time has the connection
					p.Put(got)
				}
			})
			synctest.Wait()
		}
		p.Put(c)
		wg.Wait()
		require.Len(t, order, 20)
		require.IsIncreasing(t, order)
		require.Equal(t, 1, d.open)
	})
}

func TestPoolExhausted(t *testing.T) {
	poolBubble(t, Options{MaxConns: 1}, func(t *testing.T, p *Pool, d *pipes) {
		c := take(t, p)
		_, err := p.Get(t.Context(), within(50*time.Millisecond), time.Now())
		require.ErrorIs(t, err, ErrPoolExhausted)
		require.ErrorIs(t, err, ErrTimeout)
		var e *ExhaustedError
		require.ErrorAs(t, err, &e)
		require.Equal(t, ExhaustedError{Waited: 50 * time.Millisecond, Max: 1, Err: ErrTotalTimeout}, *e)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = p.Get(ctx, within(time.Second), time.Now())
		require.ErrorIs(t, err, context.Canceled)
		p.Put(c)
		require.Same(t, c, take(t, p), "waiters that gave up are removed")
	})
}

func TestPoolDialsAreBounded(t *testing.T) {
	poolBubble(t, Options{MaxConns: 100}, func(t *testing.T, p *Pool, d *pipes) {
		d.delay = time.Millisecond
		var wg sync.WaitGroup
		var mu sync.Mutex
		failed := 0
		for range 1000 {
			wg.Go(func() {
				c, err := p.Get(t.Context(), within(time.Second), time.Now())
				if err != nil {
					mu.Lock()
					failed++
					mu.Unlock()
					return
				}
				time.Sleep(time.Millisecond)
				p.Put(c)
			})
		}
		wg.Wait()
		require.Zero(t, failed)
		require.LessOrEqual(t, d.most, MaxDials)
		require.LessOrEqual(t, d.open, 100)
	})
}

func TestPoolDialFails(t *testing.T) {
	poolBubble(t, Options{}, func(t *testing.T, p *Pool, d *pipes) {
		d.err = errDial
		for range 3 {
			_, err := p.Get(t.Context(), within(time.Second), time.Now())
			require.ErrorIs(t, err, errDial)
		}
		d.err = nil
		take(t, p)
	})
}

// TestPoolDialOutlivesItsCaller checks that a dial continues after its caller gave up, and that the
// next caller gets the connection.
func TestPoolDialOutlivesItsCaller(t *testing.T) {
	poolBubble(t, Options{}, func(t *testing.T, p *Pool, d *pipes) {
		d.delay = 100 * time.Millisecond
		_, err := p.Get(t.Context(), within(10*time.Millisecond), time.Now())
		require.ErrorIs(t, err, ErrTimeout)
		require.NotErrorIs(t, err, ErrPoolExhausted)
		time.Sleep(time.Second)
		synctest.Wait()
		take(t, p)
		require.Equal(t, 1, d.open)
	})
}

func TestPoolDiscardsUnusableConnections(t *testing.T) {
	poolBubble(t, Options{MaxConns: 1, IdleTimeout: time.Minute}, func(t *testing.T, p *Pool, d *pipes) {
		c := take(t, p)
		c.Unusable = true
		p.Put(c)
		c = take(t, p)
		require.Equal(t, 2, d.open)
		p.Put(c)
		time.Sleep(2 * time.Minute)
		take(t, p)
		require.Equal(t, 3, d.open, "too old")
	})
}

func TestPoolMaintain(t *testing.T) {
	poolBubble(t, Options{MaxConns: 10, MinConns: 3, IdleTimeout: time.Minute}, func(t *testing.T, p *Pool, d *pipes) {
		p.Maintain(time.Now())
		synctest.Wait()
		require.Equal(t, 3, d.open, "opened in advance")
		require.Equal(t, 3, idleOf(p))
		time.Sleep(2 * time.Minute)
		p.Maintain(time.Now())
		synctest.Wait()
		require.Equal(t, 6, d.open, "replaced")
		require.Equal(t, 3, openOf(p))
	})
}

func TestPoolClose(t *testing.T) {
	poolBubble(t, Options{MaxConns: 1}, func(t *testing.T, p *Pool, d *pipes) {
		c := take(t, p)
		result := make(chan error, 1)
		go func() {
			_, err := p.Get(t.Context(), within(time.Second), time.Now())
			result <- err
		}()
		synctest.Wait()
		p.Close(errPoolClosed, true)
		require.ErrorIs(t, <-result, errPoolClosed)
		_, err := c.raw.Read(make([]byte, 1))
		require.Error(t, err, "interrupted")
		p.Put(c)
		require.True(t, p.Empty())
		_, err = p.Get(t.Context(), within(time.Second), time.Now())
		require.True(t, errors.Is(err, errPoolClosed))
	})
}
