package devserver

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func fork(t testing.TB, s *Server) *Server {
	t.Helper()
	f, err := s.Fork()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// number returns bin n of a record, or -1 if the record does not exist.
func number(s *Server, id any) int64 {
	r := s.Peek(key(id))
	if r == nil {
		return -1
	}
	v, _ := r.Bins.Get("n")
	n, _ := v.Int()
	return n
}

// TestForksAreIndependent changes a record, its set and its indexes in a server and its forks.
func TestForksAreIndependent(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	createIndex(c, s, "indexname=all;indextype=set")
	for i := range int64(100) {
		require.Equal(t, protocol.OK, c.do(put(key(i), one(i))).ResultCode)
	}
	first, second := fork(t, s), fork(t, s)
	nested := fork(t, first)
	for i, x := range []*Server{s, first, second, nested} {
		c := connect(t, x, 0)
		require.Equal(t, protocol.OK, c.do(put(key(1), one(int64(1000+i)))).ResultCode)
		require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(i+2))).ResultCode)
		require.Equal(t, protocol.OK, c.do(put(key(fmt.Sprint("own", i)), one(int64(i)))).ResultCode)
	}
	for i, x := range []*Server{s, first, second, nested} {
		require.Equal(t, int64(1000+i), number(x, 1))
		require.Equal(t, int64(-1), number(x, i+2))
		require.Equal(t, int64(0), number(x, 0))
		require.Equal(t, int64(i), number(x, fmt.Sprint("own", i)))
		require.Equal(t, int64(-1), number(x, fmt.Sprint("own", (i+1)%4)))
		total, entries := 0, 0
		for n := range x.nodes() {
			c := connect(t, x, n)
			records, _, last := c.query(masterOnly(x, n, where(between("n", 1000, 2000))))
			require.Equal(t, protocol.OK, last.ResultCode)
			total += len(records)
			require.Contains(t, c.info("sindex-stat:namespace=test;indexname=n"), "entries=100;")
			require.Contains(t, c.info("sets/test/demo"), "objects=100:")
			require.Contains(t, c.info("namespace/test"), ";objects=100;")
			records, _, _ = c.query(masterOnly(x, n, where(between("n", 0, 3000))))
			entries += len(records)
		}
		require.Equal(t, 1, total)
		require.Equal(t, 100, entries)
	}
	// An index that is dropped or created in one server is untouched in the others.
	require.Equal(t, "ok", connect(t, first, 0).info("sindex-delete:namespace=test;set=demo;indexname=n"))
	require.NotContains(t, connect(t, first, 0).info("sindex-list"), "indexname=n:")
	require.Contains(t, connect(t, nested, 0).info("sindex-list"), "indexname=n:")
	// So is a truncation.
	require.Equal(t, "ok", connect(t, second, 0).info("truncate:namespace=test;set=demo"))
	require.Equal(t, int64(-1), number(second, 0))
	require.Equal(t, int64(0), number(s, 0))
	require.NoError(t, s.Close())
	require.Equal(t, int64(0), number(nested, 0))
}

// TestForkWhileWriting forks a server that is being written to. Each fork must be consistent with
// its own counters.
func TestForkWhileWriting(t *testing.T) {
	s := start(t, Options{})
	createIndex(connect(t, s, 0), s, "indexname=n;bin=n;type=numeric")
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 2 {
		c := connect(t, s, 0)
		writers.Go(func() {
			for i := w; ; i += 2 {
				select {
				case <-stop:
					return
				default:
					c.do(put(key(i%500), one(int64(i))))
				}
			}
		})
	}
	for range 20 {
		f := fork(t, s)
		c := connect(t, f, 0)
		records, _, last := c.query(wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo", Partitions: allPartitions()}})
		require.Equal(t, protocol.OK, last.ResultCode)
		require.Contains(t, c.info("sets/test/demo"), fmt.Sprintf("objects=%d:", len(records)))
		require.Contains(t, c.info("sindex-stat:namespace=test;indexname=n"), fmt.Sprintf("entries=%d;", len(records)))
		require.Equal(t, protocol.OK, c.do(put(key(0), one(1))).ResultCode)
		require.NoError(t, f.Close())
	}
	close(stop)
	writers.Wait()
}

func TestForkNeedsASettledCluster(t *testing.T) {
	s := start(t, Options{Nodes: 2, MigrateEvery: MigrateManually})
	release := s.HoldCluster()
	_, err := s.Fork()
	require.ErrorIs(t, err, ErrUnsettled)
	require.ErrorContains(t, err, "held")
	release()
	connect(t, s, 0).do(put(key(1), one(1)))
	require.NoError(t, s.KillNode("A2"))
	_, err = s.Fork()
	require.ErrorIs(t, err, ErrUnsettled)
	require.NoError(t, s.RestartNode("A2", Empty()))
	_, err = s.Fork()
	require.ErrorContains(t, err, "migrating")
	s.Migrate(0)
	fork(t, s)
	require.NoError(t, s.Close())
	_, err = s.Fork()
	require.ErrorIs(t, err, ErrClosed)
}

// TestForkIsSmall checks that the memory of a fork does not depend on the number of records.
func TestForkIsSmall(t *testing.T) {
	s := start(t, Options{})
	storeMany(s, 100_000)
	var f *Server
	allocated := wiretest.Allocated(func() { f = fork(t, s) })
	require.Less(t, allocated, uint64(1<<20))
	require.Equal(t, int64(7), number(f, 7))
}

// storeMany stores records with one bin without a client.
func storeMany(s *Server, n int) {
	ns := s.namespace([]byte("test"))
	set, _ := ns.createSet([]byte("demo"))
	for i := range n {
		k := key(i)
		r := &record{digest: k.Digest(), set: set.id(), generation: 1, lastUpdate: s.clock.millis(), binCount: 1}
		packed, _ := protocol.AppendParticle(nil, protocol.Int(int64(i)))
		r.bins = appendBin(nil, protocol.OpRead, []byte("n"), protocol.ParticleInteger, packed)
		r.size = roundToBlocks(deviceSize(r, []bin{{name: []byte("n"), particle: protocol.ParticleInteger, value: packed}}))
		p := &ns.partitions[r.digest.Partition()]
		p.mu.Lock()
		ns.store(p, r)
		p.mu.Unlock()
	}
}

// BenchmarkFork forks a server with 1,000,000 records.
func BenchmarkFork(b *testing.B) {
	s := start(b, Options{})
	storeMany(s, 1_000_000)
	b.ReportAllocs()
	fastest := time.Hour
	for b.Loop() {
		began := time.Now()
		f, err := s.Fork()
		require.NoError(b, err)
		fastest = min(fastest, time.Since(began))
		b.StopTimer()
		require.NoError(b, f.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(fastest.Microseconds())/1000, "ms-fastest")
}
