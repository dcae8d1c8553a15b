package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"", exitUsage, "serve"},
		{"nosuch", exitUsage, `unknown command "nosuch"`},
		{"help", exitOK, "serve"},
		{"serve -h", exitOK, "-listen"},
		{"serve -nosuch", exitUsage, "-nosuch"},
		{"serve extra", exitUsage, `unexpected argument "extra"`},
		{"serve -nodes 99", exitFailure, "1 to 8 nodes"},
		{"serve -namespaces ,", exitFailure, "namespace"},
		{"serve -tls-ca /nowhere/ca.pem", exitFailure, "/nowhere/ca.pem"},
		{"serve -strong-consistency other", exitFailure, `"other"`},
	} {
		var out strings.Builder
		require.Equal(t, test.code, execute(context.Background(), strings.Fields(test.args), &out, &out), test.args)
		require.Contains(t, out.String(), test.want, test.args)
	}
}

func TestServeUntilStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	read, write := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- execute(ctx, []string{"serve", "-listen", "127.0.0.1:0", "-nodes", "2", "-namespaces", "test, bank", "-strong-consistency", "bank"}, write, io.Discard)
	}()
	lines := bufio.NewScanner(read)
	for range 2 {
		require.True(t, lines.Scan())
		conn, err := net.Dial("tcp", lines.Text())
		require.NoError(t, err)
		defer conn.Close()
	}
	stop()
	require.Equal(t, exitOK, <-code)
}

// A client can use a server with TLS and users through the files and addresses that the command
// provides.
func TestServeSecure(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	read, write := io.Pipe()
	code := make(chan int, 1)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	go func() {
		code <- execute(ctx, []string{"serve", "-listen", "127.0.0.1:0", "-security", "-tls-ca", ca}, write, io.Discard)
	}()
	lines := bufio.NewScanner(read)
	require.True(t, lines.Scan(), "the address in clear")
	require.True(t, lines.Scan(), "the address for TLS")
	config, err := cluster.LoadTLS(cluster.TLSFiles{CA: ca})
	require.NoError(t, err)
	client, err := cluster.Open(ctx, cluster.Config{Seeds: []string{lines.Text()}, TLS: config, User: "admin", Password: "admin"})
	require.NoError(t, err)
	require.NoError(t, client.Put(ctx, nil, protocol.MustKey("test", "demo", 1), protocol.Bins{protocol.NewBin("n", 1)}))
	require.NoError(t, client.Close())
	stop()
	require.Equal(t, exitOK, <-code)
}
