package devserver

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// strongCluster starts a cluster with a namespace "sc" with strong consistency and 60 records.
func strongCluster(t *testing.T, nodes int) (*Server, *client) {
	s := start(t, Options{Nodes: nodes, Edition: Enterprise, History: true, Namespaces: []NamespaceOptions{{Name: "sc", StrongConsistency: true}}})
	c := connect(t, s, 0)
	for i := range 60 {
		require.Equal(t, protocol.OK, c.do(put(strongKey(i), one(int64(i)))).ResultCode)
	}
	return s, c
}

// answers returns how many of the 60 records a node returns, and how many fail with
// PartitionUnavailable.
func answers(c *client) (found, unavailable int) {
	for i := range 60 {
		switch r := c.do(wire.NewRead(strongKey(i))); r.ResultCode {
		case protocol.OK:
			found++
		case protocol.PartitionUnavailable:
			unavailable++
		}
	}
	return found, unavailable
}

func TestStrongNamespaceOutlivesOneNode(t *testing.T) {
	s, c := strongCluster(t, 3)
	before := c.info("replicas")
	require.NoError(t, s.KillNode("A3"))
	found, _ := answers(c)
	require.Equal(t, 60, found)
	require.NotEqual(t, strings.Split(before, ",")[0], strings.Split(c.info("replicas"), ",")[0], "another regime")
	require.NoError(t, s.RestartNode("A3", Empty()))
	require.NoError(t, s.KillNode("A2"))
	found, _ = answers(c)
	require.Equal(t, 60, found, "the node that came back empty has all records")
}

// TestStrongNamespaceWaitsForItsData checks that without a majority nothing is read or written and
// nothing is lost, until the nodes with the data are back.
func TestStrongNamespaceWaitsForItsData(t *testing.T) {
	s, c := strongCluster(t, 3)
	require.NoError(t, s.KillNode("A2"))
	require.NoError(t, s.KillNode("A3"))
	found, unavailable := answers(c)
	require.Equal(t, []int{0, 60}, []int{found, unavailable})
	require.Equal(t, protocol.PartitionUnavailable, c.do(put(strongKey(1), one(9))).ResultCode)
	require.Contains(t, c.info("namespace/sc"), "dead_partitions=0;unavailable_partitions=4096;")
	require.Contains(t, c.info("replicas"), strings.Repeat("A", 682)+"=,", "no columns")
	_, refused, _ := c.scan(wire.Scan{Namespace: "sc", Partitions: []uint16{1, 2}})
	require.Len(t, refused, 2)
	for i := range 60 {
		require.NotNil(t, s.Peek(strongKey(i)), "the record is not lost")
	}
	require.NoError(t, s.RestartNode("A3"))
	found, unavailable = answers(c)
	require.Equal(t, []int{60, 0}, []int{found, unavailable})
	require.NotContains(t, kinds(s), WasLost)
}

// TestStrongReadsNeedMaster checks that a replica does not answer for a dead master before the
// cluster notices, unless the client permits relaxed reads.
func TestStrongReadsNeedMaster(t *testing.T) {
	s, c := strongCluster(t, 2)
	i := 0
	for s.namespace([]byte("sc")).master(strongKey(i).Partition()) == 0 {
		i++
	}
	release := s.HoldCluster()
	require.NoError(t, s.KillNode("A2"))
	read := wire.NewRead(strongKey(i))
	require.Equal(t, protocol.ServerTimeout, c.do(read).ResultCode)
	read.Info3 |= wire.Info3SCReadRelax
	require.Equal(t, protocol.OK, c.do(read).ResultCode)
	release()
}

// TestDeadPartitionsAreRevived checks that partitions whose nodes both came back empty stay dead
// until an operator revives them.
func TestDeadPartitionsAreRevived(t *testing.T) {
	s, c := strongCluster(t, 3)
	release := s.HoldCluster()
	require.NoError(t, s.KillNode("A2"))
	require.NoError(t, s.KillNode("A3"))
	release()
	require.NoError(t, s.RestartNode("A3", Empty()))
	require.NoError(t, s.RestartNode("A2", Empty()))
	found, dead := answers(c)
	require.Positive(t, dead)
	require.Equal(t, 60, found+dead)
	require.NotContains(t, c.info("namespace/sc"), "dead_partitions=0;")
	require.Equal(t, "ok", c.info("revive:namespace=sc"))
	_, still := answers(c)
	require.Equal(t, dead, still, "revive takes effect when the cluster is formed again")
	require.Equal(t, "ok", connect(t, s, 2).info("recluster:"))
	require.Eventually(t, func() bool { _, dead := answers(c); return dead == 0 }, 10*time.Second, time.Millisecond)
	found, _ = answers(c)
	require.Equal(t, 60-dead, found)
	lost := 0
	for _, k := range kinds(s) {
		if k == WasLost {
			lost++
		}
	}
	require.Equal(t, dead, lost)
	require.NoError(t, s.Revive("sc"))
	require.Error(t, s.Revive("test"))
}

