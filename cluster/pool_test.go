package cluster

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wire"
)

// pipes dials connections without a peer.
type pipes struct {
	mu    sync.Mutex // guards the fields below
	delay time.Duration
	err   error
	open  int
	most  int // largest number of concurrent dials
	now   int
}

func (p *pipes) dial(ctx context.Context) (*conn, error) {
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
	return newConn(ours), nil
}

func poolBubble(t *testing.T, cfg Config, test func(t *testing.T, p *pool, d *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		d := new(pipes)
		setDefault(&cfg.MaxConnsPerNode, 2)
		setDefault(&cfg.IdleTimeout, DefaultIdleTimeout)
		p := newPool(&cfg, d.dial)
		test(t, p, d)
		p.close(ErrClosed, true)
	})
}

func within(d time.Duration) *span {
	now := time.Now()
	return &span{start: now, deadline: now.Add(d)}
}

func take(t *testing.T, p *pool) *conn {
	t.Helper()
	c, err := p.get(t.Context(), within(time.Second), time.Now())
	require.NoError(t, err)
	return c
}

// openOf returns the number of open connections of a pool, idleOf that of the idle ones.
func openOf(p *pool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	open, _, _, _ := p.state.Counts()
	return open
}

func idleOf(p *pool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, idle, _, _ := p.state.Counts()
	return idle
}

func TestPoolReusesTheLastConnection(t *testing.T) {
	poolBubble(t, Config{}, func(t *testing.T, p *pool, d *pipes) {
		a, b := take(t, p), take(t, p)
		p.put(a)
		p.put(b)
		require.Same(t, b, take(t, p))
		require.Same(t, a, take(t, p))
		require.Equal(t, 2, d.open)
	})
}

func TestPoolServesInTurn(t *testing.T) {
	poolBubble(t, Config{MaxConnsPerNode: 1}, func(t *testing.T, p *pool, d *pipes) {
		c := take(t, p)
		var order []int
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				got, err := p.get(t.Context(), within(time.Second), time.Now())
				if err == nil {
					order = append(order, i) // one caller at a time has the connection
					p.put(got)
				}
			})
			synctest.Wait()
		}
		p.put(c)
		wg.Wait()
		require.Len(t, order, 20)
		require.IsIncreasing(t, order)
		require.Equal(t, 1, d.open)
	})
}

func TestPoolExhausted(t *testing.T) {
	poolBubble(t, Config{MaxConnsPerNode: 1}, func(t *testing.T, p *pool, d *pipes) {
		c := take(t, p)
		_, err := p.get(t.Context(), within(50*time.Millisecond), time.Now())
		require.ErrorIs(t, err, ErrPoolExhausted)
		require.ErrorIs(t, err, ErrTimeout)
		var e *PoolExhaustedError
		require.ErrorAs(t, err, &e)
		require.Equal(t, PoolExhaustedError{Waited: 50 * time.Millisecond, Max: 1}, *e)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = p.get(ctx, within(time.Second), time.Now())
		require.ErrorIs(t, err, context.Canceled)
		p.put(c)
		require.Same(t, c, take(t, p), "callers that gave up are removed")
	})
}

func TestPoolDialsAreBounded(t *testing.T) {
	poolBubble(t, Config{MaxConnsPerNode: 100}, func(t *testing.T, p *pool, d *pipes) {
		d.delay = time.Millisecond
		var wg sync.WaitGroup
		var mu sync.Mutex
		failed := 0
		for range 1000 {
			wg.Go(func() {
				c, err := p.get(t.Context(), within(time.Second), time.Now())
				if err != nil {
					mu.Lock()
					failed++
					mu.Unlock()
					return
				}
				time.Sleep(time.Millisecond)
				p.put(c)
			})
		}
		wg.Wait()
		require.Zero(t, failed)
		require.LessOrEqual(t, d.most, dialCap)
		require.LessOrEqual(t, d.open, 100)
	})
}

