package integration

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// The tests of this file are the features of reading with SQL, one test for each. They show that a
// feature works through database/sql, and by EXPLAIN where it is done. Others show the rest:
// cancellation TestSQLStreaming, typed errors TestSQLErrors, scan=deny TestSQLScanDenied,
// transactions TestReadsBelongToTheTransaction. Sessions, the catalog and the driver itself are in
// matrix_session_test.go.

// plan returns the lines of EXPLAIN.
func (sh *shell) plan(statement string, args ...any) string {
	sh.t.Helper()
	return strings.Join(sh.query("EXPLAIN "+statement, args...), "\n")
}

// fill inserts n records with keys from 0: bin n is the key, m the key modulo 10, s its text.
func (sh *shell) fill(n int) {
	sh.t.Helper()
	var b strings.Builder
	b.WriteString("INSERT INTO $t (PK, n, m, s, f) VALUES ")
	for i := range n {
		fmt.Fprintf(&b, "(%d, %d, %d, 's%03d', %d.5),", i, i, i%10, i, i)
	}
	sh.exec(int64(n), strings.TrimSuffix(b.String(), ","))
}

// declare declares the shell's set. The declaration is dropped when the test ends.
func (sh *shell) declare(columns string) {
	sh.t.Helper()
	_, err := sh.db.ExecContext(sh.t.Context(), sh.text("CREATE TABLE $t ("+columns+")"))
	require.NoError(sh.t, err)
	sh.t.Cleanup(func() {
		_, err := sh.db.ExecContext(context.Background(), sh.text("DROP TABLE $t"))
		require.NoError(sh.t, err)
	})
}

// run runs a definition.
func (sh *shell) run(statement string) {
	sh.t.Helper()
	_, err := sh.db.ExecContext(sh.t.Context(), sh.text(statement))
	require.NoError(sh.t, err, statement)
}

func TestMatrixKeyGetAndBatch(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(20)
		require.Equal(t, []string{"7"}, sh.query("SELECT n FROM $t WHERE PK = ?", 7))
		require.Contains(t, sh.plan("SELECT n FROM $t WHERE PK = ?"), "get from")
		require.ElementsMatch(t, []string{"1", "3"}, sh.query("SELECT n FROM $t WHERE PK IN (?)", []int{3, 1, 99}))
		require.Contains(t, sh.plan("SELECT n FROM $t WHERE PK IN (?)", []int{3, 1, 99}), "batch get from")
		require.ElementsMatch(t, []string{"1", "2"}, sh.query("SELECT n FROM $t WHERE PK = 1 OR PK = 2 OR PK = 2"))
		require.Empty(t, sh.query("SELECT n FROM $t WHERE PK IN (?)", []int(nil)))
		require.Empty(t, sh.query("SELECT n FROM $t WHERE PK = '7'"), "a key of another kind")
	})
}

func TestMatrixDigest(t *testing.T) {
	onEachSQL(t, "?send_key=false", func(t *testing.T, sh *shell) {
		sh.fill(5)
		set := strings.Trim(sh.set, "`")
		key := protocol.MustKey("test", set, 3)
		digest := key.Digest()
		require.Equal(t, []string{"<nil> 3"}, sh.query("SELECT PK, n FROM $t WHERE __digest = ?", digest[:]))
		require.Contains(t, sh.plan("SELECT n FROM $t WHERE __digest = ?", digest[:]), "get from")
		require.Equal(t, []string{"3"}, sh.query("SELECT n FROM $t WHERE n > 0 AND PK IN (1, 3) AND __digest = ?", digest[:]))
		require.Equal(t, []string{"3"}, sh.query("SELECT n FROM $t WHERE PK = 3 OR n = 77"), "stored without its key")
	})
}

func TestMatrixFilterPushDown(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(30)
		for condition, want := range map[string]int{
			"n > 27 OR (m = 3 AND NOT s = 's003')":        4,
			"n = m":                                       10,
			"n + m > 37":                                  1,
			"n % 7 = 0 AND n / 7 >= 3":                    2,
			"ABS(n - 20) < 2":                             3,
			"s LIKE 's02_' AND f BETWEEN 20 AND 22":       2,
			"n IN (1, 2, 500) AND n IS NOT NULL":          2,
			"(n > 28) IS NOT FALSE":                       1,
			"CASE WHEN m = 1 THEN n > 5 ELSE FALSE END":   2,
			"__generation = 1 AND __ttl <> 5 AND n < 1.5": 2,
		} {
			require.Len(t, sh.query("SELECT PK FROM $t WHERE "+condition), want, condition)
			require.Contains(t, sh.plan("SELECT PK FROM $t WHERE "+condition), "server filter", condition)
		}
	})
}

