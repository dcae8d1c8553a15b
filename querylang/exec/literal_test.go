package exec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
)

// TestValuesWithoutMeaning holds that constants and arguments that a type or a function can't read
// are errors, while such values of a column are NULL.
func TestValuesWithoutMeaning(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a, s) VALUES (1, 5, 'foo')")
	for _, test := range []struct {
		sql  string
		args []any
		want string
	}{
		{"SELECT TIMESTAMP '9999-01-01'", nil, "type error at line 1, column 18: '9999-01-01' is out of the range of TIMESTAMP: the years 1678 to 2261"},
		{"SELECT DATE '2026-02-30'", nil, "type error at line 1, column 13: '2026-02-30' is not a DATE such as '2026-01-02'"},
		{"SELECT a FROM t WHERE a > TIMESTAMP(3) 'x'", nil, "column 40: 'x' is not a TIMESTAMP(3) such as"},
		{"SELECT JSON '{'", nil, "column 13: '{' is not JSON"},
		{"SELECT DECIMAL 'x'", nil, "column 16: 'x' is not a number, which a DECIMAL needs"},
		{"SELECT INTERVAL '1' FOO + CURRENT_DATE", nil, "INTERVAL"},
		{"SELECT EXTRACT('FOO', a) FROM t", nil, "column 16: EXTRACT has no unit 'FOO', only nanosecond, "},
		{"SELECT EXTRACT(FOO FROM a) FROM t", nil, "column 16: EXTRACT has no unit 'FOO', only "},
		{"SELECT DATE_TRUNC('dow', a) FROM t", nil, "column 19: DATE_TRUNC has no unit 'dow', only "},
		{"SELECT EXTRACT(?, a) FROM t", []any{"foo"}, "argument 1: wrong arguments: EXTRACT has no unit 'foo', only "},
		{"SELECT a FROM t WHERE DATE_TRUNC('day', ?) > 1", []any{"x"}, "argument 1: type error: 'x' is not a TIMESTAMP"},
		{"SELECT ST_WITHIN(a, ?) FROM t", []any{"x"}, "argument 1: wrong arguments: 'x' is not a GeoJSON point or region"},
		{"SELECT ST_DISTANCE('x', a) FROM t", nil, "column 20: 'x' is not a GeoJSON point such as"},
	} {
		_, err := s.try(test.sql, test.args...)
		if assert.Error(t, err, test.sql) {
			assert.Contains(t, err.Error(), test.want, test.sql)
		}
	}
	for sql, want := range map[string]string{
		"SELECT EXTRACT(s, a) IS NULL, DATE_TRUNC('day', s) IS NULL, CAST(s AS DATE) IS NULL FROM t": "true,true,true",
		"SELECT DATE '2026-01-02' = CAST('2026-01-02' AS DATE), EXTRACT(EPOCH FROM 5)":               "true,0",
	} {
		assert.Equal(t, want, s.column(sql), sql)
	}
}

// TestGroupsWithSubqueries holds that an expression with a subquery is the group that it stands
// for.
func TestGroupsWithSubqueries(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a, b) VALUES (1, 5, 1), (2, 5, 2), (3, 6, 3)")
	for sql, want := range map[string]string{
		"SELECT a + (SELECT 1), COUNT(*) FROM t GROUP BY a + (SELECT 1)":                                                     "6,2 7,1",
		"SELECT a + (SELECT MAX(b) FROM t) AS x, SUM(b) FROM t GROUP BY x HAVING a + (SELECT MAX(b) FROM t) > 8":             "9,3",
		"SELECT (SELECT MAX(y.b) FROM t y WHERE y.a = x.a) + 1 FROM t x GROUP BY (SELECT MAX(y.b) FROM t y WHERE y.a = x.a)": "3 4",
		"SELECT a IN (SELECT b + 4 FROM t WHERE b < 2), COUNT(*) FROM t GROUP BY a IN (SELECT b + 4 FROM t WHERE b < 2)":     "false,1 true,2",
		"SELECT COUNT(*) FROM t GROUP BY a + (SELECT MIN(b) FROM t) ORDER BY a + (SELECT MIN(b) FROM t) DESC LIMIT 1":        "1",
	} {
		assert.Equal(t, want, s.column(sql), sql)
	}
	for sql, args := range map[string][]any{
		"SELECT a + (SELECT 2), COUNT(*) FROM t GROUP BY a + (SELECT 1)":                    nil,
		"SELECT a + (SELECT ?), COUNT(*) FROM t GROUP BY a + (SELECT ?)":                    {1, 1},
		"SELECT a + (SELECT MAX(b) FROM t), COUNT(*) FROM t GROUP BY a + (SELECT b FROM t)": nil,
	} {
		_, err := s.try(sql, args...)
		require.ErrorContains(t, err, "the column a must be in GROUP BY", sql)
	}
}

// TestDottedPathsOfUpdate holds that m.k is a part of the bin m of an undeclared set.
func TestDottedPathsOfUpdate(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, m) VALUES (1, MAP{'k': 1})")
	require.EqualValues(t, 1, s.exec("UPDATE t SET m.k = m.k + 1, m.j.x = 5 WHERE PK = 1"))
	require.Equal(t, "2,5", s.column("SELECT m['k'], m.j.x FROM t"))
	_, err := s.try("UPDATE t SET u.k = 1 WHERE PK = 1")
	require.ErrorIs(t, err, ast.ErrUnknownName)
}

// TestUnknownNamespace holds that the error names the namespace, not what is read first.
func TestUnknownNamespace(t *testing.T) {
	s := openSession(t, Options{})
	engine := s.engine
	_, err := engine.Catalog().Table(t.Context(), "nope", "t")
	require.ErrorIs(t, err, ast.ErrUnknownName)
	require.EqualError(t, err, "unknown name: there is no namespace nope; the cluster has test")
}
