package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/gen"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// TestGenFrom writes the structs of the tables of a cluster that a data source name or a profile
// selects.
func TestGenFrom(t *testing.T) {
	u := newTool(t)
	dir := filepath.Join(t.TempDir(), "shop")
	require.NoError(t, os.Mkdir(dir, 0o700))
	if !u.real { // a namespace of others
		u.fails(command.ExitFailure, "the namespace test has no tables and no sets with records", "gen", "-from", u.dsn, dir)
	}
	u.ok("sql", "CREATE TABLE cli_users (id INT PRIMARY KEY, name TEXT); CREATE TABLE cli_orders (id INT PRIMARY KEY)")
	file := filepath.Join(dir, gen.DefaultTablesFile)
	require.Equal(t, file+"\n", u.ok("gen", "-from", u.dsn, "-table", "cli_users", dir))
	text := u.read(file)
	require.Contains(t, text, "package shop\n")
	require.Contains(t, text, "type CliUsers struct {\n\tID   int64   `as:\"id,pk\"`\n\tName *string `as:\"name\"`\n}\n")
	t.Setenv("AEROSQL_PROFILES", u.file("profiles.toml", "[shop]\ndsn = \""+u.dsn+"\"\n"))
	require.Empty(t, u.ok("gen", "-from", "shop", "-table", "cli_users", "-check", dir))
	u.fails(command.ExitFailure, "the file is out of date", "gen", "-from", "shop", "-check", dir)
	u.fails(command.ExitFailure, "there is no table cli_user in the namespace "+namespace+", which has ", "gen", "-from", "shop", "-table", "cli_user", dir)
	u.fails(command.ExitUsage, `"prod" is not in`, "gen", "-from", "prod")
	u.fails(command.ExitUsage, "-table and -package need -from", "gen", "-table", "cli_users")
	u.fails(command.ExitUsage, "-type and -from exclude each other", "gen", "-from", "shop", "-type", "User")
	u.fails(command.ExitUsage, "has no namespace", "gen", "-from", u.address)
	u.fails(command.ExitUsage, "has a password", "gen", "-from", "a:secret@"+u.dsn)
}
