package cluster

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A hangingConn discards what is written to it while its node hangs. If the node is slow it delays
// writes.
type hangingConn struct {
	net.Conn
	hangs *atomic.Bool
	delay *atomic.Int64
}

func (c hangingConn) Write(p []byte) (int, error) {
	time.Sleep(time.Duration(c.delay.Load()))
	if c.hangs.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// withHangingNode opens a client of several nodes, one of which can be made to hang or slow down.
func withHangingNode(t *testing.T, nodes, which int, change func(*Config), test func(t *testing.T, f *fakeNet, c *Client, hangs *atomic.Bool, delay *atomic.Int64)) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, nodes)
		var hangs atomic.Bool
		var delay atomic.Int64
		f.node(which).wrapWith(func(c net.Conn) net.Conn { return hangingConn{c, &hangs, &delay} })
		c := f.open(func(cfg *Config) {
			cfg.ConnectTimeout = 20 * time.Second
			if change != nil {
				change(cfg)
			}
		})
		test(t, f, c, &hangs, &delay)
	})
}

// dropNode makes the other nodes take over a node's partitions. Its connections stay open.
func (f *fakeNet) dropNode(n *fakeNode) {
	n.mu.Lock()
	n.down = true
	n.mu.Unlock()
	f.share()
	n.start()
}

// roundLimit is the longest time until changes on healthy nodes are known: one interval, plus the
// time that tending waits for a hanging node.
const roundLimit = DefaultTendInterval + DefaultTendInterval/fairShare

// TestHangingNodeDoesNotDelayTending: the other nodes drop a hanging node, and the client knows it
// after one round.
func TestHangingNodeDoesNotDelayTending(t *testing.T) {
	withHangingNode(t, 3, 0, nil, func(t *testing.T, f *fakeNet, c *Client, hangs *atomic.Bool, _ *atomic.Int64) {
		time.Sleep(DefaultTendInterval / 2)
		hangs.Store(true)
		tendRounds(3) // it is late by now
		require.Len(t, c.NodeNames(), 3, "the other nodes still list it")
		f.dropNode(f.node(0))
		time.Sleep(roundLimit)
		synctest.Wait()
		require.Equal(t, []string{"A2", "A3"}, c.NodeNames())
		require.Equal(t, "A2", c.view.Load().parts.Space("test").Node(0, 0).Name())
		for p := range 40 {
			require.NoError(t, c.Put(t.Context(), nil, protocol.MustKey("test", "s", p), testBins))
		}
	})
}

// TestPartitionChangesWhileANodeHangs: partition changes on the other nodes become known although
// the hanging node has not been dropped.
func TestPartitionChangesWhileANodeHangs(t *testing.T) {
	withHangingNode(t, 3, 0, nil, func(t *testing.T, f *fakeNet, c *Client, hangs *atomic.Bool, _ *atomic.Int64) {
		hangs.Store(true)
		f.node(1).set("replicas", "test:0,2,"+bits(allPartitions())+","+bits([512]byte{}))
		f.node(1).set("partition-generation", "9")
		time.Sleep(roundLimit)
		synctest.Wait()
		require.Len(t, c.NodeNames(), 3)
		require.Equal(t, "A2", c.view.Load().parts.Space("test").Node(0, 0).Name())
		require.Equal(t, "A2", c.view.Load().parts.Space("test").Node(0, 2).Name())

		hangs.Store(false)
		time.Sleep(20 * time.Second) // its inquiry has ended
		tendRounds(2)
		n := c.view.Load().node("A1")
		require.Zero(t, n.tend.failures, "the node is tended again")
	})
}

// TestSlowNodeIsTended: a node that needs longer than its fair share of a round for each response,
// such as a remote one, is still tended.
func TestSlowNodeIsTended(t *testing.T) {
	withHangingNode(t, 3, 0, nil, func(t *testing.T, f *fakeNet, c *Client, _ *atomic.Bool, delay *atomic.Int64) {
		delay.Store(int64(3 * DefaultTendInterval / fairShare))
		tendRounds(4)
		f.node(0).set("replicas", "test:0,2,"+bits(allPartitions())+","+bits([512]byte{}))
		for i := range 3 {
			if i > 0 {
				f.node(i).set("replicas", "test:0,2,"+bits([512]byte{})+","+bits([512]byte{}))
			}
			f.node(i).set("partition-generation", "9")
		}
		time.Sleep(3 * DefaultTendInterval)
		synctest.Wait()
		require.Equal(t, "A1", c.view.Load().parts.Space("test").Node(0, 1).Name())
	})
}

