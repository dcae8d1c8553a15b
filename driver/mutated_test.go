package driver_test

import (
	"context"
	"database/sql"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/querylang"
)

// The statements with which the mutations start.
const (
	seedRows  = "INSERT INTO t (PK, a, s, l, m) VALUES (1, 1, 'x', ARRAY[1, 'y', NULL], MAP{'k': 1, 2: MAP{'d': 1.5}}), ('two', -9223372036854775808, 's', NULL, NULL)"
	seedTable = "CREATE TABLE IF NOT EXISTS d (id INT AUTO_INCREMENT PRIMARY KEY, n INT DEFAULT 7 CHECK (n < 1000), s TEXT, at TIMESTAMP, p DECIMAL(8, 2))"
)

// seedStatements are statements of every kind. The mutator recombines their parts.
var seedStatements = []string{
	"SELECT a, b + 1 AS x, m.k, l[0] FROM t WHERE PK = 1 AND a > ? ORDER BY b DESC LIMIT 5 OFFSET 1",
	"SELECT COUNT(*), SUM(a), GROUP_CONCAT(s, '-') FROM t GROUP BY b HAVING COUNT(DISTINCT a) > 1",
	"SELECT DISTINCT t.a, d.n FROM t LEFT JOIN d ON t.a = d.id WHERE d.n IS NULL OR s LIKE 'x%' ESCAPE '!'",
	"WITH w (x) AS (SELECT a FROM t) SELECT x FROM w WHERE x IN (SELECT id FROM d) UNION ALL VALUES (1), (NULL)",
	"SELECT CASE a WHEN 1 THEN 'one' ELSE CAST(b AS TEXT) END, (SELECT MAX(n) FROM d WHERE d.id = t.a) FROM t",
	"SELECT d.id, e.v FROM d, UNNEST(ARRAY[1, 2]) WITH ORDINALITY AS e (v, n) WHERE EXISTS (SELECT 1 FROM t)",
	"SELECT key, value FROM t/m WHERE ordinality > 0", "SELECT * FROM t PARTITION (0..100) TABLESAMPLE PARTITIONS (50)",
	"SELECT UPPER(s), SUBSTR(s, -2, 1), ROUND(f, 1), DATE '2026-01-31' + INTERVAL '1' MONTH, X'00FF' || X'01' FROM t",
	seedRows,
	"INSERT INTO d (id, n) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET n = n + excluded.n WHERE d.n < 10 RETURNING *",
	"INSERT INTO d (n) VALUES (DEFAULT), (5) AS new ON DUPLICATE KEY UPDATE n = VALUES(n)", "INSERT INTO d SELECT a, b FROM t WHERE a > 0",
	"UPSERT INTO t (PK, a, f) VALUES (3, 2, 2.5) RETURNING a, __generation WITH (ttl = '1h', send_key = off)",
	"REPLACE INTO t (PK, a) VALUES (?, ?)", "INSERT OR IGNORE INTO d DEFAULT VALUES",
	"UPDATE t SET a = a + 1, s = s || 'y', m.k = 5, l[0] = 'z' WHERE PK IN (1, 2, 'two') AND a % 2 = 0 RETURNING a, l",
	"UPDATE t AS u SET a = COALESCE(u.a, 0) * 2, b = (SELECT COUNT(*) FROM d) WHERE u.s >= 'a' ORDER BY u.a LIMIT 2",
	"UPDATE t SET l = LIST_INSERT(LIST_CONCAT(l, ARRAY[1]), -1, 'x'), m = MAP_MERGE(MAP_REMOVE(m, 'k'), MAP{'d': 2}), a = a - 1 + 2 WHERE PK = 1",
	"UPDATE t SET m.k = m.k + 1, m.d.x = m.d.x - 2, l[0] = l[0] + 1, m['q'] = LIST_APPEND(m['q'], NULL), m[?] = m[?] + 1 WHERE a > 0",
	"UPDATE t SET s = BIT_SET(BIT_RESIZE(BIT_INSERT(s, 1, X'FF00'), 4), 3, 9, X'A5C3'), b = BIT_ADD(b, -8, 8, 255), c = HLL_ADD(HLL_UNION(c, HLL_INIT(8, 4)), 'x', 1, ARRAY[2.5])",
	"SELECT BIT_GET_INT(X'0FF0', 4, 8, TRUE), HLL_COUNT(HLL_FOLD(HLL_ADD(NULL, s, a), 4)), HLL_SIMILARITY(c, c), BIT_NOT(X'00', 0, 3) FROM t",
	"UPDATE t SET b = NULL WHERE a BETWEEN 1 AND 3 WITH (background, wait)", "UPDATE d SET n = DEFAULT, s = 'v' WHERE id = 1 WITH (generation = 1)",
	"DELETE FROM t WHERE PK = 1 RETURNING a", "DELETE FROM d WHERE n IS NOT DISTINCT FROM NULL ORDER BY n LIMIT 1",
	"TRUNCATE TABLE t BEFORE '2020-01-01'", seedTable,
	"CREATE INDEX i ON t (a) NUMERIC WAIT", "CREATE LIST INDEX j ON t (l) STRING", "DROP INDEX IF EXISTS i ON t", "DROP TABLE IF EXISTS e",
	"CREATE VIEW v (x) AS SELECT a FROM t WHERE a > 0", "DROP VIEW IF EXISTS v", "ALTER TABLE d ADD COLUMN c INT", "ALTER TABLE d RENAME COLUMN c TO e",
	"EXPLAIN ANALYZE SELECT a FROM t WHERE a = 1 OR b = 2", "EXPLAIN FORMAT JSON DELETE FROM t WHERE a = 1", "EXPLAIN UPDATE d SET n = n + 1 WHERE id = 1 RETURNING n",
	"SET ttl = '1h'", "RESET ALL", "SHOW VARIABLES LIKE 't%'", "SHOW TABLES", "SHOW JOBS", "SHOW COLUMNS FROM d", "SHOW CREATE TABLE d",
	"DECLARE c CURSOR FOR SELECT a FROM t ORDER BY a", "FETCH 2 FROM c", "CLOSE c", "BEGIN", "ROLLBACK", "SELECT * FROM information_schema.tables",
	"COMMENT ON TABLE d IS 'x'", "AGGREGATE f.g(1) ON t WHERE a = 5", "EXECUTE f.g(1) ON test",
	"SELECT a FROM test.t IN LIST WHERE l = 1", "DELETE FROM t WHERE DIGEST = '00'", "ALTER SYSTEM SET test.default-ttl = 0", "KILL 5", "CREATE USER u PASSWORD 'p'", "GRANT read ON test.t TO r", "CALL f.g(1) FOR PK = 1", "SELECT 1; SELECT 2",
}

