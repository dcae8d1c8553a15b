package main

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// A tool runs commands on a server.
type tool struct {
	t       *testing.T
	address string
	dsn     string
	real    bool // whether it is the server of AEROSQL_ADDR
}

// newTool starts a server for a test. If AEROSQL_ADDR is set, it returns the server of this address
// instead, without the tables of the tests, whose names begin with cli_. The environment of the
// test selects the server.
func newTool(t *testing.T) *tool {
	u := &tool{t: t, address: os.Getenv("AEROSQL_ADDR")}
	if u.real = u.address != ""; !u.real {
		u.address = devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"}).Seeds()[0]
	}
	u.dsn = u.address + "/" + namespace
	t.Setenv("AEROSQL_DSN", u.dsn)
	t.Setenv("AEROSQL_PROFILES", filepath.Join(t.TempDir(), "none.toml"))
	if u.real {
		u.dropTables()
		t.Cleanup(u.dropTables)
	}
	return u
}

// newDevserver starts a server for a test that can't run on another one, for a reason.
func newDevserver(t *testing.T, reason string) *tool {
	if os.Getenv("AEROSQL_ADDR") != "" {
		t.Skip(reason)
	}
	return newTool(t)
}

// namespace is the namespace of the tests.
var namespace = cmp.Or(os.Getenv("AEROSQL_NAMESPACE"), "test")

// dropTables drops the tables of the tests.
func (u *tool) dropTables() {
	u.t.Helper()
	list := u.ok("sql", "-dsn", u.dsn, "-format", "csv", "SELECT table_name FROM information_schema.tables WHERE table_schema = '"+namespace+"' AND table_name LIKE 'cli%'")
	for _, table := range strings.Fields(list)[1:] {
		u.ok("sql", "-dsn", u.dsn, "DROP TABLE IF EXISTS "+table+"; TRUNCATE "+table)
	}
}

// client returns a client of the server.
func (u *tool) client() *cluster.Client {
	u.t.Helper()
	client, err := cluster.Open(u.t.Context(), cluster.Config{Seeds: []string{u.address}})
	require.NoError(u.t, err)
	u.t.Cleanup(func() { require.NoError(u.t, client.Close()) })
	return client
}

// result is what a command has printed.
type result struct {
	code     int
	out, err string
}

// with runs a command with an input.
func (u *tool) with(input string, args ...string) result {
	var out, err strings.Builder
	code := program().Execute(context.Background(), args, &command.Env{In: strings.NewReader(input), Out: &out, Err: &err})
	return result{code, out.String(), err.String()}
}

// run runs a command.
func (u *tool) run(args ...string) result { return u.with("", args...) }

// ok runs a command, which must succeed, and returns its output.
func (u *tool) ok(args ...string) string {
	u.t.Helper()
	r := u.run(args...)
	require.Equal(u.t, command.ExitOK, r.code, "%v: %s", args, r.err)
	return r.out
}

// fails runs a command, which must fail with a code and a message.
func (u *tool) fails(code int, want string, args ...string) {
	u.t.Helper()
	r := u.run(args...)
	require.Equal(u.t, code, r.code, "%v: %s", args, r.err)
	require.Contains(u.t, r.err, want, args)
}

// file writes a file and returns its path.
func (u *tool) file(name, text string) string {
	u.t.Helper()
	path := filepath.Join(u.t.TempDir(), name)
	require.NoError(u.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// read returns the content of a file.
func (u *tool) read(path string) string {
	u.t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(u.t, err)
	return string(text)
}
