package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// A shell runs SQL statements on its own set; $t in a statement is that set.
type shell struct {
	t   *testing.T
	db  *sql.DB
	set string
}

func onEachSQL(t *testing.T, parameters string, test func(t *testing.T, sh *shell)) {
	onEachTarget(t, func(t *testing.T, on target) {
		db, err := sql.Open("aerospike", on.dsn()+parameters)
		require.NoError(t, err)
		client := on.open(t)
		set := on.set(t, client)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		test(t, &shell{t, db, "`" + set + "`"})
	})
}

func (sh *shell) text(statement string) string { return strings.ReplaceAll(statement, "$t", sh.set) }

// exec runs a statement that must change want rows.
func (sh *shell) exec(want int64, statement string, args ...any) {
	sh.t.Helper()
	result, err := sh.db.ExecContext(sh.t.Context(), sh.text(statement), args...)
	require.NoError(sh.t, err, statement)
	got, err := result.RowsAffected()
	require.NoError(sh.t, err)
	require.Equal(sh.t, want, got, statement)
}

// fails runs a statement that must fail.
func (sh *shell) fails(want error, statement string, args ...any) error {
	sh.t.Helper()
	_, err := sh.db.ExecContext(sh.t.Context(), sh.text(statement), args...)
	require.ErrorIs(sh.t, err, want, statement)
	return err
}

// query returns the rows of a statement, one line each, unsorted.
func (sh *shell) query(statement string, args ...any) []string {
	sh.t.Helper()
	rows, err := sh.db.QueryContext(sh.t.Context(), sh.text(statement), args...)
	require.NoError(sh.t, err, statement)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(sh.t, err)
	var lines []string
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		require.NoError(sh.t, rows.Scan(targets...))
		lines = append(lines, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	require.NoError(sh.t, rows.Err(), statement)
	return lines
}

func TestSQLStatements(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, name, age) VALUES (1, 'Ada', 36)")
		sh.exec(2, "INSERT INTO $t (PK, name, age, score) VALUES ($1, $2, 45, 1.5), ($3, $4, NULL, 2.5)", 2, "Grace", 3, "Alan")
		sh.fails(protocol.KeyExists, "INSERT INTO $t (PK, name) VALUES (1, 'again')")
		sh.exec(1, "UPSERT INTO $t (PK, age) VALUES (1, 37)")
		require.Equal(t, []string{"Ada 37"}, sh.query("SELECT name, age FROM $t WHERE PK = 1"))
		sh.exec(1, "REPLACE INTO $t (PK, name) VALUES (?, ?)", 1, "Ada L.")
		require.Equal(t, []string{"1 Ada L. <nil> 3"}, sh.query("SELECT PK, name, age, __generation FROM $t WHERE PK = ?", 1))

		sh.exec(1, "UPDATE $t SET age = age + 1, name = name || ' H.', score = NULL WHERE PK = 2")
		require.Equal(t, []string{"Grace H. 46 <nil>"}, sh.query("SELECT name, age, score FROM $t WHERE PK = 2"))
		sh.exec(0, "UPDATE $t SET age = 1 WHERE PK = 99")
		sh.exec(0, "UPDATE $t SET age = 1 WHERE PK = 2 AND name = 'nobody'")
		sh.exec(1, "UPDATE $t SET age = 50 WHERE name LIKE 'Grace%'")
		require.Equal(t, []string{"1"}, sh.query("SELECT COUNT(*) FROM $t WHERE age = 50"))
		require.Equal(t, []string{"3"}, sh.query("SELECT COUNT(*) FROM $t"))
		require.ElementsMatch(t, []string{"1", "2"}, sh.query("SELECT PK FROM $t WHERE PK IN (?)", []int{2, 1, 77}))
		require.Len(t, sh.query("SELECT * FROM $t LIMIT 2"), 2)

		// A missing bin is NULL, and unknown excludes the record.
		require.ElementsMatch(t, []string{"1", "3"}, sh.query("SELECT PK FROM $t WHERE age IS NULL"))
		require.Empty(t, sh.query("SELECT PK FROM $t WHERE age <> 50"))
		require.Equal(t, []string{"2"}, sh.query("SELECT PK FROM $t WHERE NOT (age < 50)"))

		sh.exec(0, "DELETE FROM $t WHERE PK = 2 AND age < 50")
		sh.exec(1, "DELETE FROM $t WHERE PK = 2")
		sh.exec(2, "DELETE FROM $t")
		require.Equal(t, []string{"0"}, sh.query("SELECT COUNT(*) FROM $t"))
		sh.exec(1, "INSERT INTO $t (PK, a) VALUES ('x', TRUE)")
		_, err := sh.db.Exec(sh.text("TRUNCATE TABLE $t;"))
		require.NoError(t, err)
		require.Equal(t, []string{"0"}, sh.query("SELECT COUNT(*) FROM $t"))
	})
}

