package replay_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/replay"
	"github.com/aerosql/aerosql/protocol"
)

// secured returns the options of a server for the TLS name, and the configuration of its clients.
func secured(t *testing.T, name string) (*devserver.TLSOptions, *tls.Config) {
	authority, err := devserver.NewAuthority()
	require.NoError(t, err)
	certificate, err := authority.Issue(name)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(authority.PEM()))
	return &devserver.TLSOptions{Config: &tls.Config{Certificates: []tls.Certificate{certificate}}, Name: name}, &tls.Config{RootCAs: pool}
}

// readAll writes and reads a record in the partitions of all nodes, and returns what it read.
func readAll(t *testing.T, config cluster.Config) (saw string) {
	config.Coalesce = cluster.CoalesceOff
	client, err := cluster.Open(context.Background(), config)
	require.NoError(t, err)
	defer func() { require.NoError(t, client.Close()) }()
	for i := range 30 {
		require.NoError(t, client.Put(context.Background(), nil, key(i), protocol.Bins{protocol.NewBin("n", i)}))
		rec, err := client.Get(context.Background(), nil, key(i))
		require.NoError(t, err)
		saw += fmt.Sprintln(rec.Bins)
	}
	return saw
}

// TestTLS records clients with and without TLS of clusters with and without TLS, and replays each
// recording to clients of both kinds. All find all nodes.
func TestTLS(t *testing.T) {
	nodeOptions, nodeConfig := secured(t, "db.test")
	clientOptions, clientConfig := secured(t, "proxy.test")
	upstream := devserver.RunT(t, devserver.Options{Nodes: 3, Listen: "127.0.0.1:0", Edition: devserver.Enterprise, TLS: nodeOptions})
	for _, test := range []struct{ node, client bool }{{false, true}, {true, false}, {true, true}} {
		t.Run(fmt.Sprintf("node %t, client %t", test.node, test.client), func(t *testing.T) {
			var file bytes.Buffer
			o := replay.ProxyOptions{Listen: "127.0.0.1:0", Upstream: upstream.Seeds()[0], Record: &file, TLS: clientOptions}
			if test.node {
				o.Upstream, o.UpstreamTLS = withoutName(upstream.TLSSeeds()[0], "db.test"), nodeConfig.Clone()
				o.UpstreamTLS.ServerName = "db.test"
			}
			p, err := replay.StartProxy(t.Context(), o)
			require.NoError(t, err)
			config := cluster.Config{Seeds: p.Addresses()}
			if test.client {
				config = cluster.Config{Seeds: p.TLSAddresses(), TLS: clientConfig}
			}
			want := readAll(t, config)
			require.Len(t, p.TLSAddresses(), 3, "the proxy stands for each node")
			require.NoError(t, p.Close())
			rec := read(t, file.Bytes())
			used := make(map[int]bool)
			for _, x := range rec.Exchanges {
				used[x.Node] = used[x.Node] || x.Kind == "write"
			}
			require.Equal(t, map[int]bool{0: true, 1: true, 2: true}, used, "the client used each node through the proxy")

			var text log
			server, err := replay.Start(rec, devserver.Options{
				Listen: "127.0.0.1:0", Edition: devserver.Enterprise, TLS: clientOptions, Logger: slog.New(slog.NewTextHandler(&text, nil)),
			})
			require.NoError(t, err)
			defer server.Close()
			require.Equal(t, want, readAll(t, cluster.Config{Seeds: server.Seeds()[:1]}))
			require.Equal(t, want, readAll(t, cluster.Config{Seeds: server.TLSSeeds()[:1], TLS: clientConfig}))
			require.Empty(t, text.String())
		})
	}
}

// withoutName returns a TLS address, "host:tls-name:port", without the name.
func withoutName(address, name string) string {
	return string(bytes.Replace([]byte(address), []byte(":"+name+":"), []byte(":"), 1))
}

// TestNamesOfNodes checks that the certificate of each node is verified against the TLS name that
// the node reports, and that a proxy does not start if that of the first node is not valid.
func TestNamesOfNodes(t *testing.T) {
	options, config := secured(t, "127.0.0.1")
	upstream := devserver.RunT(t, devserver.Options{Nodes: 2, Listen: "127.0.0.1:0", Edition: devserver.Enterprise, TLS: options})
	address := withoutName(upstream.TLSSeeds()[0], "127.0.0.1")
	p, err := replay.StartProxy(t.Context(), replay.ProxyOptions{Listen: "127.0.0.1:0", Upstream: address, UpstreamTLS: config, Record: new(bytes.Buffer)})
	require.NoError(t, err)
	require.NotEmpty(t, readAll(t, cluster.Config{Seeds: p.Addresses()}))
	require.Len(t, p.Addresses(), 2)
	require.NoError(t, p.Close())

	_, stranger := secured(t, "127.0.0.1")
	for want, o := range map[string]replay.ProxyOptions{
		"certificate signed by unknown authority":  {Upstream: address, UpstreamTLS: stranger},
		"one side uses TLS and the other does not": {Upstream: address},
		"closes the connection as one without TLS": {Upstream: upstream.Seeds()[0], UpstreamTLS: config},
	} {
		o.Listen, o.Record = "127.0.0.1:0", new(bytes.Buffer)
		_, err := replay.StartProxy(t.Context(), o)
		require.ErrorContains(t, err, want)
	}
}

// TestManyNodes replays the recording of a cluster with more nodes than a cluster of the devserver
// can have.
func TestManyNodes(t *testing.T) {
	rec := read(t, []byte(`{"format":"aerosql recording","version":1,"time":"2026-05-01T12:00:00Z","redacted":false}`+"\n"))
	info := func(text string) []byte { return append([]byte{2, 1, 0, 0, 0, 0, 0, byte(len(text))}, text...) }
	for i := range 40 {
		rec.Nodes = append(rec.Nodes, replay.Node{Name: fmt.Sprint("N", i), Address: fmt.Sprintf("10.0.0.%d:3000", i)})
		rec.Exchanges = append(rec.Exchanges, replay.Exchange{
			Node: i, Kind: "info", Request: info("node\n"), Answer: info(fmt.Sprintf("node\tN%d\n", i)),
		})
	}
	server, err := replay.Start(rec, devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	for i, seed := range server.Seeds() {
		want := rec.Exchanges[i].Answer
		require.Equal(t, want, exchange(t, seed, info("node\n"), len(want)))
	}
	require.ErrorContains(t, server.AddNamespace(devserver.NamespaceOptions{Name: "x"}), "has no namespaces")
}
