package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// A tool runs commands on a server.
type tool struct {
	t      *testing.T
	server *devserver.Server
	dsn    string
}

// newTool starts a server for a test. The environment of the test selects it.
func newTool(t *testing.T) *tool {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	dsn := server.Seeds()[0] + "/test"
	t.Setenv("AEROSQL_DSN", dsn)
	t.Setenv("AEROSQL_PROFILES", filepath.Join(t.TempDir(), "none.toml"))
	return &tool{t, server, dsn}
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
