package driver_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A session uses the memory of a closed read by key again. Rows that are open at the same time have
// memory of their own, in whatever order they are closed, and values that were read stay.
func TestPointReadsOpenTogether(t *testing.T) {
	db := open(t, nil)
	const records = 50
	for i := range records {
		execute(t, db, "INSERT INTO t (PK, n, s) VALUES (?, ?, ?)", i, 1000+i, fmt.Sprint("text of ", i))
	}
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	stmt, err := conn.PrepareContext(t.Context(), "SELECT n, s, PK FROM t WHERE PK = ?")
	require.NoError(t, err)
	defer stmt.Close()
	type query struct {
		rows *sql.Rows
		id   int
	}
	type row struct {
		n, id int
		s     string
	}
	var open []query
	var kept []row
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		if len(open) < 5 && random.IntN(2) == 0 {
			id := random.IntN(records + 5)
			rows, err := stmt.QueryContext(t.Context(), id)
			require.NoError(t, err)
			open = append(open, query{rows, id})
			continue
		}
		if len(open) == 0 {
			continue
		}
		i := random.IntN(len(open))
		q := open[i]
		open = append(open[:i], open[i+1:]...)
		if random.IntN(4) > 0 { // some are closed without reading
			require.Equal(t, q.id < records, q.rows.Next())
			if q.id < records {
				var r row
				require.NoError(t, q.rows.Scan(&r.n, &r.s, &r.id))
				require.Equal(t, q.id, r.id)
				kept = append(kept, r)
				require.False(t, q.rows.Next())
			}
			require.NoError(t, q.rows.Err())
		}
		require.NoError(t, q.rows.Close())
		require.NoError(t, q.rows.Close())
	}
	for _, q := range open {
		require.NoError(t, q.rows.Close())
	}
	for _, r := range kept {
		require.Equal(t, row{1000 + r.id, r.id, fmt.Sprint("text of ", r.id)}, r)
	}
}

// TestPointReadsConcurrently: many goroutines share a prepared statement, and some of them cancel
// their contexts while rows are open.
func TestPointReadsConcurrently(t *testing.T) {
	db := open(t, nil)
	const records = 20
	for i := range records {
		execute(t, db, "INSERT INTO t (PK, n, s) VALUES (?, ?, ?)", i, 1000+i, fmt.Sprint("text of ", i))
	}
	stmt, err := db.Prepare("SELECT n, s FROM t WHERE PK = ?")
	require.NoError(t, err)
	defer stmt.Close()
	done := make(chan error)
	const callers = 16
	for c := range callers {
		go func() {
			done <- func() error {
				for i := range 100 {
					id := (c + i) % records
					ctx, cancel := context.WithCancel(t.Context())
					rows, err := stmt.QueryContext(ctx, id)
					if err != nil {
						cancel()
						return err
					}
					if i%3 == 0 {
						cancel() // database/sql closes the rows in a goroutine of its own
					}
					var n int
					var s string
					if rows.Next() {
						if err := rows.Scan(&n, &s); err == nil && (n != 1000+id || s != fmt.Sprint("text of ", id)) {
							cancel()
							return fmt.Errorf("record %d: %d, %q", id, n, s)
						}
					}
					if err := rows.Err(); err != nil && i%3 != 0 {
						cancel()
						return err
					}
					rows.Close()
					cancel()
				}
				return nil
			}()
		}()
	}
	for range callers {
		require.NoError(t, <-done)
	}
}

// TestRowsOfEqualValues: a value that equals that of the row before is the right one, for every
// kind and also where values are equal only as numbers.
func TestRowsOfEqualValues(t *testing.T) {
	db := open(t, nil)
	rows, err := db.Query("VALUES (1, 1.0, 'a'), (1, 1.0, 'a'), (1.0, 1, 'A'), (NULL, 0.0, ''), (true, -0.0, NULL), (1, 0.0, ''), ('1', '1.0', 1)")
	require.NoError(t, err)
	defer rows.Close()
	var got []string
	for rows.Next() {
		var a, b, c any
		require.NoError(t, rows.Scan(&a, &b, &c))
		got = append(got, fmt.Sprintf("%T %v, %T %v, %T %q", a, a, b, b, c, c))
	}
	require.NoError(t, rows.Err())
	require.Len(t, got, 7)
	require.Equal(t, got[0], got[1])
	require.Equal(t, []string{
		`int64 1, float64 1, string "a"`, `float64 1, int64 1, string "A"`, `<nil> <nil>, float64 0, string ""`,
		`bool true, float64 -0, <nil> %!q(<nil>)`, `int64 1, float64 0, string ""`, `string 1, string 1.0, int64 '\x01'`,
	}, got[1:])
}
