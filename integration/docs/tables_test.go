package docs

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
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

// section returns the part of the page below a heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, text, found := strings.Cut(readSQLPage(t), "\n## "+heading+"\n")
	require.True(t, found, heading)
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// optionRow is a row of the table of options: the option with a value, and its statements.
var optionRow = regexp.MustCompile("(?m)^\\| `(\\w+ = [^`]*)`[^|]* \\| (\\w+)( by keys)?")

// TestOptionsOfThePage: the options of WITH on the page can be used as it says.
func TestOptionsOfThePage(t *testing.T) {
	db := openPageDB(t, "options")
	rows := optionRow.FindAllStringSubmatch(section(t, "Options of WITH"), -1)
	require.Len(t, rows, 13)
	for _, m := range rows {
		statement := "SELECT a FROM t"
		switch {
		case strings.HasPrefix(m[1], "generation"):
			statement = "UPDATE t SET a = 1 WHERE PK = 99"
		case m[2] == "writing":
			statement = "UPSERT INTO t (PK, a) VALUES (1, 1)"
		case m[3] != "":
			statement = "SELECT a FROM t WHERE PK = 1"
		}
		_, err := db.ExecContext(t.Context(), statement+" WITH ("+m[1]+")")
		require.NoError(t, err, m[1])
	}
}

// TestKeysOfThePage: the page has the keys of data source names as they are.
func TestKeysOfThePage(t *testing.T) {
	checkSQLPage(t, replacePart(t, readSQLPage(t), "keys", func(string) string { return driver.DSNKeysMarkdown() }))
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
			_, instead, found := strings.Cut(strings.ReplaceAll(m[2], `\|`, "\x00"), " | ")
			require.True(t, found && len(instead) > 2, "%s: the page does not say why", statement)
			lines[i] = fmt.Sprintf("| `%s` | %s | %s", m[1], refusal(t, err), strings.ReplaceAll(instead, "\x00", `\|`))
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

// columnsOfKinds are the columns of the table typed, by the kinds that they have.
var columnsOfKinds = []struct {
	name string
	kind function.Kinds
	typ  function.Type
}{
	{"i", function.Integer, function.Type{Family: function.Integers}}, {"f", function.KindsOf(protocol.KindFloat), function.Type{Family: function.Floats}},
	{"s", function.String, function.Type{Family: function.Strings}}, {"b", function.Blob, function.Type{Family: function.Blobs}},
	{"l", function.List, function.Type{Family: function.Lists}}, {"m", function.Map, function.Type{Family: function.Maps}},
	{"g", function.Geo, function.Type{Family: function.Points}}, {"y", function.Bool, function.Type{Family: function.Booleans}},
}

// TestLoweredFunctionsOfThePage: the page lists the functions that servers compute, with the oldest
// version and the kinds of arguments.
func TestLoweredFunctionsOfThePage(t *testing.T) {
	var lines strings.Builder
	lines.WriteString("| Function | Kinds of its arguments | From version |\n|---|---|---|\n")
	n := 0
	for _, f := range function.All() {
		if f.Lower == nil {
			continue
		}
		kinds, since := loweredSince(t, f)
		if len(kinds) > 0 {
			n++
			fmt.Fprintf(&lines, "| `%s` | %s | %s |\n", f.Name, strings.Join(kinds, "; "), text(since))
		}
	}
	require.NotZero(t, n)
	checkSQLPage(t, replacePart(t, readSQLPage(t), "lowered functions", func(string) string { return lines.String() }))
}

// loweredSince returns the kinds of arguments with which servers compute a function, and the oldest
// version that does.
func loweredSince(t *testing.T, f *function.Function) (kinds []string, since function.Version) {
	t.Helper()
	for _, args := range argumentsOf(f.Params) {
		for _, result := range []string{"1", "1.0", "TRUE", "'x'"} {
			condition := f.Name + "(" + strings.Join(args, ", ") + ") = " + result
			at := slices.IndexFunc(versions, func(v function.Version) bool {
				access, err := tryLower(t, "SELECT i FROM typed WHERE "+condition, v)
				return err == nil && access.Filter != nil && !access.Filter.Never && len(access.Residual) == 0
			})
			if at < 0 {
				continue
			}
			kinds = append(kinds, kindsOf(args))
			if since == (function.Version{}) || slices.Compare(versions[at][:], since[:]) < 0 {
				since = versions[at]
			}
			break
		}
	}
	return kinds, since
}

// argumentsOf returns lists of columns that a function with some parameters can have as arguments.
func argumentsOf(params []function.Parameter) [][]string {
	lists := [][]string{nil}
	for _, p := range params {
		if p.Optional {
			break
		}
		var longer [][]string
		for _, list := range lists {
			for _, c := range columnsOfKinds {
				if p.Kinds.Has(c.kind) {
					longer = append(longer, append(slices.Clone(list), c.name))
				}
			}
		}
		lists = longer
	}
	return lists
}

// kindsOf names the kinds of arguments.
func kindsOf(args []string) string {
	names := make([]string, len(args))
	for i, arg := range args {
		for _, c := range columnsOfKinds {
			if c.name == arg {
				names[i] = strings.ToLower(c.typ.String())
			}
		}
	}
	return strings.Join(names, ", ")
}

func text(v function.Version) string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// lowered returns how the only set of a query is read by servers of a version.
func lowered(t *testing.T, query string, v function.Version) *plan.Access {
	t.Helper()
	access, err := tryLower(t, query, v)
	require.NoError(t, err, query)
	return access
}

func tryLower(t *testing.T, query string, v function.Version) (*plan.Access, error) {
	t.Helper()
	prepared, err := querylang.Prepare(t.Context(), query, noTables{}, querylang.Options{Namespace: "test"})
	if err != nil {
		return nil, err
	}
	scan := scanOf(prepared.Plan.(*plan.Block).Root)
	require.NotNil(t, scan, query)
	return plan.Lower(scan, &bind.Env{Run: &bind.Run{}}, serversOf(v))
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

// noTables is a catalog in which only the table typed is declared, with a column of each kind.
type noTables struct{}

func (noTables) Table(_ context.Context, namespace, set string) (*bind.Table, error) {
	if set != "typed" {
		return nil, nil
	}
	table := &bind.Table{Namespace: namespace, Set: set, Key: -1}
	for _, c := range columnsOfKinds {
		table.Columns = append(table.Columns, bind.TableColumn{Name: c.name, Bin: c.name, Type: c.typ})
	}
	return table, nil
}

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
