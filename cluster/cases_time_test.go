package cluster

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestCase12SlowNode: one of three nodes is ten times slower than the others. Records on the other
// masters are not affected. Once the slow node has failed often enough, its records are read from
// replicas at their speed.
func TestCase12SlowNode(t *testing.T) {
	const pace = time.Millisecond
	change := func(cfg *Config) {
		cfg.Coalesce = CoalesceOff
		cfg.Policies.Read = ReadPolicy{SocketTimeout: 5 * pace, MaxRetries: 2}
	}
	bubble(t, 3, change, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyAfter(10*pace, replyOK))
		f.node(1).play(replyAfter(pace, replyOK))
		f.node(2).play(replyAfter(pace, replyOK))
		var mu sync.Mutex
		var others, slow []time.Duration // in the order in which they ended
		var callers sync.WaitGroup
		for caller := range 30 {
			callers.Go(func() {
				for i := range 60 {
					k := protocol.MustKey("test", "s", caller*1000+i)
					start := time.Now()
					_, err := c.Get(t.Context(), nil, k)
					took := time.Since(start)
					mu.Lock()
					if err != nil {
						t.Error(err)
					} else if f.master(k) == f.node(0) {
						slow = append(slow, took)
					} else {
						others = append(others, took)
					}
					mu.Unlock()
				}
			})
		}
		callers.Wait()
		slices.Sort(others)
		require.LessOrEqual(t, others[len(others)*99/100], pace*12/10)
		require.Equal(t, 6*pace, slow[0], "first the socket timeout, then the replica")
		late := slow[len(slow)*3/4:]
		slices.Sort(late)
		require.Equal(t, pace, late[len(late)*9/10], "the replica at once")
	})
}

// TestCase13AnswersDropped: requests arrive and responses don't. Each write that was sent is in
// doubt at its total timeout, the others are not, and the node is in backoff within one window.
func TestCase13AnswersDropped(t *testing.T) {
	change := func(cfg *Config) { cfg.MaxConnsPerNode, cfg.TendInterval = 300, 2*time.Second }
	bubble(t, 1, change, func(t *testing.T, f *fakeNet, c *Client) {
		var mu sync.Mutex
		arrived := make(map[protocol.Digest]bool)
		f.node(0).play(func(_ net.Conn, m *wire.Message) bool {
			mu.Lock()
			defer mu.Unlock()
			for _, d := range digests(m) {
				arrived[d] = true
			}
			return true
		})
		start := time.Now()
		var callers sync.WaitGroup
		for i := range 200 {
			callers.Go(func() {
				k := protocol.MustKey("test", "s", i)
				err := c.Put(t.Context(), nil, k, testBins)
				mu.Lock()
				defer mu.Unlock()
				e, ok := err.(*protocol.Error)
				if !ok || time.Since(start) != DefaultTotalTimeout || e.InDoubt != arrived[k.Digest()] {
					t.Errorf("after %v: %v, arrived: %v", time.Since(start), err, arrived[k.Digest()])
				}
			})
		}
		callers.Wait()
		require.Greater(t, len(arrived), DefaultMaxErrorRate)
		start = time.Now()
		err := put(t, c)
		require.ErrorIs(t, err, ErrNodeBackoff)
		requireVerdict(t, err, false)
		require.Zero(t, time.Since(start))
	})
}

// TestCase14ContextAlreadyCancelled: nothing is sent, and connections are not affected.
func TestCase14ContextAlreadyCancelled(t *testing.T) {
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		require.NoError(t, k.run(t.Context(), c, settings{}))
		before := f.node(0).received()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := k.run(ctx, c, settings{})
		require.ErrorIs(t, err, context.Canceled)
		e := requireError(t, err)
		require.False(t, e.InDoubt)
		require.Zero(t, e.Attempts)
		require.Equal(t, before, f.node(0).received())
		require.Equal(t, 1, idleOf(c.Nodes()[0].pool), "kept")
	})
}

