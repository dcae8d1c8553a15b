package cluster

import (
	"context"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestCase17NodeDiesMidWrite: the write is in doubt unless its response was already on its way.
func TestCase17NodeDiesMidWrite(t *testing.T) {
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		if k.multi {
			t.Skip("cases 18 and 19")
		}
		f.node(0).play(func(net.Conn, *wire.Message) bool {
			f.node(0).stop()
			return true
		})
		err := k.run(t.Context(), c, settings{retries: NoRetries})
		requireVerdict(t, err, k.write)

		f.node(0).start()
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			replySuccess(conn, m)
			f.node(0).stop()
			return false
		})
		require.NoError(t, k.run(t.Context(), c, settings{retries: NoRetries}))
	})
}

// TestCase17OthersKnowBetter: a lost connection triggers tending, so the next command finds the new
// master long before the interval ends.
func TestCase17OthersKnowBetter(t *testing.T) {
	bubble(t, 3, func(cfg *Config) { cfg.TendInterval = time.Minute }, func(t *testing.T, f *fakeNet, c *Client) {
		time.Sleep(30 * time.Second)
		f.master(testKey).play(func(net.Conn, *wire.Message) bool {
			f.lose(f.master(testKey))
			return false
		})
		requireVerdict(t, put(t, c), true)
		synctest.Wait()
		require.NoError(t, put(t, c))
	})
}

// TestCase18NodeDiesMidBatch: after k of n responses every row has its outcome: answered rows their
// own, reads that of another node, and writes are in doubt.
func TestCase18NodeDiesMidBatch(t *testing.T) {
	const n = 12
	var keys []protocol.Key
	for i := 0; len(keys) < n; i++ {
		if k := protocol.MustKey("test", "s", i); k.Partition()%2 == testKey.Partition()%2 {
			keys = append(keys, k)
		}
	}
	for answered := 1; answered < n; answered++ {
		bubble(t, 2, func(cfg *Config) { cfg.MaxErrorRate = -1 }, func(t *testing.T, f *fakeNet, c *Client) {
			dies := func(c net.Conn, m *wire.Message) bool {
				batchRows(answered, rowOK)(c, m)
				f.master(testKey).stop()
				return false
			}
			f.replica(testKey).play(replySuccess)
			f.master(testKey).play(dies)
			results, err := c.BatchRead(t.Context(), nil, keys)
			require.NoError(t, err)
			require.Len(t, results, n)
			for i, r := range results {
				require.Equal(t, keys[i], r.Key)
				require.NotNil(t, r.Record)
			}
			require.Equal(t, 1, f.replica(testKey).received(), "the other rows were sent together")

			f.master(testKey).start()
			f.master(testKey).play(dies)
			var rows []BatchRow
			for _, k := range keys {
				rows = append(rows, PutRow(nil, k, testBins))
			}
			results, err = c.BatchWrite(t.Context(), nil, rows)
			require.Error(t, err)
			for i, r := range results {
				if i < answered {
					require.NoError(t, r.Err)
					require.EqualValues(t, 5, r.Record.Generation)
				} else {
					require.True(t, requireError(t, r.Err).InDoubt)
				}
			}
		})
	}
}

// TestCase19NodeDiesMidQuery: the query continues after the last record; each record is returned
// exactly once.
func TestCase19NodeDiesMidQuery(t *testing.T) {
	for _, cut := range []int{1, 1000, 4095} {
		bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
			f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
				scanRows(2, cut)(conn, m)
				f.node(0).stop()
				return false
			})
			f.node(1).play(scanRows(2, 0))
			n, err := collect(t, c, nil)
			require.NoError(t, err)
			require.Equal(t, 2*protocol.PartitionCount, n)
		})
	}
}

// refusePartition answers a query but refuses one partition.
func refusePartition(partition uint16, asked *[]int) script {
	return func(c net.Conn, m *wire.Message) bool {
		data, _ := m.Field(wire.FieldPartitions)
		ids, err := wire.ParsePartitions(data)
		if err != nil {
			return false
		}
		*asked = append(*asked, len(ids))
		var body []byte
		for _, p := range ids {
			if p == partition {
				refused := wire.Message{Header: wire.Header{
					ResultCode: protocol.PartitionUnavailable, Generation: uint32(p), Info3: wire.Info3PartitionDone,
				}}
				body = append(body, refused.AppendTo(nil)...)
				continue
			}
			body = append(body, scanRow(p, 0)...)
		}
		return write(c, frame(wire.ProtoMessage, body)) && write(c, message(wire.Header{Info3: wire.Info3Last}))
	}
}

