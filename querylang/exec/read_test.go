package exec_test

import (
	"context"
	"io"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// openPeople opens a session on a set with four records that have different bins.
func openPeople(t *testing.T) *session {
	s := open(t, exec.Options{})
	s.exec("INSERT INTO people (PK, name, age) VALUES (1, 'Ann', 30), (2, 'Bob', 20)")
	s.exec("INSERT INTO people (PK, name, city) VALUES ('three', 'Cid', 'Rome')")
	s.exec("INSERT INTO people (PK, age) VALUES (X'04', 40.5)")
	return s
}

func TestSelectByKey(t *testing.T) {
	s := openPeople(t)
	columns, rows := s.query("SELECT * FROM people WHERE PK = 1")
	require.Equal(t, []string{"age", "name"}, columns)
	require.Equal(t, [][]string{{"30", "Ann"}}, rows)

	columns, rows = s.query("SELECT name AS who, age + 1, PK, __generation, __ttl, __set, missing FROM people WHERE PK = ?", 2)
	require.Equal(t, []string{"who", "age + 1", "PK", "__generation", "__ttl", "__set", "missing"}, columns)
	require.Equal(t, [][]string{{"Bob", "21", "2", "1", "-1", "people", "nil"}}, rows)

	digest := s.one("SELECT __digest FROM people WHERE PK = 'three'")
	require.Equal(t, "Cid", s.one("SELECT name FROM people WHERE __digest = X'"+digest[2:]+"'"))
	require.Equal(t, "Cid", s.one("SELECT name FROM people WHERE __digest IN (X'"+digest[2:]+"', NULL)"))

	require.Empty(t, s.rows("SELECT * FROM people WHERE PK = 99"))
	require.Empty(t, s.rows("SELECT * FROM people WHERE PK = '1'"), "the type of a key counts")
	require.Empty(t, s.rows("SELECT * FROM people WHERE PK = ?", nil), "NULL is no key")
	require.Equal(t, [][]string{{"nil"}}, s.rows("SELECT missing FROM people WHERE PK = 1"), "a record without the bin is a row")
	require.Equal(t, [][]string{{"1"}}, s.rows("SELECT __generation FROM people WHERE PK = 1"))
}

func TestSelectByKeyChecksTheRest(t *testing.T) {
	s := openPeople(t)
	require.Len(t, s.rows("SELECT * FROM people WHERE PK = 1 AND age > 20"), 1)
	require.Empty(t, s.rows("SELECT * FROM people WHERE PK = 1 AND age > 30"))
	require.Empty(t, s.rows("SELECT name FROM people WHERE PK = 1 AND city = 'Rome'"), "unknown is not true")
	require.Empty(t, s.rows("SELECT * FROM people WHERE PK = 1 AND PK = 2"))
	require.Empty(t, s.rows("SELECT * FROM people WHERE PK = 1 AND FALSE"))
	require.Len(t, s.rows("SELECT * FROM people WHERE PK = 1 AND __generation = 1"), 1)
	require.Empty(t, s.rows("SELECT * FROM people WHERE PK = 1 LIMIT 0"))
}

func TestSelectByKeys(t *testing.T) {
	s := openPeople(t)
	require.Equal(t, [][]string{{"Bob"}, {"Ann"}}, s.rows("SELECT name FROM people WHERE PK IN (2, 99, NULL, 1, 2)"), "in their order, each once")
	require.Equal(t, [][]string{{"Bob"}, {"Cid"}}, s.rows("SELECT name FROM people WHERE PK IN (?)", []any{2, "three"}))
	require.Empty(t, s.rows("SELECT name FROM people WHERE PK IN (?)", []any{}))
	require.Equal(t, [][]string{{"Ann"}}, s.rows("SELECT name FROM people WHERE PK IN (1, 2) AND age >= 30"))
	require.Equal(t, [][]string{{"Bob"}}, s.rows("SELECT name FROM people WHERE PK = 2 OR PK = 1 LIMIT ?", 1))
	require.Equal(t, "2", s.one("SELECT COUNT(*) FROM people WHERE PK IN (1, 2, 3)"))
	columns, rows := s.query("SELECT * FROM people WHERE PK IN (1, 'three')")
	require.Equal(t, []string{"age", "city", "name"}, columns)
	require.Equal(t, [][]string{{"30", "nil", "Ann"}, {"nil", "Rome", "Cid"}}, rows)
}

func TestSelectByScan(t *testing.T) {
	s := openPeople(t)
	sorted := func(sql string) (names []string) {
		for _, row := range s.rows(sql) {
			names = append(names, row[0])
		}
		slices.Sort(names)
		return names
	}
	require.Equal(t, []string{"Ann", "Bob", "Cid", "nil"}, sorted("SELECT name FROM people"), "a record without the bin is a row")
	require.Equal(t, []string{"Ann", "nil"}, sorted("SELECT name FROM people WHERE age >= 30"))
	require.Equal(t, []string{"Cid"}, sorted("SELECT name FROM people WHERE age IS NULL"))
	require.Equal(t, []string{"Cid"}, sorted("SELECT name FROM people WHERE age IS NULL AND name IS NOT NULL"))
	require.Equal(t, []string{"Bob"}, sorted("SELECT name FROM people WHERE PK > 1"))
	require.Equal(t, []string{"0x04", "1", "2", "three"}, sorted("SELECT PK FROM people"))
	require.Equal(t, "4", s.one("SELECT COUNT(*) FROM people"))
	require.Equal(t, "1", s.one("SELECT COUNT(*) FROM people WHERE city IS NOT NULL"))
	require.Equal(t, "0", s.one("SELECT COUNT(*) FROM nothing"))
	require.Equal(t, "0", s.one("SELECT COUNT(*) FROM people WHERE FALSE"))
	require.Empty(t, s.rows("SELECT COUNT(*) FROM people LIMIT 0"))
	require.Len(t, s.rows("SELECT name FROM people LIMIT 3"), 3)
	require.Len(t, s.rows("SELECT name FROM people WHERE name IS NOT NULL LIMIT 2"), 2)
}

func TestSelectStarHasTheBinsOfTheFirstPage(t *testing.T) {
	s := open(t, exec.Options{})
	s.exec("INSERT INTO t (PK, b, a) VALUES (1, 1, 1)")
	columns, _ := s.query("SELECT *, PK FROM t")
	require.Equal(t, []string{"a", "b", "PK"}, columns)
	columns, rows := s.query("SELECT * FROM t WHERE a = 2")
	require.Empty(t, columns)
	require.Empty(t, rows)
	for i := range 300 {
		s.exec("UPSERT INTO many (PK, n, s) VALUES (?, ?, ?)", i, i, strconv.Itoa(i))
	}
	columns, rows = s.query("SELECT * FROM many")
	require.Equal(t, []string{"n", "s"}, columns)
	require.Len(t, rows, 300)
	require.Len(t, s.rows("SELECT * FROM many LIMIT 100"), 100)
	require.Len(t, s.rows("SELECT * FROM many LIMIT 10"), 10)
	require.Equal(t, "150", s.one("SELECT COUNT(*) FROM many WHERE n % 2 = 0"))
	many := make([]any, 2500)
	for i := range many {
		many[i] = i
	}
	require.Len(t, s.rows("SELECT n FROM many WHERE PK IN (?)", many), 300, "several batches")
}

func TestSelectWithoutTable(t *testing.T) {
	s := open(t, exec.Options{})
	columns, rows := s.query("SELECT 1 + 1, 'a' || ? AS text", "b")
	require.Equal(t, []string{"1 + 1", "text"}, columns)
	require.Equal(t, [][]string{{"2", "ab"}}, rows)
}

func TestExplainSendsNothing(t *testing.T) {
	runner := exec.New(nil, exec.Options{DenyScan: true})
	rows, err := runner.Query(context.Background(), prepare(t, "EXPLAIN DELETE FROM t WHERE a = 1"), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"plan"}, rows.Columns())
	require.Equal(t, protocol.KindString, rows.Kind(0))
	dest := make([]protocol.Value, 1)
	require.NoError(t, rows.Next(dest))
	require.Equal(t, "scan and delete from test.t", dest[0].String())
}

