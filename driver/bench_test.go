package driver_test

import (
	"fmt"
	"testing"

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
