package devserver

import (
	"io"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestEveryNodeAnswersForEveryPartition(t *testing.T) {
	s := start(t, Options{Nodes: 3, Namespaces: []NamespaceOptions{{Name: "test", ReplicationFactor: 2}}})
	clients := []*client{connect(t, s, 0), connect(t, s, 1), connect(t, s, 2)}
	for i := range 60 {
		require.Equal(t, protocol.OK, clients[i%3].do(put(key(i), one(int64(i)))).ResultCode)
		r := clients[(i+1)%3].do(wire.NewRead(key(i)))
		require.Equal(t, show(protocol.Bins{one(int64(i))}), show(r.Bins))
		require.Equal(t, protocol.OK, clients[(i+2)%3].do(put(key(i), one(7))).ResultCode)
		require.Equal(t, "n=7", show(clients[i%3].do(wire.NewRead(key(i))).Bins))
	}
	require.NotContains(t, clients[0].info("namespace/test"), "client_proxy_complete=0;")
}

func TestPartitionsSpreadOverNodes(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	ns := s.namespace([]byte("test"))
	masters := make([]int, 3)
	for pid := range uint16(protocol.PartitionCount) {
		masters[ns.master(pid)]++
		replicas := ns.replicas(pid)
		require.Len(t, replicas, 2)
		require.NotEqual(t, replicas[0], replicas[1])
		for n := range s.nodes() {
			require.Equal(t, n == replicas[0] || n == replicas[1], s.nodes()[n].serves(ns, pid))
		}
	}
	for _, n := range masters {
		require.InDelta(t, protocol.PartitionCount/3, n, 150)
	}
}

func TestStatisticsCountCopies(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	fill(connect(t, s, 0), "a", 90)
	objects, masters := int64(0), 0
	for n := range s.nodes() {
		objects += s.namespace([]byte("test")).usage[n].objects.Load()
		live := make(map[string]string)
		(&infoRequest{node: s.nodes()[n], server: s}).objectCounts(s.namespace([]byte("test")), live)
		count, err := strconv.Atoi(live["master_objects"])
		require.NoError(t, err)
		masters += count
	}
	require.EqualValues(t, 180, objects)
	require.Equal(t, 90, masters)
}

func TestTruncate(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Nodes: 2, Clock: clock.Now})
	c := connect(t, s, 0)
	fill(c, "a", 20)
	fill(c, "b", 10)
	count := func(set string) int {
		records := 0
		for n := range s.nodes() {
			rows, _, _ := connect(t, s, n).scan(wire.Scan{Namespace: "test", Set: set, Partitions: mastered(s, n)})
			records += len(rows)
		}
		return records
	}
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=a"))
	require.Zero(t, count("a"))
	require.Equal(t, 10, count("b"))
	require.Contains(t, c.info("sets/test/a"), "objects=0:")
	fill(c, "a", 3)
	require.Equal(t, 3, count("a"), "records written after the truncation stay, even if the clock stands still")

	clock.advance(time.Second)
	before := clock.Now().UnixNano()
	clock.advance(time.Second)
	fill(c, "c", 5)
	require.Equal(t, "ok", c.info("truncate-namespace:namespace=test;lut="+strconv.FormatInt(before, 10)))
	require.Equal(t, 5, count("c"))
	require.Zero(t, count("a")+count("b"))
	require.Equal(t, "ERROR:4:would truncate in the future", c.info("truncate-namespace:namespace=test;lut="+strconv.FormatInt(clock.Now().Add(time.Minute).UnixNano(), 10)))
}

// mastered returns the partitions that a node is master of.
func mastered(s *Server, node int) (pids []uint16) {
	ns := s.namespace([]byte("test"))
	for pid := range uint16(protocol.PartitionCount) {
		if ns.master(pid) == node {
			pids = append(pids, pid)
		}
	}
	return pids
}

func TestConcurrentWritersOfOneRecord(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	add := wire.NewWrite(protocol.OpAdd, key("counter"), protocol.Bins{one(1)})
	request, err := add.AppendMessage(nil, 0)
	require.NoError(t, err)
	const writers, rounds = 6, 200
	var wg sync.WaitGroup
	for i := range writers {
		c := connect(t, s, i%3)
		wg.Go(func() {
			for range rounds {
				if _, err := c.conn.Write(request); err != nil {
					t.Error(err)
					return
				}
				if _, err := io.CopyN(io.Discard, c.in, wire.ProtoHeaderSize+wire.HeaderSize); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for n := range s.nodes() {
		r := connect(t, s, n).do(wire.NewRead(key("counter")))
		require.Equal(t, "n="+strconv.Itoa(writers*rounds), show(r.Bins))
		require.EqualValues(t, writers*rounds, r.Generation)
	}
}

func TestNamespacesCanBeAdded(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	generation := c.info("partition-generation")
	require.NoError(t, s.AddNamespace(NamespaceOptions{Name: "later"}))
	require.Error(t, s.AddNamespace(NamespaceOptions{Name: "later"}))
	require.NotEqual(t, generation, c.info("partition-generation"))
	require.Equal(t, "test;later", c.info("namespaces"))
	require.Equal(t, protocol.OK, c.do(put(protocol.MustKey("later", "x", 1), one(1))).ResultCode)
}