func TestMatrixSecondaryIndexes(t *testing.T) {
	onEachSQL(t, "?index_numbers=integers", func(t *testing.T, sh *shell) {
		sh.fill(200)
		set := strings.Trim(sh.set, "`")
		client, err := driver.Client(t.Context(), sh.db)
		require.NoError(t, err)
		for i := range 200 {
			key := protocol.MustKey("test", set, i)
			_, err := client.Operate(t.Context(), nil, key,
				cdt.ListAppend("tags", protocol.String(fmt.Sprint("t", i))),
				cdt.MapPut("doc", protocol.String("k"), protocol.String(fmt.Sprint("v", i))),
				cdt.MapPut("doc", protocol.String(fmt.Sprint("k", i)), protocol.Int(1)),
				protocol.PutBin("loc", protocol.GeoPoint(float64(i)/10, 10)))
			require.NoError(t, err)
		}
		prefix := strings.ReplaceAll(set, "-", "_") + "_"
		for _, index := range []string{
			"INDEX n ON $t (n) NUMERIC WAIT", "INDEX m ON $t (m) NUMERIC WAIT", "INDEX s ON $t (s) STRING WAIT",
			"LIST INDEX tags ON $t (tags) STRING WAIT", "MAPKEYS INDEX keys ON $t (doc) STRING WAIT", "MAPVALUES INDEX values ON $t (doc) STRING WAIT",
			"INDEX doc_k ON $t (doc['k']) STRING WAIT", "INDEX loc ON $t (loc) GEO2DSPHERE WAIT",
		} {
			sh.run("CREATE " + strings.Replace(index, "INDEX ", "INDEX "+prefix, 1))
		}
		circle := `{"type":"AeroCircle","coordinates":[[5,10],1000]}`
		for condition, want := range map[string]int{
			"n = 150":                             1,
			"n > 197":                             2,
			"n < 3":                               3,
			"n BETWEEN 10 AND 12":                 3,
			"n IN (5, 6, 1000)":                   2,
			"n = 5 OR s = 's077'":                 2,
			"n >= 10 AND n < 14 AND m = 2":        1,
			"s = 's010'":                          1,
			"tags CONTAINS 't9'":                  1,
			"doc['k'] = 'v42'":                    1,
			"MAP_HAS_KEY(doc, 'k77')":             1,
			"MAP_HAS_VALUE(doc, 'v9')":            1,
			"ST_WITHIN(loc, '" + circle + "')":    1,
			"ST_DWITHIN(loc, '" + point5 + "',9)": 1,
		} {
			require.Len(t, sh.query("SELECT PK FROM $t WHERE "+condition), want, condition)
			require.Contains(t, sh.plan("SELECT PK FROM $t WHERE "+condition), "index query of", condition)
		}
	})
}

func TestMatrixExpressionIndexes(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.declare("id INT PRIMARY KEY, n INT")
		var rows []string
		for i := range 200 {
			rows = append(rows, fmt.Sprintf("(%d, %d)", i, i))
		}
		sh.exec(200, "INSERT INTO $t VALUES "+strings.Join(rows, ", "))
		sh.run("CREATE INDEX `" + strings.Trim(sh.set, "`") + "_e` ON $t (n % 100) NUMERIC WAIT")
		require.ElementsMatch(t, []string{"7", "107"}, sh.query("SELECT id FROM $t WHERE n % 100 = ?", 7))
		require.Contains(t, sh.plan("SELECT id FROM $t WHERE n % 100 = 7"), "index query of")
		require.Contains(t, sh.plan("SELECT id FROM $t WHERE n % 10 = 7"), "scan test.")
	})
}

const point5 = `{"type":"Point","coordinates":[5,10]}`

