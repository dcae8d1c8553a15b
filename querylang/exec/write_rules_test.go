package exec

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/plan"
)

// UPDATE computes what SELECT would, whatever the types of the bins are.
func TestUpdateComputesWhatSelectWould(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"n = n + 1", "8"}, {"n = 1 + n", "8"}, {"n = n - 1", "6"}, {"n = n + 0.5", "7.5"}, {"n = n + 0.5 + 0.5", "8"},
		{"n = n + 1 + 2", "10"}, {"n = n - 1 - 2", "4"}, {"n = n * 1.5", "10.5"}, {"f = f + 1", "3.5"}, {"f = f + 0.25", "2.75"},
		{"f = f - 1", "1.5"}, {"f = f + 1 + 0.25", "3.75"}, {"f = 2 + f + 9223372036854775807", "9.223372036854776e+18"}, {"s = s || 'y'", "xy"}, {"s = 'a' || s || 'b'", "axb"},
		{"s = s || 'a' || 'b'", "xab"}, {"s = 'a' || s", "ax"}, {"s = s || s", "xx"}, {"b = b || X'02'", "0x0102"},
		{"z = z + 1", "1"}, {"z = z + 1 + n", "8"}, {"z = z || 'x'", "x"}, {"z = z || X'01'", "0x01"}, {"z = z + n", "7"}, {"z = 1.5 + z", "1.5"},
		{"n = n / 2", "3"}, {"z = n > 5", "true"}, {"z = z IS NULL", "true"},
	} {
		for _, where := range []string{"PK = 1", "PK = 1 AND n = 7", "PK IN (1, 2)", "n = 7", "n > 5 AND f = 2.5", "PK = 1 AND __generation = 1"} {
			s := sharedSession(t)
			s.exec("REPLACE INTO t (PK, n, f, s, b) VALUES (1, 7, 2.5, 'x', X'01')")
			require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE PK = 1"))
			s.exec("INSERT INTO t (PK, n, f, s, b) VALUES (1, 7, 2.5, 'x', X'01')")
			require.EqualValues(t, 1, s.exec("UPDATE t SET "+c.set+" WHERE "+where), "%s WHERE %s", c.set, where)
			require.Equal(t, c.want, s.one("SELECT "+c.set[:1]+" FROM t WHERE PK = 1"), "%s WHERE %s", c.set, where)
		}
	}
}

var oneSession *session

// sharedSession returns a session of the test and its subtests.
func sharedSession(t *testing.T) *session {
	if oneSession == nil || oneSession.t != testing.TB(t) {
		oneSession = openSession(t, Options{})
	}
	return oneSession
}

// No bin is removed only because another one is missing. What is meant as NULL is stored as NULL.
func TestUpdateDestroysNothing(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, price, n, s, z) VALUES (1, 10, 1, 'x', 0)")
	for _, sql := range []string{
		"UPDATE t SET price = prise * 2 WHERE PK = 1", "UPDATE t SET price = prise WHERE PK = 1", "UPDATE t SET price = -prise",
		"UPDATE t SET price = n + prise WHERE n = 1", "UPDATE t SET price = prise > 3 WHERE PK IN (1, 2)", "UPDATE t SET price = UPPER(prise)",
	} {
		_, err := s.try(sql)
		require.ErrorIs(t, err, ast.ErrUnknownName, sql)
		require.ErrorContains(t, err, "no bin prise", sql)
	}
	for _, sql := range []string{"UPDATE t SET s = s + 1 WHERE PK = 1", "UPDATE t SET n = n || 'x'", "UPDATE t SET n = n || 'x' WHERE PK IN (1, 2)"} {
		_, err := s.try(sql)
		require.ErrorIs(t, err, protocol.BinTypeError, sql)
	}
	_, err := s.try("UPDATE t SET n = n + ? WHERE PK = 1", nil)
	require.ErrorIs(t, err, ast.ErrType)
	require.Equal(t, [][]string{{"10", "1", "x", "1"}}, s.rows("SELECT price, n, s, __generation FROM t"))
	for _, sql := range []string{
		"UPDATE t SET price = NULL", "UPDATE t SET price = COALESCE(prise, NULL) WHERE PK = 1", "UPDATE t SET price = n / z",
		"UPDATE t SET price = NULLIF(n, 1)", "UPDATE t SET price = n IN (2, NULL)", "UPDATE t SET price = (SELECT n FROM t WHERE PK = 9)",
	} {
		s.exec("UPSERT INTO t (PK, price) VALUES (1, 10)")
		require.EqualValues(t, 1, s.exec(sql), sql)
		require.Equal(t, "nil", s.one("SELECT price FROM t WHERE PK = 1"), sql)
	}
}

