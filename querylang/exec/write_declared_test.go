package exec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/parse"
)

// declare adds the table of a CREATE TABLE to the catalog of a session.
func (s *session) declare(sql string) *bind.Table {
	one, err := parse.One(sql, parse.Standard)
	require.NoError(s.t, err, sql)
	create := one.Statement.(*ast.CreateTable)
	t := &bind.Table{Namespace: "test", Set: create.Table.Set.Text, Key: -1, Checks: create.Checks}
	for i, c := range create.Columns {
		column := bind.TableColumn{Name: c.Name.Text, Bin: c.Name.Text, NotNull: c.NotNull, Default: c.Default}
		column.Type, err = function.ParseType(c.Type)
		require.NoError(s.t, err, sql)
		if c.Key {
			t.Key, column.Bin = i, ""
			t.GeneratedKey = c.AutoIncrement
		}
		column.UniqueKey = c.Unique
		t.Columns, t.Checks = append(t.Columns, column), append(t.Checks, c.Checks...)
	}
	t.GeneratedKey = t.GeneratedKey || t.Key < 0
	if s.tables == nil {
		s.tables = make(map[string]*bind.Table)
	}
	s.tables[t.Set] = t
	return t
}

func TestDeclaredColumns(t *testing.T) {
	s := openSession(t, Options{})
	s.declare("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(5) NOT NULL DEFAULT 'new', n BIGINT CHECK (n > 0), f DOUBLE, d DECIMAL(10, 2), at TIMESTAMP, ok BOOLEAN, j JSON)")
	require.EqualValues(t, 1, s.exec("INSERT INTO t (id) VALUES (1)"))
	require.Equal(t, [][]string{{"1", "new", "nil", "nil"}}, s.rows("SELECT id, name, n, f FROM t"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t VALUES (2, DEFAULT, 3, 4, '1.25', '2026-01-02 03:04:05', 1, '{\"a\":1}')"))
	require.Equal(t, [][]string{{"new", "3", "4", "125", "1767323045000000000", "true", "1"}},
		s.rows("SELECT name, n, f, BIN('d'), BIN('at'), ok, j.a FROM t WHERE id = 2"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t (id, d, f, at) VALUES (?, ?, ?, ?)", 3, "2.5", 2, "2026-01-02"))
	require.Equal(t, [][]string{{"250", "2"}}, s.rows("SELECT BIN('d'), f FROM t WHERE id = 3"))
	require.EqualValues(t, 1, s.exec("UPDATE t SET d = d + 1, f = 7, name = 'x' WHERE id = 3"))
	require.Equal(t, [][]string{{"350", "7"}}, s.rows("SELECT BIN('d'), f FROM t WHERE id = 3"))
	for _, sql := range []string{
		"INSERT INTO t (id, name) VALUES (9, NULL)", "INSERT INTO t (id, n) VALUES (9, 'x')",
		"UPDATE t SET name = NULL WHERE id = 1",
		"INSERT INTO t (id, f) VALUES (NULL, 1)", "INSERT INTO t (id, n) VALUES ('x', 1)", "UPSERT INTO t (id, name) VALUES (1, NULL)",
	} {
		_, err := s.try(sql)
		require.ErrorIs(t, err, ast.ErrType, sql)
	}
	for _, sql := range []string{
		"INSERT INTO t (id, n) VALUES (9, 0)", "UPDATE t SET n = -1 WHERE id = 1", "UPDATE t SET n = n - 3 WHERE id = 2", "UPSERT INTO t (id, n) VALUES (1, -1)",
		"UPDATE t SET n = n - 3", "INSERT INTO t (id, n) VALUES (9, 1), (10, 0)",
		"INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = -4",
	} {
		_, err := s.try(sql)
		var check *CheckError
		require.ErrorAs(t, err, &check, sql)
		require.Equal(t, "n > 0", check.Check)
	}
	for _, sql := range []string{"INSERT INTO t (id, nme) VALUES (9, 1)", "UPDATE t SET nme = 1", "INSERT INTO t (nme) SELECT 1"} {
		_, err := s.try(sql)
		require.ErrorIs(t, err, ast.ErrUnknownName, sql)
		require.ErrorContains(t, err, "did you mean name?", sql)
	}
	require.Equal(t, "3", s.one("SELECT COUNT(*) FROM t"))
	s.exec("UPDATE t SET name = name || ' and longer than 5' WHERE id = 1")
	s.exec("UPDATE t SET name = CAST(? AS VARCHAR(5)) WHERE id = 2", "cut here")
	s.exec("INSERT INTO t (id, name) VALUES (4, 'longer than 5')")
	require.Equal(t, [][]string{{"new and longer than 5"}, {"cut h"}, {"x"}, {"longer than 5"}}, s.rows("SELECT name FROM t ORDER BY id"))
}

// UPSERT gives a new record its defaults and keeps what an existing one has.
func TestDeclaredUpsert(t *testing.T) {
	s := openSession(t, Options{})
	s.declare("CREATE TABLE t (id BIGINT PRIMARY KEY, a BIGINT DEFAULT 5, b BIGINT NOT NULL DEFAULT 6, c BIGINT)")
	require.EqualValues(t, 1, s.exec("UPSERT INTO t (id, c) VALUES (1, 1)"))
	require.Equal(t, [][]string{{"5", "6", "1"}}, s.rows("SELECT a, b, c FROM t"))
	s.exec("UPDATE t SET a = NULL, b = 7 WHERE id = 1")
	require.EqualValues(t, 2, s.exec("UPSERT INTO t (id, c) VALUES (1, 2), (2, 2)"))
	require.Equal(t, [][]string{{"nil", "7", "2"}, {"5", "6", "2"}}, s.rows("SELECT a, b, c FROM t ORDER BY id"))
	require.EqualValues(t, 1, s.exec("UPSERT INTO t (id, c) VALUES (1, NULL)"))
	require.Equal(t, [][]string{{"7", "nil"}}, s.rows("SELECT b, c FROM t WHERE id = 1"))
	require.Equal(t, [][]string{{"1", "7", "9"}}, s.rows("UPSERT INTO t (id, c) VALUES (1, 9) RETURNING id, b, c"))
	require.EqualValues(t, 1, s.exec("REPLACE INTO t (id, c) VALUES (1, 4)"))
	require.Equal(t, [][]string{{"5", "6", "4"}}, s.rows("SELECT a, b, c FROM t WHERE id = 1"))
	require.EqualValues(t, 1, s.exec("UPDATE t SET a = DEFAULT, c = DEFAULT WHERE id = 1"))
	require.EqualValues(t, 1, s.exec("UPDATE t SET c = a + c WHERE id = 1"), "NULL is a value here")
	require.EqualValues(t, 1, s.exec("UPDATE t SET c = c + 1 WHERE id = 1"))
	require.Equal(t, "nil", s.one("SELECT c FROM t WHERE id = 1"), "as in SELECT c + 1")
}

// A declared row exists until it is deleted, even if all its columns are NULL.
func TestDeclaredRowsOfNulls(t *testing.T) {
	s := openSession(t, Options{})
	declared := s.declare("CREATE TABLE t (id BIGINT PRIMARY KEY, a BIGINT, b BIGINT)")
	s.exec("INSERT INTO t (id) VALUES (1)")
	s.exec("INSERT INTO t VALUES (2, NULL, NULL), (3, 1, 1), (4, 1, 1), (5, 1, 1), (6, 1, 1)")
	s.exec("UPDATE t SET a = NULL, b = NULL WHERE id = 3")
	s.exec("UPDATE t SET a = ?, b = NULL WHERE a = 1 AND id = 4", nil)
	s.exec("UPSERT INTO t (id, a, b) VALUES (5, NULL, NULL)")
	s.exec("REPLACE INTO t (id) VALUES (6)")
	require.Equal(t, "6", s.one("SELECT COUNT(*) FROM t"))
	require.Len(t, s.rows("SELECT * FROM t WHERE a IS NULL AND b IS NULL"), 6)
	delete(s.tables, "t")
	s.exec("UPSERT INTO t (PK, c) VALUES (1, 1)")
	columns, rows := s.query("SELECT * FROM t")
	require.Equal(t, []string{"c"}, columns, "no * shows the marker")
	require.Len(t, rows, 6)
	s.tables["t"] = declared
	require.EqualValues(t, 6, s.exec("DELETE FROM t"))
}

func TestGeneratedKeys(t *testing.T) {
	s := openSession(t, Options{})
	s.declare("CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, a BIGINT)")
	var last int64
	for range 100 {
		result, err := s.run("INSERT INTO t (a) VALUES (1)")
		require.NoError(t, err)
		n, isInt := result.Key.Int()
		require.True(t, result.HasKey && isInt)
		require.Greater(t, n, last)
		last = n
	}
	require.EqualValues(t, 3, s.exec("INSERT INTO t (id, a) VALUES (NULL, 1), (DEFAULT, 2), (7000, 3)"))
	require.Equal(t, "103", s.one("SELECT COUNT(*) FROM t"))
	require.Len(t, s.rows("INSERT INTO t (a) VALUES (1), (2) RETURNING id, a"), 2)
	s.declare("CREATE TABLE u (id VARCHAR(36) PRIMARY KEY AUTO_INCREMENT, a BIGINT)")
	result, err := s.run("INSERT INTO u (a) VALUES (1)")
	require.NoError(t, err)
	text, _ := result.Key.Text()
	require.Regexp(t, "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", text)
	result, err = s.run("INSERT INTO v (PK, a) VALUES ('k', 1)")
	require.NoError(t, err)
	require.Equal(t, "k", result.Key.String())
}

// A row with a generated key changes no other row, whatever keys statements gave before.
func TestGeneratedKeysSkipOthers(t *testing.T) {
	s := openSession(t, Options{})
	s.declare("CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, a BIGINT)")
	for id := 1; id <= 300; id++ {
		s.exec("INSERT INTO t (id, a) VALUES (?, 0)", id)
	}
	s.exec("INSERT INTO t (a) VALUES (1)")
	require.Equal(t, "1", s.one("UPSERT INTO t (a) VALUES (1) RETURNING a"))
	s.exec("REPLACE INTO t (a) VALUES (1), (1)")
	require.Equal(t, "1", s.one("INSERT INTO t (a) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 5 RETURNING a"))
	require.EqualValues(t, 1, s.exec("INSERT IGNORE INTO t (a) VALUES (1)"))
	s.exec("INSERT INTO t (id, a) VALUES (100000, 1), (NULL, 1), (DEFAULT, 1)")
	require.Equal(t, "300", s.one("SELECT COUNT(*) FROM t WHERE a = 0"))
	require.Equal(t, "9", s.one("SELECT COUNT(*) FROM t WHERE a = 1"))
	require.Equal(t, "TRUE", strings.ToUpper(s.one("SELECT MAX(id) = 100000 FROM t")))
	row := s.rows("INSERT INTO t (a) VALUES (2) RETURNING id, a")
	require.Equal(t, [][]string{{row[0][0], "2"}}, s.rows("SELECT id, a FROM t WHERE a = 2"), "RETURNING gives the key that was used")

	s.declare("CREATE TABLE small (id BIGINT PRIMARY KEY AUTO_INCREMENT, a BIGINT)")
	s.exec("INSERT INTO small (id, a) VALUES (1, 1), (NULL, 2)")
	require.Equal(t, [][]string{{"1", "1"}, {"2", "2"}}, s.rows("SELECT id, a FROM small ORDER BY id"))
	_, err := s.try("DELETE FROM __sequence")
	require.ErrorIs(t, err, ast.ErrUnsupported)
}