func TestMatrixCollections(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, tags, scores, doc) VALUES (1, ?, ARRAY[30, 10, 20], ?)",
			[]string{"x", "y"}, map[string]any{"k": 5, "in": map[string]any{"list": []int{7, 8}}})
		sh.exec(1, "INSERT INTO $t (PK, tags) VALUES (2, ?)", []string{"y"})
		require.Equal(t, []string{"x y 5 8 <nil>"}, sh.query("SELECT tags[0], tags[-1], doc.k, doc['in'].list[1], tags[9] FROM $t WHERE PK = 1"))
		require.Equal(t, []string{"10 30 [30 20] [k]"},
			sh.query("SELECT LIST_BY_RANK(scores, 0), LIST_BY_RANK(scores, -1), LIST_BY_VALUE_RANGE(scores, 15, 40), MAP_KEYS(MAP_BY_KEY_RANGE(doc, 'k', NULL)) FROM $t WHERE PK = 1"))
		require.Equal(t, []string{"1"}, sh.query("SELECT PK FROM $t WHERE doc['in'].list[0] = 7 AND tags CONTAINS 'x' AND doc.k > 4"))
		require.Contains(t, sh.plan("SELECT PK FROM $t WHERE doc['in'].list[0] = 7 AND tags CONTAINS 'x'"), "server filter")
		require.Equal(t, []string{"1 x", "1 y", "2 y"}, sh.query("SELECT q.PK, e FROM $t q, UNNEST(q.tags) AS e ORDER BY 1, 2"))
		require.Equal(t, []string{"1 0 x", "1 1 y", "2 0 y"},
			sh.query("SELECT q.PK, e.i - 1, e.v FROM $t q CROSS JOIN UNNEST(q.tags) WITH ORDINALITY AS e (v, i) ORDER BY 1, 2"))
		require.Equal(t, []string{"1 y", "2 y"}, sh.query("SELECT PK, value FROM $t/tags WHERE value = 'y' ORDER BY 1"))
		require.Equal(t, []string{"k 5"}, sh.query("SELECT key, value FROM $t/doc WHERE key = 'k'"))
	})
}

func TestMatrixSelectExpressions(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(3)
		require.Equal(t, []string{"4 S002! 2.5 big 2 2"},
			sh.query("SELECT n * 2 AS twice, UPPER(s) || '!', COALESCE(missing, f), CASE WHEN n > 1 THEN 'big' END, CAST(n AS TEXT), GREATEST(m, 1) FROM $t WHERE PK = 2"))
		rows, err := sh.db.Query(sh.text("SELECT n AS a, n + 1, s FROM $t"))
		require.NoError(t, err)
		defer rows.Close()
		columns, err := rows.Columns()
		require.NoError(t, err)
		require.Equal(t, []string{"a", "n + 1", "s"}, columns)
	})
}

func TestMatrixAggregates(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(100)
		require.Equal(t, []string{"100 4950 0 99 49.5 10"}, sh.query("SELECT COUNT(*), SUM(n), MIN(n), MAX(n), AVG(n), COUNT(DISTINCT m) FROM $t"))
		require.Equal(t, []string{"9 540", "8 530"}, sh.query("SELECT m, SUM(n) FROM $t GROUP BY m HAVING SUM(n) > 525 ORDER BY m DESC"))
		require.Equal(t, []string{"0", "1"}, sh.query("SELECT DISTINCT m % 2 FROM $t ORDER BY 1"))
		require.Contains(t, sh.plan("SELECT COUNT(*) FROM $t"), "metadata only")
		require.Contains(t, sh.plan("SELECT m, COUNT(*) FROM $t GROUP BY m"), "client: aggregate")
	})
}

func TestMatrixOrderLimitOffset(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(50)
		require.Equal(t, []string{"49", "48", "47"}, sh.query("SELECT n FROM $t ORDER BY n DESC LIMIT 3"))
		require.Equal(t, []string{"10", "11"}, sh.query("SELECT n FROM $t ORDER BY s LIMIT ? OFFSET ?", 2, 10), "an offset counts rows")
		require.Len(t, sh.query("SELECT n FROM $t LIMIT 7"), 7)
		require.Len(t, sh.query("SELECT n FROM $t LIMIT 100 OFFSET 45"), 5)
		require.Equal(t, []string{"20", "21"}, sh.query("SELECT n FROM $t WHERE n > ? ORDER BY n FETCH FIRST 2 ROWS ONLY", 19), "the next page by the last value")
		require.Contains(t, sh.plan("SELECT n FROM $t ORDER BY n LIMIT 3"), "keep the first 3")
	})
}

