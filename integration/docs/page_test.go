package docs

import (
	"context"
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // for aerospike+mem:// data sources
	"github.com/aerosql/aerosql/querylang/function"
)

var updatePages = flag.Bool("update", false, "write the generated parts and the results of the examples of docs/sql.md")

const sqlPage = "../../docs/sql.md"

// readSQLPage returns the page about SQL.
func readSQLPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(sqlPage)
	require.NoError(t, err)
	return string(text)
}

// checkSQLPage compares the page with what it must be, or writes it.
func checkSQLPage(t *testing.T, want string) {
	t.Helper()
	if *updatePages {
		require.NoError(t, os.WriteFile(sqlPage, []byte(want), 0o600))
		return
	}
	require.Equal(t, want, readSQLPage(t), "go test -update writes the page")
}

// replacePart returns the page with another text between the marks of a generated part.
func replacePart(t *testing.T, page, name string, part func(old string) string) string {
	t.Helper()
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	before, rest, found := strings.Cut(page, begin)
	require.True(t, found, "the page has no %s", begin)
	old, after, found := strings.Cut(rest, end)
	require.True(t, found, "the page has no %s", end)
	return before + begin + part(old) + end + after
}

// openPageDB opens an in-process cluster of its own. The name may be followed by /test? and keys.
func openPageDB(t *testing.T, name string) *sql.DB {
	t.Helper()
	if !strings.Contains(name, "/") {
		name += "/test"
	}
	db, err := sql.Open("aerospike", "aerospike+mem://"+name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// TestFunctionsOfThePage: the page has the functions as they are.
func TestFunctionsOfThePage(t *testing.T) {
	checkSQLPage(t, replacePart(t, readSQLPage(t), "functions", func(string) string { return "\n" + function.Markdown() + "\n" }))
}

// TestExamplesOfFunctions: each example of a function has the documented result through
// database/sql.
func TestExamplesOfFunctions(t *testing.T) {
	db := openPageDB(t, "functions")
	value := func(x, from string) string {
		rows := queryTexts(t, db, "SELECT "+x+from)
		require.Len(t, rows, 1, x)
		return rows[0]
	}
	check := func(example, result, from string) {
		t.Helper()
		got := value(example, from)
		if result != "" && result != got { // the text of a time is not an expression
			require.Equal(t, value(result, ""), got, example)
		}
	}
	for _, f := range function.All() {
		if f.Stable { // the result depends on the time or the session
			value(f.Example, "")
			continue
		}
		check(f.Example, f.ExampleResult, "")
	}
	for _, a := range function.Aggregates() {
		check(a.Example, a.ExampleResult, " FROM (VALUES (4), (1), (2), (2)) AS t (x)")
	}
}

var sqlBlock = regexp.MustCompile("(?ms)^```sql\n(.*?)^```$")

// TestExamplesOfTheSQLPage runs the statements of the page one after another on one server. The
// comments right after a statement are its result.
func TestExamplesOfTheSQLPage(t *testing.T) {
	db := openPageDB(t, "page")
	page := readSQLPage(t)
	require.Greater(t, len(sqlBlock.FindAllString(page, -1)), 10)
	checkSQLPage(t, sqlBlock.ReplaceAllStringFunc(page, func(block string) string {
		return runBlock(t, db, block)
	}))
}

// runBlock returns a block with the results of its statements.
func runBlock(t *testing.T, db *sql.DB, block string) string {
	t.Helper()
	var out, statement []string
	inResult := false
	for line := range strings.SplitSeq(block, "\n") {
		isComment := strings.HasPrefix(line, "-- ")
		if isComment && inResult {
			continue
		}
		inResult = false
		out = append(out, line)
		if isComment || strings.HasPrefix(line, "```") || line == "" {
			continue
		}
		statement = append(statement, line)
		if strings.HasSuffix(line, ";") {
			out = append(out, resultLines(t, db, strings.TrimSuffix(strings.Join(statement, "\n"), ";"))...)
			statement, inResult = nil, true
		}
	}
	require.Empty(t, statement, "a statement without a semicolon")
	return strings.Join(out, "\n")
}

var returnsRows = regexp.MustCompile(`(?is)^(SELECT|WITH|VALUES|EXPLAIN|SHOW|CALL|AGGREGATE|ANALYZE|\()|\bRETURNING\b`)

// resultLines runs a statement and returns its result as comments.
func resultLines(t *testing.T, db *sql.DB, statement string) (lines []string) {
	t.Helper()
	if !returnsRows.MatchString(statement) {
		return changeLines(t, db, statement)
	}
	rows, err := tryTexts(t.Context(), db, statement)
	if err != nil {
		return errorLines(err)
	}
	if len(rows) == 0 {
		return []string{"-- no rows"}
	}
	for _, row := range rows {
		lines = append(lines, "-- "+row)
	}
	return lines
}

var changes = regexp.MustCompile(`(?i)^(INSERT|UPSERT|REPLACE|UPDATE|DELETE)`)

func changeLines(t *testing.T, db *sql.DB, statement string) []string {
	t.Helper()
	result, err := db.ExecContext(t.Context(), statement)
	if err != nil {
		return errorLines(err)
	}
	if !changes.MatchString(statement) {
		return nil
	}
	n, err := result.RowsAffected()
	require.NoError(t, err)
	return []string{fmt.Sprintf("-- changed: %d", n)}
}

var volatileText = regexp.MustCompile(` \[node .*\]|aerospike: `)

func errorLines(err error) []string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return []string{"-- error: " + volatileText.ReplaceAllString(first, "")}
}

// queryTexts returns the rows of a query, a line for each.
func queryTexts(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := tryTexts(t.Context(), db, query, args...)
	require.NoError(t, err, query)
	return rows
}

func tryTexts(ctx context.Context, db *sql.DB, query string, args ...any) (lines []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	values, targets := make([]any, len(types)), make([]any, len(types))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		texts := make([]string, len(values))
		for i, v := range values {
			if at, ok := v.(time.Time); ok && types[i].DatabaseTypeName() == "DATE" {
				v = at.Format(time.DateOnly)
			}
			texts[i] = valueText(v)
		}
		lines = append(lines, strings.Join(texts, " | "))
	}
	return lines, rows.Err()
}

// valueText returns a value as the page shows it.
func valueText(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if v == math.Trunc(v) && !strings.ContainsAny(text, "eIN") {
			text += ".0"
		}
		return text
	case []byte:
		return "X'" + strings.ToUpper(hex.EncodeToString(v)) + "'"
	case time.Time:
		return v.Format("2006-01-02 15:04:05.999999999")
	case []any:
		texts := make([]string, len(v))
		for i, e := range v {
			texts[i] = valueText(e)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]any:
		var texts []string
		for k, e := range v {
			texts = append(texts, k+": "+valueText(e))
		}
		slices.Sort(texts)
		return "{" + strings.Join(texts, ", ") + "}"
	case map[any]any:
		var texts []string
		for k, e := range v {
			texts = append(texts, valueText(k)+": "+valueText(e))
		}
		slices.Sort(texts)
		return "{" + strings.Join(texts, ", ") + "}"
	}
	return fmt.Sprint(value)
}
