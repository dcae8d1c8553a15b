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

// TestProxyWithTLS uses a cluster with TLS through the proxy, with TLS and without.
func TestProxyWithTLS(t *testing.T) {
	dir := t.TempDir()
	serverCA, proxyCA := filepath.Join(dir, "server.pem"), filepath.Join(dir, "proxy.pem")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	start := func(args ...string) (lines []string, code chan int) {
		outRead, out := io.Pipe()
		code = make(chan int, 1)
		go func() { code <- execute(ctx, args, out, io.Discard) }()
		line := bufio.NewScanner(outRead)
		for range 2 {
			require.True(t, line.Scan())
			lines = append(lines, line.Text())
		}
		return lines, code
	}
	addresses, served := start("serve", "-listen", "127.0.0.1:0", "-tls-ca", serverCA)
	upstream := strings.Replace(addresses[1], ":localhost:", ":", 1)
	file := filepath.Join(dir, "session.jsonl")
	seeds, proxied := start("proxy", "-listen", "127.0.0.1:0", "-upstream", upstream, "-upstream-tls-ca", serverCA, "-upstream-tls-name", "localhost",
		"-tls-ca", proxyCA, "-record", file)
	config, err := cluster.LoadTLS(cluster.TLSFiles{CA: proxyCA})
	require.NoError(t, err)
	for _, c := range []cluster.Config{{Seeds: seeds[:1]}, {Seeds: seeds[1:], TLS: config}} {
		client, err := cluster.Open(ctx, c)
		require.NoError(t, err)
		require.NoError(t, client.Put(ctx, nil, protocol.MustKey("test", "demo", 1), protocol.Bins{protocol.NewBin("n", 1)}))
		require.NoError(t, client.Close())
	}
	stop()
	require.Equal(t, command.ExitOK, <-proxied)
	require.Equal(t, command.ExitOK, <-served)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(text), `"kind":"write"`)+strings.Count(string(text), `"kind":"batch"`))
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
		{"proxy -upstream 127.0.0.1:1 -upstream-tls-name x -record " + fresh, "need -upstream-tls-ca"},
		{"proxy -upstream 127.0.0.1:1 -upstream-tls-ca " + broken + " -record " + fresh, "has no certificate"},
		{"proxy -upstream 127.0.0.1:1 -tls-cert " + broken + " -record " + fresh, "-tls-cert and -tls-key need each other"},
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
