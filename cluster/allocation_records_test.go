//go:build !race && unix

package cluster

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// rowOf returns the row of a record with five bins and a list of eight integers. It is in partition
// 0, or the row of a batch with an index.
func rowOf(t testing.TB, n int, batch bool) []byte {
	bins := protocol.Bins{
		protocol.NewBin("name", "Ada Lovelace"), protocol.NewBin("email", "ada@example.com"), protocol.NewBin("age", n),
		protocol.NewBin("score", 1.5), protocol.NewBin("admin", true), protocol.NewBin("tags", []int{1, 2, 3, 4, 5, 6, 7, 8}),
	}
	m := wire.Message{Header: wire.Header{Generation: 1}}
	if batch {
		m.TransactionTTL = uint32(n)
	} else {
		var d protocol.Digest
		binary.BigEndian.PutUint32(d[2:], uint32(n))
		m.Fields = []wire.Field{{Type: wire.FieldNamespace, Data: []byte("test")}, {Type: wire.FieldDigest, Data: d[:]}, {Type: wire.FieldSet, Data: []byte("s")}}
	}
	for _, bin := range bins {
		data, err := protocol.AppendParticle(nil, bin.Value)
		require.NoError(t, err)
		m.Ops = append(m.Ops, wire.RawOp{Code: protocol.OpRead, Type: bin.Value.Particle(), Name: []byte(bin.Name), Data: data})
	}
	return m.AppendTo(nil)
}

// rowsAnswer returns an answer with a number of rows.
func rowsAnswer(t testing.TB, rows int, batch bool) []byte {
	var body []byte
	for n := range rows {
		body = append(body, rowOf(t, n, batch)...)
	}
	last := wire.Message{Header: wire.Header{Info3: wire.Info3Last}}
	return frame(wire.ProtoMessage, last.AppendTo(body))
}

// A recordRead reads records from a server that answers with so many. most is the limit of
// allocations for each of them.
type recordRead struct {
	records int
	most    float64
	run     func(c *Client) (int, error)
}

var oneStatement = Statement{Namespace: "test", Set: "s", Partitions: OnePartition(0)}

var recordReads = map[string]recordRead{
	"batch":  {64, 0.3, readBatch},
	"query":  {20_000, 0.15, readQuery},
	"reader": {20_000, 0.1, readReader},
}

func readBatch(c *Client) (n int, err error) {
	results, err := c.BatchRead(context.Background(), nil, batchKeys)
	for i := range results {
		n += min(len(results[i].Record.Bins), 1)
	}
	return n, err
}

var batchKeys = testKeys(64)

func readQuery(c *Client) (n int, err error) {
	for _, err := range c.Query(context.Background(), nil, oneStatement) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func readReader(c *Client) (n int, err error) {
	r := c.QueryReader(context.Background(), nil, oneStatement, nil)
	defer r.Close()
	for {
		if _, err := r.Next(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
	}
}

// TestAllocationsOfRecords limits the allocations of batches and queries for each record. Records
// of a piece of the answer share their memory, and that of a QueryReader is used again: what is
// left is the memory of the values. A batch of 64 records also has what a call takes.
func TestAllocationsOfRecords(t *testing.T) {
	for name, c := range recordReads {
		t.Run(name, func(t *testing.T) {
			client := echoNode(t, rowsAnswer(t, c.records, name == "batch"), nil)
			run := func() {
				if n, err := c.run(client); err != nil || n != c.records {
					t.Errorf("%d records, %v", n, err)
				}
			}
			run()
			got := testing.AllocsPerRun(5, run) / float64(c.records)
			t.Logf("%.3f allocations a record", got)
			require.LessOrEqual(t, got, c.most)
		})
	}
}

// TestSystemCallsOfRecordsAlloc: a batch is one write, and so is a query. An answer of n bytes
// takes few reads more than it has pieces.
func TestSystemCallsOfRecordsAlloc(t *testing.T) {
	for name, c := range recordReads {
		t.Run(name, func(t *testing.T) {
			var reads, writes atomic.Int64
			answer := rowsAnswer(t, c.records, name == "batch")
			client := echoNode(t, answer, func(cfg *Config) {
				dial := cfg.Dial
				cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					conn, err := dial(ctx, network, address)
					return counted{conn, &reads, &writes}, err
				}
			})
			_, err := c.run(client)
			require.NoError(t, err)
			reads.Store(0)
			writes.Store(0)
			_, err = c.run(client)
			require.NoError(t, err)
			require.Equal(t, int64(1), writes.Load())
			require.LessOrEqual(t, reads.Load(), int64(4+6*len(answer)/link.PieceSize))
		})
	}
}

// BenchmarkRecords reads records in batches and by queries from a server that does nothing but
// send. The metric cpu-ns/record is the time of all processors for a record. Other programs change
// it less than the time of the clock.
func BenchmarkRecords(b *testing.B) {
	used := func() time.Duration {
		var usage syscall.Rusage
		require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	for name, c := range recordReads {
		b.Run(name, func(b *testing.B) {
			client := echoNode(b, rowsAnswer(b, c.records, name == "batch"), nil)
			b.ReportAllocs()
			n, before := 0, used()
			for b.Loop() {
				got, err := c.run(client)
				require.NoError(b, err)
				n += got
			}
			b.ReportMetric(float64(used()-before)/float64(n), "cpu-ns/record")
		})
	}
}
