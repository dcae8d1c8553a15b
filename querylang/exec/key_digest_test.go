package exec

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/plan"
)

// The set t has the keys 1 to 4 with, and 5 to 8 without stored user keys, and the keys 's' with
// and 'n' without one: n is the number, 0 for strings. The set u has two rows with x for each of
// them.
func openKeyless(t *testing.T, options Options) *session {
	s := openSession(t, options)
	put := func(set string, key any, send bool, bins map[string]any) {
		p := &cluster.WritePolicy{SendKey: send}
		require.NoError(t, s.client.Put(t.Context(), p, protocol.MustKey("test", set, key), protocol.BinsOf(bins)))
	}
	for i := int64(1); i <= 8; i++ {
		put("t", i, i <= 4, map[string]any{"n": i})
		put("u", i, i <= 4, map[string]any{"x": i, "y": i})
		put("u", 10+i, true, map[string]any{"x": float64(i), "y": 10 + i})
	}
	for i := int64(1); i <= 7; i += 2 { // stored are those that t has without a user key, and 1
		put("w", i, i != 3 && i != 7, map[string]any{"n": i})
	}
	put("t", "s", true, map[string]any{"n": 0})
	put("t", "n", false, map[string]any{"n": 0})
	put("u", "s", true, map[string]any{"x": "n", "y": 30})
	put("u", "n", false, map[string]any{"y": 31})
	return s
}