func TestScansCanBeDenied(t *testing.T) {
	runner := exec.New(nil, exec.Options{DenyScan: true})
	for _, sql := range []string{
		"SELECT * FROM t", "SELECT a FROM t LIMIT 1", "SELECT COUNT(*) FROM t", "SELECT a FROM t WHERE a = 1",
		"UPDATE t SET a = 1 WHERE a = 2", "DELETE FROM t", "DELETE FROM t WHERE a = 2",
	} {
		_, err := runner.Exec(context.Background(), prepare(t, sql), nil)
		require.ErrorIs(t, err, querylang.ErrScanDenied, sql)
		_, err = runner.Query(context.Background(), prepare(t, sql), nil)
		require.ErrorIs(t, err, querylang.ErrScanDenied, sql)
	}
}

func TestWrongArguments(t *testing.T) {
	s := open(t, exec.Options{})
	for _, c := range []struct {
		sql  string
		arg  any
		kind error
	}{
		{"SELECT a FROM t WHERE PK = ?", 1.0, querylang.ErrType},
		{"SELECT a FROM t WHERE PK = ?", true, querylang.ErrType},
		{"SELECT a FROM t WHERE PK = ?", "", querylang.ErrType},
		{"SELECT a FROM t WHERE PK IN (?)", []any{1, 1.5}, querylang.ErrType},
		{"SELECT a FROM t WHERE __digest = ?", "x", querylang.ErrType},
		{"SELECT a FROM t LIMIT ?", -1, querylang.ErrArguments},
		{"SELECT a FROM t LIMIT ?", "x", querylang.ErrArguments},
		{"INSERT INTO t (PK, a) VALUES (?, 1)", nil, querylang.ErrType},
		{"INSERT INTO t (PK, a) VALUES (1, ?)", nil, querylang.ErrArguments},
		{"UPDATE t SET n = n + ? WHERE PK = 1", nil, querylang.ErrType},
		{"UPDATE t SET n = n + ? WHERE PK = 1", "x", querylang.ErrType},
		{"UPDATE t SET n = n || ? WHERE PK = 1", 1, querylang.ErrType},
	} {
		_, err := s.try(c.sql, c.arg)
		require.ErrorIs(t, err, c.kind, c.sql)
	}
}

func TestRowsEndWhenClosed(t *testing.T) {
	s := open(t, exec.Options{})
	for i := range 200 {
		s.exec("INSERT INTO t (PK, n) VALUES (?, 1)", i)
	}
	rows, err := s.runner.Query(context.Background(), prepare(t, "SELECT n FROM t"), nil)
	require.NoError(t, err)
	dest := make([]protocol.Value, 1)
	require.NoError(t, rows.Next(dest))
	require.NoError(t, rows.Close())
	require.NoError(t, rows.Close())
	require.ErrorIs(t, rows.Next(dest), io.EOF)
}

func TestContextEndsRows(t *testing.T) {
	s := open(t, exec.Options{})
	for i := range 200 {
		s.exec("INSERT INTO t (PK, n) VALUES (?, 1)", i)
	}
	ctx, cancel := context.WithCancel(context.Background())
	rows, err := s.runner.Query(ctx, prepare(t, "SELECT n FROM t"), nil)
	require.NoError(t, err)
	defer rows.Close()
	dest := make([]protocol.Value, 1)
	require.NoError(t, rows.Next(dest))
	cancel()
	for err == nil {
		err = rows.Next(dest)
	}
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, rows.Next(dest), context.Canceled, "the error stays")
}
