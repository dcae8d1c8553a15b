// Package bench compares the speed of the three APIs of aerosql with the official Go client, on one
// server and in one run.
//
// The default server is a devserver in the same process. The results compare clients with each
// other; they do not show the speed of a real cluster. AEROSQL_ADDR=host:port selects a real
// server.
package bench

import (
	"context"
	"database/sql"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	_ "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

const (
	namespace = "test"
	set       = "bench"
	records   = 1000
	callers   = 64
)

// person is the record that every client reads and writes: five bins, about 60 bytes.
type person struct {
	ID    int64   `as:"id,pk"`
	Name  string  `as:"name"`
	Email string  `as:"email"`
	Age   int64   `as:"age"`
	Score float64 `as:"score"`
	Admin bool    `as:"admin"`
}

func newPerson(i int) person {
	return person{int64(i), "Ada Lovelace", "ada@example.com", 36, 1.5, true}
}

func (p *person) bins() protocol.Bins {
	return protocol.Bins{
		{Name: "name", Value: protocol.String(p.Name)}, {Name: "email", Value: protocol.String(p.Email)},
		{Name: "age", Value: protocol.Int(p.Age)}, {Name: "score", Value: protocol.Float(p.Score)},
		{Name: "admin", Value: protocol.Bool(p.Admin)},
	}
}

// An api reads and writes one record.
type api struct {
	name     string
	get, put func(ctx context.Context, i int) error
}

func openAPIs(b *testing.B) []api {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		srv, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
		require.NoError(b, err)
		b.Cleanup(func() { srv.Close() })
		addr = srv.Seeds()[0]
	}
	all := []api{official(b, addr), native(b, addr), structs(b, addr), sqlRows(b, addr)}
	for i := range records {
		require.NoError(b, all[0].put(context.Background(), i))
	}
	return all
}

func official(b *testing.B, addr string) api {
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	require.NoError(b, err)
	policy := as.NewClientPolicy()
	policy.ConnectionQueueSize = 2 * callers
	client, asErr := as.NewClientWithPolicy(policy, tcp.IP.String(), tcp.Port)
	require.NoError(b, asErr)
	b.Cleanup(client.Close)
	return api{"official",
		func(_ context.Context, i int) error {
			key, err := as.NewKey(namespace, set, i)
			if err == nil {
				_, err = client.Get(nil, key)
			}
			return asError(err)
		},
		func(_ context.Context, i int) error {
			p := newPerson(i)
			key, err := as.NewKey(namespace, set, i)
			if err == nil {
				err = client.PutBins(nil, key, as.NewBin("name", p.Name), as.NewBin("email", p.Email),
					as.NewBin("age", p.Age), as.NewBin("score", p.Score), as.NewBin("admin", as.BoolValue(p.Admin)))
			}
			return asError(err)
		}}
}

// asError converts a nil of the official client's error type to a nil error.
func asError(err as.Error) error {
	if err == nil {
		return nil
	}
	return err
}

func native(b *testing.B, addr string) api {
	client := open(b, addr)
	return api{"native",
		func(ctx context.Context, i int) error {
			key, err := protocol.NewKey(namespace, set, i)
			if err == nil {
				_, err = client.Get(ctx, nil, key)
			}
			return err
		},
		func(ctx context.Context, i int) error {
			p := newPerson(i)
			key, err := protocol.NewKey(namespace, set, i)
			if err == nil {
				err = client.Put(ctx, nil, key, p.bins())
			}
			return err
		}}
}

func structs(b *testing.B, addr string) api {
	repo, err := mapper.New[person](open(b, addr), mapper.WithNamespace(namespace), mapper.WithSet(set))
	require.NoError(b, err)
	return api{"mapper",
		func(ctx context.Context, i int) error {
			_, err := repo.Find(ctx, i)
			return err
		},
		func(ctx context.Context, i int) error {
			p := newPerson(i)
			return repo.Save(ctx, &p)
		}}
}

func sqlRows(b *testing.B, addr string) api {
	db, err := sql.Open("aerospike", "aerospike://"+addr+"/"+namespace)
	require.NoError(b, err)
	db.SetMaxIdleConns(callers)
	b.Cleanup(func() { db.Close() })
	get, err := db.Prepare("SELECT name, email, age, score, admin FROM " + set + " WHERE PK = ?")
	require.NoError(b, err)
	put, err := db.Prepare("UPSERT INTO " + set + " (PK, name, email, age, score, admin) VALUES (?, ?, ?, ?, ?, ?)")
	require.NoError(b, err)
	b.Cleanup(func() { get.Close(); put.Close() })
	return api{"sql",
		func(ctx context.Context, i int) error {
			var p person
			return get.QueryRowContext(ctx, i).Scan(&p.Name, &p.Email, &p.Age, &p.Score, &p.Admin)
		},
		func(ctx context.Context, i int) error {
			p := newPerson(i)
			_, err := put.ExecContext(ctx, i, p.Name, p.Email, p.Age, p.Score, p.Admin)
			return err
		}}
}

func open(b *testing.B, addr string) *cluster.Client {
	client, err := cluster.Open(context.Background(), cluster.Config{Seeds: []string{addr}, MaxConnsPerNode: 2 * callers})
	require.NoError(b, err)
	b.Cleanup(func() { client.Close() })
	return client
}

func BenchmarkGet(b *testing.B) {
	each(b, func(a api) func(context.Context, int) error { return a.get })
}

func BenchmarkPut(b *testing.B) {
	each(b, func(a api) func(context.Context, int) error { return a.put })
}

// each runs one command through every API, with one caller and with many.
func each(b *testing.B, command func(api) func(context.Context, int) error) {
	for _, a := range openAPIs(b) {
		run := command(a)
		b.Run("callers=1/"+a.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				if err := run(b.Context(), i%records); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("callers="+strconv.Itoa(callers)+"/"+a.name, func(b *testing.B) {
			var next atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(callers / max(1, parallelism()))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := run(context.Background(), int(next.Add(1)%records)); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// parallelism is the factor that testing applies to SetParallelism.
func parallelism() int { return runtime.GOMAXPROCS(0) }