// TestHangingNewPeer: a peer that accepts connections but never answers delays neither updates nor
// other peers. It joins once it answers.
func TestHangingNewPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		c := f.open(func(cfg *Config) { cfg.ConnectTimeout = 20 * time.Second })
		var hangs atomic.Bool
		hangs.Store(true)
		f.add("A3", "127.0.0.1:3002").wrapWith(func(c net.Conn) net.Conn { return hangingConn{c, &hangs, new(atomic.Int64)} })
		f.add("A4", "127.0.0.1:3003")
		f.share()
		time.Sleep(roundLimit)
		synctest.Wait()
		require.Equal(t, []string{"A1", "A2", "A4"}, c.NodeNames())
		require.Equal(t, "A4", c.view.Load().parts.Space("test").Node(0, 3).Name())
		hangs.Store(false)
		time.Sleep(20*time.Second + roundLimit)
		tendRounds(1)
		require.Len(t, c.NodeNames(), 4)
	})
}

// TestCommandsLeaveDroppedNode: when the client drops a hanging node, commands on it are retried
// elsewhere or fail, without waiting for their own timeouts.
func TestCommandsLeaveDroppedNode(t *testing.T) {
	const long = time.Hour
	reads := &ReadPolicy{TotalTimeout: long, SocketTimeout: NoTimeout}
	for name, call := range map[string]func(t *testing.T, c *Client){
		"read": func(t *testing.T, c *Client) {
			rec, err := c.Get(t.Context(), reads, testKey)
			require.NoError(t, err)
			require.NotNil(t, rec)
		},
		"gathered reads": func(t *testing.T, c *Client) {
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					_, err := c.GetHeader(t.Context(), reads, testKey)
					require.NoError(t, err)
				})
			}
			all.Wait()
		},
		"batch": func(t *testing.T, c *Client) {
			results, err := c.BatchExists(t.Context(), &BatchPolicy{TotalTimeout: long, SocketTimeout: long}, []protocol.Key{testKey, testKey})
			require.NoError(t, err)
			require.Len(t, results, 2)
		},
		"write": func(t *testing.T, c *Client) {
			e := requireError(t, c.Put(t.Context(), &WritePolicy{TotalTimeout: long}, testKey, testBins))
			require.ErrorIs(t, e, errNodeLeft)
			require.True(t, e.InDoubt)
		},
	} {
		t.Run(name, func(t *testing.T) {
			which := int(testKey.Partition()) % 3
			withHangingNode(t, 3, which, nil, func(t *testing.T, f *fakeNet, c *Client, hangs *atomic.Bool, _ *atomic.Int64) {
				for i := range 3 {
					f.node(i).play(func(conn net.Conn, m *wire.Message) bool {
						if _, isBatch := m.Field(wire.FieldBatch); isBatch {
							return batchRows(0, newHeld().row)(conn, m)
						}
						return replyOK(conn, m)
					})
				}
				hangs.Store(true)
				f.dropNode(f.node(which))
				start := time.Now()
				call(t, c)
				require.LessOrEqual(t, time.Since(start), roundLimit)
			})
		})
	}
}

// TestScanLeavesADroppedNode: the partitions are read from the other nodes, and every record is
// returned once.
func TestScanLeavesADroppedNode(t *testing.T) {
	withHangingNode(t, 3, 0, nil, func(t *testing.T, f *fakeNet, c *Client, hangs *atomic.Bool, _ *atomic.Int64) {
		for i := range 3 {
			f.node(i).play(scanRows(1, 0))
		}
		hangs.Store(true)
		f.dropNode(f.node(0))
		start := time.Now()
		n, err := collect(t, c, nil)
		require.NoError(t, err)
		require.Equal(t, protocol.PartitionCount, n)
		require.LessOrEqual(t, time.Since(start), roundLimit+DefaultTendInterval/2)
	})
}

