package cluster

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A muteConn discards all writes, so that no response ever comes.
type muteConn struct{ net.Conn }

func (c muteConn) Write(p []byte) (int, error) { return len(p), nil }

// mute makes the node silent on connections that are opened from now on. Tending uses an earlier
// connection.
func (n *fakeNode) mute() { n.wrapWith(func(c net.Conn) net.Conn { return muteConn{c} }) }

// kindsOfCall has one call for each way to use a node. Each fails after its policy's timeout.
var kindsOfCall = map[string]func(ctx context.Context, c *Client, total time.Duration) error{
	"get": func(ctx context.Context, c *Client, total time.Duration) error {
		_, err := c.Get(ctx, &ReadPolicy{TotalTimeout: total}, testKey)
		return err
	},
	"put": func(ctx context.Context, c *Client, total time.Duration) error {
		return c.Put(ctx, &WritePolicy{TotalTimeout: total}, testKey, testBins)
	},
	"scan": func(ctx context.Context, c *Client, total time.Duration) (err error) {
		for _, err = range c.Scan(ctx, &QueryPolicy{TotalTimeout: total}, "test", "s") {
		}
		return err
	},
	"batch": func(ctx context.Context, c *Client, total time.Duration) error {
		_, err := c.BatchRead(ctx, &BatchPolicy{TotalTimeout: total}, []protocol.Key{testKey, protocol.MustKey("test", "s", 2)})
		return err
	},
	"batch of one": func(ctx context.Context, c *Client, total time.Duration) error {
		_, err := c.BatchRead(ctx, &BatchPolicy{TotalTimeout: total}, []protocol.Key{testKey})
		return err
	},
	"aggregation": func(ctx context.Context, c *Client, total time.Duration) (err error) {
		for _, err = range c.Aggregate(ctx, &QueryPolicy{TotalTimeout: total}, Statement{Namespace: "test", Set: "s"}, "p", "f") {
		}
		return err
	},
	"background query": func(ctx context.Context, c *Client, total time.Duration) error {
		_, err := c.QueryOperate(ctx, &BackgroundPolicy{Timeout: total}, Statement{Namespace: "test"}, protocol.PutBin("n", protocol.Int(1)))
		return err
	},
	"administration": func(ctx context.Context, c *Client, total time.Duration) error {
		return c.Administer(ctx, &AdminPolicy{Timeout: total}, wire.NewDropUser("u"), nil)
	},
}

// TestDeadlinesOfCallersDoNotCount: expired contexts never put a node in backoff, no matter how
// many. Timeouts of policies do.
func TestDeadlinesOfCallersDoNotCount(t *testing.T) {
	const short = 200 * time.Microsecond
	few := func(cfg *Config) { cfg.MaxErrorRate, cfg.TendInterval = 3, time.Hour }
	for name, call := range kindsOfCall {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, few, func(t *testing.T, f *fakeNet, c *Client) {
				f.node(0).mute()
				for range 20 {
					ctx, cancel := context.WithTimeout(t.Context(), short)
					require.ErrorIs(t, call(ctx, c, NoTimeout), context.DeadlineExceeded)
					cancel()
				}
				require.False(t, c.Nodes()[0].circuit.backingOff())
				for range 4 {
					require.ErrorIs(t, call(t.Context(), c, short), ErrTimeout)
				}
				require.True(t, c.Nodes()[0].circuit.backingOff(), "the policy's own timeout")
			})
		})
	}
}

// TestCanceledProbe: if the caller of a probe gives up, the next command can probe at once.
func TestCanceledProbe(t *testing.T) {
	for name, call := range kindsOfCall {
		if name == "administration" {
			continue // it is sent to the node in any case
		}
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, maxErrors(1), func(t *testing.T, f *fakeNet, c *Client) {
				f.node(0).mute()
				node := c.Nodes()[0]
				for !node.circuit.backingOff() {
					require.ErrorIs(t, call(t.Context(), c, time.Millisecond), ErrTimeout)
				}
				time.Sleep(2 * DefaultTendInterval)
				for range 3 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
					err := call(ctx, c, NoTimeout)
					cancel()
					require.ErrorIs(t, err, context.DeadlineExceeded)
					require.NotErrorIs(t, err, ErrNodeBackoff)
				}
				require.False(t, node.circuit.backingOff())
				require.ErrorIs(t, call(t.Context(), c, time.Millisecond), ErrTimeout)
				require.True(t, node.circuit.backingOff(), "this command was the probe")
			})
		})
	}
}

// TestCoalescedDeadlinesOfCallers: a message of several commands counts against the node only if
// the timeout of one of their policies has expired.
func TestCoalescedDeadlinesOfCallers(t *testing.T) {
	for name, patient := range map[string]bool{"all by contexts": false, "one by its policy": true} {
		t.Run(name, func(t *testing.T) {
			few := func(cfg *Config) { cfg.MaxErrorRate, cfg.TendInterval = 1, time.Hour }
			bubble(t, 1, few, func(t *testing.T, f *fakeNet, c *Client) {
				for range 3 {
					ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
					byContext := func() error { return c.Put(ctx, &WritePolicy{TotalTimeout: NoTimeout}, testKey, testBins) }
					commands := []func() error{byContext, byContext}
					if patient {
						commands[1] = func() error {
							return c.Put(t.Context(), &WritePolicy{TotalTimeout: time.Millisecond}, testKey, testBins)
						}
					}
					for _, err := range gathered(t, f, c, replyNothing, commands...) {
						if err != nil {
							require.ErrorIs(t, err, ErrTimeout)
						}
					}
					cancel()
					synctest.Wait()
					time.Sleep(5 * time.Millisecond)
					if c.Nodes()[0].circuit.backingOff() {
						break
					}
				}
				require.Equal(t, patient, c.Nodes()[0].circuit.backingOff())
			})
		})
	}
}

// TestNodeWithoutBatchesAndShortDeadlines: the same for commands that are sent one by one because
// the node rejects batches.
func TestNodeWithoutBatchesAndShortDeadlines(t *testing.T) {
	few := func(cfg *Config) { cfg.MaxErrorRate, cfg.TendInterval = 1, time.Hour }
	bubble(t, 1, few, func(t *testing.T, f *fakeNet, c *Client) {
		for range 4 {
			c.Nodes()[0].writes.off.Store(false)
			refuse := func(conn net.Conn, m *wire.Message) bool {
				if _, isBatch := m.Field(wire.FieldBatch); isBatch {
					return write(conn, message(wire.Header{Info3: wire.Info3Last, ResultCode: protocol.BatchDisabled}))
				}
				return true // no response
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
			put := func() error { return c.Put(ctx, &WritePolicy{TotalTimeout: NoTimeout}, testKey, testBins) }
			for _, err := range gathered(t, f, c, refuse, put, put) {
				require.Error(t, err)
			}
			cancel()
		}
		require.False(t, c.Nodes()[0].circuit.backingOff())
	})
}
