package driver_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// numbered returns n rows of a number and a text, in one slice.
func numbered(n int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, 3)
		for i := range n {
			row[0], row[1], row[2] = i, i*2, "text"
			if !yield(row, nil) {
				return
			}
		}
	}
}

func TestCopyFrom(t *testing.T) {
	db := open(t, nil)
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	n, err := driver.CopyFrom(t.Context(), conn, "t", []string{"PK", "n", "a b"}, numbered(12_345), driver.Options{"ttl": "1h"})
	require.NoError(t, err)
	require.EqualValues(t, 12_345, n)
	require.Equal(t, []string{"12345 152386680 12345"},
		table(t, db, "SELECT COUNT(*), SUM(n), SUM(CASE WHEN `a b` = 'text' AND __ttl > 3000 AND n = PK * 2 THEN 1 ELSE 0 END) FROM t"))

	execute(t, db, "CREATE TABLE d (id INT AUTO_INCREMENT PRIMARY KEY, at DATE NOT NULL, price DECIMAL(8, 2) DEFAULT 1)")
	n, err = driver.CopyFrom(t.Context(), conn, "test.d", []string{"at"}, func(yield func([]any, error) bool) {
		_ = yield([]any{"2026-01-02"}, nil) && yield([]any{"2026-01-03"}, nil)
	})
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.Equal(t, []string{"1 2026-01-02 00:00:00 +0000 UTC 1.00", "2 2026-01-03 00:00:00 +0000 UTC 1.00"}, table(t, db, "SELECT * FROM d ORDER BY id"))
}

func TestCopyFromErrors(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "CREATE TABLE d (id INT PRIMARY KEY, n INT NOT NULL CHECK (n > 0))")
	execute(t, db, "INSERT INTO d VALUES (5, 5)")
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	list := func(rows ...[]any) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	broken := errors.New("the file is broken")
	for name, c := range map[string]struct {
		rows    iter.Seq2[[]any, error]
		columns []string
		is      error
		text    string
	}{
		"key exists":   {list([]any{4, 4}, []any{5, 5}, []any{6, 6}), nil, protocol.KeyExists, "key 5"},
		"check":        {list([]any{14, 4}, []any{15, 0}), nil, nil, "row 2: the row does not meet CHECK (n > 0)"},
		"not null":     {list([]any{14, nil}), nil, querylang.ErrType, "row 1: type error: the column n can't be NULL"},
		"type":         {list([]any{14, "x"}), nil, querylang.ErrType, "row 1: type error: the column n: 'x' is a string"},
		"width":        {list([]any{14}), nil, querylang.ErrArguments, "a row has 1 values for 2 columns"},
		"value":        {list([]any{14, struct{}{}}), nil, querylang.ErrArguments, "has no form in a bin"},
		"the sequence": {func(yield func([]any, error) bool) { yield(nil, broken) }, nil, broken, ""},
		"column":       {list([]any{14, 1}), []string{"id", "m"}, querylang.ErrUnknownName, "no column m"},
		"no columns":   {list(), []string{}, querylang.ErrArguments, "needs the names"},
	} {
		if c.columns == nil {
			c.columns = []string{"id", "n"}
		}
		_, err := driver.CopyFrom(t.Context(), conn, "d", c.columns, c.rows)
		require.Error(t, err, name)
		if c.is != nil {
			require.ErrorIs(t, err, c.is, name)
		}
		require.ErrorContains(t, err, c.text, name)
	}
	require.Equal(t, []string{"4", "5", "6"}, table(t, db, "SELECT n FROM d ORDER BY n"), "the rows around the one that exists are written")

	ctx, cancel := context.WithCancel(t.Context())
	written, err := driver.CopyFrom(ctx, conn, "t", []string{"PK", "n"}, func(yield func([]any, error) bool) {
		for i := 0; yield([]any{i, i}, nil); i++ {
			if i == 5000 {
				cancel()
			}
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	e, ok := errors.AsType[*exec.PartialError](err)
	require.True(t, ok)
	require.Equal(t, written, e.RowsAffected)
	require.Equal(t, []string{"true"}, table(t, db, "SELECT COUNT(*) >= ? FROM t", written), "what was counted is there")
}

// The rows wait for the servers: at most 5 batches are in memory.
func TestCopyFromHasBackPressure(t *testing.T) {
	cfg := start(t)
	cfg.MaxConns = 2
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := openConnector(t, connector)
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	ahead := 0
	_, err = driver.CopyFrom(t.Context(), conn, "t", []string{"PK", "n", "s"}, func(yield func([]any, error) bool) {
		n := 0
		for row := range numbered(12_000) {
			if n++; n%1000 == 0 {
				ahead = max(ahead, n-countOf(t, client))
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	require.NoError(t, err)
	require.LessOrEqual(t, ahead, 5000)
}

// countOf returns the number of records of a cluster.
func countOf(t *testing.T, client *cluster.Client) (n int) {
	for record, err := range client.Query(t.Context(), nil, cluster.Statement{Namespace: "test", Set: "t", NoBins: true}) {
		require.NoError(t, err)
		if record != nil {
			n++
		}
	}
	return n
}

// BenchmarkCopyFrom compares CopyFrom with native batches of 1,000 puts, four at a time.
func BenchmarkCopyFrom(b *testing.B) {
	const rows = 100_000
	run := func(name string, write func(b *testing.B, round int)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			round := 0
			for b.Loop() {
				write(b, round)
				round++
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	db := open(b, nil)
	conn, err := db.Conn(b.Context())
	require.NoError(b, err)
	defer conn.Close()
	client, err := driver.Client(b.Context(), db)
	require.NoError(b, err)
	run("copy", func(b *testing.B, round int) {
		execute(b, db, "TRUNCATE t")
		n, err := driver.CopyFrom(b.Context(), conn, "t", []string{"PK", "n", "s"}, numbered(rows))
		require.NoError(b, err)
		require.EqualValues(b, rows, n)
	})
	run("native", func(b *testing.B, round int) {
		execute(b, db, "TRUNCATE t")
		nativeLoad(b, client, rows)
	})
}