func TestMatrixJoinsAndSubqueries(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(20)
		require.Equal(t, []string{"13 3", "14 4"}, sh.query("SELECT a.n, b.n FROM $t a JOIN $t b ON b.PK = a.m WHERE a.n IN (13, 14) ORDER BY 1"))
		require.Contains(t, sh.plan("SELECT a.n FROM $t a JOIN $t b ON b.PK = a.m WHERE a.n IN (13, 14)"), "lookup join")
		require.Equal(t, []string{"2"}, sh.query("SELECT COUNT(*) FROM $t a JOIN $t b ON a.m = b.m AND a.n < b.n WHERE a.m < 2"))
		require.Equal(t, []string{"5 <nil>"}, sh.query("SELECT a.n, b.n FROM $t a LEFT JOIN $t b ON b.n = a.n + 100 WHERE a.n = 5"))
		require.Equal(t, []string{"3"}, sh.query("SELECT COUNT(*) FROM $t WHERE PK IN (SELECT m FROM $t WHERE n BETWEEN 12 AND 14)"))
		require.Equal(t, []string{"10"}, sh.query("SELECT COUNT(*) FROM $t a WHERE EXISTS (SELECT * FROM $t b WHERE b.n = a.n + 10)"))
		require.Equal(t, []string{"19"}, sh.query("SELECT n FROM $t WHERE n = (SELECT MAX(n) FROM $t)"))
		require.Equal(t, []string{"1", "2"}, sh.query("WITH x AS (SELECT n FROM $t WHERE n < 3) SELECT n FROM x EXCEPT VALUES (0) ORDER BY 1"))
	})
}

func TestMatrixExplain(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(10)
		plan := sh.plan("SELECT s FROM $t WHERE n > 5 AND LENGTH(s) = 4 ORDER BY s")
		for _, part := range []string{"scan test.", "server filter:", "expression: $.n:int > 5", "bins: s", "client: filter: LENGTH(", "client: sort"} {
			require.Contains(t, plan, part)
		}
		analyzed := strings.Join(sh.query("EXPLAIN ANALYZE SELECT s FROM $t WHERE n > 5"), "\n")
		require.Regexp(t, `4 rows, 4 records, \d+ bytes, \d+ commands?, 0 retries`, analyzed)
		require.Contains(t, sh.query("EXPLAIN FORMAT JSON SELECT s FROM $t WHERE n > 5")[0], `"operator": "scan"`)
	})
}

func TestMatrixScanGuards(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(50)
		require.Len(t, sh.query("SELECT n FROM $t WITH (max_records = 5)"), 5)
		require.Len(t, sh.query("SELECT n FROM $t WITH (records_per_second = 100000)"), 50)
		require.Len(t, sh.query("SELECT n FROM $t WITH (fetch_rows = 7)"), 50)
	})
}

func TestMatrixMemoryLimit(t *testing.T) {
	onEachSQL(t, "?memory_limit=16KiB", func(t *testing.T, sh *shell) {
		sh.fill(500)
		require.Len(t, sh.query("SELECT s FROM $t ORDER BY s LIMIT 10"), 10)
		require.Len(t, sh.query("SELECT s FROM $t"), 500)
		for statement, step := range map[string]string{
			"SELECT s FROM $t ORDER BY s": "sort", "SELECT s, COUNT(*) FROM $t GROUP BY s": "aggregate", "SELECT DISTINCT s FROM $t": "distinct",
			"SELECT a.s FROM $t a JOIN $t b ON a.s = b.s": "join",
		} {
			_, err := tryQuery(sh, statement)
			require.ErrorIs(t, err, exec.ErrMemory, statement)
			require.ErrorContains(t, err, step)
			require.ErrorContains(t, err, "memory_limit")
		}
	})
}

// tryQuery counts the rows of a statement.
func tryQuery(sh *shell, statement string) (n int, err error) {
	rows, err := sh.db.QueryContext(sh.t.Context(), sh.text(statement))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func TestMatrixGeo(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(2, "INSERT INTO $t (PK, loc) VALUES (1, ?), (2, ?)", protocol.GeoPoint(5, 10), protocol.GeoPoint(50, 10))
		sh.exec(1, "INSERT INTO $t (PK, area) VALUES (3, ?)", protocol.GeoPolygon([2]float64{0, 0}, [2]float64{20, 0}, [2]float64{20, 20}, [2]float64{0, 20}, [2]float64{0, 0}))
		require.Equal(t, []string{"1"}, sh.query("SELECT PK FROM $t WHERE ST_WITHIN(loc, ?)", `{"type":"AeroCircle","coordinates":[[5,10],500]}`))
		require.Equal(t, []string{"1"}, sh.query("SELECT PK FROM $t WHERE ST_DWITHIN(loc, ?, 500)", point5))
		require.Equal(t, []string{"3"}, sh.query("SELECT PK FROM $t WHERE ST_CONTAINS(area, ?)", point5))
		require.Equal(t, []string{"0"}, sh.query("SELECT ROUND(ST_DISTANCE(loc, ?)) FROM $t WHERE PK = 1", point5))
	})
}

