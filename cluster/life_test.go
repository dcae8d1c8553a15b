package cluster

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// blackHole is a dial that never ends.
func blackHole(ctx context.Context) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestSeedsAreTriedAtOnce: seeds that don't answer do not delay the one that does.
func TestSeedsAreTriedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		start := time.Now()
		c := f.open(func(cfg *Config) {
			cfg.Seeds = []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "127.0.0.1:3001"}
			cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasPrefix(address, "10.") {
					return blackHole(ctx)
				}
				return f.dial(ctx, network, address)
			}
		})
		require.Zero(t, time.Since(start))
		require.Equal(t, []string{"A1", "A2"}, c.NodeNames())
	})
}

// A fakeDNS resolves one name.
type fakeDNS struct {
	mu      sync.Mutex // guards the fields below
	hosts   []string
	lookups int
}

func (d *fakeDNS) set(hosts ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hosts = hosts
}

func (d *fakeDNS) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lookups
}

func (d *fakeDNS) lookUp(_ context.Context, host string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lookups++
	if host != "aerospike.example" {
		return nil, &net.DNSError{Name: host, IsNotFound: true}
	}
	return d.hosts, nil
}

// TestSeedsByName: a name has several addresses, and new ones after all nodes were lost.
func TestSeedsByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		var dns fakeDNS
		dns.set("192.0.2.1", "127.0.0.1")
		c := f.open(func(cfg *Config) {
			cfg.Seeds = []string{"aerospike.example:3000"}
			cfg.LookupHost = dns.lookUp
		})
		require.Equal(t, 1, dns.count())
		require.Len(t, c.NodeNames(), 2)

		f.node(0).stop()
		f.node(1).stop()
		tendRounds(2)
		require.Greater(t, dns.count(), 1)
		elsewhere := f.add("B1", "127.0.0.9:3000")
		elsewhere.answers = f.node(0).answers
		elsewhere.set("peers-clear-std", "1,3000,[]")
		dns.set("127.0.0.9")
		tendRounds(2)
		require.Equal(t, []string{"B1"}, c.NodeNames())
		require.NoError(t, put(t, c))
	})
}

func TestSeedNameUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 1)
		defer f.close()
		_, err := Open(t.Context(), f.config(func(cfg *Config) {
			cfg.Seeds = []string{"nowhere.example"}
			cfg.LookupHost = new(fakeDNS).lookUp
		}))
		require.ErrorIs(t, err, ErrConnect)
		var unknown *net.DNSError
		require.ErrorAs(t, err, &unknown)
	})
}

func TestIPMap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		// The nodes' own addresses for each other can't be reached from here.
		for i := range 2 {
			n := f.node(i)
			n.set("peers-clear-std", strings.ReplaceAll(n.answers["peers-clear-std"], "127.0.0.1", "172.16.0.1"))
		}
		c := f.open(func(cfg *Config) { cfg.IPMap = map[string]string{"172.16.0.1": "127.0.0.1"} })
		require.Equal(t, []string{"A1", "A2"}, c.NodeNames())
		require.Equal(t, "127.0.0.1:3001", c.Nodes()[1].Address())
		_, err := Open(t.Context(), f.config(func(cfg *Config) { cfg.IPMap = map[string]string{"172.16.0.1": ""} }))
		require.ErrorIs(t, err, ErrConfig)
	})
}

func TestOpenUnconnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		f.node(0).stop()
		f.node(1).stop()
		c := f.open(func(cfg *Config) { cfg.OpenUnconnected = true })
		require.False(t, c.IsConnected())
		e := requireError(t, put(t, c))
		require.ErrorIs(t, e, ErrNoNode)
		require.False(t, e.InDoubt)
		for _, err := range c.Scan(t.Context(), nil, "test", "s") {
			require.ErrorIs(t, err, ErrNoNode)
		}
		// A read waits for the cluster until its timeout.
		waiting := begun(func() error {
			_, err := c.Get(t.Context(), &ReadPolicy{TotalTimeout: time.Minute, MaxRetries: 10}, testKey)
			return err
		})
		f.node(0).start()
		f.node(1).start()
		tendRounds(1)
		require.NoError(t, <-waiting)
		require.NoError(t, put(t, c))

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Open(ctx, f.config(func(cfg *Config) { cfg.OpenUnconnected = true }))
		require.ErrorIs(t, err, context.Canceled)
	})
}