func TestUpdateOfPaths(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, m, l, n) VALUES (1, ?, ?, 5)", map[string]any{"k": 1, "deep": map[string]any{"x": 1}}, []any{1, 2})
	s.exec("UPDATE t SET m['k'] = n + 1, l[0] = 9 WHERE PK = 1")
	s.exec("UPDATE t SET m['deep']['y'] = 2, l[2] = 3, m['z'] = m['k'] WHERE n = 5")
	require.Equal(t, "6", s.one("SELECT m['z'] FROM t"))
	s.exec("UPDATE t SET new['a']['b'] = 7 WHERE PK = 1")
	require.Equal(t, [][]string{{"6", "1", "2", "9", "2", "3", "7"}},
		s.rows("SELECT m['k'], m['deep']['x'], m['deep']['y'], l[0], l[1], l[2], new['a']['b'] FROM t WHERE PK = 1"))
	_, err := s.try("UPDATE t SET l[7] = 1 WHERE PK = 1")
	require.ErrorIs(t, err, ast.ErrArguments)
	_, err = s.try("UPDATE t SET n['a'] = 1 WHERE PK = 1")
	require.ErrorIs(t, err, ast.ErrType)
}

func TestInsertOfConflicts(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a) VALUES (1, 1)")
	_, err := s.try("INSERT INTO t (PK, a) VALUES (1, 2)")
	require.ErrorIs(t, err, protocol.KeyExists)
	require.ErrorContains(t, err, "test.t, key 1: ")
	_, err = s.try("INSERT INTO t (PK, a) VALUES (7, 2), (1, 2)")
	require.ErrorContains(t, err, "test.t, key 1: ")
	require.ErrorContains(t, err, "changed: 1")
	require.EqualValues(t, 0, s.exec("INSERT IGNORE INTO t (PK, a) VALUES (1, 2)"))
	require.EqualValues(t, 1, s.exec("INSERT IGNORE INTO t (PK, a) VALUES (1, 2), (2, 2), (2, 3)"))
	require.Equal(t, [][]string{{"1"}, {"2"}}, s.rows("SELECT a FROM t WHERE PK IN (1, 2)"))
	const update = " ON CONFLICT (PK) DO UPDATE SET a = a + excluded.a"
	require.EqualValues(t, 1, s.exec("INSERT INTO t (PK, a) VALUES (1, 2)"+update))
	require.EqualValues(t, 3, s.exec("INSERT INTO t (PK, a) VALUES (1, 10), (2, 20), (3, 30)"+update))
	require.Equal(t, [][]string{{"13"}, {"22"}, {"30"}}, s.rows("SELECT a FROM t WHERE PK IN (1, 2, 3)"))
	require.EqualValues(t, 1, s.exec("INSERT INTO t (PK, a) VALUES (1, 1), (2, 1)"+update+" WHERE a = 22"))
	require.Equal(t, [][]string{{"13"}, {"23"}}, s.rows("SELECT a FROM t WHERE PK IN (1, 2)"))
}

func TestInsertOfQueries(t *testing.T) {
	s := openSession(t, Options{})
	s.fill(2500, 10)
	require.EqualValues(t, 2500, s.exec("INSERT INTO u (PK, a) SELECT PK, a FROM t"))
	require.EqualValues(t, 2500, s.exec("INSERT INTO t (PK, a) SELECT PK + 10000, a FROM t"))
	require.Equal(t, "5000", s.one("SELECT COUNT(*) FROM t"))
	require.EqualValues(t, 250, s.exec("UPSERT INTO u (PK, b) SELECT PK, 1 FROM t WHERE a = 3 AND b = 0"))
	require.Equal(t, "250", s.one("SELECT COUNT(*) FROM u WHERE b = 1 AND a = 3"))
	_, err := s.try("INSERT INTO u (PK, a) SELECT PK, a FROM t")
	require.ErrorIs(t, err, protocol.KeyExists)
	s.exec("INSERT IGNORE INTO u (PK, a) SELECT PK, a FROM t")
	require.Equal(t, "5000", s.one("SELECT COUNT(*) FROM u"))
	require.EqualValues(t, 1, s.exec("REPLACE INTO v (PK, a) VALUES (1, (SELECT MAX(a) FROM t))"))
	require.Equal(t, "9", s.one("SELECT a FROM v"))
	denied := *s
	denied.engine = New(s.client, Options{DenyScan: true})
	defer denied.engine.Close()
	for _, sql := range []string{"INSERT INTO w (PK, a) SELECT PK, a FROM t", "UPDATE t SET a = 1", "DELETE FROM t", "DELETE FROM t WHERE a = 1 LIMIT 1"} {
		_, err = denied.try(sql)
		require.ErrorIs(t, err, ast.ErrScanDenied, sql)
	}
}

