package cluster

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/topology"
	"github.com/aerosql/aerosql/protocol"
)

func TestOpenLearnsPeers(t *testing.T) {
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		require.Equal(t, []string{"A1", "A2", "A3"}, c.NodeNames())
		require.True(t, c.IsConnected())
		for p := range 3 {
			n, err := c.choose("test", uint16(p), &call{}, 0)
			require.Nil(t, err)
			require.Equal(t, c.NodeNames()[p], n.Name())
			n, _ = c.choose("test", uint16(p), &call{}, 1)
			require.Equal(t, c.NodeNames()[(p+1)%3], n.Name(), "the replica")
		}
		require.Equal(t, "8.1.2.0", c.Nodes()[0].Build())
		require.Equal(t, "127.0.0.1:3000", c.Nodes()[0].Address())
	})
}

func TestOpenFails(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]string
		config  func(*Config)
		is      error
	}{
		"refused":                 {nil, func(cfg *Config) { cfg.Seeds = []string{"127.0.0.1:9"} }, ErrConnect},
		"cluster name":            {nil, func(cfg *Config) { cfg.ClusterName = "other" }, ErrClusterName},
		"no seeds":                {nil, func(cfg *Config) { cfg.Seeds = nil }, ErrConfig},
		"seed without host":       {nil, func(cfg *Config) { cfg.Seeds = []string{":3000"} }, ErrConfig},
		"port":                    {nil, func(cfg *Config) { cfg.Seeds = []string{"h:70000"} }, ErrConfig},
		"policy":                  {nil, func(cfg *Config) { cfg.Policies.Batch.TotalTimeout = -5 }, ErrConfig},
		"min over max":            {nil, func(cfg *Config) { cfg.MinConnsPerNode = 500 }, ErrConfig},
		"build":                   {map[string]string{"build": "x"}, nil, ErrNode},
		"old build":               {map[string]string{"build": "5.7.0.1"}, nil, ErrNode},
		"no name":                 {map[string]string{"node": ""}, nil, ErrNode},
		"starting":                {map[string]string{"partition-generation": "-1"}, nil, ErrNode},
		"generation":              {map[string]string{"partition-generation": "x"}, nil, ErrNode},
		"error":                   {map[string]string{"build": "ERROR:80:not authenticated"}, nil, protocol.NotAuthenticated},
		"error for every command": {map[string]string{"build": "raw:ERROR:80:not authenticated\n", "node": "raw:", "partition-generation": "raw:"}, nil, protocol.NotAuthenticated},
		"missing line":            {map[string]string{"node": "raw:"}, nil, protocol.ErrMalformed},
		"other command":           {map[string]string{"node": "raw:edition\tx\n"}, nil, protocol.ErrMalformed},
		"no tab":                  {map[string]string{"node": "raw:node\n"}, nil, protocol.ErrMalformed},
		"missing newline":         {map[string]string{"partition-generation": "raw:partition-generation\t1"}, nil, protocol.ErrMalformed},
		"peers":                   {map[string]string{"peers-clear-std": "0,3000,[[["}, nil, ErrConnect},
		"context has ended":       {nil, nil, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeNet(t, 1)
				defer f.close()
				for command, answer := range c.answers {
					f.node(0).set(command, answer)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if errors.Is(c.is, context.Canceled) {
					cancel()
				}
				_, err := Open(ctx, f.config(c.config))
				require.ErrorIs(t, err, c.is)
			})
		})
	}
}

// tendRounds waits for n rounds of tending.
func tendRounds(n int) {
	time.Sleep(time.Duration(n)*DefaultTendInterval + DefaultTendInterval/2)
	synctest.Wait()
}

func TestNodeJoinsAndLeaves(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.add("A3", "127.0.0.1:3002")
		f.share()
		tendRounds(2)
		require.Equal(t, []string{"A1", "A2", "A3"}, c.NodeNames())
		require.Equal(t, "A3", c.view.Load().parts.Space("test").Node(0, 2).Name())

		f.node(1).stop()
		tendRounds(2)
		require.Equal(t, []string{"A1", "A2", "A3"}, c.NodeNames(), "the other nodes still list it")
		f.share()
		tendRounds(2)
		require.Equal(t, []string{"A1", "A3"}, c.NodeNames())
		require.Equal(t, "A3", c.view.Load().parts.Space("test").Node(0, 1).Name())
	})
}

