package bench

import (
	"context"
	"net"
	"os"
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

const (
	manySet = "bench-many"
	many    = 20_000
	rows    = 100 // rows of a batch
	found   = 1000
)

// A bulk is the commands on many records of one client.
type bulk struct {
	name                               string
	scan, query, batchRead, batchWrite func(b *testing.B, i int) (records int)
}

func bulks(b *testing.B) []bulk {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		srv, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
		require.NoError(b, err)
		b.Cleanup(func() { srv.Close() })
		addr = srv.Seeds()[0]
	}
	client := open(b, addr)
	for at := 0; at < many; at += rows {
		nativeWrite(b, client, at)
	}
	task, err := admin.New(client).CreateIndex(context.Background(), nil, admin.Index{Namespace: namespace, Set: manySet, Name: manySet + "-age", Bin: "age"})
	require.NoError(b, err)
	require.NoError(b, task.Wait(context.Background()))
	b.Cleanup(func() { admin.New(client).DropIndex(context.Background(), nil, namespace, manySet, manySet+"-age") })
	return []bulk{officialBulk(b, addr), nativeBulk(client)}
}

// manyKeys returns the keys of a batch that starts with record i.
func manyKeys(i int) []protocol.Key {
	keys := make([]protocol.Key, rows)
	for n := range keys {
		keys[n] = protocol.MustKey(namespace, manySet, (i+n)%many)
	}
	return keys
}

// ages returns a person with a unique age, so that the index can find it.
func ages(i int) person {
	p := newPerson(i)
	p.Age = int64(i % many)
	return p
}

func nativeWrite(b *testing.B, client *cluster.Client, i int) int {
	all := make([]cluster.BatchRow, rows)
	for n, key := range manyKeys(i) {
		p := ages(i + n)
		all[n] = cluster.PutRow(nil, key, p.bins())
	}
	results, err := client.BatchWrite(context.Background(), nil, all)
	require.NoError(b, err)
	return len(results)
}

func nativeBulk(client *cluster.Client) bulk {
	ctx := context.Background()
	count := func(b *testing.B, stmt cluster.Statement) (n int) {
		for rec, err := range client.Query(ctx, nil, stmt) {
			require.NoError(b, err)
			n += min(len(rec.Bins), 1)
		}
		return n
	}
	return bulk{"native",
		func(b *testing.B, _ int) int { return count(b, cluster.Statement{Namespace: namespace, Set: manySet}) },
		func(b *testing.B, i int) int {
			begin := int64(i * found % many)
			return count(b, cluster.Statement{Namespace: namespace, Set: manySet, Filter: cluster.FilterRange("age", begin, begin+found-1)})
		},
		func(b *testing.B, i int) (n int) {
			results, err := client.BatchRead(ctx, nil, manyKeys(i*rows))
			require.NoError(b, err)
			for i := range results {
				n += min(len(results[i].Record.Bins), 1)
			}
			return n
		},
		func(b *testing.B, i int) int { return nativeWrite(b, client, i*rows) },
	}
}

func officialBulk(b *testing.B, addr string) bulk {
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	require.NoError(b, err)
	client, asErr := as.NewClient(tcp.IP.String(), tcp.Port)
	require.NoError(b, asErr)
	b.Cleanup(client.Close)
	count := func(b *testing.B, set *as.Recordset, err as.Error) (n int) {
		require.NoError(b, asError(err))
		for res := range set.Results() {
			require.NoError(b, asError(res.Err))
			n += min(len(res.Record.Bins), 1)
		}
		return n
	}
	keys := func(b *testing.B, i int) []*as.Key {
		all := make([]*as.Key, rows)
		for n := range all {
			key, err := as.NewKey(namespace, manySet, (i+n)%many)
			require.NoError(b, asError(err))
			all[n] = key
		}
		return all
	}
	return bulk{"official",
		func(b *testing.B, _ int) int {
			set, err := client.ScanAll(nil, namespace, manySet)
			return count(b, set, err)
		},
		func(b *testing.B, i int) int {
			begin := int64(i * found % many)
			stmt := as.NewStatement(namespace, manySet)
			require.NoError(b, asError(stmt.SetFilter(as.NewRangeFilter("age", begin, begin+found-1))))
			set, err := client.Query(nil, stmt)
			return count(b, set, err)
		},
		func(b *testing.B, i int) (n int) {
			records, err := client.BatchGet(nil, keys(b, i*rows))
			require.NoError(b, asError(err))
			for _, rec := range records {
				n += min(len(rec.Bins), 1)
			}
			return n
		},
		func(b *testing.B, i int) int {
			all := make([]as.BatchRecordIfc, rows)
			for n, key := range keys(b, i*rows) {
				p := ages(i*rows + n)
				all[n] = as.NewBatchWrite(nil, key, as.PutOp(as.NewBin("name", p.Name)), as.PutOp(as.NewBin("email", p.Email)),
					as.PutOp(as.NewBin("age", p.Age)), as.PutOp(as.NewBin("score", p.Score)), as.PutOp(as.NewBin("admin", as.BoolValue(p.Admin))))
			}
			require.NoError(b, asError(client.BatchOperate(nil, all)))
			return rows
		},
	}
}

// BenchmarkMany times a scan of 20,000 records, an index query that finds 1,000 of them, and
// batches of 100 rows. The metric records/s counts the records that the caller receives.
func BenchmarkMany(b *testing.B) {
	all := bulks(b)
	for _, c := range []struct {
		name    string
		records int
		run     func(bulk) func(*testing.B, int) int
	}{
		{"scan", many, func(k bulk) func(*testing.B, int) int { return k.scan }},
		{"index query", found, func(k bulk) func(*testing.B, int) int { return k.query }},
		{"batch read", rows, func(k bulk) func(*testing.B, int) int { return k.batchRead }},
		{"batch write", rows, func(k bulk) func(*testing.B, int) int { return k.batchWrite }},
	} {
		for _, k := range all {
			run := c.run(k)
			b.Run(c.name+"/"+k.name, func(b *testing.B) {
				b.ReportAllocs()
				done := 0
				for b.Loop() {
					if got := run(b, done); got != c.records {
						b.Fatalf("got %d records, want %d", got, c.records)
					}
					done++
				}
				b.ReportMetric(float64(done*c.records)/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}
