package driver_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/querylang"
)

// openConn opens a database with the records 0 to 99 in the set t and returns a session.
func openConn(t *testing.T, change func(*driver.Config)) (*sql.DB, *sql.Conn) {
	db := open(t, change)
	for i := range 100 {
		execute(t, db, "INSERT INTO t (PK, n, g) VALUES (?, ?, ?)", i, i, i%10)
	}
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return db, conn
}

// table returns the rows of a query as text, one for each row.
func table(t *testing.T, conn queryer, query string, args ...any) []string {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query, args...)
	require.NoError(t, err, query)
	defer rows.Close()
	return rowsText(t, rows)
}

func rowsText(t *testing.T, rows *sql.Rows) (lines []string) {
	t.Helper()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		require.NoError(t, rows.Scan(targets...))
		lines = append(lines, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	require.NoError(t, rows.Err())
	return lines
}

func failure(t *testing.T, conn *sql.Conn, query string, args ...any) error {
	t.Helper()
	_, err := conn.ExecContext(t.Context(), query, args...)
	require.Error(t, err, query)
	return err
}

func TestCursors(t *testing.T) {
	cases := []struct {
		name, query string
		rows        int
		args        []any
	}{
		{"scan", "SELECT n FROM t", 100, nil},
		{"filter on the servers", "SELECT n FROM t WHERE g = 3", 10, nil},
		{"filter here", "SELECT n FROM t WHERE LENGTH(CAST(n AS VARCHAR)) = ?", 90, []any{2}},
		{"order", "SELECT n FROM t ORDER BY n", 100, nil},
		{"join", "SELECT a.n FROM t a JOIN t b ON a.n = b.g", 100, nil},
		{"keys", "SELECT n FROM t WHERE PK IN (1, 2, 3)", 3, nil},
		{"group", "SELECT g, COUNT(*) FROM t GROUP BY g", 10, nil},
		{"values", "VALUES (1), (2)", 2, nil},
		{"limit", "SELECT n FROM t LIMIT 5", 5, nil},
	}
	_, conn := openConn(t, nil)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			execute(t, conn, "DECLARE c CURSOR FOR "+c.query, c.args...)
			seen := make(map[string]int)
			total := 0
			for _, n := range []int{1, 0, 2, 40} {
				rows := table(t, conn, "FETCH ? FROM c", n)
				require.Len(t, rows, min(n, c.rows-total))
				for _, row := range rows {
					seen[row]++
				}
				total += len(rows)
			}
			for _, row := range table(t, conn, "FETCH ALL FROM c") {
				seen[row]++
				total++
			}
			require.Equal(t, c.rows, total)
			if c.name != "join" {
				require.Len(t, seen, c.rows)
			}
			require.Empty(t, table(t, conn, "FETCH 10 FROM c"))
			execute(t, conn, "CLOSE c")
			require.ErrorIs(t, failure(t, conn, "FETCH 1 FROM c"), querylang.ErrUnknownName)
		})
	}
}

func TestRowsThatAFetchLeavesComeNext(t *testing.T) {
	_, conn := openConn(t, nil)
	for _, query := range []string{"SELECT n FROM t", "SELECT n FROM t ORDER BY n"} {
		execute(t, conn, "DECLARE c CURSOR FOR "+query)
		seen := make(map[string]int)
		rows, err := conn.QueryContext(t.Context(), "FETCH ALL FROM c")
		require.NoError(t, err)
		for range 7 {
			require.True(t, rows.Next())
			var n string
			require.NoError(t, rows.Scan(&n))
			seen[n]++
		}
		require.ErrorContains(t, failure(t, conn, "FETCH 1 FROM c"), "still being read")
		require.NoError(t, rows.Close())
		// The types of the columns read a row ahead.
		rows, err = conn.QueryContext(t.Context(), "FETCH 1 FROM c")
		require.NoError(t, err)
		types, err := rows.ColumnTypes()
		require.NoError(t, err)
		require.Equal(t, "INTEGER", types[0].DatabaseTypeName())
		require.NoError(t, rows.Close())
		for _, n := range table(t, conn, "FETCH ALL FROM c") {
			seen[n]++
		}
		require.Len(t, seen, 100)
		execute(t, conn, "CLOSE c")
	}
}

