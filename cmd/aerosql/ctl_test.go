package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/control"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// run executes the program and returns its exit code and output.
func run(args ...string) (code int, stdout, stderr string) {
	var out, err strings.Builder
	code = execute(context.Background(), args, &out, &err)
	return code, out.String(), err.String()
}

// serveForTest runs aerosql serve until the test ends, and returns its addresses and its control
// address.
func serveForTest(t *testing.T, args ...string) (seeds []string, controlAddress string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	outRead, out := io.Pipe()
	logRead, log := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- execute(ctx, append([]string{"serve", "-listen", "127.0.0.1:0", "-control", "127.0.0.1:0"}, args...), out, log)
		out.Close()
		log.Close()
	}()
	t.Cleanup(func() {
		stop()
		require.Equal(t, command.ExitOK, <-code)
	})
	found := make(chan string, 1)
	address := regexp.MustCompile(`msg=control address=(\S+)`)
	go func() {
		for lines := bufio.NewScanner(logRead); lines.Scan(); {
			if m := address.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	controlAddress = <-found
	lines := bufio.NewScanner(outRead)
	require.True(t, lines.Scan())
	go func() { _, _ = io.Copy(io.Discard, outRead) }()
	return []string{lines.Text()}, controlAddress
}

func TestCtl(t *testing.T) {
	dir := t.TempDir()
	csv := filepath.Join(dir, "users.csv")
	require.NoError(t, os.WriteFile(csv, []byte("PK,n\nu1,1\nu2,2\n"), 0o600))
	_, address := serveForTest(t, "-seed", csv, "-history", "-control-token", "s3cret", "-nodes", "2")
	do := func(words ...string) string {
		t.Helper()
		code, out, err := run(append([]string{"ctl", "-control", address, "-token", "s3cret"}, words...)...)
		require.Equal(t, command.ExitOK, code, err)
		return out
	}
	require.Contains(t, do("nodes"), `"name":"A2"`)
	require.Equal(t, 2, strings.Count(do("records", "dump", "test", "users"), "\n"))
	require.Contains(t, do("record", "get", "test", "users", `"u1"`), `"bins":{"n":1}`)
	do("record", "delete", "test", "users", `"u1"`)
	lines := filepath.Join(dir, "more.jsonl")
	require.NoError(t, os.WriteFile(lines, []byte(`{"set":"users","key":"u3","bins":{"n":3},"ttl":10}`), 0o600))
	require.Contains(t, do("records", "load", "test", lines), `"records":1`)
	do("clock", "advance", "20000")
	require.Contains(t, do("records", "expire", "test"), `"removed":1`)
	require.Contains(t, do("clock", "set", "2031-01-02T03:04:05Z"), "2031-01-02T03:04:05")
	require.Contains(t, do("fault", "add", `{"on":["writes"],"action":{"code":18}}`), `"id":"f1"`)
	do("fault", "clear")
	do("node", "kill", "A2")
	do("node", "start", "A2")
	do("settle")
	require.Contains(t, do("info", "A1", "sets/test/users"), "objects=1:")
	require.Contains(t, do("history", "0"), `"kind":"removed"`)
	require.Contains(t, do("fork"), `"id":"1"`)
	do("-fork", "1", "records", "truncate", "test")
	require.Empty(t, do("-fork", "1", "records", "dump", "test"))
	require.NotEmpty(t, do("records", "dump", "test"))
	do("fork", "close", "1")
	require.Contains(t, do("openapi"), `"openapi": "3.0.3"`)

	for _, test := range []struct {
		words []string
		code  int
		want  string
	}{
		{[]string{"ctl", "-control", address, "nodes"}, command.ExitFailure, "the token is missing or wrong"},
		{[]string{"ctl", "-control", address, "-token", "s3cret", "node", "kill", "A9"}, command.ExitFailure, `no node "A9"`},
		{[]string{"ctl", "-control", "127.0.0.1:1", "nodes"}, command.ExitFailure, "no answer from the control address"},
		{[]string{"ctl", "node", "eat"}, command.ExitUsage, `unknown command "node eat"`},
		{[]string{"ctl", "-h"}, command.ExitOK, "node partition NODE"},
		{[]string{"ctl", "-nosuch"}, command.ExitUsage, "-nosuch"},
		{[]string{"ctl", "records", "load", "test", "/nowhere"}, command.ExitFailure, "/nowhere"},
		{[]string{"serve", "-listen", "127.0.0.1:0", "-control", "0.0.0.0:0"}, command.ExitFailure, "set -control-token"},
		{[]string{"serve", "-listen", "127.0.0.1:0", "-control", address}, command.ExitFailure, "in use"},
		{[]string{"serve", "-listen", "127.0.0.1:0", "-seed", "/nowhere.csv"}, command.ExitFailure, "/nowhere.csv"},
	} {
		code, out, err := run(test.words...)
		require.Equal(t, test.code, code, test.words)
		require.Contains(t, out+err, test.want, test.words)
	}
}

// Every form of ctl has a route, and every variable of its path and body is in its form.
func TestCtlForms(t *testing.T) {
	var document struct{ Paths map[string]map[string]any }
	require.NoError(t, json.Unmarshal(control.Document(), &document))
	patterns := make(map[string]bool)
	variable := regexp.MustCompile(`\{\w+\}`)
	for path, methods := range document.Paths {
		for method := range methods {
			patterns[strings.ToUpper(method)+" "+variable.ReplaceAllString(path, "{}")] = true
		}
	}
	for _, c := range ctlForms {
		path, _, _ := strings.Cut(c.path, "?")
		if path != "/openapi.json" {
			require.True(t, patterns[c.method+" "+variable.ReplaceAllString(path, "{}")], c.form)
		}
		for _, v := range regexp.MustCompile(`\{([A-Z]+)\}`).FindAllStringSubmatch(c.path+c.body, -1) {
			require.Contains(t, strings.Fields(c.form), v[1], c.form)
		}
		found, _ := findCtl(strings.Fields(c.form))
		require.Equal(t, c.form, found.form)
	}
}
