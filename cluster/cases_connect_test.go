package cluster

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestCase01DialRefused: a read is retried on the next replica, a write is not applied, and the
// error counts against the node.
func TestCase01DialRefused(t *testing.T) {
	eachKind(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.master(testKey).stop()
		err := k.run(t.Context(), c, settings{})
		if !k.write {
			require.NoError(t, err)
		} else {
			requireVerdict(t, err, false)
			require.ErrorIs(t, err, ErrConnect)
			require.NoError(t, k.run(t.Context(), c, settings{retries: 1}), "the next replica may be the master by now")
		}
		require.Zero(t, inUse(c))
	})
	bubble(t, 1, func(cfg *Config) { cfg.MaxErrorRate = 1 }, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).stop()
		require.ErrorIs(t, put(t, c), ErrConnect)
		require.ErrorIs(t, put(t, c), ErrConnect)
		require.ErrorIs(t, put(t, c), ErrNodeBackoff)
	})
}

// TestCase02DialBlackHoled: a dial that is never answered ends at the connect timeout or with the
// context, whichever is first.
func TestCase02DialBlackHoled(t *testing.T) {
	for name, c := range map[string]struct{ ctx, want time.Duration }{
		"connect timeout": {time.Minute, 300 * time.Millisecond},
		"context":         {100 * time.Millisecond, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeNet(t, 1)
				swallow := false
				client := f.open(func(cfg *Config) {
					cfg.ConnectTimeout, cfg.TendInterval = 300*time.Millisecond, time.Hour
					cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
						if swallow {
							return blackHole(ctx)
						}
						return f.dial(ctx, network, address)
					}
				})
				swallow = true
				ctx, cancel := context.WithTimeout(t.Context(), c.ctx)
				defer cancel()
				start := time.Now()
				err := client.Put(ctx, &WritePolicy{TotalTimeout: NoTimeout}, testKey, testBins)
				require.ErrorIs(t, err, ErrTimeout)
				require.Equal(t, c.want, time.Since(start))
				requireVerdict(t, err, false)
			})
		})
	}
}

// TestCase02HandshakeBlackHoled: the same for a TLS handshake that is never answered.
func TestCase02HandshakeBlackHoled(t *testing.T) {
	for name, c := range map[string]struct{ ctx, want time.Duration }{
		"connect timeout": {time.Minute, 300 * time.Millisecond},
		"context":         {100 * time.Millisecond, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.ctx)
				defer cancel()
				var others []net.Conn
				start := time.Now()
				_, err := Open(ctx, Config{
					Seeds: []string{"10.0.0.1:db.test:4333"}, TLS: new(tls.Config), ConnectTimeout: 300 * time.Millisecond,
					Dial: func(context.Context, string, string) (net.Conn, error) {
						ours, theirs := net.Pipe()
						others = append(others, theirs)
						return ours, nil
					},
				})
				require.ErrorIs(t, err, ErrConnect)
				require.ErrorIs(t, err, ErrTimeout)
				require.Equal(t, c.want, time.Since(start))
				require.Len(t, others, 1)
				_, err = others[0].Write([]byte{1})
				require.ErrorIs(t, err, io.ErrClosedPipe, "the client's end is closed")
			})
		})
	}
}

// acceptAll returns a channel with the connections that a listener accepts, until it is closed.
func acceptAll(l net.Listener) <-chan net.Conn {
	accepted := make(chan net.Conn, 8)
	go func() {
		defer close(accepted)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	return accepted
}

// TestCase03IdleConnectionClosed: the client detects that the server has closed a connection before
// it uses it. The command is executed once, without an error.
func TestCase03IdleConnectionClosed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	accepted := acceptAll(l)
	f := newFakeNet(t, 1)
	c := f.openOver(l, nil)
	var served sync.WaitGroup
	t.Cleanup(func() {
		c.Close()
		l.Close()
		served.Wait()
	})
	// call runs a command, and serves the connection if it opens one.
	call := func() (opened net.Conn, err error) {
		result := make(chan error, 1)
		go func() { result <- c.Put(t.Context(), &WritePolicy{TotalTimeout: time.Minute}, testKey, testBins) }()
		select {
		case opened = <-accepted:
			served.Go(func() { f.node(0).serve(opened) })
			return opened, <-result
		case err := <-result:
			return nil, err
		}
	}
	first, err := call()
	require.NoError(t, err)
	again, err := call()
	require.NoError(t, err)
	require.Nil(t, again, "the connection is used again")

	first.Close()
	pool := c.Nodes()[0].pool
	pooled, err := pool.Get(t.Context(), &link.Span{}, time.Now())
	require.NoError(t, err)
	for pooled.Alive() {
		runtime.Gosched() // let the connection's end arrive
	}
	pool.Put(pooled)
	time.Sleep(link.IdleCheckAge) // idle for long enough to be checked
	opened, err := call()
	require.NoError(t, err)
	require.NotNil(t, opened, "another connection")
	require.Equal(t, 3, f.node(0).received())
}

// resets returns a wrapper whose connections, starting with the n-th, fail in Write before taking a
// byte.
func resets(from int) func(net.Conn) net.Conn {
	return func(c net.Conn) net.Conn {
		writes := 0
		return &faultyConn{Conn: c, write: func(p []byte) (int, error) {
			if writes++; writes >= from {
				return 0, syscall.ECONNRESET
			}
			return c.Write(p)
		}}
	}
}