func TestPoolDialFails(t *testing.T) {
	poolBubble(t, Config{}, func(t *testing.T, p *pool, d *pipes) {
		d.err = errRefused
		for range 3 {
			_, err := p.get(t.Context(), within(time.Second), time.Now())
			require.ErrorIs(t, err, errRefused)
		}
		d.err = nil
		take(t, p)
	})
}

// TestPoolDialOutlivesItsCaller: the connection goes to the next caller.
func TestPoolDialOutlivesItsCaller(t *testing.T) {
	poolBubble(t, Config{}, func(t *testing.T, p *pool, d *pipes) {
		d.delay = 100 * time.Millisecond
		_, err := p.get(t.Context(), within(10*time.Millisecond), time.Now())
		require.ErrorIs(t, err, ErrTimeout)
		require.NotErrorIs(t, err, ErrPoolExhausted)
		time.Sleep(time.Second)
		synctest.Wait()
		take(t, p)
		require.Equal(t, 1, d.open)
	})
}

func TestPoolDiscardsUnusable(t *testing.T) {
	poolBubble(t, Config{MaxConnsPerNode: 1, IdleTimeout: time.Minute}, func(t *testing.T, p *pool, d *pipes) {
		c := take(t, p)
		c.unusable = true
		p.put(c)
		c = take(t, p)
		require.Equal(t, 2, d.open)
		p.put(c)
		time.Sleep(2 * time.Minute)
		take(t, p)
		require.Equal(t, 3, d.open, "too old")
	})
}

func TestPoolMaintain(t *testing.T) {
	poolBubble(t, Config{MaxConnsPerNode: 10, MinConnsPerNode: 3, IdleTimeout: time.Minute}, func(t *testing.T, p *pool, d *pipes) {
		p.maintain(time.Now())
		synctest.Wait()
		require.Equal(t, 3, d.open, "warm")
		require.Equal(t, 3, idleOf(p))
		time.Sleep(2 * time.Minute)
		p.maintain(time.Now())
		synctest.Wait()
		require.Equal(t, 6, d.open, "replaced")
		require.Equal(t, 3, openOf(p))
	})
}

func TestPoolClose(t *testing.T) {
	poolBubble(t, Config{MaxConnsPerNode: 1}, func(t *testing.T, p *pool, d *pipes) {
		c := take(t, p)
		result := make(chan error, 1)
		go func() {
			_, err := p.get(t.Context(), within(time.Second), time.Now())
			result <- err
		}()
		synctest.Wait()
		p.close(ErrClosed, true)
		require.ErrorIs(t, <-result, ErrClosed)
		_, err := c.raw.Read(make([]byte, 1))
		require.Error(t, err, "interrupted")
		p.put(c)
		require.True(t, p.empty())
		_, err = p.get(t.Context(), within(time.Second), time.Now())
		require.True(t, errors.Is(err, ErrClosed))
	})
}

// TestNodeStartedAgain: all idle connections of a node are dead. Only the first command finds one
// of them; no caller gets an error.
func TestNodeStartedAgain(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.MinConnsPerNode = 4 }, func(t *testing.T, f *fakeNet, c *Client) {
		var callers sync.WaitGroup
		release := make(chan struct{})
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			<-release
			return replyOK(conn, m)
		})
		for range 4 {
			callers.Go(func() { assert.NoError(t, c.Put(t.Context(), nil, testKey, testBins)) })
		}
		synctest.Wait()
		close(release)
		callers.Wait()
		f.node(0).play(replyOK)

		f.node(0).stop()
		f.node(0).start()
		time.Sleep(restBeforeCheck)
		for range 4 {
			require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		}
	})
}

// TestUnusedConnectionIsBroken: a connection that was opened in advance and never used is replaced
// like any other idle one.
func TestUnusedConnectionIsBroken(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.MinConnsPerNode = 1 }, func(t *testing.T, f *fakeNet, c *Client) {
		tendRounds(1)
		opened := f.node(0).dialed()
		f.node(0).stop()
		f.node(0).start()
		time.Sleep(restBeforeCheck)
		require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		require.Greater(t, f.node(0).dialed(), opened)
	})
}
