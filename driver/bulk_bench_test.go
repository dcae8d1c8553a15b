package driver_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// nativeLoad writes records with batches of 1,000, four at a time.
func nativeLoad(t testing.TB, client *cluster.Client, records int) {
	batches := make(chan []cluster.BatchRow)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for batch := range batches {
				_, err := client.BatchWrite(t.Context(), nil, batch)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for from := 0; from < records; from += 1000 {
		batches <- nativeBatch(t, from)
	}
	close(batches)
	wg.Wait()
}

// nativeBatch returns 1,000 rows.
func nativeBatch(t testing.TB, from int) []cluster.BatchRow {
	policy := &cluster.WritePolicy{SendKey: true, Exists: cluster.CreateOnly}
	batch := make([]cluster.BatchRow, 1000)
	for i := range batch {
		key, err := protocol.NewKey("test", "t", from+i)
		require.NoError(t, err)
		batch[i] = cluster.PutRow(policy, key, protocol.Bins{{Name: "n", Value: protocol.Int(int64(from + i))}, {Name: "s", Value: protocol.String("text")}})
	}
	return batch
}

// BenchmarkInsertRows compares an INSERT of 1,000 rows with a native batch.
func BenchmarkInsertRows(b *testing.B) {
	db := open(b, nil)
	client, err := driver.Client(b.Context(), db)
	require.NoError(b, err)
	stmt, err := db.Prepare("INSERT INTO t (PK, n, s) VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", 999))
	require.NoError(b, err)
	defer stmt.Close()
	args := make([]any, 3000)
	b.Run("sql", func(b *testing.B) {
		b.ReportAllocs()
		at := 0
		for b.Loop() {
			for i := range 1000 {
				args[3*i], args[3*i+1], args[3*i+2] = at, at, "text"
				at++
			}
			if _, err := stmt.Exec(args...); err != nil {
				b.Fatal(err)
			}
		}
		execute(b, db, "TRUNCATE t")
	})
	b.Run("native", func(b *testing.B) {
		b.ReportAllocs()
		at := 0
		for b.Loop() {
			if _, err := client.BatchWrite(b.Context(), nil, nativeBatch(b, at)); err != nil {
				b.Fatal(err)
			}
			at += 1000
		}
		execute(b, db, "TRUNCATE t")
	})
}

// BenchmarkInsert is a prepared INSERT of three columns.
func BenchmarkInsert(b *testing.B) {
	db := open(b, nil)
	stmt, err := db.Prepare("REPLACE INTO t (PK, n, s) VALUES (?, ?, ?)")
	require.NoError(b, err)
	defer stmt.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := stmt.Exec(1, 2, "x"); err != nil {
			b.Fatal(err)
		}
	}
}