// TestSQLSafety checks that no statement repeats the unsafe behavior found in another driver.
func TestSQLSafety(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(2, "INSERT INTO $t (PK, a, b) VALUES (1, 1, 2), (2, 5, 5)")
		sh.exec(0, "UPDATE $t SET a = 9 WHERE PK = 1 AND b = 5") // the rest of WHERE counts
		require.Equal(t, []string{"1"}, sh.query("SELECT a FROM $t WHERE PK = 1"))

		// The error of a batch says which row failed, and how many did not.
		_, err := sh.db.Exec(sh.text("INSERT INTO $t (PK, a) VALUES (1, 7), (3, 7)"))
		var partial *exec.PartialError
		require.ErrorAs(t, err, &partial)
		require.ErrorIs(t, err, protocol.KeyExists)
		require.Equal(t, []string{"7"}, sh.query("SELECT a FROM $t WHERE PK = 3"))

		require.Empty(t, sh.query("SELECT PK FROM $t WHERE PK = 1 AND PK = 2")) // not a union of keys
		require.Equal(t, []string{"2"}, sh.query("SELECT PK FROM $t WHERE a = b"))
		sh.exec(1, "UPSERT INTO $t (PK, s) VALUES (4, 'a.c')")
		sh.exec(1, "UPSERT INTO $t (PK, s) VALUES (5, 'abc')")
		require.Equal(t, []string{"4"}, sh.query("SELECT PK FROM $t WHERE s LIKE 'a.c'"))
		require.Len(t, sh.query("SELECT PK FROM $t WHERE s LIKE 'a_c'"), 2)
		require.Empty(t, sh.query("SELECT PK FROM $t WHERE s LIKE 'A%'"))
	})
}

func TestSQLValues(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		when := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
		sh.exec(1, "INSERT INTO $t (PK, i, f, s, b, t, l, m, w) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			[]byte{1, 2}, -5, 2.5, "text", []byte{0, 255}, true, []any{1, "a"}, map[string]any{"k": 1}, when)
		var (
			i     int
			f     float64
			s     string
			b     []byte
			ok    bool
			l, m  any
			taken driver.Time
			key   []byte
		)
		row := sh.db.QueryRow(sh.text("SELECT PK, i, f, s, b, t, l, m, w FROM $t WHERE PK = X'0102'"))
		require.NoError(t, row.Scan(&key, &i, &f, &s, &b, &ok, &l, &m, &taken))
		require.Equal(t, []any{[]byte{1, 2}, -5, 2.5, "text", []byte{0, 255}, true}, []any{key, i, f, s, b, ok})
		require.Equal(t, []any{int64(1), "a"}, l)
		require.Equal(t, map[string]any{"k": int64(1)}, m)
		require.True(t, when.Equal(taken.Time), "%v", taken)

		var missing sql.NullString
		require.NoError(t, sh.db.QueryRow(sh.text("SELECT nothing FROM $t WHERE PK = ?"), []byte{1, 2}).Scan(&missing))
		require.False(t, missing.Valid)
		require.ErrorIs(t, sh.db.QueryRow(sh.text("SELECT i FROM $t WHERE PK = 'none'")).Scan(&i), sql.ErrNoRows)
	})
}

