package driver_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/stretchr/testify/require"
)

func BenchmarkQueryRow(b *testing.B) {
	db := open(b, nil)
	execute(b, db, "INSERT INTO t (PK, name, age) VALUES (1, 'Ann', 30)")
	const query = "SELECT name, age FROM t WHERE PK = ?"
	stmt, err := db.Prepare(query)
	require.NoError(b, err)
	defer stmt.Close()
	var name string
	var age int
	b.Run("text", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := db.QueryRow(query, 1).Scan(&name, &age); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("prepared", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := stmt.QueryRow(1).Scan(&name, &age); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	db := open(b, nil)
	const records = 1000
	for i := range records {
		execute(b, db, "INSERT INTO t (PK, name, n) VALUES (?, ?, ?)", i, fmt.Sprint("name ", i), i)
	}
	b.ReportAllocs()
	for b.Loop() {
		rows, err := db.Query("SELECT name, n FROM t WHERE n >= 0")
		require.NoError(b, err)
		count := 0
		for rows.Next() {
			var name string
			var n int
			if err := rows.Scan(&name, &n); err != nil {
				b.Fatal(err)
			}
			count++
		}
		require.NoError(b, rows.Err())
		require.Equal(b, records, count)
	}
}

// BenchmarkPoint compares a prepared SELECT of four columns with the native Get, and with a driver
// whose rows are constant, which costs what database/sql does.
func BenchmarkPoint(b *testing.B) {
	db := open(b, nil)
	execute(b, db, "INSERT INTO t (PK, a, b, c, d) VALUES (1, 1, 2, 3, 4)")
	b.Run("sql", func(b *testing.B) {
		stmt, err := db.Prepare("SELECT a, b, c, d FROM t WHERE PK = ?")
		require.NoError(b, err)
		defer stmt.Close()
		var w, x, y, z int
		b.ReportAllocs()
		for b.Loop() {
			if err := stmt.QueryRow(1).Scan(&w, &x, &y, &z); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("constant", func(b *testing.B) {
		db := sql.OpenDB(constantConnector{})
		defer db.Close()
		stmt, err := db.Prepare("")
		require.NoError(b, err)
		defer stmt.Close()
		var w, x, y, z int
		b.ReportAllocs()
		for b.Loop() {
			if err := stmt.QueryRow(1).Scan(&w, &x, &y, &z); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("native", func(b *testing.B) {
		native(b, db, func(client *cluster.Client) error {
			b.ReportAllocs()
			for b.Loop() {
				record, err := client.Get(b.Context(), nil, protocol.MustKey("test", "t", 1), "a", "b", "c", "d")
				if err != nil {
					return err
				}
				if len(record.Bins) != 4 {
					b.Fatal(record.Bins)
				}
			}
			return nil
		})
	})
}

// fillBench writes records with four bins to the set t.
func fillBench(b *testing.B, db *sql.DB, records int) {
	native(b, db, func(client *cluster.Client) error {
		const size = 1000
		for first := 0; first < records; first += size {
			rows := make([]cluster.BatchRow, 0, size)
			for i := first; i < min(first+size, records); i++ {
				key := protocol.MustKey("test", "t", i)
				bins := protocol.BinsOf(map[string]any{"a": i, "b": i * 7919 % records, "c": float64(i), "d": i % 10})
				rows = append(rows, cluster.PutRow(nil, key, bins))
			}
			if _, err := client.BatchWrite(b.Context(), nil, rows); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkScanRows scans 100,000 rows of four columns. One operation is one row.
func BenchmarkScanRows(b *testing.B) {
	db := open(b, nil)
	const records = 100_000
	fillBench(b, db, records)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		rows, err := db.Query("SELECT a, b, c, d FROM t")
		require.NoError(b, err)
		var w, x, z int64
		var y float64
		for ; rows.Next() && n < b.N; n++ {
			if err := rows.Scan(&w, &x, &y, &z); err != nil {
				b.Fatal(err)
			}
		}
		require.NoError(b, rows.Err())
		require.NoError(b, rows.Close())
	}
}

// BenchmarkTop returns the first ten of 1,000,000 records in order.
func BenchmarkTop(b *testing.B) {
	db := open(b, func(c *driver.Config) { c.MemoryLimit = 4 << 20 })
	fillBench(b, db, 1_000_000)
	for b.Loop() {
		rows, err := db.Query("SELECT a, b FROM t ORDER BY b LIMIT 10")
		require.NoError(b, err)
		count := 0
		for rows.Next() {
			count++
		}
		require.NoError(b, rows.Err())
		require.Equal(b, 10, count)
	}
}

// BenchmarkCallers reads one record with many callers at once: with a prepared statement, with the
// same text each time, with the two idle connections that database/sql keeps by default, and
// without database/sql. The CPU time is that of the server too.
func BenchmarkCallers(b *testing.B) {
	db := open(b, nil)
	execute(b, db, "INSERT INTO t (PK, a, b, c, d) VALUES (1, 'some text', 2000, 'x', 4.5)")
	const query = "SELECT a, b, c, d FROM t WHERE PK = ?"
	stmt, err := db.Prepare(query)
	require.NoError(b, err)
	defer stmt.Close()
	client, err := driver.Client(b.Context(), db)
	require.NoError(b, err)
	scan := func(row *sql.Row) error {
		var w, y string
		var x int64
		var z float64
		return row.Scan(&w, &x, &y, &z)
	}
	for _, callers := range []int{1, 8, 64, 256, 1024} {
		for _, way := range []struct {
			name string
			idle int
			read func() error
		}{
			{"prepared", 1024, func() error { return scan(stmt.QueryRow(1)) }},
			{"text", 1024, func() error { return scan(db.QueryRow(query, 1)) }},
			{"prepared-2-idle", 2, func() error { return scan(stmt.QueryRow(1)) }},
			{"text-2-idle", 2, func() error { return scan(db.QueryRow(query, 1)) }},
			{"native", 2, func() error {
				_, err := client.Get(context.Background(), nil, protocol.MustKey("test", "t", 1), "a", "b", "c", "d")
				return err
			}},
		} {
			b.Run(fmt.Sprintf("%s/%d", way.name, callers), func(b *testing.B) {
				b.ReportAllocs()
				db.SetMaxIdleConns(way.idle)
				var left atomic.Int64
				left.Store(int64(b.N))
				var all sync.WaitGroup
				before := cpuTime()
				for range callers {
					all.Go(func() {
						for left.Add(-1) >= 0 {
							if err := way.read(); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
				b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
