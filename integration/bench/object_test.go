package main

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// TestMain runs the devserver of the benchmarks if startServer has started the process for it.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == serveArgument {
		if err := serve(os.Args[2]); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// objectSet has the records of BenchmarkObject.
const objectSet = "bench-object"

// An object is a struct of ten bins, which both clients can write: four integers, three strings, a
// float, a bool and a blob.
type object struct {
	Visits  int64   `as:"visits"`
	Age     int     `as:"age"`
	Points  uint32  `as:"points"`
	Level   int16   `as:"level"`
	Name    string  `as:"name"`
	Mail    string  `as:"mail"`
	City    string  `as:"city"`
	Balance float64 `as:"balance"`
	Active  bool    `as:"active"`
	Token   []byte  `as:"token"`
}

// keyedObject is an object with its key, for the mapper.
type keyedObject struct {
	ID string `as:"id,pk"`
	object
}

func newObject() object {
	return object{1, 42, 1000, 7, "Ada Lovelace", "ada@example.org", "London", 12.5, true, make([]byte, 16)}
}

// newBlob has a blob of 64 KiB and nothing else.
func newBlob() object { return object{Token: make([]byte, 64<<10)} }

// BenchmarkObject writes and reads an object with the mapper and with PutObject and GetObject of
// the official client, on one server, which is a process of its own. The metric cpu-ns/op is the
// time that this process has used the processors, which a busy machine changes least.
func BenchmarkObject(b *testing.B) {
	ctx := context.Background() // one that can be canceled costs two allocations more
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		server, err := startServer(1)
		require.NoError(b, err)
		b.Cleanup(server.stop)
		addr = server.addr
	}
	client, err := open(&options{addr: addr})
	require.NoError(b, err)
	b.Cleanup(func() { client.Close() })
	b.Cleanup(func() { client.Truncate(context.Background(), nil, namespace, objectSet, time.Time{}) })
	repo, err := mapper.New[keyedObject](client, mapper.WithNamespace(namespace), mapper.WithSet(objectSet))
	require.NoError(b, err)
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	require.NoError(b, err)
	theirs, asErr := as.NewClient(tcp.IP.String(), tcp.Port)
	require.NoError(b, asError(asErr))
	b.Cleanup(theirs.Close)

	for _, c := range []struct {
		name string
		of   func() object
	}{{"ten", newObject}, {"blob64KiB", newBlob}} {
		key, asErr := as.NewKey(namespace, objectSet, c.name)
		require.NoError(b, asError(asErr))
		ours, other := keyedObject{c.name, c.of()}, c.of()
		into, otherInto := new(keyedObject), new(object)
		for _, run := range []struct {
			name string
			do   func() error
		}{
			{"Save", func() error { return repo.Save(ctx, &ours) }},
			{"PutObject", func() error { return asError(theirs.PutObject(nil, key, &other)) }},
			{"Find", func() error { _, err := repo.Find(ctx, c.name); return err }},
			{"FindInto", func() error { return repo.FindInto(ctx, c.name, into) }},
			{"GetObject", func() error { return asError(theirs.GetObject(nil, key, otherInto)) }},
		} {
			b.Run(c.name+"/"+run.name, func(b *testing.B) {
				b.ReportAllocs()
				begin := processorTime()
				for b.Loop() {
					if err := run.do(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(processorTime()-begin)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