// TestCase20PartitionMovesDuringQuery: only the partition that moved is requested again, from its
// new node. If no node serves it, the error names it, and the result is not reported as complete.
func TestCase20PartitionMovesDuringQuery(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		var asked []int
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
				return refusePartition(0xffff, &asked)(conn, m)
			})
			return refusePartition(9, &asked)(conn, m)
		})
		n, err := collect(t, c, nil)
		require.NoError(t, err)
		require.Equal(t, protocol.PartitionCount, n)
		require.Equal(t, []int{protocol.PartitionCount, 1}, asked)

		f.node(0).play(refusePartition(9, &asked))
		n, err = collect(t, c, nil)
		require.Equal(t, protocol.PartitionCount-1, n)
		require.ErrorIs(t, err, protocol.PartitionUnavailable)
		require.ErrorContains(t, err, "1 partitions are missing, the first is 9")
	})
}

// TestCase21PartitionWithoutMaster: when the time runs out the error names the partition, and
// nothing is in doubt.
func TestCase21PartitionWithoutMaster(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeNet(t, 1)
				f.node(0).set("replicas", "test:0,1,"+bits([512]byte{}))
				c := f.open(nil)
				start := time.Now()
				err := k.run(t.Context(), c, settings{total: 500 * time.Millisecond, retries: 3})
				require.LessOrEqual(t, time.Since(start), 500*time.Millisecond)
				require.ErrorIs(t, err, ErrNoNode)
				requireVerdict(t, err, false)
				if k.name != "query" {
					require.Regexp(t, "no active node holds partition [0-9]+", verdicts(t, err)[0].Message)
				}
				require.Zero(t, f.node(0).received())
			})
		})
	}
}

// TestCase22StaleMap: a refusal by a node that does not hold the partition triggers tending, at a
// limited rate.
func TestCase22StaleMap(t *testing.T) {
	change := func(cfg *Config) { cfg.TendInterval, cfg.MaxErrorRate = time.Minute, -1 }
	bubble(t, 2, change, func(t *testing.T, f *fakeNet, c *Client) {
		time.Sleep(30 * time.Second)
		f.master(testKey).play(replyCode(protocol.PartitionUnavailable))
		p := &WritePolicy{MaxRetries: 1, Replica: ReplicaMaster, TotalTimeout: 100 * time.Second}
		f.replica(testKey).set("replicas", "test:0,2,"+bits(allPartitions())+","+bits([512]byte{}))
		f.replica(testKey).set("partition-generation", "9")
		start := time.Now()
		require.NoError(t, c.Put(t.Context(), p, testKey, testBins))
		require.Less(t, time.Since(start), time.Second)

		// No node serves it. However many callers ask, tending keeps its minimum distance.
		f.replica(testKey).play(replyCode(protocol.PartitionUnavailable))
		f.master(testKey).mu.Lock()
		f.master(testKey).infos = nil
		f.master(testKey).mu.Unlock()
		start = time.Now()
		for time.Since(start) < 2*time.Minute {
			err := c.Put(t.Context(), p, testKey, testBins)
			require.ErrorIs(t, err, protocol.PartitionUnavailable)
			requireVerdict(t, err, false)
		}
		f.master(testKey).mu.Lock()
		defer f.master(testKey).mu.Unlock()
		rounds := 0
		for _, command := range f.master(testKey).infos {
			if command == "peers-generation" {
				rounds++
			}
		}
		require.Positive(t, rounds)
		require.LessOrEqual(t, rounds, 2*refreshShare+1)
	})
}

// A ledger counts how often the nodes of a net have applied each record's write.
type ledger struct {
	mu      sync.Mutex
	applied map[protocol.Digest]int
}

// applyTime is how long a node of a ledger takes to apply a request, and again to answer it.
const applyTime = 5 * time.Millisecond

// play applies a request after a delay, during which the node may die.
func (l *ledger) play(c net.Conn, m *wire.Message) bool {
	time.Sleep(applyTime)
	l.mu.Lock()
	for _, d := range written(m) {
		l.applied[d]++
	}
	l.mu.Unlock()
	time.Sleep(applyTime)
	return replySuccess(c, m)
}

// A tally counts the outcomes of one caller's calls.
type tally struct{ reads, applied, refused, inDoubt int }

// call reads and writes a record that no other caller uses, and checks both outcomes against the
// ledger.
func (l *ledger) call(t *testing.T, c *Client, k protocol.Key, n *tally) {
	if _, err := c.Get(t.Context(), nil, k); err != nil {
		t.Errorf("a read failed: %v", err)
	}
	n.reads++
	err := c.Put(t.Context(), nil, k, testBins)
	l.mu.Lock()
	times := l.applied[k.Digest()]
	l.mu.Unlock()
	e, _ := err.(*protocol.Error)
	switch {
	case err == nil && times == 1:
		n.applied++
	case err != nil && e.InDoubt:
		n.inDoubt++
	case err != nil && times == 0:
		n.refused++
		time.Sleep(10 * time.Millisecond)
	default:
		t.Errorf("applied %d times: %v", times, err)
	}
}

