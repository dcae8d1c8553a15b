package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// TestMigrate applies migrations, rolls them back, and continues after one that failed halfway.
func TestMigrate(t *testing.T) {
	u := newTool(t)
	dir := filepath.Join(t.TempDir(), "migrations")
	in := func(words ...string) []string {
		return append([]string{"migrate", "-table", "cli_goose", "-dir", dir}, words...)
	}
	u.fails(command.ExitUsage, "there is no directory "+dir, in("up")...)
	created := u.ok(in("new", "add users")...)
	require.Regexp(t, regexp.QuoteMeta(dir)+`/\d{14}_add_users\.sql\n`, created)
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.Mkdir(dir, 0o700))
	write := func(name, text string) { require.NoError(t, writeText(filepath.Join(dir, name), text)) }
	u.fails(command.ExitFailure, dir+" has no migrations", in("up")...)

	write("00001_users.sql", "-- +goose Up\nCREATE TABLE IF NOT EXISTS cli_users (id TEXT PRIMARY KEY, age INT);\nCREATE INDEX IF NOT EXISTS cli_users_age ON cli_users (age) WAIT;\n-- +goose Down\nDROP TABLE IF EXISTS cli_users;\n")
	write("00002_rows.sql", "-- +goose Up\nUPSERT INTO cli_users (id, age) VALUES ('a', 1);\nINSERT INTO cli_users (id, age) VALUES ('b', 'x');\n-- +goose Down\nDELETE FROM cli_users;\n")
	require.Equal(t, "pending              00001_users.sql\npending              00002_rows.sql\n", u.ok(in("status")...))
	r := u.run(in("up")...)
	require.Equal(t, command.ExitFailure, r.code)
	require.Regexp(t, `^applied 00001_users\.sql \(.*\)\n$`, r.out)
	require.Contains(t, r.err, "00002_rows.sql failed, and will be run again")
	require.Regexp(t, `^20\d\d-.* 00001_users\.sql\npending +00002_rows\.sql\n$`, u.ok(in("status")...))

	// A file with broken SQL runs no statement, also of files before it.
	write("00002_rows.sql", "-- +goose Up\nUPSERT INTO cli_users (id, age) VALUES ('c', 1);\n-- +goose Down\nDELETE FROM cli_users;\n")
	write("00003_broken.sql", "-- +goose Up\nCREATE TABLE x (id TEXT PRIMARY KEY);\nCREAT INDEX y ON x (n);\n-- +goose Down\n")
	u.fails(command.ExitFailure, "00003_broken.sql: syntax error at line 3, column 1", in("up")...)
	u.fails(command.ExitFailure, "00003_broken.sql: syntax error at line 3, column 1", in("check")...)
	require.Equal(t, "COUNT(*)\n0\n", u.ok("sql", "-format", "csv", "SELECT COUNT(*) FROM cli_users WHERE id = 'c'"))
	require.NoError(t, os.Remove(filepath.Join(dir, "00003_broken.sql")))
	require.Equal(t, "2 files are well-formed\n", u.ok(in("check")...))
	require.Contains(t, u.ok(in("up")...), "applied 00002_rows.sql")
	require.Equal(t, "nothing to do\n", u.ok(in("up")...))
	require.Regexp(t, `^rolled back 00002.*\napplied 00002.*\n$`, u.ok(in("redo")...))
	require.Regexp(t, `^rolled back 00002.*\nrolled back 00001.*\n$`, u.ok(in("down", "0")...))
	require.Equal(t, "nothing to do\n", u.ok(in("down")...))
	require.Contains(t, u.ok(in("up", "1")...), "applied 00001_users.sql")
	for _, words := range [][]string{{}, {"sideways"}, {"up", "x"}, {"up", "1", "2"}, {"new"}, {"new", "../x"}} {
		require.Equal(t, command.ExitUsage, u.run(in(words...)...).code, words)
	}
}