func TestOrderAndLimitOfWrites(t *testing.T) {
	s := openSession(t, Options{})
	s.fill(100, 100)
	require.EqualValues(t, 3, s.exec("DELETE FROM t ORDER BY a LIMIT 3"))
	require.Equal(t, "3", s.one("SELECT MIN(a) FROM t"))
	require.EqualValues(t, 2, s.exec("UPDATE t SET b = 7 WHERE a < 50 ORDER BY a DESC LIMIT 2"))
	require.Equal(t, [][]string{{"49"}, {"48"}}, s.rows("SELECT a FROM t WHERE b = 7 ORDER BY a DESC"))
	require.EqualValues(t, 10, s.exec("UPDATE t SET b = b + a LIMIT 10"))
	require.EqualValues(t, 0, s.exec("DELETE FROM t WHERE a = -1 LIMIT 10"))
	require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE a = (SELECT MAX(a) FROM t)"))
	require.Equal(t, "98", s.one("SELECT MAX(a) FROM t"))
	require.EqualValues(t, 1, s.exec("UPDATE t SET b = (SELECT COUNT(*) FROM t) WHERE a = 98"))
	require.Equal(t, "96", s.one("SELECT b FROM t WHERE a = 98"))
	s.exec("INSERT INTO u (PK, x) VALUES (10, 'ten'), (11, 'eleven')")
	require.EqualValues(t, 2, s.exec("UPDATE t SET name = (SELECT x FROM u WHERE u.PK = t.a) WHERE a IN (10, 11)"))
	require.Equal(t, [][]string{{"ten"}, {"eleven"}}, s.rows("SELECT name FROM t WHERE name IS NOT NULL ORDER BY a"))
	require.EqualValues(t, 2, s.exec("DELETE FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.PK = t.a)"))
}

func TestReturning(t *testing.T) {
	s := openSession(t, Options{})
	require.Equal(t, [][]string{{"1", "5", "1"}, {"2", "6", "1"}}, s.rows("INSERT INTO t (PK, n) VALUES (1, 5), (2, 6) RETURNING PK, n, __generation"))
	require.Equal(t, [][]string{{"6", "2"}}, s.rows("UPDATE t SET n = n + 1 WHERE PK = 1 RETURNING n, __generation"))
	require.ElementsMatch(t, [][]string{{"12"}, {"12"}}, s.rows("UPDATE t SET n = n * 2 WHERE n = 6 RETURNING n"))
	require.Equal(t, [][]string{{"12"}}, s.rows("INSERT INTO t (PK, n) VALUES (3, 12) ON CONFLICT (PK) DO UPDATE SET n = excluded.n RETURNING n"))
	require.Equal(t, [][]string{{"13"}}, s.rows("INSERT INTO t (PK, n) VALUES (3, 13) ON CONFLICT (PK) DO UPDATE SET n = excluded.n RETURNING n"))
	require.ElementsMatch(t, [][]string{{"12"}, {"12"}}, s.rows("DELETE FROM t WHERE n = 12 RETURNING n"))
	require.Equal(t, "1", s.one("SELECT COUNT(*) FROM t"))
	columns, rows := s.query("INSERT INTO fresh (PK, n) VALUES (1, 5) RETURNING *")
	require.Equal(t, []string{"n"}, columns)
	require.Equal(t, [][]string{{"5"}}, rows)
	columns, rows = s.query("UPDATE fresh SET m = n + 1 WHERE PK = 1 RETURNING *")
	require.Equal(t, []string{"n", "m"}, columns)
	require.Equal(t, [][]string{{"5", "6"}}, rows)
}

func TestOptionsOfWrites(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a) VALUES (1, 1) WITH (ttl = '1h')")
	require.Equal(t, "true", s.one("SELECT __ttl BETWEEN 3590 AND 3600 FROM t WHERE PK = 1"))
	s.exec("UPDATE t SET a = a + 1 WHERE PK = 1 WITH (ttl = 'keep')")
	s.exec("UPDATE t SET a = a * 2 WHERE a = 2 WITH (ttl = keep)")
	require.Equal(t, [][]string{{"4", "true"}}, s.rows("SELECT a, __ttl BETWEEN 3590 AND 3600 FROM t WHERE PK = 1"))
	s.exec("UPDATE t SET a = 0 WHERE a = 4 WITH (ttl = ?)", -1)
	require.Equal(t, "-1", s.one("SELECT __ttl FROM t WHERE PK = 1"))
	s.exec("UPSERT INTO t (PK, a) VALUES (1, 1), (2, 2) WITH (ttl = 60, send_key = off)")
	require.Equal(t, "1 nil", s.column("SELECT PK FROM t")) // the stored key stays
	require.Equal(t, "2", s.one("SELECT COUNT(*) FROM t WHERE __ttl BETWEEN 50 AND 60"))
	for _, sql := range []string{"DELETE FROM t WITH (ttl = 'soon')", "UPDATE t SET a = 1 WHERE PK = 1 WITH (durable = 3)", "INSERT INTO t (PK, a) VALUES (3, 1) WITH (commit = 'x')"} {
		_, err := s.try(sql)
		require.ErrorIs(t, err, ast.ErrArguments, sql)
	}
	require.Zero(t, s.exec("TRUNCATE TABLE t BEFORE TIMESTAMP '2020-01-01T00:00:00Z'"))
	require.Equal(t, "2", s.one("SELECT COUNT(*) FROM t"))
	require.True(t, plan.Writes(&plan.Explain{Statement: &plan.Update{}, Analyze: true}))
	require.False(t, plan.Writes(&plan.Explain{Statement: &plan.Update{}}))
	for text, ok := range map[any]bool{"1h": true, 60: true, -1: true, "never": true, "keep": true, "x": false, -2: false, 1.5: false, "-1h": false} {
		_, err := ttlOption(protocol.ValueOf(text))
		require.Equal(t, ok, err == nil, "%v: %v", text, err)
	}
}
