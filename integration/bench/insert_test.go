package main

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

const (
	insertSet  = "bench-insert"
	insertRows = 1000
)

// BenchmarkInsertRows writes 1,000 rows with one prepared INSERT and with a native batch, in turn.
// The metric of-native is the speed of the first divided by that of the second, by the processor
// time of this process, which a busy machine does not change much. At least 0.8 is expected.
func BenchmarkInsertRows(b *testing.B) {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		srv, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
		require.NoError(b, err)
		b.Cleanup(func() { srv.Close() })
		addr = srv.Seeds()[0]
	}
	client, err := open(&options{addr: addr})
	require.NoError(b, err)
	b.Cleanup(func() { client.Close() })
	db, err := sql.Open("aerospike", "aerospike://"+addr+"/"+namespace)
	require.NoError(b, err)
	b.Cleanup(func() { db.Close() })
	stmt, err := db.Prepare("REPLACE INTO `" + insertSet + "` (PK, n, s) VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", insertRows-1))
	require.NoError(b, err)
	b.Cleanup(func() { stmt.Close() })
	b.Cleanup(func() { client.Truncate(context.Background(), nil, namespace, insertSet, time.Time{}) })

	args := make([]any, 3*insertRows)
	for i := range insertRows {
		args[3*i], args[3*i+1], args[3*i+2] = i, i, "text"
	}
	policy := &cluster.WritePolicy{SendKey: true, Exists: cluster.Replace}
	var bySQL, natively time.Duration
	for b.Loop() {
		begin := processorTime()
		if _, err := stmt.Exec(args...); err != nil {
			b.Fatal(err)
		}
		middle := processorTime()
		batch := make([]cluster.BatchRow, insertRows)
		for i := range batch {
			bins := protocol.Bins{{Name: "n", Value: protocol.Int(int64(i))}, {Name: "s", Value: protocol.String("text")}}
			batch[i] = cluster.PutRow(policy, protocol.MustKey(namespace, insertSet, i), bins)
		}
		if _, err := client.BatchWrite(b.Context(), nil, batch); err != nil {
			b.Fatal(err)
		}
		bySQL, natively = bySQL+middle-begin, natively+processorTime()-middle
	}
	b.ReportMetric(float64(natively)/float64(bySQL), "of-native")
}

// processorTime returns the time that this process has used the processors.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
