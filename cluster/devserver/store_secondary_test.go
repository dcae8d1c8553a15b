package devserver

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// awaitIndexes waits until all indexes have been built.
func awaitIndexes(s *Server) {
	for _, d := range s.indexes.in("") {
		if d.live != nil {
			<-d.live.finished
		}
	}
}

// TestIndexIsBuiltDuringWrites blocks a build half way, writes to partitions on both sides, and
// resumes it during further writes.
func TestIndexIsBuiltDuringWrites(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	c := connect(t, s, 0)
	for i := range int64(300) {
		require.Equal(t, protocol.OK, c.do(put(key(i), one(1), named("id", protocol.Int(i)))).ResultCode)
	}
	gate := &s.namespace([]byte("test")).partitions[2000]
	gate.mu.Lock()
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=demo;indexname=n;bin=n;type=numeric"))
	require.Contains(t, c.info("sindex-list:namespace=test"), "state=WO")
	require.NotContains(t, c.info("sindex-stat:namespace=test;indexname=n"), "load_pct=100")
	q := where(between("n", 2, 2))
	message, err := q.AppendMessage(nil)
	require.NoError(t, err)
	require.Equal(t, protocol.IndexNotReadable, c.message(message).ResultCode)

	var writers sync.WaitGroup
	for w := range int64(3) {
		mine := connect(t, s, int(w)%2)
		writers.Go(func() {
			for i := w; i < 300; i += 3 {
				if key(i).Partition() != 2000 {
					mine.do(put(key(i), one(2)))
				}
			}
		})
	}
	gate.mu.Unlock()
	writers.Wait()
	awaitIndexes(s)
	require.Contains(t, c.info("sindex-list:namespace=test"), "state=RW")
	var found []wire.Response
	for n := range s.nodes() {
		records, _, last := connectTo(c, s, n).query(masterOnly(s, n, q))
		require.Equal(t, protocol.OK, last.ResultCode)
		found = append(found, records...)
	}
	require.Len(t, ids(t, found), 300)
	for n := range s.nodes() {
		require.Contains(t, connectTo(c, s, n).info("sindex-stat:namespace=test;indexname=n"), "entries=300;")
	}
}

func TestIndexIsDroppedWhileItIsBuilt(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 100)
	ns := s.namespace([]byte("test"))
	gate := &ns.partitions[100]
	gate.mu.Lock()
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=demo;indexname=n;bin=n;type=numeric"))
	d, ok := s.indexes.named("test", "n")
	require.True(t, ok)
	dropped := make(chan string)
	other := connect(t, s, 0)
	go func() { dropped <- other.info("sindex-delete:namespace=test;indexname=n") }()
	for !d.live.dropped.Load() {
		require.NotContains(t, c.info("build"), "ERROR")
	}
	gate.mu.Unlock()
	require.Equal(t, "ok", <-dropped)
	<-d.live.finished
	for pid := range ns.partitions {
		for _, x := range ns.partitions[pid].copies {
			if x != nil {
				require.Empty(t, x.secondary)
			}
		}
	}
	require.Equal(t, protocol.OK, c.do(put(key(1), one(3))).ResultCode)
}

// TestServerClosesWhileAnIndexIsBuilt also checks that nothing runs afterwards.
func TestServerClosesWhileAnIndexIsBuilt(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 10)
	gate := &s.namespace([]byte("test")).partitions[4000]
	gate.mu.Lock()
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=demo;indexname=n;bin=n;type=numeric"))
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	<-s.closed
	gate.mu.Unlock()
	require.NoError(t, <-closed)
}

func TestIndexStatistics(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	for i := range int64(40) {
		list := protocol.List(protocol.Int(i%4), protocol.Int(100+i%4), protocol.Int(200))
		require.Equal(t, protocol.OK, c.do(put(key(i), one(i%4), named("l", list))).ResultCode)
	}
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	createIndex(c, s, "indexname=l;bin=l;type=numeric;indextype=list")
	createIndex(c, s, "indexname=all;indextype=set")
	used := protocol.PartitionCount * chunkBytes
	require.Contains(t, c.info("sindex/test/n"), fmt.Sprintf("entries=40;used_bytes=%d;entries_per_bval=10;entries_per_rec=1;load_pct=100;", used))
	require.Contains(t, c.info("sindex/test/l"), "entries=120;")
	require.Contains(t, c.info("sindex/test/l"), ";entries_per_bval=13;entries_per_rec=3;")
	require.Equal(t, "entries=40;used_bytes=640;load_pct=100", c.info("sindex/test/all"))
	require.Contains(t, c.info("sets/test/demo"), ":sindexes=2:")
	require.Contains(t, c.info("sets/test/demo"), ":enable-index=true:")
	require.Contains(t, c.info("namespace/test"), fmt.Sprintf(";sindex_used_bytes=%d;", 2*used))
	c.query(where(between("n", 0, 1)))
	require.Contains(t, c.info("namespace/test"), ";si_query_long_basic_complete=1;")
}

func TestIndexOfALaterNamespace(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	require.Equal(t, "ok", c.info("sindex-create:namespace=later;indexname=n;bin=n;type=numeric"))
	require.Empty(t, c.info("sindex-list:"))
	require.NoError(t, s.AddNamespace(NamespaceOptions{Name: "later"}))
	require.Equal(t, "ns=later:indexname=n:set=null:bin=n:type=numeric:indextype=default:context=null:exp=null:state=RW", c.info("sindex-list:"))
	require.Equal(t, protocol.OK, c.do(put(protocol.MustKey("later", "demo", 1), one(1))).ResultCode)
	q := where(between("n", 1, 1))
	q.Namespace = "later"
	records, _, _ := c.query(q)
	require.Len(t, records, 1)
}
