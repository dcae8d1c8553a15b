package exec

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

func TestUniqueColumn(t *testing.T) {
	s := openSession(t, Options{})
	s.declare("CREATE TABLE t (b BIGINT, a BIGINT UNIQUE DEFAULT 9)")
	s.declare("CREATE TABLE u (a BIGINT)")
	require.EqualValues(t, 1, s.exec("INSERT INTO t VALUES (1, 10)"))
	require.EqualValues(t, 4, s.exec("INSERT INTO t VALUES (2, 20), (3, NULL), (4, NULL), (5, 50)"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t (a) VALUES (NULL)"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t (b) VALUES (?)", 7))
	require.Equal(t, [][]string{{"nil", "nil"}, {"nil", "3"}, {"nil", "4"}, {"9", "7"}, {"10", "1"}, {"20", "2"}, {"50", "5"}},
		s.rows("SELECT a, b FROM t ORDER BY a, b"))
	require.Equal(t, [][]string{{"10", "1"}}, s.rows("SELECT PK, b FROM t WHERE PK = 10"))
	require.Equal(t, "2", s.one("SELECT b FROM t WHERE a = 20"))
	require.Equal(t, "3", s.one("SELECT COUNT(*) FROM t WHERE a IS NULL"))
	for _, sql := range []string{
		"INSERT INTO t VALUES (0, 10)", "INSERT INTO t VALUES (0, 11), (0, 10)", "INSERT INTO t (b) VALUES (0)", "INSERT INTO t (b, a) VALUES (0, DEFAULT)",
		"INSERT INTO t SELECT 0, 10", "INSERT INTO t SELECT b, a FROM t WHERE a = 10", "INSERT INTO t (a) VALUES (10) RETURNING a",
	} {
		_, err := s.try(sql)
		require.ErrorIs(t, err, protocol.KeyExists, sql)
		require.ErrorContains(t, err, "(the value of the UNIQUE column a)", sql)
		require.Regexp(t, "key (9|10) ", err.Error(), sql)
	}
	s.exec("DELETE FROM t WHERE a = 11")
	_, err := s.try("INSERT INTO t VALUES (1, 60), (2, 60)")
	require.ErrorIs(t, err, ast.ErrArguments)
	require.ErrorContains(t, err, "row 2: an earlier row has the same value of the UNIQUE column a")
	require.EqualValues(t, 0, s.exec("INSERT IGNORE INTO t VALUES (0, 10)"))
	require.EqualValues(t, 1, s.exec("INSERT IGNORE INTO t VALUES (0, 10), (0, NULL)"))
	require.EqualValues(t, 2, s.exec("REPLACE INTO t VALUES (11, 10), (70, 70)"))
	require.EqualValues(t, 2, s.exec("UPSERT INTO t (a, b) VALUES (20, 22), (NULL, 0)"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t (a, b) VALUES (50, 1) ON CONFLICT (a) DO UPDATE SET b = t.b + excluded.b"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t (a, b) VALUES (NULL, 1) ON CONFLICT (a) DO UPDATE SET b = -1"))
	require.EqualValues(t, 0, s.exec("INSERT INTO t (a, b) VALUES (50, 1) ON CONFLICT (a) DO NOTHING"))
	require.Equal(t, [][]string{{"50", "7"}}, s.rows("UPSERT INTO t (a, b) VALUES (50, 7) RETURNING a, b"))
	require.Equal(t, [][]string{{"9", "7"}, {"10", "11"}, {"20", "22"}, {"50", "7"}, {"70", "70"}},
		s.rows("SELECT a, b FROM t WHERE a IS NOT NULL ORDER BY a"))
	require.Equal(t, [][]string{{"nil"}, {"0"}, {"0"}, {"1"}, {"3"}, {"4"}}, s.rows("SELECT b FROM t WHERE a IS NULL ORDER BY b"))
	s.exec("INSERT INTO u SELECT a FROM t")
	require.Equal(t, "11", s.one("SELECT COUNT(*) FROM u"))
	_, err = s.try("INSERT INTO t SELECT 0, 99 FROM u")
	require.ErrorIs(t, err, protocol.KeyExists, "two rows of a query have the value")
	require.Equal(t, "1", s.one("SELECT COUNT(*) FROM t WHERE a = 99"))
	s.exec("UPDATE t SET b = 0 WHERE a = 10")
	require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE a = 10"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t VALUES (1, 10)"), "the value is free again")
}

