package devserver

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestReplicasKeepEverything(t *testing.T) {
	overBoth(t, Options{Nodes: 3, History: true}, func(t *testing.T, s *Server) {
		fill(connect(t, s, 0), "demo", 60)
		for _, name := range s.NodeNames() {
			require.NoError(t, s.KillNode(name))
			require.NoError(t, s.RestartNode(name, Empty()))
		}
		for i := range 60 {
			require.NotNil(t, s.Peek(key(i)))
		}
		require.NotContains(t, kinds(s), WasLost)
		require.NoError(t, s.KillNode("A1"))
		require.NoError(t, s.KillNode("A2"))
		require.Equal(t, []string{"A3"}, s.MemberNames())
		c := connect(t, s, 2)
		require.Contains(t, c.info("namespace/test"), "effective_replication_factor=1;")
		require.Contains(t, c.info("statistics"), "cluster_size=1;")
		rows, _, _ := c.scan(wire.Scan{Namespace: "test", Set: "demo", Partitions: mastered(s, 2)})
		require.Len(t, rows, 60)
	})
}

func kinds(s *Server) (list []EventKind) {
	for e := range s.History(0) {
		list = append(list, e.Kind)
	}
	return list
}

func TestUnreplicatedRecordsAreLost(t *testing.T) {
	s := start(t, Options{Nodes: 3, History: true, Namespaces: []NamespaceOptions{{Name: "test", ReplicationFactor: 1}}})
	fill(connect(t, s, 0), "demo", 60)
	lost := 0
	for i := range 60 {
		if s.namespace([]byte("test")).master(key(i).Partition()) == 1 {
			lost++
		}
	}
	require.NoError(t, s.KillNode("A2"))
	for i := range 60 {
		if s.Peek(key(i)) == nil {
			lost--
		}
	}
	require.Zero(t, lost)
	require.NoError(t, s.RestartNode("A2"))
	for i := range 60 {
		require.NotNil(t, s.Peek(key(i)), "the node restored the records from its device")
	}
}

// TestStaleNodeRestoresDeletedRecords checks that a node that was away brings back records that
// were deleted meanwhile, but not those that were written again.
func TestStaleNodeRestoresDeletedRecords(t *testing.T) {
	s := start(t, Options{Nodes: 3, History: true, Namespaces: []NamespaceOptions{{Name: "test", ReplicationFactor: 3}}})
	fill(connect(t, s, 0), "demo", 2)
	require.NoError(t, s.StopNode("A3"))
	c := connect(t, s, 0)
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(0))).ResultCode)
	require.Equal(t, protocol.OK, c.do(put(key(1), one(7))).ResultCode)
	require.NoError(t, s.RestartNode("A3"))
	require.Equal(t, "n=0 s=demo", show(s.Peek(key(0)).Bins))
	require.Equal(t, "n=7 s=demo", show(s.Peek(key(1)).Bins))
}

// TestDeadNodeBeforeDetection checks that, until the cluster notices, the others report a dead node
// and time out when they proxy commands to it.
func TestDeadNodeBeforeDetection(t *testing.T) {
	s := start(t, Options{Nodes: 2, Namespaces: []NamespaceOptions{{Name: "test", ReplicationFactor: 2}}})
	c := connect(t, s, 0)
	k := keyOf(s, 1)
	require.Equal(t, protocol.OK, c.do(put(k, one(1))).ResultCode)
	before := c.info("replicas")
	release := s.HoldCluster()
	require.NoError(t, s.KillNode("A2"))
	require.Equal(t, before, c.info("replicas"))
	require.Equal(t, protocol.ServerTimeout, c.do(put(k, one(2))).ResultCode)
	require.Equal(t, "n=1", show(c.do(wire.NewRead(k)).Bins), "a replica answers reads itself")
	require.NoError(t, s.RestartNode("A2", Empty()))
	alone := connect(t, s, 1)
	require.Equal(t, protocol.PartitionUnavailable, alone.do(wire.NewRead(k)).ResultCode)
	require.Equal(t, "ERROR:7:unstable cluster", alone.info("cluster-stable:"))
	rows, refused, _ := alone.scan(wire.Scan{Namespace: "test", Partitions: []uint16{k.Partition()}})
	require.Empty(t, rows)
	require.Len(t, refused, 1)
	release()
	release()
	require.NotEqual(t, before, c.info("cluster-stable:"))
	require.Equal(t, "n=1", show(alone.do(wire.NewRead(k)).Bins))
}

