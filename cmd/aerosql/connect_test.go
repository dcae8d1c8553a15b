package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// TestClusterSelection checks where the data source name comes from.
func TestClusterSelection(t *testing.T) {
	u := newTool(t)
	info := func(args ...string) string {
		line, _, _ := strings.Cut(u.ok(append([]string{"sql", "-e", `\conninfo`}, args...)...), "\n")
		return line
	}
	address := u.address
	profiles := filepath.Join(t.TempDir(), "profiles.toml")
	require.NoError(t, writeText(profiles, "[default]\ndsn = \""+address+"/"+namespace+"?app_id=default\"\n[other]\ndsn = \""+address+"/"+namespace+"?app_id=other\"\n"))
	t.Setenv("AEROSQL_PROFILES", profiles)
	require.Equal(t, "aerospike://"+address+"/"+namespace, info())
	require.Equal(t, "aerospike://"+address+"/"+namespace+"?app_id=flag", info("-dsn", "aerospike://"+address+"/"+namespace+"?app_id=flag"))
	require.Equal(t, "aerospike://"+address+"/"+namespace+"?app_id=other", info("-profile", "other"))
	t.Setenv("AEROSQL_DSN", "")
	require.Equal(t, "aerospike://"+address+"/"+namespace+"?app_id=default", info())
	t.Setenv("AEROSQL_PROFILE", "other")
	require.Equal(t, "aerospike://"+address+"/"+namespace+"?app_id=other", info())
	u.fails(command.ExitUsage, "exclude each other", "sql", "-profile", "other", "-dsn", address, "SELECT 1")
	u.fails(command.ExitUsage, `"nosuch" is not in `+profiles+", which has default, other", "sql", "-profile", "nosuch", "SELECT 1")
	for _, test := range []struct{ text, want string }{
		{"[x]\ndsn = \"s3cret\n", "line 2 is not valid TOML"},
		{"[x]\nuser = \"ada\"\n", "the profile x has no dsn"},
		{"[x]\ndsn = \"h:1/test\"\nport = 1\n", "unknown key x.port"},
		{"x = 1\n", "it is not a file of profiles"},
	} {
		require.NoError(t, writeText(profiles, test.text))
		r := u.run("sql", "-profile", "x", "SELECT 1")
		require.Equal(t, command.ExitUsage, r.code, test.text)
		require.Contains(t, r.err, test.want)
		require.NotContains(t, r.err, "s3cret")
	}
}

// TestPasswords checks where passwords come from, and that none is shown.
func TestPasswords(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0", Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{
		Users: []devserver.UserOptions{{Name: "ada", Password: "s3cret", Roles: []string{"superuser"}}},
	}})
	u := &tool{t: t, dsn: "ada@" + server.Seeds()[0] + "/test"}
	t.Setenv("AEROSQL_PROFILES", filepath.Join(t.TempDir(), "none.toml"))
	t.Setenv("AEROSQL_DSN", "")
	for _, r := range []result{
		u.run("sql", "-dsn", u.dsn, "SELECT 1"),
		u.run("sql", "-dsn", strings.Replace(u.dsn, "@", ":s3cret@", 1), "SELECT 1"),
	} {
		require.Equal(t, command.ExitUsage, r.code, r.err)
		require.Contains(t, r.err, "AEROSQL_PASSWORD")
		require.NotContains(t, r.err+r.out, "s3cret")
	}
	good, open := u.file("good", "s3cret\n"), u.file("open", "s3cret\n")
	require.NoError(t, os.Chmod(open, 0o644))
	u.ok("sql", "-dsn", u.dsn, "-password-file", good, "SELECT 1")
	u.fails(command.ExitUsage, "run: chmod 600 "+open, "sql", "-dsn", u.dsn, "-password-file", open, "SELECT 1")
	u.fails(command.ExitUsage, "is empty", "sql", "-dsn", u.dsn, "-password-file", u.file("empty", ""), "SELECT 1")
	profiles := u.file("profiles.toml", "[file]\ndsn = \""+u.dsn+"\"\npassword_file = \""+good+"\"\n[text]\ndsn = \""+u.dsn+"\"\npassword = \"s3cret\"\n")
	t.Setenv("AEROSQL_PROFILES", profiles)
	u.ok("sql", "-profile", "file", "SELECT 1")
	u.ok("sql", "-profile", "text", "SELECT 1")
	require.NoError(t, os.Chmod(profiles, 0o644))
	u.fails(command.ExitUsage, "run: chmod 600 "+profiles, "sql", "-profile", "text", "SELECT 1")
	t.Setenv("AEROSQL_PASSWORD", "s3cret")
	require.NotContains(t, u.ok("sql", "-dsn", u.dsn, `\conninfo`), "s3cret")
	t.Setenv("AEROSQL_PASSWORD", "wr0ng")
	r := u.run("sql", "-dsn", u.dsn, "SELECT 1")
	require.Equal(t, command.ExitUnreachable, r.code, r.err)
	require.NotContains(t, r.err, "wr0ng")
	t.Setenv("AEROSQL_DSN", strings.Replace(u.dsn, "@", ":s3cret@", 1))
	require.NotContains(t, u.ok("sql", `\conninfo`), "s3cret")
}