func TestSQLPrepared(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		put, err := sh.db.Prepare(sh.text("UPSERT INTO $t (PK, n) VALUES (?, ?)"))
		require.NoError(t, err)
		defer put.Close()
		for i := range 20 {
			_, err := put.Exec(i, i*i)
			require.NoError(t, err)
		}
		_, err = put.Exec(1)
		require.Error(t, err)
		var n int
		require.NoError(t, sh.db.QueryRow(sh.text("SELECT n FROM $t WHERE PK = @key"), sql.Named("key", 7)).Scan(&n))
		require.Equal(t, 49, n)
	})
}

func TestSQLErrors(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		err := sh.fails(querylang.ErrSyntax, "SELEC 1")
		require.ErrorContains(t, err, "line 1, column 1")
		require.ErrorContains(t, err, "^")
		sh.fails(querylang.ErrInvalidName, "UPDATE $t SET a_name_of_16_byte = 1 WHERE PK = 1")
		sh.fails(querylang.ErrUnsupported, "SELECT a FROM $t a FULL JOIN $t b ON a.PK = b.PK")
		sh.fails(querylang.ErrArguments, "UPDATE $t SET a = ? WHERE PK = ?", 1)
		sh.fails(protocol.InvalidNamespace, "INSERT INTO nowhere.s (PK, a) VALUES (1, 1)")
		sh.fails(protocol.RecordTooBig, "INSERT INTO $t (PK, a) VALUES (1, ?)", make([]byte, 2<<20))
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = sh.db.ExecContext(canceled, sh.text("DELETE FROM $t WHERE PK = 1"))
		require.ErrorIs(t, err, context.Canceled)
		_, err = sh.db.BeginTx(t.Context(), nil)
		require.ErrorIs(t, err, driver.ErrNoTransactions)
	})
}

// TestSQLStreaming checks that a scan that is stopped early, or canceled, ends on the server too
// and leaks no connection.
func TestSQLStreaming(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		var b strings.Builder
		b.WriteString("UPSERT INTO $t (PK, n, filler) VALUES ")
		for i := range 2000 {
			fmt.Fprintf(&b, "(%d, %d, '%s'),", i, i, strings.Repeat("x", 300))
		}
		sh.exec(2000, strings.TrimSuffix(b.String(), ","))

		ctx, cancel := context.WithCancel(t.Context())
		rows, err := sh.db.QueryContext(ctx, sh.text("SELECT n, filler FROM $t"))
		require.NoError(t, err)
		require.True(t, rows.Next())
		cancel()
		for rows.Next() {
		}
		require.ErrorIs(t, rows.Err(), context.Canceled)
		require.NoError(t, rows.Close())

		rows, err = sh.db.Query(sh.text("SELECT n FROM $t"))
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, rows.Close())
		require.Equal(t, []string{"2000"}, sh.query("SELECT COUNT(*) FROM $t"))
	})
}

func TestSQLScanDenied(t *testing.T) {
	onEachSQL(t, "?scan=deny", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, a) VALUES (1, 1)")
		for _, statement := range []string{"SELECT * FROM $t", "SELECT COUNT(*) FROM $t", "UPDATE $t SET a = 1 WHERE a = 2", "DELETE FROM $t WHERE a = 2"} {
			_, err := sh.db.Exec(sh.text(statement))
			require.ErrorIs(t, err, querylang.ErrScanDenied, statement)
		}
		require.Equal(t, []string{"1"}, sh.query("SELECT a FROM $t WHERE PK = 1"))
		require.NotEmpty(t, sh.query("EXPLAIN SELECT * FROM $t"), "EXPLAIN reads nothing")
	})
}

func TestSQLUnreachable(t *testing.T) {
	db, err := sql.Open("aerospike", "aerospike://127.0.0.1:1/test?connect_timeout=200ms")
	require.NoError(t, err)
	defer db.Close()
	err = db.PingContext(t.Context())
	require.True(t, errors.Is(err, cluster.ErrConnect), "%v", err)
	_, err = sql.Open("aerospike", "aerospike://127.0.0.1:3000/test?no_such_key=1")
	require.ErrorContains(t, err, "no_such_key")
}