// TestRacksChange: a changed rack is noticed by the node's rebalance generation.
func TestRacksChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		f.node(0).set("rack-ids", "test:1")
		f.node(1).set("rack-ids", "test:2")
		c := f.open(func(cfg *Config) { cfg.RackIDs = []int{2} })
		read := func() {
			_, err := c.Get(t.Context(), &ReadPolicy{Replica: ReplicaPreferRack}, testKey)
			require.NoError(t, err)
		}
		read()
		require.Equal(t, 1, f.node(1).received())
		tendRounds(1)
		f.node(0).set("rack-ids", "test:2")
		f.node(1).set("rack-ids", "test:1")
		tendRounds(1)
		read()
		require.Equal(t, 2, f.node(1).received(), "nothing was rebalanced, so racks were not requested")
		f.node(0).set("rebalance-generation", "2")
		f.node(1).set("rebalance-generation", "2")
		tendRounds(1)
		read()
		require.Equal(t, 1, f.node(0).received())
		rack, known := c.Nodes()[1].Rack("test")
		require.True(t, known)
		require.Equal(t, 1, rack)
	})
}

// TestWarmUp: the minimum of connections is open before the first command, and also for a node that
// joins later.
func TestWarmUp(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.MinConnsPerNode = 3 }, func(t *testing.T, f *fakeNet, c *Client) {
		synctest.Wait()
		require.Equal(t, 3, idleOf(c.Nodes()[0].pool))
		f.add("A2", "127.0.0.1:3001")
		f.share()
		tendRounds(1)
		require.Equal(t, 3, idleOf(c.Nodes()[1].pool))
		require.Equal(t, 4, f.node(1).dialed(), "plus one for tending")
	})
}

func TestIdleLimitOfTheServer(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		own    time.Duration
		want   time.Duration
	}{
		"less than the default": {"a=b;proto-fd-idle-ms=10000;c=d", 0, 9 * time.Second},
		"more than the default": {"proto-fd-idle-ms=600000", 0, DefaultIdleTimeout},
		"none":                  {"proto-fd-idle-ms=0", 0, DefaultIdleTimeout},
		"own timeout is less":   {"proto-fd-idle-ms=10000", 5 * time.Second, 5 * time.Second},
		"refused":               {"ERROR:81:role violation", 0, DefaultIdleTimeout},
		"not a number":          {"proto-fd-idle-ms=ten", 0, DefaultIdleTimeout},
		"for ever":              {"proto-fd-idle-ms=10000", -1, -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeNet(t, 1)
				f.node(0).set("get-config:context=service", c.answer)
				client := f.open(func(cfg *Config) { cfg.IdleTimeout = c.own })
				require.Equal(t, c.want, client.Nodes()[0].pool.Stats().IdleTimeout)
			})
		})
	}
}

// TestBriefFailureKeepsNodes: if a cluster answers again at once, the client keeps its nodes and
// connections.
func TestBriefFailureKeepsNodes(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		before := c.Nodes()
		// All connections are closed, so the next round fails on the existing ones.
		for i := range 2 {
			f.node(i).stop()
			f.node(i).start()
		}
		tendRounds(2)
		require.Len(t, c.Nodes(), 2)
		for i, n := range c.Nodes() {
			require.Same(t, before[i], n)
			require.Zero(t, n.tend.failures)
		}
		require.NoError(t, put(t, c))
	})
}

// TestNodeReturnsUnderNewName: a reinstalled server at the same address is a new node, and replaces
// the old one.
func TestNodeReturnsUnderNewName(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
			old := c.Nodes()[0]
			f.node(0).set("node", "B1")
			tendRounds(1)
			require.Equal(t, []string{"B1"}, c.NodeNames())
			require.False(t, old.Active())
			require.NoError(t, put(t, c))
		})
	})
	t.Run("among others", func(t *testing.T) {
		bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
			f.node(1).set("node", "B2")
			f.node(0).set("peers-clear-std", "9,3000,[[B2,,[127.0.0.1:3001]]]")
			f.node(0).set("peers-generation", "9")
			tendRounds(1)
			require.Equal(t, []string{"A1", "B2"}, c.NodeNames())
			for _, k := range testKeys(20) {
				require.NoError(t, c.Put(t.Context(), nil, k, testBins))
			}
		})
	})
}
