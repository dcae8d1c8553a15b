package cluster

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// TestCase25AnotherNodeAtTheAddress: a node that answers under another name leaves the cluster in
// the next round, and nothing is sent to it.
func TestCase25AnotherNodeAtTheAddress(t *testing.T) {
	eachKind(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		stranger := f.master(testKey)
		require.NoError(t, k.run(t.Context(), c, settings{}))
		stranger.set("node", "EVIL")
		time.Sleep(DefaultTendInterval)
		synctest.Wait()
		require.Equal(t, []string{f.replica(testKey).name}, c.NodeNames())
		before := stranger.received()
		k.run(t.Context(), c, settings{total: 200 * time.Millisecond})
		require.Equal(t, before, stranger.received())
		require.Zero(t, stranger.connections())
	})
}

// TestCase26IsolatedNode: a node that is cut off from its peers claims all partitions, and is
// ignored while other nodes disagree.
func TestCase26IsolatedNode(t *testing.T) {
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		isolated := f.node(2)
		isolated.set("peers-clear-std", "9,3000,[]")
		isolated.set("peers-generation", "9")
		isolated.set("replicas", "test:0,1,"+bits(allPartitions()))
		isolated.set("partition-generation", "9")
		tendRounds(3)
		parts := c.view.Load().parts.Space("test")
		for p := range uint16(protocol.PartitionCount) {
			require.Equal(t, f.node(int(p)%3).name, parts.Node(0, p).Name())
		}
		// Once it has its peers again, its claims are accepted.
		isolated.set("peers-clear-std", "10,3000,[[A1,,[127.0.0.1:3000]],[A2,,[127.0.0.1:3001]]]")
		isolated.set("peers-generation", "10")
		isolated.set("partition-generation", "10")
		tendRounds(2)
		require.Equal(t, isolated.name, c.view.Load().parts.Space("test").Node(0, 0).Name())
	})
}

// TestCase28MalformedInfo: an info response that is invalid or far too large fails the node's round
// of tending. The last good map stays.
func TestCase28MalformedInfo(t *testing.T) {
	var manyPeers, manySpaces strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&manyPeers, "[N%d,,[10.1.1.1:%d]],", i, i+1)
		fmt.Fprintf(&manySpaces, "ns%d:0,1,%s;", i, bits([512]byte{}))
	}
	for name, c := range map[string]struct{ command, answer string }{
		"generation too large":     {"partition-generation", "99999999999999999999"},
		"negative generation":      {"partition-generation", "-1"},
		"refused":                  {"peers-generation", "ERROR:4:unrecognized command"},
		"half of the peers":        {"peers-clear-std", "9,3000,[[A2,,[127"},
		"endless nesting":          {"peers-clear-std", "9,3000," + strings.Repeat("[", 1<<20)},
		"too many peers":           {"peers-clear-std", "9,3000,[" + manyPeers.String() + "[X,,[h]]]"},
		"a short bitmap":           {"replicas", "test:0,2,AAAA"},
		"too many namespaces":      {"replicas", manySpaces.String()},
		"no base64":                {"replicas", "test:0,1," + strings.Repeat("?", 684)},
		"not text":                 {"node", "raw:\x00\xff"},
		"line of another command":  {"node", "raw:build\t8.1.2.0\n"},
		"an endless line":          {"peers-generation", strings.Repeat("9", 4<<20)},
		"a hundred thousand lines": {"peers-generation", "9\n" + strings.Repeat("x\ty\n", 100000) + "x"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 2, nil, func(t *testing.T, f *fakeNet, client *Client) {
				before := client.view.Load().parts
				f.node(0).set("peers-generation", "9")
				f.node(0).set("partition-generation", "9")
				f.node(0).set(c.command, c.answer)
				tendRounds(2)
				require.Equal(t, []string{"A1", "A2"}, client.NodeNames())
				for p := range uint16(protocol.PartitionCount) {
					require.Equal(t, before.Space("test").Node(0, p), client.view.Load().parts.Space("test").Node(0, p))
				}
				require.NoError(t, put(t, client))
				require.Positive(t, client.Nodes()[0].tend.failures)
			})
		})
	}
}

// TestCase29TendingUnderLoad: the map changes continuously while commands run and the client is
// closed. Each command sees one complete map. The race detector checks the rest.
func TestCase29TendingUnderLoad(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	require.NoError(t, err)
	defer server.Close()
	for range 3 {
		c, err := Open(t.Context(), Config{Seeds: server.Seeds()[:1], Dial: server.Dial, TendInterval: 10 * time.Millisecond})
		require.NoError(t, err)
		var callers sync.WaitGroup
		var done atomic.Int64
		for caller := range 8 {
			callers.Go(func() {
				for i := 0; ; i++ {
					v := c.view.Load()
					if space := v.parts.Space("test"); space != nil {
						n := space.Node(0, uint16(i%protocol.PartitionCount))
						if n == nil || v.node(n.name) != n {
							t.Error("the map has a node that the view does not have")
						}
					}
					err := c.Put(t.Context(), nil, protocol.MustKey("test", "s", caller<<16+i), testBins)
					if err != nil {
						return
					}
					done.Add(1)
					c.tender.refreshSoon()
				}
			})
		}
		for i := 0; done.Load() < 500; i++ {
			// Requests everything again, as if all of it had changed.
			<-c.tender.refreshSoon()
			require.NoError(t, server.AddNamespace(devserver.NamespaceOptions{Name: fmt.Sprintf("n%d", time.Now().UnixNano()%1e9)}))
		}
		require.NoError(t, c.Close())
		callers.Wait()
	}
}