func TestTokensContinueInAnotherSession(t *testing.T) {
	db, conn := openConn(t, nil)
	execute(t, db, "CREATE INDEX t_n ON t (n) NUMERIC")
	for _, query := range []string{
		"SELECT n FROM t WHERE g < ?", "SELECT n FROM t WHERE g < ? AND LENGTH(CAST(n AS VARCHAR)) < 3",
	} {
		seen := make(map[string]int)
		token := ""
		for round := 0; ; round++ {
			require.Less(t, round, 40)
			other, err := db.Conn(t.Context())
			require.NoError(t, err)
			if token == "" {
				execute(t, other, "DECLARE c CURSOR FOR "+query, 5)
			} else {
				execute(t, other, "DECLARE c CURSOR FROM ? FOR "+query, token, 5)
			}
			for _, row := range table(t, other, "FETCH 7 FROM c") {
				seen[row]++
			}
			var done bool
			var fetched int
			var name string
			require.NoError(t, other.QueryRowContext(t.Context(), "SHOW CURSOR c").Scan(&name, &fetched, &done, &token))
			require.NoError(t, other.Close())
			if done {
				break
			}
		}
		require.Len(t, seen, 50)
		for row, n := range seen {
			require.Equal(t, 1, n, row)
		}
		refused := []struct {
			query string
			args  []any
		}{
			{"DECLARE d CURSOR FROM ? FOR SELECT n FROM t WHERE g < 4", []any{token}},
			{"DECLARE d CURSOR FROM ? FOR " + query, []any{token, 6}},
			{"DECLARE d CURSOR FROM ? FOR " + query, []any{token[1:], 5}},
			{"DECLARE d CURSOR FROM ? FOR " + query, []any{"", 5}},
			{"DECLARE d CURSOR FROM ? FOR " + query, []any{7, 5}},
		}
		for _, r := range refused {
			require.ErrorIs(t, failure(t, conn, r.query, r.args...), querylang.ErrArguments, r.query)
		}
	}
}

func TestQueriesWithoutTokens(t *testing.T) {
	_, conn := openConn(t, nil)
	for query, why := range map[string]string{
		"SELECT n FROM t ORDER BY n":                  "it has an ORDER BY",
		"SELECT n FROM t LIMIT 5":                     "it has a LIMIT",
		"SELECT DISTINCT n FROM t":                    "it has a DISTINCT",
		"SELECT COUNT(*) FROM t":                      "it has a GROUP BY or an aggregate",
		"SELECT a.n FROM t a, t b":                    "it has a join",
		"SELECT n FROM t UNION ALL SELECT n FROM t":   "it combines several queries",
		"SELECT n FROM t WHERE PK = 1":                "it reads records by their keys",
		"SELECT n FROM t WITH (max_records = 5)":      "it has a limit",
		"SELECT (SELECT COUNT(*) FROM t) AS n FROM t": "it has a subquery",
		"SELECT 1": "it does more than read one table",
	} {
		execute(t, conn, "DECLARE c CURSOR FOR "+query)
		err := failure(t, conn, "SHOW CURSOR c")
		require.ErrorIs(t, err, querylang.ErrUnsupported)
		require.ErrorContains(t, err, why)
		execute(t, conn, "CLOSE c")
	}
}

func TestCursorErrors(t *testing.T) {
	db, conn := openConn(t, nil)
	execute(t, conn, "DECLARE people CURSOR FOR SELECT n FROM t")
	for _, c := range []struct {
		query string
		kind  error
		text  string
	}{
		{"DECLARE People CURSOR FOR SELECT 1", querylang.ErrExists, "exists already"},
		{"FETCH 1 FROM peopel", querylang.ErrUnknownName, "did you mean people?"},
		{"CLOSE other", querylang.ErrUnknownName, "there is no cursor other"},
		{"FETCH ? FROM people", querylang.ErrArguments, ""},
		{"DECLARE c CURSOR FROM 'abc'", querylang.ErrUnsupported, "a token holds a position but no query"},
		{"DECLARE c CURSOR FOR SELECT", querylang.ErrSyntax, ""},
		{"EXPLAIN FETCH 1 FROM people", nil, ""},
	} {
		var args []any
		if strings.Contains(c.query, "?") {
			args = append(args, "x")
		}
		err := failure(t, conn, c.query, args...)
		if c.kind != nil {
			require.ErrorIs(t, err, c.kind)
		}
		require.ErrorContains(t, err, c.text)
	}
	require.Equal(t, []string{"people 0 SELECT n FROM t"}, table(t, conn, "SHOW CURSORS"))
	require.NoError(t, conn.Close())
	other, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer other.Close()
	require.Empty(t, table(t, other, "SHOW CURSORS"), "cursors end with the session")
}

func TestACursorIsClosedWhileItsRowsAreRead(t *testing.T) {
	_, conn := openConn(t, nil)
	for _, query := range []string{"SELECT n FROM t", "SELECT a.n FROM t a JOIN t b ON a.n = b.n"} {
		execute(t, conn, "DECLARE c CURSOR FOR "+query)
		rows, err := conn.QueryContext(t.Context(), "FETCH ALL FROM c")
		require.NoError(t, err)
		require.True(t, rows.Next())
		execute(t, conn, "CLOSE c")
		require.False(t, rows.Next())
		require.ErrorContains(t, rows.Err(), "the cursor c was closed")
		require.NoError(t, rows.Close())
	}
	execute(t, conn, "DECLARE c CURSOR FOR SELECT n FROM t")
	require.Len(t, table(t, conn, "FETCH FROM c"), 1)
}

func TestTheContextOfAFetch(t *testing.T) {
	_, conn := openConn(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := conn.ExecContext(ctx, "DECLARE c CURSOR FOR SELECT n FROM t ORDER BY n")
	require.NoError(t, err)
	cancel()
	require.Equal(t, []string{"0", "1"}, table(t, conn, "FETCH 2 FROM c"), "a cursor outlives the context of DECLARE")
}