func TestMatrixSketchesBitsAndStrings(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		client, err := driver.Client(t.Context(), sh.db)
		require.NoError(t, err)
		key := protocol.MustKey("test", strings.Trim(sh.set, "`"), 1)
		_, err = client.Operate(t.Context(), nil, key,
			cdt.HLLAdd("h", []string{"a", "b"}, 8, 0),
			protocol.PutBin("b", protocol.Blob([]byte{0x0f, 0x01})), protocol.PutBin("s", protocol.String("Aerospike")))
		require.NoError(t, err)
		require.Equal(t, []string{"2 5 1 Aero KIPS 4"},
			sh.query("SELECT HLL_COUNT(h), BIT_COUNT(b), BIT_GET(b, -1), SUBSTR(s, 1, 4), UPPER(REVERSE(SUBSTR(s, 5, 4))), INSTR(s, 'o') FROM $t"))
	})
}

func TestMatrixPartitions(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(200)
		first := sh.query("SELECT n FROM $t PARTITION (0..2047)")
		rest := sh.query("SELECT n FROM $t PARTITION (2048..4000, 4001..4095)")
		require.ElementsMatch(t, sh.query("SELECT n FROM $t"), append(first, rest...))
		require.Less(t, len(sh.query("SELECT n FROM $t TABLESAMPLE PARTITIONS (10)")), 100)
	})
}

func TestMatrixParameters(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		when := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
		sh.exec(1, "INSERT INTO $t (PK, n, at, s) VALUES (?, ?, ?, ?)", int64(1)<<62, int64(-1)<<63, when, "it's")
		require.Equal(t, []string{"-9223372036854775808"}, sh.query("SELECT n FROM $t WHERE PK = $1 AND at = $2", int64(1)<<62, when))
		require.Len(t, sh.query("SELECT n FROM $t WHERE s = :s AND at <= @at", sql.Named("s", "it's"), sql.Named("at", when)), 1)
		for _, n := range []any{int8(5), uint16(5), int32(5), uint64(5), 5.0, sql.Null[int]{V: 5, Valid: true}} {
			require.Equal(t, []string{"true"}, sh.query("SELECT 5 = ?", n), "%T", n)
		}
		require.Equal(t, []string{"true true"}, sh.query("SELECT 'b' IN (?), 1 IN (?)", []string{"a", "b"}, [2]int{2, 1}))
		_, err := sh.db.Query("SELECT ?", uint64(1)<<63)
		require.ErrorIs(t, err, querylang.ErrArguments)
	})
}

func TestMatrixResultSets(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		rows, err := sh.db.Query(sh.text("INSERT INTO $t (PK, n) VALUES (1, 5); SELECT n FROM $t; SELECT n + 1, n FROM $t"))
		require.NoError(t, err)
		defer rows.Close()
		var a, b int
		require.True(t, rows.Next())
		require.NoError(t, rows.Scan(&a))
		require.False(t, rows.Next())
		require.True(t, rows.NextResultSet())
		require.True(t, rows.Next())
		require.NoError(t, rows.Scan(&b, &a))
		require.Equal(t, []int{5, 6}, []int{a, b})
		require.False(t, rows.NextResultSet())
		require.NoError(t, rows.Err())
	})
}

func TestMatrixAQL(t *testing.T) {
	onEachSQL(t, "?dialect=aql", func(t *testing.T, sh *shell) {
		sh.exec(1, `INSERT INTO $t (PK, a, b) VALUES ("k", "x", 1)`)
		sh.exec(1, `INSERT INTO $t (PK, a) VALUES ("k", "y")`)
		require.Equal(t, []string{"y 1"}, sh.query(`SELECT a, b FROM $t WHERE PK = "k"`))
		require.Equal(t, []string{"y"}, sh.query(`SELECT "a" FROM $t WHERE a = "y"`))
		digest := protocol.MustKey("test", strings.Trim(sh.set, "`"), "k").Digest()
		require.Equal(t, []string{"1"}, sh.query(fmt.Sprintf(`SELECT b FROM $t WHERE DIGEST = '%X'`, digest[:])))
	})
}

