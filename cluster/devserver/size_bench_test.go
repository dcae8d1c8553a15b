package devserver

import (
	"context"
	"net"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// BenchmarkStart starts a server on TCP, gets its first answer, and closes it.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := Start(Options{Listen: "127.0.0.1:0"})
		require.NoError(b, err)
		conn, err := net.Dial("tcp", s.Seeds()[0])
		require.NoError(b, err)
		_, err = conn.Write(append(wire.ProtoHeader{Type: wire.ProtoInfo, Size: 5}.AppendTo(nil), "node\n"...))
		require.NoError(b, err)
		_, err = conn.Read(make([]byte, 64))
		require.NoError(b, err)
		require.NoError(b, conn.Close())
		require.NoError(b, s.Close())
	}
}

// heapMB returns the memory in use after a garbage collection, in MB.
func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse) / 1e6
}

// BenchmarkMillionRecords stores 1,000,000 records of 5 bins and reports the memory: of the empty
// server, with the records, and after truncation.
func BenchmarkMillionRecords(b *testing.B) {
	const records = 1_000_000
	for b.Loop() {
		s, err := Start(Options{})
		require.NoError(b, err)
		empty := heapMB()
		for i := range records {
			bins := protocol.Bins{
				protocol.NewBin("id", i), protocol.NewBin("name", "user "+strconv.Itoa(i)), protocol.NewBin("age", i%90),
				protocol.NewBin("mail", strconv.Itoa(i)+"@example.com"), protocol.NewBin("score", float64(i)/3),
			}
			if err := s.Store(key(i), bins, 0); err != nil {
				b.Fatal(err)
			}
		}
		full := heapMB()
		require.NoError(b, s.Truncate("test", ""))
		b.ReportMetric(empty, "MB-empty")
		b.ReportMetric(full, "MB-full")
		b.ReportMetric(heapMB(), "MB-truncated")
		require.NoError(b, s.Close())
	}
}

// BenchmarkConnections measures single-record reads and writes by many clients, each over its own
// connection in memory, one request at a time.
func BenchmarkConnections(b *testing.B) {
	s := start(b, Options{})
	fill(connect(b, s, 0), "demo", 1000)
	read, write := wire.NewRead(key(7)), put(key(8), one(1))
	requests := make([][]byte, 2)
	for i, c := range []*wire.Command{&read, &write} {
		var err error
		requests[i], err = c.AppendMessage(nil, 0)
		require.NoError(b, err)
	}
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := s.Dial(context.Background(), "tcp", s.Seeds()[0])
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		answer := make([]byte, 4096)
		for i := 0; pb.Next(); i++ {
			if _, err := conn.Write(requests[i%2]); err != nil {
				b.Error(err)
				return
			}
			if _, err := conn.Read(answer); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}
