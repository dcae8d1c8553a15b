package main

import (
	"bufio"
	"context"
	"flag"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/protocol"
)

// argsVariable makes the test binary run the program instead, so that tests can kill it.
const argsVariable = "AEROSQL_TEST_ARGS"

func TestMain(m *testing.M) {
	if args := os.Getenv(argsVariable); args != "" {
		os.Exit(program().Execute(context.Background(), strings.Fields(args), command.System()))
	}
	// A check of a random test runs many commands; the flag -rapid.checks sets another number.
	if err := flag.Set("rapid.checks", "8"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// execute runs the program without input.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program().Execute(ctx, args, &command.Env{In: strings.NewReader(""), Out: stdout, Err: stderr})
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"", command.ExitUsage, "serve"},
		{"nosuch", command.ExitUsage, `unknown command "nosuch"`},
		{"help", command.ExitOK, "serve"},
		{"serve -h", command.ExitOK, "-listen"},
		{"serve -nosuch", command.ExitUsage, "-nosuch"},
		{"serve extra", command.ExitUsage, `unexpected argument "extra"`},
		{"serve -nodes 99", command.ExitFailure, "-nodes 99: a cluster has 1 to 8 nodes"},
		{"serve -nodes 0", command.ExitFailure, "-nodes 0: a cluster has 1 to 8 nodes"},
		{"serve -nodes 2 -replication-factor 3", command.ExitFailure, "-replication-factor 3: use 1 to 2, the number of nodes"},
		{"serve -replication-factor -1", command.ExitFailure, "-replication-factor -1"},
		{"serve -log-format xml", command.ExitFailure, `-log-format "xml": use text or json`},
		{"serve -allow-expunge", command.ExitFailure, "-allow-expunge needs -strong-consistency"},
		{"serve -default-ttl 1ms", command.ExitFailure, "use whole seconds"},
		{"serve -nsup-period 1ms", command.ExitFailure, "-nsup-period 1ms: use whole seconds"},
		{"serve -idle-timeout 1us", command.ExitFailure, "-idle-timeout 1µs: use whole milliseconds"},
		{"serve -max-conns -1", command.ExitFailure, "-max-conns -1: use a positive number"},
		{"serve -racks a", command.ExitFailure, `"a" is not a number`},
		{"serve -racks 1,2", command.ExitFailure, "2 racks for 1 nodes"},
		{"serve -tls-cert x", command.ExitFailure, "-tls-cert and -tls-key need each other"},
		{"serve -tls-client-ca x", command.ExitFailure, "-tls-client-ca needs -tls-ca or -tls-cert"},
		{"serve -max-memory 5TB", command.ExitUsage, "KiB, MiB or GiB"},
		{"serve -listen nowhere", command.ExitFailure, "-listen: address nowhere: missing port"},
		{"serve -advertise host:1", command.ExitFailure, "must be a host without a port"},
		{"serve -as-version 9.9", command.ExitFailure, "unknown version \"9.9\"; use one of 6.4, 7.0"},
		{"version", command.ExitOK, "serves Aerospike 8.1.2.0"},
		{"serve -namespaces ,", command.ExitFailure, "namespace"},
		{"serve -tls-ca /nowhere/ca.pem", command.ExitFailure, "/nowhere/ca.pem"},
		{"serve -strong-consistency other", command.ExitFailure, `"other"`},
	} {
		var out strings.Builder
		require.Equal(t, test.code, execute(context.Background(), strings.Fields(test.args), &out, &out), test.args)
		require.Contains(t, out.String(), test.want, test.args)
	}
}

// The help of serve has every flag in a group and shows examples.
func TestServeHelp(t *testing.T) {
	var out strings.Builder
	require.Equal(t, command.ExitOK, execute(context.Background(), []string{"serve", "-h"}, &out, &out))
	help := out.String()
	require.NotContains(t, help, "\nFlags:\n")
	for _, want := range []string{"Cluster:\n  -listen address\n", "Limits:\n", "Examples:\n", "TLS on port 4333", "Exit codes:\n  0    success\n"} {
		require.Contains(t, help, want)
	}
}

func TestAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	var out strings.Builder
	require.Equal(t, command.ExitFailure, execute(context.Background(), []string{"serve", "-listen", taken.Addr().String()}, &out, &out))
	require.Contains(t, out.String(), taken.Addr().String())
	require.Contains(t, out.String(), "in use")
}

// A server that listens on all addresses advertises one that others reach, or the one of the flag.
func TestAdvertisedAddress(t *testing.T) {
	logger := slog.New(slog.DiscardHandler)
	for _, test := range []struct{ listen, advertise, want string }{
		{"127.0.0.1:0", "", ""},
		{"127.0.0.1:0", "db.example", "db.example"},
		{":0", "db.example", "db.example"},
		{":0", "", ownAddress()},
		{"0.0.0.0:0", "", ownAddress()},
	} {
		got, err := (&serveFlags{listen: test.listen, advertise: test.advertise}).advertised(logger)
		require.NoError(t, err)
		require.Equal(t, test.want, got, test)
	}
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0", Advertise: "db.example"})
	require.NoError(t, err)
	defer server.Close()
	require.Regexp(t, `^db\.example:[0-9]+$`, server.Seeds()[0])
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
	require.Equal(t, command.ExitOK, <-code)
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
	require.Equal(t, command.ExitOK, <-code)
}

// A command whose output is lost fails.
func TestLostOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close()
	for _, args := range []string{"man", "version", "serve -h", "completion bash"} {
		var failed strings.Builder
		require.Equal(t, command.ExitFailure, execute(context.Background(), strings.Fields(args), full, &failed), args)
		require.Contains(t, failed.String(), "no space left on device", args)
	}
}
