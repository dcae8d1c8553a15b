package docs

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// TestTypesOfThePage: the page has the names of all types.
func TestTypesOfThePage(t *testing.T) {
	page := readSQLPage(t)
	for _, name := range function.TypeNames() {
		require.Contains(t, page, "`"+name+"`")
	}
}

// optionName is a row of the table of options.
var optionName = regexp.MustCompile("(?m)^\\| `(\\w+) = ")

// TestOptionsOfThePage: the options of WITH on the page exist.
func TestOptionsOfThePage(t *testing.T) {
	_, section, found := strings.Cut(readSQLPage(t), "## Options of WITH")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	names := optionName.FindAllStringSubmatch(section, -1)
	require.NotEmpty(t, names)
	for _, m := range names {
		_, err := querylang.Prepare(t.Context(), "SELECT a FROM t WITH ("+m[1]+" = 1)", noTables{}, querylang.Options{Namespace: "test"})
		require.NoError(t, err)
	}
}

// tableRow is a row of a table whose first cell is SQL.
var tableRow = regexp.MustCompile("^\\| `(.*?)` \\|(.*)$")

// TestRefusalsOfThePage: each statement of the table of refusals is refused with the error that the
// page shows.
func TestRefusalsOfThePage(t *testing.T) {
	db := openPageDB(t, "refused")
	_, err := db.ExecContext(t.Context(), "CREATE TABLE declared (id INT PRIMARY KEY, n INT)")
	require.NoError(t, err)
	rows := 0
	checkSQLPage(t, replacePart(t, readSQLPage(t), "refusals", func(old string) string {
		lines := strings.Split(old, "\n")
		for i, line := range lines {
			m := tableRow.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			rows++
			statement := strings.ReplaceAll(m[1], `\|`, "|")
			_, err := db.ExecContext(t.Context(), statement)
			require.ErrorIs(t, err, querylang.ErrUnsupported, statement)
			lines[i] = fmt.Sprintf("| `%s` | %s |", m[1], refusal(t, err))
		}
		return strings.Join(lines, "\n")
	}))
	require.Greater(t, rows, 20)
}

// refusal returns the message of an error without its position.
func refusal(t *testing.T, err error) string {
	t.Helper()
	var e *querylang.Error
	require.ErrorAs(t, err, &e)
	return strings.ReplaceAll(e.Message, "|", `\|`)
}

// versions are the releases of the server that added parts of expressions, and the ones before.
var versions = []function.Version{{5, 1, 0}, {5, 2, 0}, {5, 6, 0}, {5, 7, 0}, {6, 0, 0}, {6, 4, 0}, {7, 0, 0}, {8, 0, 0}, {8, 1, 0}, {8, 1, 1}, {8, 1, 2}}

// TestPushDownOfThePage: each condition of the table of push-down is left to the servers from the
// version on that the page shows.
func TestPushDownOfThePage(t *testing.T) {
	rows := 0
	checkSQLPage(t, replacePart(t, readSQLPage(t), "push-down", func(old string) string {
		lines := strings.Split(old, "\n")
		for i, line := range lines {
			m := tableRow.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			rows++
			lines[i] = fmt.Sprintf("| `%s` | %s |", m[1], pushedSince(t, strings.ReplaceAll(m[1], `\|`, "|")))
		}
		return strings.Join(lines, "\n")
	}))
	require.Greater(t, rows, 20)
}

// pushedSince describes how a condition is left to the servers.
func pushedSince(t *testing.T, condition string) string {
	t.Helper()
	for _, v := range versions {
		access := lowered(t, "SELECT n FROM t WHERE "+condition, v)
		switch {
		case access.Filter == nil:
		case len(access.Residual) == 0:
			return text(v) + ", whole"
		default:
			return text(v) + ", in part: the client checks the records that pass"
		}
	}
	return "by the client"
}

func text(v function.Version) string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// lowered returns how the only set of a query is read by servers of a version.
func lowered(t *testing.T, query string, v function.Version) *plan.Access {
	t.Helper()
	prepared, err := querylang.Prepare(t.Context(), query, noTables{}, querylang.Options{Namespace: "test"})
	require.NoError(t, err, query)
	scan := scanOf(prepared.Plan.(*plan.Block).Root)
	require.NotNil(t, scan, query)
	env := &bind.Env{Run: &bind.Run{}}
	access, err := plan.Lower(scan, env, serversOf(v))
	require.NoError(t, err, query)
	return access
}

func scanOf(n plan.Node) *plan.Scan {
	if s, ok := n.(*plan.Scan); ok {
		return s
	}
	for _, input := range n.Inputs() {
		if s := scanOf(input); s != nil {
			return s
		}
	}
	return nil
}

// noTables is a catalog without declarations.
type noTables struct{}

func (noTables) Table(context.Context, string, string) (*bind.Table, error) { return nil, nil }

func (noTables) Sample(context.Context, string, string) ([]string, uint64, error) {
	return []string{"a", "b", "loc", "m", "n", "s", "tags", "y"}, 0, nil
}

func (noTables) Version() uint64 { return 0 }

// serversOf are servers of a version, without indexes.
type serversOf function.Version

func (serversOf) Indexes(string, string) ([]plan.Index, int64) { return nil, -1 }
func (v serversOf) ServerVersion() function.Version            { return function.Version(v) }
func (serversOf) PushDown(plan.Rule) bool                      { return true }
func (serversOf) IntegersOnly() bool                           { return false }