// Conditions on keys find records that were stored without their user key, in every part of a
// statement.
func TestKeyConditionsAreDecidedByDigest(t *testing.T) {
	s := openKeyless(t, Options{})
	for _, test := range []struct {
		sql  string
		args []any
		want string
	}{
		{"SELECT n FROM t WHERE PK = 5", nil, "5"},
		{"SELECT n FROM t WHERE 5 = PK", nil, "5"},
		{"SELECT n FROM t WHERE PK = ?", []any{5}, "5"},
		{"SELECT n FROM t WHERE PK = 5 OR n = 1", nil, "1 5"},
		{"SELECT n FROM t WHERE PK = ? OR n = 1", []any{5}, "1 5"},
		{"SELECT n FROM t WHERE PK = 'n' OR n = 1", nil, "0 1"},
		{"SELECT n FROM t WHERE n > 3 AND (PK = 5 OR n = 1 OR PK = 4)", nil, "4 5"},
		{"SELECT n FROM t WHERE n > 0 AND NOT (PK = 5)", nil, "1 2 3 4 6 7 8"},
		{"SELECT n FROM t WHERE n > 0 AND NOT (PK = 5 OR n = 1)", nil, "2 3 4 6 7 8"},
		{"SELECT n FROM t WHERE n > 0 AND PK <> 5 AND PK <> 1", nil, "2 3 4 6 7 8"},
		{"SELECT COUNT(*) FROM t WHERE PK <> 5", nil, "9"}, // 's' and 'n' are other keys
		{"SELECT COUNT(*) FROM t WHERE PK <> NULL", nil, "0"},
		{"SELECT n FROM t WHERE PK IN (5, 1, 'n', 99)", nil, "0 1 5"},
		{"SELECT n FROM t WHERE PK IN (?) OR n = 2", []any{[]any{5, 1, "n"}}, "0 1 2 5"},
		{"SELECT n FROM t WHERE PK IN (5, 1, 'n', NULL) OR n = 2", nil, "0 1 2 5"},
		{"SELECT n FROM t WHERE PK IN (1, 5, 6, 11, 12, 13, 14, 15, 16, 17) OR n = 2", nil, "1 2 5 6"},
		{"SELECT COUNT(*) FROM t WHERE PK NOT IN (5, 1)", nil, "8"},
		{"SELECT COUNT(*) FROM t WHERE PK <> 's'", nil, "9"},
		{"SELECT COUNT(*) FROM t WHERE (PK IN (5, 0, 's')) IS NOT NULL", nil, "10"},
		{"SELECT n FROM t WHERE PK IN (3, 5) AND PK <> 'k'", nil, "3 5"},
		{"SELECT n FROM t WHERE PK IN (3, 5) AND PK IN (0, 'k') IS NOT NULL", nil, "3 5"},
		{"SELECT COUNT(*) FROM t WHERE PK NOT IN (SELECT x FROM u WHERE y IN (5, 30))", nil, "8"},
		{"SELECT COUNT(*) FROM t WHERE PK <> IIF(n = 0, 'x', 2)", nil, "9"},
		{"SELECT COUNT(*) FROM t WHERE PK NOT IN (IIF(n = 0, 'x', 2), X'61', '', n + 0.5)", nil, "9"},
		{"SELECT COUNT(*) FROM t WHERE PK <> ARRAY[n]", nil, "0"},
		{"SELECT COUNT(*) FROM t WHERE PK NOT IN (ARRAY[n], 1)", nil, "0"},
		{"SELECT COUNT(*) FROM t WHERE PK NOT IN (5, 1, NULL)", nil, "0"},
		{"SELECT n FROM t WHERE n > 0 AND NOT (PK IN (5, 1) OR n = 2)", nil, "3 4 6 7 8"},
		{"SELECT n FROM t WHERE PK IN (n, 7)", nil, "1 2 3 4 5 6 7 8"},
		{"SELECT n FROM t WHERE PK = n", nil, "1 2 3 4 5 6 7 8"},
		{"SELECT n FROM t WHERE PK = n + 0.0", nil, ""},
		{"SELECT COUNT(*) FROM t WHERE PK <> n + 0.0", nil, "10"},
		{"SELECT n FROM t WHERE CASE WHEN PK = 5 THEN TRUE WHEN n = 1 THEN TRUE END", nil, "1 5"},
		{"SELECT n FROM t WHERE CASE PK WHEN 5 THEN TRUE WHEN 1 THEN TRUE END", nil, "1 5"},
		{"SELECT CASE WHEN PK = 5 THEN 100 ELSE n END FROM t WHERE n > 3", nil, "100 4 6 7 8"},
		{"SELECT PK = 5 FROM t WHERE n > 3 AND n < 7", nil, "false false true"},
		{"SELECT SUM(IIF(PK IN (5, 1), n, 0)) FROM t", nil, "6"},
		{"SELECT COUNT(*) FILTER (WHERE PK = 5) FROM t", nil, "1"},
		{"SELECT n FROM t ORDER BY PK = 5 DESC, n LIMIT 2", nil, "0 5"},
		{"SELECT n FROM t WHERE PK IN (SELECT x FROM u)", nil, "0 1 2 3 4 5 6 7 8"},
		{"SELECT n FROM t WHERE PK IN (SELECT x FROM u WHERE y = 5) OR n = 1", nil, "1 5"},
		{"SELECT n FROM t WHERE PK IN (SELECT x FROM u WHERE y = 15) OR n = 1", nil, "1"},
		{"SELECT n FROM t WHERE n > 0 AND PK NOT IN (SELECT x FROM u WHERE y IN (1, 5))", nil, "2 3 4 6 7 8"},
		{"SELECT n FROM t WHERE n > 0 AND PK NOT IN (SELECT x FROM u WHERE y IN (1, 31))", nil, ""},
		{"SELECT n FROM t WHERE n > 0 AND PK NOT IN (SELECT x FROM u WHERE y = 99)", nil, "1 2 3 4 5 6 7 8"},
		{"SELECT n FROM t WHERE (PK IN (SELECT x FROM u WHERE y = 5)) IS TRUE", nil, "5"},
		{"SELECT u.y, t.n FROM u JOIN t ON t.PK = u.x WHERE u.y < 100", nil, "1,1 2,2 3,3 30,0 4,4 5,5 6,6 7,7 8,8"},
		{"SELECT u.y, t.n FROM t JOIN u ON u.x = t.PK WHERE t.n > 4", nil, "5,5 6,6 7,7 8,8"},
		{"SELECT u.y, t.n FROM u LEFT JOIN t ON t.PK = u.x WHERE u.y IN (5, 15)", nil, "15,nil 5,5"},
		{"SELECT u.y, t.n FROM u LEFT JOIN t ON t.PK = u.x AND t.n = 5 WHERE u.y IN (5, 6)", nil, "5,5 6,nil"},
		{"SELECT u.y, t.n FROM u JOIN t ON t.PK = u.x OR t.n = u.y - 24 WHERE u.y IN (5, 6, 30)", nil, "30,0 30,6 5,5 6,6"},
		{"SELECT u.y FROM u LEFT JOIN t ON t.PK = u.x WHERE (t.PK = 5) IS NULL AND u.y > 12 AND u.y < 20", nil, "13 14 15 16 17 18"},
		{"SELECT v.n FROM t JOIN t AS v ON v.PK = t.PK WHERE t.n > 3", nil, "4 5 6 7 8"},
		{"SELECT v.n FROM t JOIN t AS v ON v.PK = t.PK OR v.n = -1 WHERE t.n > 3", nil, "4 5 6 7 8"},
		{"SELECT t.n, u.y FROM t JOIN u ON t.PK = u.PK", nil, "0,30 1,1 2,2 3,3 4,4"},
		{"SELECT w.n, t.n FROM w JOIN t ON w.PK = t.PK", nil, "1,1 3,3 5,5"},
		{"SELECT w.n, t.n FROM t JOIN w ON w.PK = t.PK", nil, "1,1 3,3 5,5"},
		{"SELECT w.n, t.n FROM w JOIN t ON w.PK = t.PK WHERE w.n > 1", nil, "3,3 5,5"},
		{"SELECT w.n, t.n FROM w JOIN t ON w.PK = t.PK WHERE t.n > 1", nil, "3,3 5,5"},
		{"SELECT w.n, t.n FROM w LEFT JOIN t ON t.PK = w.PK", nil, "1,1 3,3 5,5 7,nil"},
		{"SELECT w.n FROM w WHERE EXISTS (SELECT 1 FROM t WHERE t.PK = w.PK)", nil, "1 3 5"},
		{"SELECT w.n FROM w WHERE EXISTS (SELECT 1 FROM t WHERE w.PK = t.PK AND t.n > 1)", nil, "3 5"},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.x = t.PK)", nil, "0 1 2 3 4 5 6 7 8"},
		{"SELECT (SELECT MAX(y) FROM u WHERE u.x = t.PK) FROM t WHERE n > 3", nil, "4 5 6 7 8"},
		{"SELECT y FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.PK = u.x)", nil, "1 2 3 30 4 5 6 7 8"},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM t AS v WHERE v.PK = t.PK AND v.n > 4)", nil, "5 6 7 8"},
		{"SELECT t.n FROM t JOIN u ON t.PK = u.x AND u.x = 5", nil, "5"},
		{"SELECT q.n FROM (SELECT n, PK = 5 AS five FROM t) AS q WHERE q.five", nil, "5"},
		{"SELECT n FROM t WHERE __digest = ? AND PK <> 5", []any{digestOf("t", 6)}, "6"},
		{"SELECT n FROM t WHERE __digest IN (?, ?) AND NOT PK = 5", []any{digestOf("t", 6), digestOf("t", 5)}, "6"},
	} {
		assert.Equal(t, test.want, s.column(test.sql, test.args...), test.sql)
	}
	require.EqualValues(t, 2, s.exec("UPDATE t SET n = n + 100 WHERE PK = 5 OR n = 1"))
	require.EqualValues(t, 2, s.exec("DELETE FROM t WHERE n > 100 AND (PK IN (1, 5) OR n = 3)"))
}

