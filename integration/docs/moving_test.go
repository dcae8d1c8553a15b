package docs

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// aqlMark stands before blocks of statements that run with dialect=aql.
const aqlMark = "<!-- dialect aql -->\n"

// TestStatementsOfTheOtherPages runs the statements of other pages than that about SQL. Each page
// has a server of its own, which its blocks share.
func TestStatementsOfTheOtherPages(t *testing.T) {
	for _, name := range []string{"moving-aql", "moving-jdbc"} {
		t.Run(name, func(t *testing.T) {
			file := "../../docs/" + name + ".md"
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			page, standard, aql := string(text), openPageDB(t, name), openPageDB(t, name+"/test?dialect=aql")
			want := runPage(t, page, standard, aql)
			if *updatePages {
				require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
				return
			}
			require.Equal(t, want, page, "go test -update writes the page")
		})
	}
}

// runPage returns the page with the results of its statements.
func runPage(t *testing.T, page string, standard, aql *sql.DB) string {
	t.Helper()
	var out strings.Builder
	blocks := 0
	for {
		at := sqlBlock.FindStringIndex(page)
		if at == nil {
			require.NotZero(t, blocks)
			return out.String() + page
		}
		blocks++
		db := standard
		if strings.HasSuffix(page[:at[0]], aqlMark) {
			db = aql
		}
		out.WriteString(page[:at[0]])
		out.WriteString(runBlock(t, db, page[at[0]:at[1]]))
		page = page[at[1]:]
	}
}
