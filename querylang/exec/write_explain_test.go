package exec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// EXPLAIN shows how a statement writes, and writes nothing.
func TestExplainOfWrites(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a, n) VALUES (1, 1, 1)")
	s.declare("CREATE TABLE u (a BIGINT UNIQUE)")
	for sql, want := range map[string]string{
		"INSERT INTO t (PK, a) VALUES (2, 1)":           "create in test.t|  command: put|  columns: PK, a|  client: values, 1 row",
		"UPDATE t SET n = n + 1, a = 5 WHERE PK = 1":    "update test.t|  set: n = t.n + 1 (add), a = 5|  by key in test.t|    key: PK = 1",
		"UPDATE t SET a = n WHERE PK = 1":               "update test.t|  set: a = t.n|  guard: each record is read, and written if its generation is still the same|  get from test.t|",
		"DELETE FROM t WHERE a = 2":                     "delete test.t|  scan test.t|    server filter: t.a = 2|    expression: ",
		"DELETE FROM t ORDER BY a LIMIT 2":              "delete test.t|  client: compute __digest, PK|    client: keep the first 2 by t.a|      scan test.t|",
		"TRUNCATE TABLE t":                              "truncate test.t",
		"INSERT INTO u VALUES (1)":                      "create in test.u|  command: put|  columns: a|  key: a; generated if it is NULL|",
		"INSERT INTO t (PK, a) SELECT PK + 1, a FROM t": "create in test.t|  command: batches of puts|  columns: PK, a|  client: keep: all rows before the first one is written|",
		"INSERT INTO t (PK, a) VALUES (1, 2) ON CONFLICT (PK) DO UPDATE SET a = a + excluded.a": "create in test.t|  command: operate|  columns: PK, a|  if it exists: by the same command, a = t.a + excluded.a (add)|",
		"INSERT INTO t (PK, a) VALUES (1, 2) ON CONFLICT (PK) DO UPDATE SET n = 1":              "create in test.t|  command: put|  columns: PK, a|  if it exists: n = 1|",
		"INSERT INTO t (PK, a) VALUES (1, 2) ON CONFLICT (PK) DO UPDATE SET a = a * 2":          "create in test.t|  command: put|  columns: PK, a|  if it exists: read and a = t.a * 2, if the generation is still the same|",
		"UPDATE t SET n = n + 1, m['k'] = 5 WHERE PK = 1 RETURNING n":                           "update test.t|  set: n = t.n + 1 (add), m['k'] = 5 (element)|  returning: t.n, read by the same command|  by key in test.t|",
	} {
		var lines []string
		for _, row := range s.rows("EXPLAIN " + sql) {
			lines = append(lines, row[0])
		}
		assert.True(t, strings.HasPrefix(strings.Join(lines, "|"), want), "%s\n%s", sql, strings.Join(lines, "|"))
	}
	require.Equal(t, [][]string{{"1", "1"}}, s.rows("SELECT a, n FROM t"))
	rows := s.rows("EXPLAIN ANALYZE UPDATE t SET n = n + 1 WHERE PK = 1")
	require.NotEmpty(t, rows)
	require.Equal(t, "2", s.one("SELECT n FROM t"), "ANALYZE runs the statement")
}