// TestCase30PeersAreAdoptedWhole: while a peer in a list can't be reached, the list is read again
// in each round.
func TestCase30PeersAreAdoptedWhole(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		first, second := f.add("A2", "127.0.0.1:3001"), f.add("A3", "127.0.0.1:3002")
		first.set("partition-generation", "1")
		second.set("partition-generation", "1")
		second.stop()
		list := "9,3000,[[A2,,[127.0.0.1:3001]],[A3,,[127.0.0.1:3002]]]"
		f.node(0).set("peers-clear-std", list)
		f.node(0).set("peers-generation", "9")
		for _, n := range []*fakeNode{first, second} {
			n.set("peers-clear-std", list)
			n.set("peers-generation", "9")
			n.set("replicas", "test:0,1,"+bits([512]byte{}))
		}
		tendRounds(2)
		require.Equal(t, []string{"A1", "A2"}, c.NodeNames(), "reachable peers are added")
		require.NotEqual(t, int64(9), c.Nodes()[0].tend.peersSeen)
		second.start()
		tendRounds(1)
		require.Equal(t, []string{"A1", "A2", "A3"}, c.NodeNames(), "although no generation has changed")
		require.Equal(t, int64(9), c.Nodes()[0].tend.peersSeen)
	})
}

// TestCase31WrongClusterName: a seed of another cluster is an error that names both clusters. A
// peer of another cluster is asked for its cluster's name and gets nothing else.
func TestCase31WrongClusterName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 1)
		defer f.close()
		_, err := Open(t.Context(), f.config(func(cfg *Config) { cfg.ClusterName, cfg.OpenUnconnected = "mine", true }))
		var e *ClusterNameError
		require.ErrorAs(t, err, &e)
		require.ErrorIs(t, err, ErrClusterName)
		require.Equal(t, ClusterNameError{Want: "mine", Got: "fake"}, *e)
	})
	bubble(t, 1, func(cfg *Config) { cfg.ClusterName = "fake" }, func(t *testing.T, f *fakeNet, c *Client) {
		other := f.add("A2", "127.0.0.1:3001")
		other.set("cluster-name", "other")
		other.set("partition-generation", "1")
		f.node(0).set("peers-clear-std", "9,3000,[[A2,,[127.0.0.1:3001]]]")
		f.node(0).set("peers-generation", "9")
		tendRounds(3)
		require.Equal(t, []string{"A1"}, c.NodeNames())
		require.Positive(t, other.dialed())
		require.Zero(t, other.received())
		require.Equal(t, []string{"build", "node", "partition-generation", "cluster-name"}, other.asked())
	})
}

// TestCase32LocalRackDead: reads go to the other rack while the preferred one is down, and back
// when it returns.
func TestCase32LocalRackDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		near, far := f.node(1), f.node(0)
		far.set("rack-ids", "test:1")
		near.set("rack-ids", "test:2")
		c := f.open(func(cfg *Config) {
			cfg.RackIDs = []int{2}
			cfg.Policies.Read.Replica = ReplicaPreferRack
		})
		readFrom := func(n *fakeNode) {
			t.Helper()
			before := n.received()
			for _, k := range neighbors {
				_, err := c.Get(t.Context(), nil, k)
				require.NoError(t, err)
			}
			require.Equal(t, before+len(neighbors), n.received())
		}
		readFrom(near)
		near.stop()
		readFrom(far)
		f.share()
		tendRounds(2)
		require.Equal(t, []string{"A1"}, c.NodeNames())
		readFrom(far)

		near.start()
		f.share()
		near.set("rebalance-generation", "2")
		far.set("rebalance-generation", "2")
		tendRounds(1)
		readFrom(near)
	})
}

// TestCase51PeersThatAreNotOurs: a hostile list of peers has foreign addresses. Few are dialed at
// the same time, tending is not delayed, and each is only asked for its name.
func TestCase51PeersThatAreNotOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 1)
		foreign := f.add("B1", "10.9.9.9:80")
		foreign.set("cluster-name", "theirs")
		foreign.set("partition-generation", "1")
		var mu sync.Mutex
		dialling, most := 0, 0
		c := f.open(func(cfg *Config) {
			cfg.ClusterName = "fake"
			cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if !strings.HasPrefix(address, "192.0.2.") {
					return f.dial(ctx, network, address)
				}
				mu.Lock()
				dialling++
				most = max(most, dialling)
				mu.Unlock()
				defer func() {
					mu.Lock()
					dialling--
					mu.Unlock()
				}()
				return blackHole(ctx)
			}
		})
		var list strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&list, "[N%d,,[192.0.2.%d]],", i, i%256)
		}
		f.node(0).set("peers-clear-std", "9,3000,["+list.String()+"[B1,,[10.9.9.9:80]]]")
		f.node(0).set("peers-generation", "9")
		tendRounds(1)
		start := time.Now()
		<-c.tender.refreshSoon()
		require.LessOrEqual(t, time.Since(start), peerTimeouts*DefaultConnectTimeout+DefaultTendInterval)
		require.Equal(t, []string{"A1"}, c.NodeNames())
		require.LessOrEqual(t, most, maxPeerDials)
		require.Zero(t, foreign.received())
		for _, command := range foreign.asked() {
			require.Contains(t, []string{"build", "node", "partition-generation", "cluster-name"}, command)
		}
		require.NoError(t, put(t, c))
	})
}
