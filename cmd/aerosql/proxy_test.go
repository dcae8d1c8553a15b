package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/protocol"
)

// TestProxyAndReplay records a client with aerosql proxy and replays the session with aerosql serve
// -replay. A fault from the control address applies to the replay.
func TestProxyAndReplay(t *testing.T) {
	upstream := devserver.RunT(t, devserver.Options{Nodes: 2, Listen: "127.0.0.1:0"})
	file := filepath.Join(t.TempDir(), "session.jsonl")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	outRead, out := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- execute(ctx, []string{"proxy", "-listen", "127.0.0.1:0", "-upstream", upstream.Seeds()[0], "-record", file}, out, io.Discard)
	}()
	line := bufio.NewScanner(outRead)
	require.True(t, line.Scan())
	use := func(seed string) (string, error) {
		client, err := cluster.Open(context.Background(), cluster.Config{Seeds: []string{seed}})
		require.NoError(t, err)
		defer func() { require.NoError(t, client.Close()) }()
		var saw strings.Builder
		for i := range 4 {
			k := protocol.MustKey("test", "demo", i)
			if err := client.Put(context.Background(), nil, k, protocol.Bins{protocol.NewBin("n", i)}); err != nil {
				return "", err
			}
			rec, err := client.Get(context.Background(), nil, k)
			fmt.Fprintln(&saw, rec, err)
		}
		return saw.String(), nil
	}
	want, err := use(line.Text())
	require.NoError(t, err)
	stop()
	require.Equal(t, command.ExitOK, <-code)

	seeds, address := serveForTest(t, "-replay", file)
	got, err := use(seeds[0])
	require.NoError(t, err)
	require.Equal(t, want, got)
	exit, _, errors := run("ctl", "-control", address, "fault", "add", `{"on":["writes"],"action":{"code":18}}`)
	require.Equal(t, command.ExitOK, exit, errors)
	_, err = use(seeds[0])
	require.ErrorIs(t, err, protocol.DeviceOverload)
}

// TestProxyUsage checks what the commands refuse.
func TestProxyUsage(t *testing.T) {
	dir := t.TempDir()
	taken, broken, fresh := filepath.Join(dir, "taken"), filepath.Join(dir, "broken"), filepath.Join(dir, "fresh")
	require.NoError(t, os.WriteFile(taken, nil, 0o600))
	require.NoError(t, os.WriteFile(broken, []byte("hello\n"), 0o600))
	for _, test := range []struct{ args, want string }{
		{"proxy -record " + fresh, "-upstream is missing"},
		{"proxy -upstream 127.0.0.1:1", "-record is missing"},
		{"proxy -upstream 127.0.0.1:1 -record " + taken, "exists: remove it or choose another name"},
		{"proxy -upstream 127.0.0.1:1 -record " + fresh, "connection refused"},
		{"proxy -upstream nowhere -record " + fresh, "missing port"},
		{"serve -replay " + fresh, "no such file"},
		{"serve -replay " + broken, "not a valid recording: line 1"},
		{"serve -replay " + broken + " -nodes 2", "-nodes has no effect with -replay"},
	} {
		exit, _, text := run(strings.Fields(test.args)...)
		require.Equal(t, command.ExitFailure, exit, test.args)
		require.Contains(t, text, test.want, test.args)
	}
	require.NoFileExists(t, fresh)
}