func TestAllNodesDownAndUp(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).stop()
		f.node(1).stop()
		tendRounds(6)
		require.Empty(t, c.NodeNames())
		require.False(t, c.IsConnected())
		e := requireError(t, c.Put(t.Context(), nil, testKey, testBins))
		require.False(t, e.InDoubt)
		f.node(0).start()
		f.node(1).start()
		tendRounds(1)
		require.Len(t, c.NodeNames(), 2)
		require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
	})
}

func TestAnotherNodeAtTheSameAddress(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(1).set("node", "EVIL")
		tendRounds(1)
		require.Equal(t, []string{"A1"}, c.NodeNames())
	})
}

// TestNodeReturnsUnnoticed: the other node never noticed that this one was down, so its list of
// peers stays the same.
func TestNodeReturnsUnnoticed(t *testing.T) {
	for name, fault := range map[string]struct{ begin, end func(n, other *fakeNode) }{
		"another node answered in its place": {
			func(n, _ *fakeNode) { n.set("node", "EVIL") },
			func(n, _ *fakeNode) { n.set("node", n.name) },
		},
		"no node answered for a while": {
			func(n, other *fakeNode) {
				n.stop()
				tendRounds(topology.MaxFailures - 1)
				other.stop()
			},
			func(n, other *fakeNode) {
				other.start()
				n.start()
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
				fault.begin(f.node(1), f.node(0))
				tendRounds(2)
				require.Equal(t, []string{"A1"}, c.NodeNames())
				fault.end(f.node(1), f.node(0))
				tendRounds(1)
				require.Equal(t, []string{"A1", "A2"}, c.NodeNames())
				require.Equal(t, "A2", c.view.Load().parts.Space("test").Node(0, 1).Name())
			})
		})
	}
}

func TestPeerUnderAWrongName(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.add("A9", "127.0.0.1:3009")
		f.node(0).set("peers-clear-std", "8,3000,[[A2,,[127.0.0.1:3009]]]")
		f.node(0).set("peers-generation", "8")
		tendRounds(2)
		require.Equal(t, []string{"A1"}, c.NodeNames())
	})
}

// TestMalformedInfoIsAFailedRound: the last good map stays.
func TestMalformedInfoIsAFailedRound(t *testing.T) {
	for command, answer := range map[string]string{
		"partition-generation": "99999999999999999999",
		"peers-generation":     "ERROR:4:unrecognized command",
		"peers-clear-std":      "9,3000,[[A2,,[127",
		"replicas":             "test:0,2,AAAA",
		"node":                 "raw:\x00\xff",
	} {
		t.Run(command, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
				f.node(0).set("peers-generation", "9")
				f.node(0).set("partition-generation", "9")
				f.node(0).set(command, answer)
				tendRounds(2)
				require.Equal(t, []string{"A1"}, c.NodeNames())
				require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
			})
		})
	}
}

// TestIsolatedNodeIsIgnored: a node that is cut off from its peers claims all partitions.
func TestIsolatedNodeIsIgnored(t *testing.T) {
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		alone := newFakeNet(t, 1).node(0)
		f.node(2).set("peers-clear-std", "9,3000,[]")
		f.node(2).set("peers-generation", "9")
		f.node(2).set("replicas", alone.answers["replicas"])
		f.node(2).set("partition-generation", "9")
		tendRounds(3)
		require.Equal(t, "A1", c.view.Load().parts.Space("test").Node(0, 0).Name())
	})
}

func TestIsolatedSeedIsTheLastChoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		isolated := f.add("L", "127.0.0.1:3900")
		isolated.set("peers-clear-std", "0,3000,[]")
		isolated.set("partition-generation", "1")
		c := f.open(func(cfg *Config) { cfg.Seeds = []string{"127.0.0.1:3900", "127.0.0.1:3001"} })
		require.Equal(t, []string{"A1", "A2"}, c.NodeNames())
	})
}

func TestNodeMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{t: t, nodes: make(map[string]*fakeNode)}
		for i, a := range []string{"10.0.0.1:3000", "10.0.0.2:3000"} {
			n := f.add([]string{"A1", "A2"}[i], a)
			n.set("partition-generation", "1")
			n.set("peers-generation", "1")
			n.set("replicas", "test:0,1,"+bits([512]byte{byte(i)}))
		}
		f.nodes["10.0.0.1:3000"].set("peers-clear-std", "1,3000,[[A2,,[10.0.0.2]]]")
		f.nodes["10.0.0.2:3000"].set("peers-clear-std", "1,3000,[[A1,,[10.0.0.1]]]")
		c := f.open(func(cfg *Config) { cfg.Seeds = []string{"10.0.0.1"} })
		require.Equal(t, "10.0.0.2:3000", c.Nodes()[1].Address())

		f.nodes["10.0.0.2:3000"].stop()
		moved := f.add("A2", "10.0.0.3:3000")
		moved.answers = f.nodes["10.0.0.2:3000"].answers
		f.nodes["10.0.0.1:3000"].set("peers-clear-std", "2,3000,[[A2,,[10.0.0.3]]]")
		f.nodes["10.0.0.1:3000"].set("peers-generation", "2")
		tendRounds(2)
		require.Equal(t, "10.0.0.3:3000", c.Nodes()[1].Address())
	})
}

func TestLoadBalancer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 1)
		f.node(0).set("service-clear-std", "127.0.0.1:3000")
		behind := f.node(0)
		cfg := func(cfg *Config) {
			cfg.Seeds = []string{"balancer:4000"}
			cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == "balancer:4000" {
					address = behind.address
				}
				return f.dial(ctx, network, address)
			}
		}
		c := f.open(cfg)
		require.Equal(t, "127.0.0.1:3000", c.Nodes()[0].Address(), "the advertised address")

		behind.set("service-clear-std", "192.168.1.1:3000,[fe80::1]:3000")
		c2, err := Open(t.Context(), f.config(cfg))
		require.NoError(t, err)
		defer c2.Close()
		require.Equal(t, "balancer:4000", c2.Nodes()[0].Address(), "nothing else can be reached")
	})
}

func TestAlternateAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, 2)
		f.node(0).set("peers-clear-alt", strings.Replace(f.node(0).answers["peers-clear-std"], "127.0.0.1:3001", "127.0.0.1:3901", 1))
		f.nodes["127.0.0.1:3901"] = f.node(1)
		f.node(1).set("peers-clear-alt", f.node(1).answers["peers-clear-std"])
		c := f.open(func(cfg *Config) { cfg.UseAlternateAddresses = true })
		require.Equal(t, "127.0.0.1:3901", c.Nodes()[1].Address())
	})
}

// TestUnavailableTriggersTending: a command that finds an outdated map triggers tending, long
// before the interval ends.
func TestUnavailableTriggersTending(t *testing.T) {
	bubble(t, 2, func(cfg *Config) { cfg.TendInterval = time.Minute }, func(t *testing.T, f *fakeNet, c *Client) {
		time.Sleep(30 * time.Second)
		master := f.master(testKey)
		master.play(replyCode(protocol.PartitionUnavailable))
		f.replica(testKey).set("replicas", "test:0,2,"+bits(allPartitions())+","+bits([512]byte{}))
		f.replica(testKey).set("partition-generation", "9")
		start := time.Now()
		require.NoError(t, c.Put(t.Context(), &WritePolicy{MaxRetries: 1, Replica: ReplicaMaster}, testKey, testBins))
		require.Less(t, time.Since(start), time.Second)
	})
}

func allPartitions() (s [512]byte) {
	for i := range s {
		s[i] = 0xff
	}
	return s
}
