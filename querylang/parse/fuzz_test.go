package parse_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wiretest"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

func addSeeds(f *testing.F) {
	for _, name := range []string{
		"queries.txt", "expressions.txt", "statements.txt", "aql.txt", "errors.txt", "refusals.txt", "aql_errors.txt",
	} {
		text, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		for _, block := range strings.Split(string(text), "\n\n") {
			sql, _, _ := strings.Cut(block, "\n----")
			for _, line := range strings.Split(sql, "\n") {
				if name == "expressions.txt" {
					line = "SELECT " + line
				}
				f.Add(line)
			}
			f.Add(sql)
		}
	}
}

// perByte is the memory in bytes that a statement may use per byte of its text. It is large because
// a column of two bytes is a node of the tree. Statements come from the program and not from the
// network.
const perByte = 512

// FuzzParse checks that every text has a tree or an error with a position inside the text, that the
// text of a parsed statement parses to the same statement, and that all nodes of a tree have a
// position.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, dialect := range []parse.Dialect{parse.Standard, parse.AQL} {
			var all []*parse.Parsed
			var err error
			wiretest.Bounded(t, len(text), perByte, func() { all, err = parse.All(text, dialect) })
			if err != nil {
				var typed *ast.Error
				require.ErrorAs(t, err, &typed)
				require.Positive(t, typed.Line)
				require.NotContains(t, typed.Message, "\n")
				continue
			}
			for _, one := range all {
				requireRoundTrip(t, one.Statement)
				ast.Inspect(one.Statement, func(n ast.Node) bool {
					require.LessOrEqual(t, int(n.Position()), len(text))
					return true
				})
			}
		}
	})
}