// The escape to the Aerospike Expression Language. AEL is what SQL computes, so it is done where
// SQL is done.
func TestMatrixAELEscape(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(20)
		sh.exec(1, "INSERT INTO $t (PK, n, tags, m) VALUES ('c', 100, ARRAY['a', 'b'], MAP{'k': MAP{'x': 7}})")
		sh.exec(1, "INSERT INTO $t (PK, m) VALUES ('none', 5)")
		for ael, sql := range map[string]string{
			"$.n > 5 and $.n <= 8":                             "n > 5 AND n <= 8",
			"not ($.n > 5) or $.s == ''s019''":                 "NOT (n > 5) OR s = 's019'",
			"$.n in [1, 3, 99] and $.m != 3":                   "n IN (1, 3, 99) AND m <> 3",
			"$.n * 2 - 1 == $.m + 3":                           "n * 2 - 1 = m + 3",
			"$.m.k.x == 7 and $.tags.[-1] == ''b''":            "m.k.x = 7 AND tags[-1] = 'b'",
			"''a'' in $.tags or not $.n.exists()":              "tags CONTAINS 'a' OR n IS NULL",
			"$.tags.count() == 2 and $.ttl() == -1":            "CARDINALITY(tags) = 2 AND __ttl = -1",
			"$.s =~ /^s00[12]$/ and $.keyExists()":             "s REGEXP '^s00[12]$' AND PK IS NOT NULL",
			"when ($.m == 3 => 1, default => 0) == 1":          "CASE WHEN m = 3 THEN 1 ELSE 0 END = 1",
			"$.tags.[#0] == ''a'' and $.m.{@''k''}.{#-1} == 7": "LIST_BY_RANK(tags, 0) = 'a' AND MAP_BY_RANK(m['k'], -1) = 7",
		} {
			want := sh.query("SELECT PK FROM $t WHERE " + sql + " ORDER BY PK")
			require.NotEmpty(t, want, sql)
			require.Equal(t, want, sh.query("SELECT PK FROM $t WHERE AEL('"+ael+"') ORDER BY PK"), ael)
			require.Equal(t, sh.query("SELECT COUNT(*) FROM $t WHERE "+sql), sh.query("SELECT COUNT(*) FROM $t WHERE AEL('"+ael+"')"), ael)
		}
		require.Equal(t, []string{"false 5", "true 9"}, sh.query("SELECT AEL('$.n > 5') AS big, AEL('$.n + 2') FROM $t WHERE PK IN (7, 3) ORDER BY n"))
		plan := sh.plan("SELECT PK FROM $t WHERE AEL('$.n > 5 and $.m.k.exists()')")
		require.Contains(t, plan, "server filter: ")
		require.NotContains(t, plan, "client: filter", "the server's filter is exact")
		sh.exec(2, "UPDATE $t SET n = n + AEL('$.m') WHERE AEL('$.m == 3')")
		require.Equal(t, []string{"6", "16"}, sh.query("SELECT n FROM $t WHERE m = 3 ORDER BY n"))
		sh.exec(2, "DELETE FROM $t WHERE AEL('$.n in [6, 16] and $.m == 3')")
		sh.run("UPDATE $t SET f = 0.0 WHERE AEL('$.n < 3') WITH (background = true, wait = true)")
		require.Equal(t, []string{"3"}, sh.query("SELECT COUNT(*) FROM $t WHERE f = 0.0"))
		_, err := sh.db.Query(sh.text("SELECT n FROM $t WHERE AEL('$.n = 5')"))
		require.ErrorContains(t, err, "AEL compares with ==")
	})
}

func TestMatrixDeclaredTypes(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.declare("id INT PRIMARY KEY, at TIMESTAMP, day DATE, price DECIMAL(10, 2)")
		when := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
		sh.exec(1, "INSERT INTO $t VALUES (1, ?, '2026-01-02', ?)", when, "9.50")
		var at time.Time
		var day sql.NullTime
		var price string
		row := sh.db.QueryRow(sh.text("SELECT at, day, price + 1 FROM $t WHERE at > '2026-01-01' AND price = 9.5"))
		require.NoError(t, row.Scan(&at, &day, &price))
		require.True(t, at.Equal(when))
		require.Equal(t, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), day.Time)
		require.Equal(t, "10.50", price)
	})
}