func TestUniqueColumnRefuses(t *testing.T) {
	s := openSession(t, Options{})
	s.declare("CREATE TABLE t (a BIGINT UNIQUE, b BIGINT)")
	s.declare("CREATE TABLE n (a VARCHAR(10) UNIQUE NOT NULL)")
	for sql, want := range map[string]struct {
		kind error
		text string
	}{
		"UPDATE t SET a = 1":                                              {ast.ErrUnsupported, "the UNIQUE column a can't be changed"},
		"UPDATE t SET b = 1, a = NULL WHERE b = 1":                        {ast.ErrUnsupported, "the UNIQUE column a can't be changed"},
		"INSERT INTO t VALUES (1, 1) ON CONFLICT (a) DO UPDATE SET a = 2": {ast.ErrUnsupported, "the UNIQUE column a can't be changed"},
		"INSERT INTO t VALUES (1, 1) ON CONFLICT (b) DO NOTHING":          {ast.ErrUnsupported, "ON CONFLICT (b)"},
		"INSERT INTO t (PK, a) VALUES (1, 1)":                             {ast.ErrUnsupported, "the value of the UNIQUE column a"},
		"UPSERT INTO t (b, PK) VALUES (1, 1)":                             {ast.ErrUnsupported, "the value of the UNIQUE column a"},
		"INSERT INTO t (a) VALUES ('x')":                                  {ast.ErrType, "BIGINT"},
		"INSERT INTO n VALUES (NULL)":                                     {ast.ErrType, "NULL"},
		"INSERT INTO n VALUES ('')":                                       {ast.ErrType, "the value of the UNIQUE column a can't be a key"},
	} {
		_, err := s.try(sql)
		require.ErrorIs(t, err, want.kind, sql)
		require.ErrorContains(t, err, want.text, sql)
	}
}

// A generated key is equal to no value of the column.
func TestUniqueColumnTypes(t *testing.T) {
	s := openSession(t, Options{})
	for typ, value := range map[string]any{"TEXT": "x", "BLOB": []byte("x"), "BIGINT": 5, "VARCHAR(1)": "longer"} {
		s.declare("CREATE TABLE t (a " + typ + " UNIQUE)")
		s.exec("INSERT INTO t VALUES (?)", value)
		result, err := s.run("INSERT INTO t VALUES (NULL)")
		require.NoError(t, err)
		require.NotEqual(t, protocol.ValueOf(value).Kind(), result.Key.Kind(), typ)
		_, err = s.try("INSERT INTO t VALUES (?)", value)
		require.ErrorIs(t, err, protocol.KeyExists, typ)
		require.Equal(t, protocol.ValueOf(value).String(), s.one("SELECT a FROM t WHERE a IS NOT NULL"), typ)
		require.EqualValues(t, 2, s.exec("DELETE FROM t"), typ)
	}
}

// Of several sessions that insert the same value one succeeds.
func TestUniqueColumnRace(t *testing.T) {
	s := openSession(t, Options{})
	s.declare("CREATE TABLE t (a BIGINT UNIQUE, b BIGINT)")
	const values, sessions = 20, 4
	var inserted atomic.Int64
	var group sync.WaitGroup
	for n := range sessions {
		group.Go(func() {
			for a := range values {
				text := fmt.Sprintf("INSERT INTO t VALUES (%d, %d)", a, n)
				if n%2 == 1 {
					text = fmt.Sprintf("INSERT IGNORE INTO t VALUES (%d, %d), (NULL, %d)", a, n, n)
				}
				switch affected, err := s.try(text); {
				case err == nil:
					inserted.Add(affected)
				case !isKeyExists(err):
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	const nulls = values * sessions / 2
	require.EqualValues(t, values+nulls, inserted.Load())
	require.Equal(t, [][]string{{fmt.Sprint(values + nulls), fmt.Sprint(values), fmt.Sprint(values)}},
		s.rows("SELECT COUNT(*), COUNT(a), COUNT(DISTINCT a) FROM t"))
}

func isKeyExists(err error) bool { return refused(err, protocol.KeyExists) }
