package bind

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
)

// repeated returns n texts with their numbers, joined.
func repeated(n int, separator, format string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(list, separator)
}

// Binding takes time in proportion to the text. Each of these takes some milliseconds; if a cost
// were quadratic it would take minutes.
func TestBindingIsLinear(t *testing.T) {
	catalog := newGoldenCatalog(t)
	const most = 5 * time.Second
	for name, text := range map[string]string{
		"named parameters":      "SELECT a FROM log WHERE " + repeated(24_000, " OR ", "a = :p%d"),
		"converted parameters":  "SELECT oid FROM orders WHERE " + repeated(24_000, " OR ", "at = :p%d"),
		"one parameter":         "SELECT oid FROM orders WHERE " + repeated(12_000, " OR ", "total = :p OR %d = 0"),
		"list":                  "SELECT a FROM log WHERE a IN (" + repeated(60_000, ", ", "%d") + ")",
		"list of keys":          "SELECT a FROM log WHERE PK IN (" + repeated(60_000, ", ", ":p%d") + ")",
		"keys":                  "SELECT a FROM log WHERE " + repeated(20_000, " OR ", "PK = %d"),
		"joined constants":      "SELECT " + repeated(16_000, " || ", "'%d'") + " FROM log",
		"joined columns":        "SELECT " + repeated(16_000, " || ", "a%d") + " FROM log",
		"sum of constants":      "SELECT " + repeated(16_000, " + ", "%d") + " FROM log",
		"sum of columns":        "SELECT " + repeated(16_000, " + ", "a%d") + " FROM log",
		"sum of decimals":       "SELECT total + " + repeated(16_000, " + ", "%d.5") + " FROM orders",
		"sum beside groups":     "SELECT SUM(b) + " + repeated(8_000, " + ", "(a + 1) * %d") + " FROM log GROUP BY a + 1",
		"items beside groups":   "SELECT " + repeated(8_000, ", ", "(a + 1) * %d") + " FROM log GROUP BY a + 1",
		"groups":                "SELECT " + repeated(2_000, ", ", "a + %d") + " FROM log GROUP BY " + repeated(2_000, ", ", "a + %d"),
		"columns of groups":     "SELECT " + repeated(3_000, ", ", "a%d") + " FROM log GROUP BY " + repeated(3_000, ", ", "a%d"),
		"aggregates":            "SELECT " + repeated(3_000, ", ", "SUM(a%d)") + " FROM log",
		"aliases":               "SELECT " + repeated(4_000, " + ", "a%d") + " AS x FROM log ORDER BY " + repeated(4_000, ", ", "x + %d"),
		"wrong columns":         "SELECT " + repeated(16_000, ", ", "a%d") + " FROM users",
		"wrong functions":       "SELECT " + repeated(16_000, ", ", "nofunction%d(1)") + " FROM users",
		"columns of one set":    "SELECT " + repeated(16_000, ", ", "a%d") + " FROM log",
		"columns of a query":    "SELECT " + repeated(4_000, ", ", "a%d") + " FROM (SELECT " + repeated(4_000, ", ", "%d AS a%[1]d") + ") AS q",
		"rows":                  "VALUES " + repeated(20_000, ", ", "(%d, 'a')"),
		"cases":                 "SELECT CASE a " + repeated(10_000, " ", "WHEN %d THEN 1") + " END FROM log",
		"subqueries":            "SELECT a FROM log WHERE " + repeated(900, " OR ", "a = (SELECT MAX(b) FROM log AS l WHERE l.a = log.a AND l.b = %d)"),
		"outer columns":         "SELECT (SELECT " + repeated(4_000, " + ", "log.a%d") + " FROM users LIMIT 1) FROM log",
		"nested":                "SELECT " + strings.Repeat("(1 + ", 150) + "a" + strings.Repeat(")", 150) + " FROM log GROUP BY a",
		"nested in a group":     "SELECT " + strings.Repeat("(1 + ", 150) + "SUM(a)" + strings.Repeat(")", 150) + " FROM log GROUP BY b + 1",
		"order of distinct":     "SELECT DISTINCT " + repeated(4_000, ", ", "a + %d") + " FROM log ORDER BY " + repeated(4_000, ", ", "a + %d"),
		"order by many":         "SELECT a FROM log ORDER BY " + repeated(8_000, ", ", "b%d"),
		"order of many columns": "SELECT " + repeated(4_000, ", ", "a AS a%d") + " FROM log ORDER BY " + repeated(4_000, ", ", "a%d"),
	} {
		start := time.Now()
		bound, err := bindText(t.Context(), catalog, text)
		took := time.Since(start)
		if strings.HasPrefix(name, "wrong") {
			assert.Error(t, err, name)
		} else {
			assert.NoError(t, err, name)
			assert.NotNil(t, bound, name)
		}
		assert.Less(t, took, most, name)
		t.Log(name, took)
	}
}

// Common tables and views that read others twice don't make a statement that never ends.
func TestTablesAreBounded(t *testing.T) {
	catalog := newGoldenCatalog(t)
	text := "WITH t0 AS (SELECT 1 AS x)"
	for i := range 60 {
		text += fmt.Sprintf(", t%d AS (SELECT a.x FROM t%d AS a, t%d AS b)", i+1, i, i)
	}
	for _, query := range []string{
		text + " SELECT x FROM t60", text + " SELECT 1", text + ", y AS (SELECT (SELECT x FROM t60) + (SELECT x FROM t60) AS z) SELECT z FROM y",
		"SELECT 1 FROM " + repeated(1001, ", ", "log AS l%d"),
	} {
		_, err := bindText(t.Context(), catalog, query)
		require.ErrorIs(t, err, ast.ErrUnsupported)
		require.ErrorContains(t, err, "more than 1000 tables")
	}
}