func TestRoster(t *testing.T) {
	s, c := strongCluster(t, 2)
	require.Equal(t, "roster=A2,A1:pending_roster=A2,A1:observed_nodes=A2,A1", c.info("roster:namespace=sc"))
	name, err := s.AddNode()
	require.NoError(t, err)
	require.Equal(t, "ns=sc:roster=A2,A1:pending_roster=A2,A1:observed_nodes=A3,A2,A1", c.info("roster:"))
	added := connect(t, s, 2)
	_, unavailable := answers(added)
	require.Equal(t, 60, unavailable, "the node is not in the roster yet")
	require.Equal(t, "ok", c.info("roster-set:namespace=sc;nodes=A1,A2,"+name+"@0"))
	require.Equal(t, "roster=A2,A1:pending_roster=A3,A2,A1:observed_nodes=A3,A2,A1", c.info("roster:namespace=sc"))
	require.NoError(t, s.SetRoster("sc", "A1", "A2", "A3"))
	require.Equal(t, "roster=A3,A2,A1:pending_roster=A3,A2,A1:observed_nodes=A3,A2,A1", c.info("roster:namespace=sc"))
	found, _ := answers(added)
	require.Equal(t, 60, found)
	require.Equal(t, "rack_0=A3,A2,A1:roster_rack_0=A3,A2,A1", c.info("racks:namespace=sc"))

	require.Equal(t, "ERROR:4:bad roster", c.info("roster-set:namespace=sc;nodes=A1,B2"))
	require.Equal(t, "ERROR:4:missing 'nodes'", c.info("roster-set:namespace=sc"))
	require.Error(t, s.SetRoster("sc"))
	require.Error(t, s.SetRoster("sc", "B2"))
	require.Error(t, s.SetRoster("test", "A1"))
	require.Equal(t, "ERROR:25:enterprise only", connect(t, start(t, Options{}), 0).info("roster:"))
	plain := connect(t, start(t, Options{Edition: Enterprise}), 0)
	require.Equal(t, "ns=test:roster=null:pending_roster=null:observed_nodes=null", plain.info("roster:"))
}

// TestStrongConsistencyUnderClusterChanges makes the nodes of a namespace with strong consistency
// leave and return with their data. Every answer must be correct, and in the end nothing may be
// missing.
func TestStrongConsistencyUnderClusterChanges(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 0))
			s := start(t, Options{
				Nodes: 5, Edition: Enterprise, History: true, MigrateEvery: MigrateManually,
				Namespaces: []NamespaceOptions{{Name: "sc", StrongConsistency: true, ReplicationFactor: 2 + int(seed%2)}},
			})
			for range 25 {
				strongStep(t, s, rng)
				strongWrites(t, s, rng)
			}
			for _, name := range s.NodeNames() {
				if n, _ := s.node(name); !n.process.isUp() {
					require.NoError(t, s.RestartNode(name))
				}
			}
			s.Migrate(0)
			require.NotContains(t, kinds(s), WasLost)
			truth := make(map[protocol.Digest]int64)
			for e := range s.History(0) {
				if e.Kind == WasStored {
					truth[e.Digest], _ = e.Record().Bins[0].Value.Int()
				}
			}
			for i := range 40 {
				r := connect(t, s, i%5).do(wire.NewRead(strongKey(i)))
				if n, written := truth[strongKey(i).Digest()]; written {
					require.Equal(t, fmt.Sprintf("n=%d", n), show(r.Bins))
				} else {
					require.Equal(t, protocol.KeyNotFound, r.ResultCode)
				}
			}
		})
	}
}

func strongStep(t *testing.T, s *Server, rng *rand.Rand) {
	name := s.NodeNames()[rng.IntN(5)]
	n, err := s.node(name)
	require.NoError(t, err)
	switch {
	case rng.IntN(4) == 0:
		s.Migrate(1 + rng.IntN(4000))
	case n.process.isUp():
		err = s.KillNode(name)
	default:
		err = s.RestartNode(name)
	}
	require.NoError(t, err)
}

// strongWrites writes and reads through the available nodes, and checks every answer.
func strongWrites(t *testing.T, s *Server, rng *rand.Rand) {
	members := s.members()
	for range 20 {
		if len(members) == 0 {
			return
		}
		c := connect(t, s, members[rng.IntN(len(members))].number)
		k, n := strongKey(rng.IntN(40)), rng.Int64()
		before := s.Peek(k)
		if code := c.do(put(k, one(n))).ResultCode; code == protocol.PartitionUnavailable {
			require.Equal(t, before, s.Peek(k))
		} else {
			require.Equal(t, protocol.OK, code)
			require.Equal(t, fmt.Sprintf("n=%d", n), show(c.do(wire.NewRead(k)).Bins))
		}
		c.conn.Close()
	}
}
