package docs

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// columnsOf returns the names of the columns of a statement's rows.
func columnsOf(t *testing.T, db *sql.DB, statement string) (string, error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	return strings.Join(names, ", "), rows.Err()
}

// TestShowOfThePage: the page has the columns of each SHOW. Those of users and roles need a server
// with security; the driver's tests have them.
func TestShowOfThePage(t *testing.T) {
	db := openPageDB(t, "show")
	for _, statement := range []string{
		"CREATE TABLE books (isbn TEXT PRIMARY KEY)", "INSERT INTO visits (PK, a) VALUES (1, 1)", "CREATE INDEX users_age ON users (age) NUMERIC",
		"CREATE FUNCTION shapes AS 'function f(r) return 1 end'",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	rows := 0
	checkSQLPage(t, replacePart(t, readSQLPage(t), "show", func(old string) string {
		lines := strings.Split(old, "\n")
		for i, line := range lines {
			m := tableRow.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			rows++
			columns, err := columnsOf(t, db, m[1])
			if protocolError := (*protocol.Error)(nil); err != nil {
				require.ErrorAs(t, err, &protocolError, m[1])
				require.Equal(t, protocol.SecurityNotSupported, protocolError.Code, m[1])
				continue
			}
			_, note, found := strings.Cut(m[2], "|")
			require.True(t, found, line)
			lines[i] = fmt.Sprintf("| `%s` | %s |%s", m[1], columns, note)
		}
		return strings.Join(lines, "\n")
	}))
	require.Greater(t, rows, 15)
}

// TestInformationSchemaOfThePage: the page has the tables of information_schema with their columns.
func TestInformationSchemaOfThePage(t *testing.T) {
	db := openPageDB(t, "information")
	_, err := db.ExecContext(t.Context(), "SELECT * FROM information_schema.nosuch")
	_, list, found := strings.Cut(err.Error(), "has the tables ")
	require.True(t, found)
	list, _, _ = strings.Cut(list, "\n")
	var b strings.Builder
	b.WriteString("| Table | Columns |\n|---|---|\n")
	for name := range strings.SplitSeq(list, ", ") {
		columns, err := columnsOf(t, db, "SELECT * FROM information_schema."+name)
		require.NoError(t, err, name)
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, columns)
	}
	checkSQLPage(t, replacePart(t, readSQLPage(t), "information_schema", func(string) string { return b.String() }))
}
