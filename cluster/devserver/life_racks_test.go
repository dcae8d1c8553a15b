package devserver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func racked(racks ...int) Options {
	return Options{Nodes: 4, Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "test", Racks: racks}, {Name: "flat"}}}
}

// requireSpread checks whether both copies of each partition are in different racks.
func requireSpread(t *testing.T, s *Server, spread bool) {
	t.Helper()
	ns, all := s.namespace([]byte("test")), true
	for pid := range uint16(protocol.PartitionCount) {
		replicas := ns.replicas(pid)
		all = all && ns.rack(replicas[0]) != ns.rack(replicas[1])
	}
	require.Equal(t, spread, all)
}

func TestRacks(t *testing.T) {
	s := start(t, racked(1, 1, 2, 2))
	c := connect(t, s, 0)
	require.Equal(t, "test:1;flat:0", c.info("rack-ids"))
	require.Equal(t, "test:2;flat:0", connect(t, s, 3).info("rack-ids"))
	require.Equal(t, "ns=test:rack_1=A2,A1:rack_2=A4,A3;ns=flat:rack_0=A4,A3,A2,A1", c.info("racks:"))
	require.Equal(t, "rack_1=A2,A1:rack_2=A4,A3", c.info("racks:namespace=test"))
	require.Equal(t, "ERROR:20:namespace not found on node", c.info("racks:namespace=none"))
	requireSpread(t, s, true)
	fill(c, "demo", 40)

	generation := c.info("rebalance-generation")
	require.NoError(t, s.SetRack("test", "A2", 2))
	require.NotEqual(t, generation, c.info("rebalance-generation"))
	require.Equal(t, "rack_1=A1:rack_2=A4,A3,A2", c.info("racks:namespace=test"))
	for i := range 40 {
		require.Equal(t, protocol.OK, c.do(wire.NewRead(protocol.MustKey("test", "demo", i))).ResultCode)
	}
	require.NoError(t, s.SetRack("test", "A2", 1))
	requireSpread(t, s, true)
	require.NoError(t, s.KillNode("A1"))
	require.NoError(t, s.KillNode("A2"))
	requireSpread(t, s, false)
	for i := range 40 {
		require.NotNil(t, s.Peek(protocol.MustKey("test", "demo", i)), "each rack has all records")
	}

	require.Error(t, s.SetRack("none", "A3", 1))
	require.Error(t, s.SetRack("test", "B1", 1))
	require.Error(t, s.SetRack("test", "A3", -1))
	require.Error(t, start(t, Options{}).SetRack("test", "A1", 1))
}

// TestRackOfRunningNode sets a rack by info command. It takes effect when the cluster is formed
// again.
func TestRackOfRunningNode(t *testing.T) {
	s := start(t, racked(1, 1, 2, 2))
	c, principal := connect(t, s, 0), connect(t, s, 3)
	require.Equal(t, "ok", c.info("set-config:context=namespace;id=test;rack-id=7"))
	require.Contains(t, c.info("get-config:context=namespace;id=test"), "rack-id=7;")
	require.Equal(t, "ERROR:4:invalid set-config parameter", c.info("set-config:context=namespace;id=test;rack-id=x"))
	require.Equal(t, "ignored-by-non-principal", c.info("recluster:"))
	generation := c.info("rebalance-generation")
	require.Equal(t, "ok", principal.info("recluster:"))
	require.Eventually(t, func() bool { return c.info("rebalance-generation") != generation }, 10*time.Second, time.Millisecond)
	require.Equal(t, "test:7;flat:0", c.info("rack-ids"))
}

func TestRackOptions(t *testing.T) {
	for _, o := range []Options{
		{Namespaces: []NamespaceOptions{{Name: "test", Racks: []int{1}}}},
		{Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "test", Racks: []int{maxRack + 1}}}},
		{Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "test", Racks: make([]int, maxNodes+1)}}},
		{AlternateAddresses: []string{"nowhere"}},
		{AlternateAddresses: make([]string, maxNodes+1)},
	} {
		_, err := Start(o)
		require.Error(t, err, "%+v", o)
	}
	c := connect(t, start(t, Options{}), 0)
	require.Equal(t, "ERROR:25:enterprise only", c.info("rack-ids"))
	require.Equal(t, "ERROR:25:enterprise only", c.info("racks:"))
}

func TestAlternateAddresses(t *testing.T) {
	s := start(t, Options{Nodes: 3, AlternateAddresses: []string{"10.1.0.1:3000", "", "10.1.0.3:4000"}})
	c := connect(t, s, 1)
	require.Equal(t, "127.0.0.1:3010", c.info("service-clear-std"))
	require.Empty(t, c.info("service-clear-alt"))
	require.Equal(t, "10.1.0.1:3000;10.1.0.3:4000", c.info("services-alternate"))
	require.Equal(t, "4,3000,[[A1,,[10.1.0.1]],[A3,,[10.1.0.3:4000]]]", c.info("peers-clear-alt"))
	require.Equal(t, "4,3000,[[A1,,[127.0.0.1]],[A3,,[127.0.0.1:3020]]]", c.info("peers-clear-std"))
	conn, err := s.Dial(t.Context(), "tcp", "10.1.0.3:4000")
	require.NoError(t, err)
	defer conn.Close()
	far := &client{t: t, conn: conn, in: newReader(conn)}
	require.Equal(t, "A3", far.info("node"))
	require.Equal(t, "10.1.0.3:4000", far.info("service-clear-alt"))
}

func TestClusterName(t *testing.T) {
	s := start(t, Options{Nodes: 2, ClusterName: "first"})
	c := connect(t, s, 0)
	require.Equal(t, "first", c.info("cluster-name"))
	require.Equal(t, "ok", c.info("set-config:context=service;cluster-name=second"))
	require.Equal(t, "second", c.info("cluster-name"))
	require.Contains(t, c.info("get-config:context=service"), "cluster-name=second;")
}

// TestNamespacesMigrateIndependently checks namespaces with different replication factors.
func TestNamespacesMigrateIndependently(t *testing.T) {
	s := start(t, Options{Nodes: 3, MigrateEvery: MigrateManually, Namespaces: []NamespaceOptions{
		{Name: "one", ReplicationFactor: 1}, {Name: "three", ReplicationFactor: 3},
	}})
	c := connect(t, s, 0)
	require.NoError(t, s.KillNode("A3"))
	require.Equal(t, c.info("cluster-stable:ignore-migrations=true"), c.info("cluster-stable:namespace=three"), "all remaining nodes have all records")
	require.Equal(t, c.info("cluster-stable:namespace=one"), c.info("cluster-stable:"), "lost records need no migration")
	require.NoError(t, s.RestartNode("A3", Empty()))
	require.Equal(t, "ERROR:7:unstable cluster", c.info("cluster-stable:namespace=three"))
	require.Contains(t, c.info("namespace/one"), "effective_replication_factor=1;")
	require.Contains(t, c.info("namespace/three"), "effective_replication_factor=3;")
	require.Zero(t, s.Migrate(0))
	require.NotContains(t, c.info("cluster-stable:namespace=three"), "ERROR")
}