// TestCase23RollingRestart: each node in turn stops and starts under load. No read fails, and the
// outcome of every write is true.
func TestCase23RollingRestart(t *testing.T) {
	change := func(cfg *Config) {
		cfg.Policies.Read.MaxRetries, cfg.Policies.Read.TotalTimeout = 5, 10*time.Second
		cfg.Policies.Read.SleepBetweenRetries = 100 * time.Millisecond
	}
	bubble(t, 3, change, func(t *testing.T, f *fakeNet, c *Client) {
		truth := &ledger{applied: make(map[protocol.Digest]int)}
		for i := range 3 {
			f.node(i).play(truth.play)
		}
		var callers sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		tallies := make([]tally, 32) // enough that each node has writes in flight when it stops
		for caller := range tallies {
			callers.Go(func() {
				for i := caller << 20; ctx.Err() == nil; i++ {
					truth.call(t, c, protocol.MustKey("test", "s", i), &tallies[caller])
				}
			})
		}
		for i := range 3 {
			time.Sleep(2*time.Second + applyTime/2)
			f.node(i).stop()
			f.share()
			time.Sleep(2 * time.Second)
			f.node(i).start()
			f.share()
		}
		time.Sleep(2 * time.Second)
		stop()
		callers.Wait()
		sum := tally{}
		for _, n := range tallies {
			sum = tally{sum.reads + n.reads, sum.applied + n.applied, sum.refused + n.refused, sum.inDoubt + n.inDoubt}
		}
		t.Logf("%d reads; %d writes applied, %d not, %d in doubt", sum.reads, sum.applied, sum.refused, sum.inDoubt)
		require.Positive(t, sum.applied)
		require.Positive(t, sum.inDoubt+sum.refused, "there were no failures, so the test is void")
		require.Len(t, c.NodeNames(), 3)
	})
}

// TestCase24NodeReturnsUnderNewAddress: the node is replaced in the next round of tending.
func TestCase24NodeReturnsUnderNewAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newRemoteNet(t, "10.0.0.1:3000", "10.0.0.2:3000")
		c := f.open(func(cfg *Config) { cfg.Seeds = []string{"10.0.0.1"} })
		require.Equal(t, "10.0.0.2:3000", c.Nodes()[1].Address())
		tendRounds(1)

		f.nodes["10.0.0.2:3000"].stop()
		moved := f.add("A2", "10.0.0.3:3000")
		moved.answers = f.nodes["10.0.0.2:3000"].answers
		f.nodes["10.0.0.1:3000"].set("peers-clear-std", "2,3000,[[A2,,[10.0.0.3]]]")
		f.nodes["10.0.0.1:3000"].set("peers-generation", "2")
		time.Sleep(DefaultTendInterval)
		synctest.Wait()
		require.Equal(t, "10.0.0.3:3000", c.Nodes()[1].Address())
		for _, k := range testKeys(20) {
			require.NoError(t, c.Put(t.Context(), nil, k, testBins))
		}
	})
}

// newRemoteNet returns a net of two nodes A1 and A2 that are not on loopback.
func newRemoteNet(t *testing.T, addresses ...string) *fakeNet {
	f := &fakeNet{t: t, nodes: make(map[string]*fakeNode)}
	for i, a := range addresses {
		n := f.add([]string{"A1", "A2"}[i], a)
		n.set("partition-generation", "1")
		n.set("peers-generation", "1")
		var owned [512]byte
		for p := range owned {
			owned[p] = []byte{0xaa, 0x55}[i]
		}
		n.set("replicas", "test:0,1,"+bits(owned))
		n.set("service-clear-std", a)
		n.set("peers-clear-std", "1,3000,[["+[]string{"A2", "A1"}[i]+",,["+addresses[1-i]+"]]]")
	}
	return f
}

// TestCase27AllNodesDownThenUp: meanwhile calls fail within their timeouts, and nothing is in
// doubt. After the first node is back, calls succeed within two rounds of tending.
func TestCase27AllNodesDownThenUp(t *testing.T) {
	for name, outage := range map[string]time.Duration{"briefly": 3 * time.Second, "for long": time.Minute} {
		t.Run(name, func(t *testing.T) {
			seeds := func(cfg *Config) { cfg.Seeds = []string{"127.0.0.1:3000", "127.0.0.1:3001"} }
			eachKind(t, 2, seeds, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
				f.node(0).stop()
				f.node(1).stop()
				for start := time.Now(); time.Since(start) < outage; {
					began := time.Now()
					err := k.run(t.Context(), c, settings{total: time.Second})
					require.LessOrEqual(t, time.Since(began), time.Second)
					requireVerdict(t, err, false)
					time.Sleep(100 * time.Millisecond)
				}
				f.node(1).start()
				f.node(1).set("peers-clear-std", "7,3000,[]")
				f.node(1).set("replicas", "test:0,1,"+bits(allPartitions()))
				f.node(1).set("partition-generation", "7")
				f.node(1).set("peers-generation", "7")
				up := time.Now()
				for k.run(t.Context(), c, settings{total: 100 * time.Millisecond}) != nil {
					require.LessOrEqual(t, time.Since(up), 2*DefaultTendInterval)
					time.Sleep(10 * time.Millisecond)
				}
			})
		})
	}
}