// TestCase04ResetBeforeWrite: a pooled connection that takes no byte is replaced, which does not
// count as a retry. If the new one takes none either, nothing was applied.
func TestCase04ResetBeforeWrite(t *testing.T) {
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.node(0).wrapWith(resets(2))
		once := settings{retries: NoRetries}
		require.NoError(t, k.run(t.Context(), c, once))
		before := f.node(0).received()
		require.NoError(t, k.run(t.Context(), c, once), "on another connection")
		require.Equal(t, before+1, f.node(0).received())

		f.node(0).wrapWith(resets(1))
		err := k.run(t.Context(), c, once)
		requireVerdict(t, err, false)
		require.ErrorIs(t, err, syscall.ECONNRESET)
		require.Equal(t, before+1, f.node(0).received())
		require.Zero(t, inUse(c))
	})
}

// TestCase54PoolExhausted: callers wait in order until their time runs out, and nothing is sent for
// those that give up.
func TestCase54PoolExhausted(t *testing.T) {
	change := func(cfg *Config) { cfg.MaxConnsPerNode, cfg.Coalesce = 1, CoalesceOff }
	bubble(t, 1, change, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		ctx, cancel := context.WithCancel(t.Context())
		holder := begun(func() error { return c.Put(ctx, &WritePolicy{TotalTimeout: NoTimeout}, testKey, testBins) })
		start := time.Now()
		err := c.Put(t.Context(), &WritePolicy{TotalTimeout: 50 * time.Millisecond}, testKey, testBins)
		require.Equal(t, 50*time.Millisecond, time.Since(start))
		var e *PoolExhaustedError
		require.ErrorAs(t, err, &e)
		require.Equal(t, PoolExhaustedError{Waited: 50 * time.Millisecond, Max: 1}, *e)
		require.ErrorIs(t, err, ErrPoolExhausted)
		requireVerdict(t, err, false)
		require.Equal(t, 1, f.node(0).received())
		cancel()
		require.ErrorIs(t, <-holder, context.Canceled)
	})
}

// TestCase54WaitIsFair: with ten callers per connection, callers are served in order, and the
// longest wait is at most three times the median.
func TestCase54WaitIsFair(t *testing.T) {
	const conns, callers = 10, 100
	change := func(cfg *Config) {
		cfg.MaxConnsPerNode, cfg.Coalesce = conns, CoalesceOff
		cfg.Policies.Write.TotalTimeout = time.Minute
	}
	bubble(t, 1, change, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyAfter(time.Millisecond, replyOK))
		var mu sync.Mutex
		var waits []time.Duration
		var order []int
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				start := time.Now()
				err := put(t, c)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					waits, order = append(waits, time.Since(start)), append(order, i/conns)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		require.Len(t, waits, callers)
		require.True(t, slices.IsSorted(order), "ten at a time, in turn: %v", order)
		slices.Sort(waits)
		require.LessOrEqual(t, waits[callers-1], 3*waits[callers/2])
	})
}

// TestCase55ColdStart: a thousand callers start at once on a client without connections.
func TestCase55ColdStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 1)
		var mu sync.Mutex
		dialling, most := 0, 0
		c := f.open(func(cfg *Config) {
			cfg.Policies.Read.TotalTimeout = time.Minute
			cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				mu.Lock()
				dialling++
				most = max(most, dialling)
				mu.Unlock()
				time.Sleep(5 * time.Millisecond)
				mu.Lock()
				dialling--
				mu.Unlock()
				return f.dial(ctx, network, address)
			}
		})
		f.node(0).play(replySuccess)
		errs := make(chan error, 1000)
		for range 1000 {
			go func() {
				_, err := c.Get(t.Context(), nil, testKey)
				errs <- err
			}()
		}
		for range 1000 {
			require.NoError(t, <-errs)
		}
		require.LessOrEqual(t, most, link.MaxDials)
		require.LessOrEqual(t, f.node(0).dialed(), 1+DefaultMaxConnsPerNode)
	})
}

// TestCase58CloseWithCallsInFlight: Close ends a thousand calls at once, and no goroutine or
// connection is left.
func TestCase58CloseWithCallsInFlight(t *testing.T) {
	for name, mode := range map[string]CoalesceMode{"together": CoalesceAuto, "alone": CoalesceOff} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(cfg *Config) { cfg.Coalesce = mode }, func(t *testing.T, f *fakeNet, c *Client) {
				sent := make(map[protocol.Digest]bool)
				var mu sync.Mutex
				f.node(0).play(func(_ net.Conn, m *wire.Message) bool {
					mu.Lock()
					defer mu.Unlock()
					for _, d := range digests(m) {
						sent[d] = true
					}
					return true
				})
				type outcome struct {
					key protocol.Key
					err error
				}
				outcomes := make(chan outcome, 1000)
				for i := range 1000 {
					go func() {
						k := protocol.MustKey("test", "s", i)
						outcomes <- outcome{k, c.Put(t.Context(), &WritePolicy{TotalTimeout: NoTimeout}, k, testBins)}
					}()
				}
				synctest.Wait()
				start := time.Now()
				require.NoError(t, c.Close())
				for range 1000 {
					o := <-outcomes
					e := requireError(t, o.err)
					require.ErrorIs(t, e, ErrClosed)
					require.Equal(t, sent[o.key.Digest()], e.InDoubt, "exactly the ones that the node has received")
				}
				require.Zero(t, time.Since(start))
				synctest.Wait()
				require.Zero(t, f.node(0).connections())
			})
		})
	}
}