// TestCase15ContextCancelledMidRequest: the call returns at once, and a write that was sent is in
// doubt.
func TestCase15ContextCancelledMidRequest(t *testing.T) {
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.node(0).once(replyNothing)
		ctx, cancel := context.WithCancel(t.Context())
		under := begun(func() error { return k.run(ctx, c, settings{total: NoTimeout}) })
		start := time.Now()
		cancel()
		err := <-under
		require.Zero(t, time.Since(start))
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, ErrTimeout)
		requireVerdict(t, err, k.write)
		require.Zero(t, inUse(c))
		require.Zero(t, openOf(c.Nodes()[0].pool), "closed")
		require.NoError(t, k.run(t.Context(), c, settings{}))
	})
}

// TestCase16ContextDeadlineBelowTotalTimeout: the earlier of the two applies, and is sent to the
// server.
func TestCase16ContextDeadlineBelowTotalTimeout(t *testing.T) {
	for name, c := range map[string]struct {
		ctx, total, want time.Duration
		isContext        bool
	}{
		"context first": {400 * time.Millisecond, time.Second, 400 * time.Millisecond, true},
		"policy first":  {time.Second, 400 * time.Millisecond, 400 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, client *Client, k *kind) {
				var budget atomic.Uint32
				f.node(0).play(func(_ net.Conn, m *wire.Message) bool {
					budget.Store(m.TransactionTTL)
					return true
				})
				ctx, cancel := context.WithTimeout(t.Context(), c.ctx)
				defer cancel()
				start := time.Now()
				err := k.run(ctx, client, settings{total: c.total, retries: NoRetries})
				require.Equal(t, c.want, time.Since(start))
				require.ErrorIs(t, err, ErrTimeout)
				require.Equal(t, c.isContext, strings.Contains(err.Error(), "context"))
				if c.isContext {
					require.ErrorIs(t, err, context.DeadlineExceeded)
				}
				requireVerdict(t, err, k.write)
				if k.name != "query" { // a long query has no budget on the wire
					require.EqualValues(t, c.want.Milliseconds(), budget.Load())
				}
			})
		})
	}
}

// monotonic reports whether a time has a monotonic reading, so that changes of the wall clock don't
// affect it.
func monotonic(at time.Time) bool { return strings.Contains(at.String(), "m=") }

// TestCase33WallClockJumps: all times that the engine keeps and compares have monotonic readings.
func TestCase33WallClockJumps(t *testing.T) {
	s := newSpan(t.Context(), &limits{total: time.Second})
	require.True(t, monotonic(s.Start))
	require.True(t, monotonic(s.Deadline))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	s = newSpan(ctx, &limits{total: time.Second})
	require.True(t, s.FromContext)
	require.True(t, monotonic(s.Deadline))
	require.True(t, monotonic(received(nil).LastUsed()))
	// If the wall clock is an hour ahead or behind, the remaining time stays the same. It is
	// computed from monotonic readings, which Round removes.
	require.False(t, monotonic(time.Now().Round(0)))
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		rec := protocol.Record{VoidTime: protocol.VoidTimeAt(time.Now().Add(90 * time.Minute))}
		require.InDelta(t, 90*time.Minute-jump, rec.TTL(time.Now().Add(jump)), float64(2*time.Second), "the only thing that follows the wall clock")
	}
}

// TestCase34ClientStopped: the program stops for a minute, as on SIGSTOP. Calls whose time has run
// out return, nothing is sent for them, and connections that were idle this long are checked before
// use.
func TestCase34ClientStopped(t *testing.T) {
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		var freeze atomic.Bool // the next goroutine that sets a deadline stops
		f.node(0).wrapWith(func(conn net.Conn) net.Conn {
			return &faultyConn{Conn: conn, deadline: func() {
				if freeze.CompareAndSwap(true, false) {
					time.Sleep(time.Minute)
				}
			}}
		})
		require.NoError(t, k.run(t.Context(), c, settings{}))
		before := f.node(0).received()
		freeze.Store(true) // stops the next command once it has its connection
		err := k.run(t.Context(), c, settings{total: time.Second})
		require.ErrorIs(t, err, ErrTimeout)
		requireVerdict(t, err, false)
		require.Equal(t, before, f.node(0).received(), "nothing was sent")

		require.NoError(t, k.run(t.Context(), c, settings{}))
		require.Equal(t, 1, idleOf(c.Nodes()[0].pool))
		dials := f.node(0).dialed()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.NoError(t, k.run(t.Context(), c, settings{}))
		require.Greater(t, f.node(0).dialed(), dials, "the old connection is not used")
	})
}