// TestNamedKeys holds that the user key of a record that was stored without it is known if the
// conditions name it, however the record is read.
func TestNamedKeys(t *testing.T) {
	for _, names := range []string{"", "key", "key,filter"} {
		off, err := plan.ParseRules(names)
		require.NoError(t, err)
		s := openKeyless(t, Options{DisabledRules: off})
		for _, test := range []struct {
			sql  string
			args []any
			want string
		}{
			{"SELECT PK FROM t", nil, "1 2 3 4 nil nil nil nil nil s"},
			{"SELECT PK FROM t WHERE PK > 3", nil, "4"},
			{"SELECT PK, n FROM t WHERE PK IN (3, 5, 7, 'n', 99)", nil, "3,3 5,5 7,7 n,0"},
			{"SELECT PK FROM t WHERE PK IN (3, 5, 7, 'n') AND PK BETWEEN 4 AND 9", nil, "5 7"},
			{"SELECT PK FROM t WHERE PK BETWEEN 4 AND 9 AND PK IN (?)", []any{[]any{3, 5, 7, "n"}}, "5 7"},
			{"SELECT PK FROM t WHERE (PK = 3 OR n > 2 AND PK = 5) AND PK IS NOT NULL", nil, "3 5"},
			{"SELECT PK FROM t WHERE NOT (PK <> 5)", nil, "5"},
			{"SELECT PK FROM t WHERE n IN (5, 6) AND (PK = 5 OR n = 6)", nil, "5 nil"},
			{"SELECT n FROM t WHERE NOT (PK IN (5, 6) AND PK NOT BETWEEN 7 AND 5)", nil, "0 0 1 2 3 4 7 8"},
			{"SELECT n FROM t WHERE (PK IN (5, 6) AND PK NOT BETWEEN 7 AND 5) IS NULL", nil, ""},
			{"SELECT n FROM t WHERE NOT (PK IN (?) AND PK < 6)", []any{[]any{5, 6, "n"}}, "0 1 2 3 4 6 7 8"},
			{"SELECT PK IN (5, 6) AND PK > 5 FROM t WHERE n IN (5, 6)", nil, "false true"},
			{"SELECT n FROM t WHERE NOT (PK IN (SELECT y FROM u WHERE y IN (5, 6)) AND PK > 5) AND n > 4", nil, "5 7 8"},
			{"SELECT n FROM t WHERE __digest = ? AND NOT (PK = 5 AND PK > 5)", []any{digestOf("t", 5)}, "5"},
			{"SELECT n FROM t WHERE CASE PK WHEN 5 THEN PK > 4 ELSE FALSE END", nil, "5"},
			{"SELECT PK, COUNT(*) FROM t WHERE n > 3 GROUP BY PK HAVING COUNT(PK = 5) > 0", nil, "4,1 5,1 nil,3"},
			{"SELECT PK FROM t WHERE n > 3 ORDER BY PK = 7 DESC, n LIMIT 1", nil, "7"},
			{"SELECT t.PK FROM u JOIN t ON t.__digest = u.__digest WHERE u.y > 4 AND u.y < 9 AND NOT (t.PK = 6 AND t.PK > 6)", nil, ""},
			{"SELECT PK FROM t WHERE PK IN (SELECT y FROM u WHERE y > 4) AND PK + 0 < 7", nil, "5 6"},
			{"SELECT PK FROM t WHERE PK = n AND PK > 6", nil, "7 8"},
			{"SELECT COUNT(PK) FROM t WHERE PK IN (1, 5, 6)", nil, "3"},
			{"SELECT t.PK, u.y FROM u JOIN t ON t.PK = u.x WHERE u.y < 100", nil, "1,1 2,2 3,3 4,4 5,5 6,6 7,7 8,8 n,30"},
			{"SELECT t.PK, u.y FROM t JOIN u ON u.x = t.PK WHERE t.PK > 3", nil, "4,4 5,5 6,6 7,7 8,8"},
			{"SELECT t.PK, u.y FROM u LEFT JOIN t ON t.PK = u.x AND t.PK > 6 WHERE u.y IN (5, 7)", nil, "7,7 nil,5"},
			{"SELECT t.PK, u.y FROM u JOIN t ON (t.PK = u.x AND u.y > 0) AND t.n + u.y > 9", nil, "5,5 6,6 7,7 8,8 n,30"},
			{"SELECT v.PK FROM t JOIN t AS v ON v.PK = t.PK WHERE t.n > 3", nil, "4 nil nil nil nil"},
			{"SELECT w.PK, t.PK FROM w JOIN t ON w.PK = t.PK", nil, "1,1 3,3 5,5"},
			{"SELECT y FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.PK = u.x AND t.PK > 3)", nil, "4 5 6 7 8"},
		} {
			assert.Equal(t, test.want, s.column(test.sql, test.args...), "%v %s", off, test.sql)
		}
		require.EqualValues(t, 2, s.exec("DELETE FROM t WHERE PK IN (3, 5, 7) AND PK > 4"))
	}
}

// column returns the sorted rows of a query in one line.
func (s *session) column(sql string, args ...any) string {
	var lines []string
	for _, row := range s.rows(sql, args...) {
		lines = append(lines, strings.Join(row, ","))
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

func digestOf(set string, key any) []byte {
	digest := protocol.MustKey("test", set, key).Digest()
	return digest[:]
}
