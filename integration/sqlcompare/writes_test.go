package sqlcompare

import (
	"database/sql"
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/querylang"
)

//go:embed testdata/writes.txt
var writes string

var (
	hasRows     = regexp.MustCompile(`(?i)^SELECT|\bRETURNING\b`)
	changesRows = regexp.MustCompile(`(?i)^(INSERT|REPLACE|UPDATE|DELETE)`)
	notLetters  = regexp.MustCompile(`\W+`)
	plainName   = regexp.MustCompile(`^\w+$`)
)

// An effect is what a statement does and returns.
type effect struct {
	err      error
	affected int64
	names    []string
	rows     []string
}

// TestWritesAsSQLite runs the statements of writes.txt here and in SQLite.
func TestWritesAsSQLite(t *testing.T) {
	for i, script := range strings.Split(strings.TrimSpace(writes), "\n\n")[1:] {
		name, statements, _ := strings.Cut(script, "\n")
		t.Run(strings.Trim(notLetters.ReplaceAllString(name, "-"), "-"), func(t *testing.T) {
			server, end := share(t, uint64(i), devserver.Options{})
			ours, lite := connect(t, "aerospike", "aerospike+mem://"+server+"/test"), connect(t, "sqlite", ":memory:")
			lite.SetMaxOpenConns(1)
			for statement := range strings.SplitSeq(statements, "\n") {
				compareWrite(t, ours, lite, statement)
			}
			require.NoError(t, ours.Close())
			require.NoError(t, lite.Close())
			require.NoError(t, end())
		})
	}
}

// compareWrite runs a line of writes.txt.
func compareWrite(t *testing.T, ours, lite *sql.DB, line string) {
	mark, statement, marked := strings.Cut(line, " ")
	if marked = marked && (mark == "!" || mark == "~"); !marked {
		mark, statement = "", line
	}
	got := effectOf(ours, statement)
	if mark == "~" {
		assert.ErrorIs(t, got.err, querylang.ErrUnsupported, statement)
	} else {
		want := effectOf(lite, statement)
		require.Equal(t, mark == "!", want.err != nil, "SQLite: %s: %v", statement, want.err)
		if mark == "!" {
			assert.Error(t, got.err, statement)
		} else {
			assert.NoError(t, got.err, statement)
			assert.Equal(t, want.rows, got.rows, statement)
			assert.Len(t, got.names, len(want.names), statement)
			for i, name := range want.names {
				if plainName.MatchString(name) && i < len(got.names) {
					assert.Equal(t, strings.ToLower(name), strings.ToLower(got.names[i]), statement)
				}
			}
			if changesRows.MatchString(statement) && !hasRows.MatchString(statement) {
				assert.Equal(t, want.affected, got.affected, "rows affected: %s", statement)
			}
		}
	}
	for name, list := range tablesOf(t, lite) {
		q := fmt.Sprintf(`SELECT %s FROM "%s"`, list, name)
		want, err := rowsOf(lite, q, false, form{loose: true, lite: true})
		require.NoError(t, err, q)
		rows, err := rowsOf(ours, q, false, form{loose: true, lite: true})
		assert.NoError(t, err, "%s after %s", q, statement)
		assert.Equal(t, want, rows, "%s after %s", q, statement)
	}
}

// effectOf runs a statement.
func effectOf(db *sql.DB, statement string) (e effect) {
	if !hasRows.MatchString(statement) {
		result, err := db.Exec(statement)
		if e.err = err; err == nil {
			e.affected, e.err = result.RowsAffected()
		}
		return e
	}
	rows, err := db.Query(statement)
	if e.err = err; err != nil {
		return e
	}
	if e.names, e.err = rows.Columns(); e.err == nil {
		e.rows, e.err = textsOf(rows, false, form{loose: true, lite: true})
	}
	return e
}

// tablesOf returns the tables of SQLite with what to select of each: a generated key differs.
func tablesOf(t *testing.T, lite *sql.DB) map[string]string {
	rows, err := lite.Query(`SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	require.NoError(t, err)
	defer rows.Close()
	tables := make(map[string]string)
	for rows.Next() {
		var name string
		var generated bool
		require.NoError(t, rows.Scan(&name, &generated))
		if tables[name] = "*"; generated {
			tables[name] = "a"
		}
	}
	require.NoError(t, rows.Err())
	return tables
}
