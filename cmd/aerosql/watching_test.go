package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// TestTop prints a frame for a script and one for a reader.
func TestTop(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "INSERT INTO cli_users (PK, n) VALUES (1, 1), (2, 2)")
	var frame struct {
		Nodes []struct{ Name, Build string }
		Sets  []struct {
			Name    string
			Objects int64
		}
		Error string `json:"hot_error"`
	}
	require.NoError(t, json.Unmarshal([]byte(u.ok("top", "-once", "-json", "-interval", "100ms")), &frame))
	require.NotEmpty(t, frame.Nodes[0].Build)
	require.Empty(t, frame.Error)
	for _, s := range frame.Sets {
		if s.Name == "cli_users" {
			require.Equal(t, int64(2), s.Objects)
		}
	}
	require.Contains(t, u.ok("top", "-once", "-interval", "100ms"), frame.Nodes[0].Name)
	u.fails(command.ExitUsage, "-interval must be at least", "top", "-interval", "1ms")
}

// TestDoctor finds no problem of a cluster on this machine, and the one of a wrong namespace.
func TestDoctor(t *testing.T) {
	u := newTool(t)
	r := u.run("doctor")
	require.Contains(t, []int{command.ExitOK, command.ExitFound}, r.code, r.out)
	require.Contains(t, r.out, "the nodes agree about all partitions ["+namespace+"]")
	r = u.run("doctor", "-q", "-dsn", u.address+"/nosuch")
	require.NotContains(t, []int{command.ExitOK, command.ExitFound}, r.code, r.out)
	require.Contains(t, r.out, "the cluster has no such namespace [nosuch]")
}

// TestBench measures a workload and a statement. The records of a workload are gone afterwards.
func TestBench(t *testing.T) {
	u := newTool(t)
	short := []string{"bench", "-duration", "50ms", "-warmup", "0s", "-keys", "50", "-c", "2", "-batch", "10", "-set", "cli_bench"}
	for _, workload := range []string{"mixed", "batch", "scan", "query"} {
		require.Contains(t, u.ok(append(short, "-workload", workload)...), "p99", workload)
		require.Equal(t, "n\n0\n", u.ok("sql", "-format", "csv", "SELECT COUNT(*) AS n FROM cli_bench"), workload)
	}
	u.ok("sql", "INSERT INTO cli_users (PK, n, name) VALUES (1, 1, 'Ada')")
	u.fails(command.ExitFailure, "the set cli_users has other records", append(short, "-set", "cli_users")...)
	require.Equal(t, "name\nAda\n", u.ok("sql", "-format", "csv", "SELECT name FROM cli_users"))
	require.Contains(t, u.ok(append(short, "SELECT n FROM cli_users WHERE PK = ?")...), "p99")
	u.fails(command.ExitFailure, "syntax error", append(short, "SELEC")...)
}

// TestConsole reads pages of the console.
func TestConsole(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "INSERT INTO cli_users (PK, n, tags) VALUES ('ada', 1, ARRAY[1, 'x'])")
	ctx, stop := context.WithCancel(context.Background())
	read, write := io.Pipe()
	code := make(chan int, 1)
	go func() { code <- execute(ctx, []string{"console", "-listen", "127.0.0.1:0"}, write, io.Discard) }()
	line := make([]byte, 200)
	n, err := read.Read(line)
	require.NoError(t, err)
	address := strings.TrimSuffix(string(line[:n]), "/\n")
	for page, want := range map[string]string{
		"/": namespace, "/browse": "cli_users", "/records?ns=" + namespace + "&set=cli_users": "ada", "/indexes": "", "/jobs": "", "/modules": "", "/users": "",
	} {
		response, err := http.Get(address + page)
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", page, text)
		require.Contains(t, string(text), want, page)
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	require.Equal(t, command.ExitOK, <-code)
}

// TestFullDisk dumps to a disk that is full after some records. The error says so, and the dump can
// be run again.
func TestFullDisk(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "INSERT INTO cli_users (PK, s) VALUES (1, REPEAT('x', 20000)), (2, REPEAT('y', 20000)), (3, REPEAT('z', 20000)), (4, 'z')")
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	for _, args := range [][]string{
		{"dump", "cli_users", "-format", "csv", "-o", "/dev/full"}, {"dump", "cli_users", "-format", "asb", "-o", "/dev/full"},
		{"sql", "-o", "/dev/full", "SELECT * FROM cli_users"}, {"sql", "-format", "json", "-o", "/dev/full", "SELECT * FROM cli_users"},
		{"sql", "-format", "csv", "-o", "/dev/full", "SELECT * FROM cli_users"}, {"sql", "-format", "markdown", "-o", "/dev/full", "SELECT * FROM cli_users"},
		{"sql", `\copy cli_users TO '/dev/full.csv'`}, {"sql", "-o", "/dev/full", `\?`},
	} {
		if strings.HasSuffix(args[len(args)-1], ".csv'") {
			link := filepath.Join(t.TempDir(), "full.csv")
			require.NoError(t, os.Symlink("/dev/full", link))
			args[len(args)-1] = `\copy cli_users TO ` + link
		}
		u.fails(command.ExitFailure, "no space left on device", args...)
	}
	path := filepath.Join(t.TempDir(), "u.jsonl")
	u.ok("dump", "cli_users", "-o", path)
	require.Equal(t, 4, strings.Count(u.read(path), "\n"))
}