// fragments cuts the statements into words and symbols.
func fragments(text string) []string {
	var list []string
	for len(text) > 0 {
		n := 1
		if c := text[0]; c == '\'' || c == '"' || c == '`' {
			if end := strings.IndexByte(text[1:], c); end >= 0 {
				n = end + 2
			}
		} else {
			for n < len(text) && isWord(text[0]) && isWord(text[n]) {
				n++
			}
		}
		list = append(list, text[:n])
		text = text[n:]
	}
	return list
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// A mutator makes statements out of parts of others.
type mutator struct {
	random *rand.Rand
	parts  []string
}

func newMutator(seed uint64) *mutator {
	m := &mutator{random: rand.New(rand.NewPCG(seed, 1))}
	for _, s := range seedStatements {
		m.parts = append(m.parts, fragments(s)...)
	}
	m.parts = append(m.parts, "9223372036854775807", "-1", "0", "1e308", "NaN", "?", "$1", ":x", "''", "é", "\x00", "NULL", "TRUE", "((", "))", "*", "--", "/*", ";")
	return m
}

// next returns a statement that differs from a given one in some places.
func (m *mutator) next(text string) string {
	parts := fragments(text)
	for range 1 + m.random.IntN(4) {
		if len(parts) == 0 {
			break
		}
		at := m.random.IntN(len(parts))
		switch m.random.IntN(6) {
		case 0: // leave out
			parts = append(parts[:at:at], parts[at+1:]...)
		case 1: // repeat
			parts = append(parts[:at:at], append([]string{parts[at]}, parts[at:]...)...)
		case 2: // swap
			other := m.random.IntN(len(parts))
			parts[at], parts[other] = parts[other], parts[at]
		case 3: // insert
			parts = append(parts[:at:at], append([]string{" ", m.parts[m.random.IntN(len(m.parts))], " "}, parts[at:]...)...)
		case 4: // a part of another statement follows
			other := fragments(seedStatements[m.random.IntN(len(seedStatements))])
			from := m.random.IntN(len(other))
			parts = append(parts[:at:at], append([]string{" "}, other[from:min(len(other), from+8)]...)...)
		default: // replace
			parts[at] = m.parts[m.random.IntN(len(m.parts))]
		}
	}
	return strings.Join(parts, "")
}

// A victim runs statements that may be nonsense.
type victim struct {
	db   *sql.DB
	aql  *sql.DB // of the AQL dialect
	runs int
	ok   int
}

func newVictim(t testing.TB) *victim {
	server, err := devserver.Start(devserver.Options{Nodes: 2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	connector, err := driver.NewConnector(driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "test", MemoryLimit: 1 << 20, Tx: driver.TxAutocommit})
	require.NoError(t, err)
	aql, err := driver.NewConnector(driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "test", MemoryLimit: 1 << 20, Dialect: querylang.AQL})
	require.NoError(t, err)
	v := &victim{db: openConnector(t, connector), aql: openConnector(t, aql)}
	v.db.SetMaxOpenConns(2)
	return v
}

// run runs a statement with and without arguments. It may fail, but only with an error that says
// why.
func (v *victim) run(t testing.TB, text string) {
	if v.runs++; v.runs%500 == 1 { // start again with little
		for _, s := range []string{"DROP TABLE IF EXISTS d", "DELETE FROM t", seedTable, seedRows} {
			_, _ = v.db.Exec(s)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var args []any
	for range min(strings.Count(text, "?"), 4) {
		args = append(args, v.runs%7)
	}
	db := v.db
	if v.runs%5 == 0 {
		db = v.aql
	}
	var err error
	if v.runs%2 == 0 {
		_, err = db.ExecContext(ctx, text, args...)
	} else {
		err = read(ctx, db, text, args)
	}
	switch {
	case err == nil:
		v.ok++
	case err.Error() == "":
		t.Errorf("%q: an error without a text", text)
	case strings.Contains(err.Error(), "runtime error") || strings.Contains(err.Error(), "PANIC"),
		strings.Contains(err.Error(), "%!") && !strings.Contains(text, "%!"): // an error quotes the statement
		t.Errorf("%q: %v", text, err)
	}
}

func read(ctx context.Context, db *sql.DB, text string, args []any) error {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for range 100 {
		if !rows.Next() {
			break
		}
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Statements put together at random end with rows or with an error, never with a panic. The
// environment variable AEROSQL_STATEMENTS sets their number, and AEROSQL_SEED the first of them.
func TestMutatedStatements(t *testing.T) {
	count, seed := 3000, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("AEROSQL_STATEMENTS")); err == nil {
		count = n
	}
	if n, err := strconv.ParseUint(os.Getenv("AEROSQL_SEED"), 10, 64); err == nil {
		seed = n
	}
	v, m := newVictim(t), newMutator(seed)
	for _, s := range seedStatements {
		v.run(t, s)
	}
	text := seedStatements[0]
	for i := range count {
		if i%3 == 0 {
			text = seedStatements[m.random.IntN(len(seedStatements))]
		}
		text = m.next(text)
		v.run(t, text)
	}
	t.Logf("%d statements, %d without an error", v.runs, v.ok)
	require.Greater(t, v.ok, v.runs/50)
}

func FuzzStatements(f *testing.F) {
	for _, s := range seedStatements {
		f.Add(s)
	}
	v := newVictim(f)
	f.Fuzz(func(t *testing.T, text string) {
		v.run(t, text)
		h := fnv.New64a()
		h.Write([]byte(text))
		m := newMutator(h.Sum64())
		for range 3 {
			v.run(t, m.next(text))
		}
	})
}