// TestReadReachesAReplicaOfAHangingNode: if the first node does not answer, a read with time left
// tries the next one.
func TestReadReachesAReplicaOfAHangingNode(t *testing.T) {
	const none = -1 // it fails when its time runs out
	for name, c := range map[string]struct {
		policy ReadPolicy
		spent  bool          // the retry budget is exhausted
		within time.Duration // the context's timeout, 0 for none
		after  time.Duration
	}{
		"defaults":                    {after: DefaultTotalTimeout / 3},
		"more time":                   {policy: ReadPolicy{TotalTimeout: 30 * time.Second}, after: 10 * time.Second},
		"more tries":                  {policy: ReadPolicy{MaxRetries: 9}, after: DefaultTotalTimeout / 10},
		"too many tries":              {policy: ReadPolicy{MaxRetries: 99}, after: link.MinShare},
		"a context's deadline":        {within: 600 * time.Millisecond, after: 200 * time.Millisecond},
		"an early deadline":           {within: link.MinShare + 1, after: link.MinShare},
		"an earlier deadline":         {within: link.MinShare, after: none},
		"a socket timeout of its own": {policy: ReadPolicy{SocketTimeout: 700 * time.Millisecond}, after: 700 * time.Millisecond},
		"no limit":                    {policy: ReadPolicy{SocketTimeout: NoTimeout}, after: none},
		"a single try":                {policy: ReadPolicy{MaxRetries: NoRetries}, after: none},
		"only the master":             {policy: ReadPolicy{Replica: ReplicaMaster}, after: none},
		"no retries are left":         {spent: true, after: none},
		"coalesced without time left": {policy: ReadPolicy{TotalTimeout: link.MinShare}, after: none},
	} {
		t.Run(name, func(t *testing.T) {
			which := int(testKey.Partition()) % 2
			withHangingNode(t, 2, which, nil, func(t *testing.T, f *fakeNet, client *Client, hangs *atomic.Bool, _ *atomic.Int64) {
				hangs.Store(true)
				for c.spent && client.retries.Take() {
				}
				ctx := t.Context()
				if c.within > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.within)
					defer cancel()
				}
				start := time.Now()
				_, err := client.Get(ctx, &c.policy, testKey)
				if c.after == none {
					require.ErrorIs(t, err, ErrTimeout)
					return
				}
				require.NoError(t, err)
				require.Equal(t, c.after, time.Since(start))
			})
		})
	}
}

// TestCoalescedReadsUseReplicas: the same for coalesced reads.
func TestCoalescedReadsUseReplicas(t *testing.T) {
	which := int(testKey.Partition()) % 2
	withHangingNode(t, 2, which, nil, func(t *testing.T, f *fakeNet, c *Client, hangs *atomic.Bool, _ *atomic.Int64) {
		f.replica(testKey).play(func(conn net.Conn, m *wire.Message) bool {
			if _, isBatch := m.Field(wire.FieldBatch); isBatch {
				return batchRows(0, newHeld().row)(conn, m)
			}
			return replyOK(conn, m)
		})
		hangs.Store(true)
		errs := make([]error, 50)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = c.GetHeader(t.Context(), nil, testKey) })
		}
		all.Wait()
		require.False(t, slices.ContainsFunc(errs, func(err error) bool { return err != nil }), errs)
	})
}

// TestSharesOfContextsDoNotCount: a try that was shortened because of a context's deadline does not
// count against the node.
func TestSharesOfContextsDoNotCount(t *testing.T) {
	for name, byContext := range map[string]bool{"a context's": true, "the policy's": false} {
		t.Run(name, func(t *testing.T) {
			which := int(testKey.Partition()) % 2
			few := func(cfg *Config) { cfg.MaxErrorRate, cfg.TendInterval = 3, time.Hour }
			withHangingNode(t, 2, which, few, func(t *testing.T, f *fakeNet, c *Client, hangs *atomic.Bool, _ *atomic.Int64) {
				hangs.Store(true)
				for range 10 {
					ctx, cancel := context.WithCancel(t.Context())
					if byContext {
						ctx, cancel = context.WithTimeout(t.Context(), DefaultTotalTimeout/2)
					}
					_, err := c.Get(ctx, nil, testKey)
					require.NoError(t, err)
					cancel()
				}
				require.Equal(t, !byContext, c.Nodes()[which].circuit.backingOff())
			})
		})
	}
}