// keyOf returns a key whose master is the node.
func keyOf(s *Server, node int) protocol.Key {
	for i := 0; ; i++ {
		if s.namespace([]byte("test")).master(key(i).Partition()) == node {
			return key(i)
		}
	}
}

func TestAllNodesCanBeKilled(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	fill(connect(t, s, 0), "demo", 10)
	require.NoError(t, s.KillNode("A1"))
	require.NoError(t, s.KillNode("A2"))
	require.Empty(t, s.MemberNames())
	require.Nil(t, s.Peek(key(1)))
	require.Error(t, s.MovePartitions("test", 1, rand.New(rand.NewPCG(1, 1))))
	require.NoError(t, s.RestartNode("A1"))
	require.NotNil(t, s.Peek(key(1)))
	require.Equal(t, "0", connect(t, s, 0).info("partition-generation"))
}

func TestMovePartition(t *testing.T) {
	s := start(t, Options{Nodes: 3, MigrateEvery: MigrateManually})
	k := keyOf(s, 0)
	pid := k.Partition()
	third := slices.IndexFunc([]int{0, 1, 2}, func(n int) bool { return !slices.Contains(s.namespace([]byte("test")).replicas(pid), n) })
	to := s.NodeNames()[third]
	c, other := connect(t, s, 0), connect(t, s, third)
	require.Equal(t, protocol.OK, c.do(put(k, one(1))).ResultCode)
	generation := c.info("partition-generation")
	require.NoError(t, s.MovePartition("test", pid, to))
	require.Equal(t, generation, other.info("partition-generation"), "the map changes only when the node has the records")
	scan := wire.Scan{Namespace: "test", Partitions: []uint16{pid}}
	_, refused, _ := other.scan(scan)
	require.Len(t, refused, 1)
	require.Equal(t, protocol.PartitionUnavailable, refused[0].ResultCode)
	rows, _, _ := c.scan(scan)
	require.Len(t, rows, 1)
	require.Contains(t, other.info("partition-info"), fmt.Sprintf("test:%d:D:2:0:0:0:A1:A1:", pid))
	require.Zero(t, s.Migrate(0))
	rows, refused, _ = other.scan(scan)
	require.Empty(t, refused)
	require.Len(t, rows, 1)
	require.NotEqual(t, generation, c.info("partition-generation"))
	require.NotEqual(t, generation, other.info("partition-generation"))
	require.Contains(t, other.info("partition-info"), fmt.Sprintf("test:%d:S:2:0:0:0:%s:%s:0:0:0:1:", pid, to, to))

	require.Error(t, s.MovePartition("test", 4096, to))
	require.Error(t, s.MovePartition("nowhere", 1, to))
	require.Error(t, s.MovePartition("test", 1, "B1"))
	require.NoError(t, s.KillNode(to))
	require.Error(t, s.MovePartition("test", 1, to))
}

func TestMigrateEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Start(Options{Nodes: 3, MigrateEvery: time.Second})
		require.NoError(t, err)
		defer s.Close()
		require.NoError(t, s.KillNode("A3"))
		left := s.Migrate(1)
		require.Greater(t, left, 2000)
		time.Sleep(100*time.Second + time.Millisecond)
		require.Equal(t, left-101, s.Migrate(1))
		time.Sleep(time.Hour)
		require.Zero(t, s.Migrate(0))
	})
}

func TestNodeLimits(t *testing.T) {
	s := start(t, Options{Nodes: maxNodes})
	_, err := s.AddNode()
	require.Error(t, err)
	require.Error(t, s.RestartNode("A1"), "the node is running")
	require.Error(t, s.LoseNode("A1"), "the node is not frozen")
	require.NoError(t, s.StopNode("A1"))
	require.Error(t, s.RestartNode("A1", At("nonsense")))
	require.NoError(t, s.Close())
	_, err = s.AddNode()
	require.ErrorIs(t, err, ErrClosed)
	require.ErrorIs(t, s.RestartNode("A1"), ErrClosed)
}
