package cluster_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A tlsCluster is a cluster whose nodes have a certificate for the TLS name "db.test".
type tlsCluster struct {
	*spy
	authority *devserver.Authority
}

func authority(t testing.TB) *devserver.Authority {
	t.Helper()
	a, err := devserver.NewAuthority()
	require.NoError(t, err)
	return a
}

func issue(t testing.TB, a *devserver.Authority, name string, changes ...func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	c, err := a.Issue(name, changes...)
	require.NoError(t, err)
	return c
}

// withTLS runs a cluster that accepts TLS as well. The changes can replace the nodes' certificate
// and their requirements for clients.
func withTLS(t testing.TB, o devserver.Options, change ...func(*tls.Config)) *tlsCluster {
	t.Helper()
	a := authority(t)
	config := &tls.Config{Certificates: []tls.Certificate{issue(t, a, "db.test")}, ClientCAs: a.Pool()}
	for _, f := range change {
		f(config)
	}
	o.TLS = &devserver.TLSOptions{Config: config, Name: "db.test"}
	return &tlsCluster{secureWith(t, o), a}
}

// secureConfig returns the configuration of a TLS client that trusts the authority.
func (c *tlsCluster) secureConfig() cluster.Config {
	cfg := c.config("")
	cfg.Seeds = c.server.TLSSeeds()[:1]
	cfg.TLS = &tls.Config{RootCAs: c.authority.Pool()}
	return cfg
}

func TestTLS(t *testing.T) {
	for _, listen := range []string{"", "127.0.0.1:0"} {
		s := withTLS(t, devserver.Options{Nodes: 3, Listen: listen})
		c := s.open(t, s.secureConfig())
		require.Len(t, c.NodeNames(), 3, "the peers are discovered with their TLS names")
		for i := range 100 {
			require.NoError(t, c.Put(t.Context(), nil, key(i), bin("n", strings.Repeat("record", 10_000))))
		}
		n := 0
		for _, err := range c.Scan(t.Context(), nil, "test", "people") {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, 100, n)
		requireHidden(t, "record", s.traffic()) // the traffic is encrypted
		clear := s.open(t, s.config(""))
		_, err := clear.Get(t.Context(), nil, key(1))
		require.NoError(t, err, "the plain addresses are known as well")
	}
}

// A refusal is a TLS problem of a server or client, and its error.
type refusal struct {
	server func(*tls.Config)
	client func(*tlsCluster, *cluster.Config)
	want   []string
	cause  any
}

// refusals returns cases for servers with an authority different from other.
func refusals(other *devserver.Authority) map[string]refusal {
	return map[string]refusal{
		"wrong name": {
			client: func(_ *tlsCluster, cfg *cluster.Config) {
				cfg.Seeds[0] = strings.Replace(cfg.Seeds[0], "db.test", "other.test", 1)
			},
			want:  []string{`under the TLS name "other.test"`, "certificate is valid for db.test, not other.test"},
			cause: new(x509.HostnameError),
		},
		"unknown authority": {
			client: func(_ *tlsCluster, cfg *cluster.Config) { cfg.TLS.RootCAs = other.Pool() },
			want:   []string{`the TLS name "db.test"`, "unknown authority", `certificate of "CN=db.test", issued by "CN=devserver authority"`},
			cause:  new(x509.UnknownAuthorityError),
		},
		"no authority": {
			client: func(_ *tlsCluster, cfg *cluster.Config) { cfg.TLS = &tls.Config{} },
			want:   []string{"unknown authority"},
		},
		"clear port": {
			client: func(s *tlsCluster, cfg *cluster.Config) { cfg.Seeds, cfg.TLSName = s.server.Seeds()[:1], "db.test" },
			want:   []string{`the TLS name "db.test"`, "this may not be the server's port for TLS"},
		},
		"too old": {
			server: func(cfg *tls.Config) { cfg.MaxVersion = tls.VersionTLS11; cfg.MinVersion = tls.VersionTLS10 },
			client: func(*tlsCluster, *cluster.Config) {},
			want:   []string{"protocol version"},
		},
		"no client certificate": {
			server: func(cfg *tls.Config) { cfg.ClientAuth = tls.RequireAndVerifyClientCert },
			client: func(*tlsCluster, *cluster.Config) {},
			want:   []string{`the TLS name "db.test"`, "certificate required"},
		},
		"a certificate of an unknown authority": {
			server: func(cfg *tls.Config) { cfg.ClientAuth = tls.RequireAndVerifyClientCert },
			client: func(s *tlsCluster, cfg *cluster.Config) {
				cert, err := other.Issue("me")
				if err != nil {
					panic(err)
				}
				cfg.TLS.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
			},
			want: []string{"remote error: tls"},
		},
		"expired": {
			client: func(*tlsCluster, *cluster.Config) {},
			want:   []string{"certificate has expired", "valid until"},
		},
	}
}

// TestCase53TLSRefused: Open fails and names the wrong certificate and the TLS name. No credentials
// are sent, and there is no fallback to plain text.
func TestCase53TLSRefused(t *testing.T) {
	other := authority(t)
	security := &devserver.SecurityOptions{}
	expired := func(c *x509.Certificate) {
		c.NotAfter = time.Now().Add(-time.Hour)
		c.NotBefore = c.NotAfter.Add(-time.Hour)
	}
	for name, c := range refusals(other) {
		t.Run(name, func(t *testing.T) {
			s := withTLS(t, devserver.Options{Security: security}, func(cfg *tls.Config) {
				if c.server != nil {
					c.server(cfg)
				}
			})
			if name == "expired" {
				s = withTLS(t, devserver.Options{Security: security}, func(*tls.Config) {})
				old := issue(t, s.authority, "db.test", expired)
				s.spy = secureWith(t, devserver.Options{Security: security, TLS: &devserver.TLSOptions{Name: "db.test", Config: &tls.Config{Certificates: []tls.Certificate{old}}}})
			}
			cfg := s.secureConfig()
			cfg.User = "admin"
			c.client(s, &cfg)
			_, err := openAs(t.Context(), cfg)
			require.ErrorIs(t, err, cluster.ErrTLS)
			var problem *cluster.TLSError
			require.ErrorAs(t, err, &problem)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			if c.cause != nil {
				require.ErrorAs(t, err, c.cause)
			}
			requireHidden(t, string(hashOf("admin")), s.traffic())
			require.Empty(t, s.count(wire.AdminLogin))
		})
	}
}

// TestCase53NoFallBack: a plain-text server receives only a TLS ClientHello from a client that uses
// TLS, and nothing after it.
func TestCase53NoFallBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	var mu sync.Mutex
	var seen []byte
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 1<<12)
			n, _ := c.Read(buf)
			mu.Lock()
			seen = append(seen, buf[:n]...)
			mu.Unlock()
			c.Write([]byte("\x02\x01\x00\x00\x00\x00\x00\x00")) // a plain-text response
			c.Close()
		}
	}()
	cfg := cluster.Config{Seeds: []string{l.Addr().String()}, User: "me", TLS: &tls.Config{InsecureSkipVerify: true}}
	_, err = cluster.OpenWithHash(t.Context(), cfg, hashOf("me"))
	require.ErrorIs(t, err, cluster.ErrTLS)
	require.ErrorContains(t, err, "first record does not look like a TLS handshake")
	l.Close()
	<-done
	require.Equal(t, byte(0x16), seen[0])
	require.NotContains(t, string(seen), "$2a$")
}

// TestExternalAndCertificateLogin: logins by an external authority or by certificate need TLS.
func TestExternalAndCertificateLogin(t *testing.T) {
	const secret = "hunter2-marker"
	o := devserver.Options{Nodes: 2, Security: &devserver.SecurityOptions{
		Users:    []devserver.UserOptions{{Name: "robot", ByCertificate: true, Roles: []string{"read-write"}}},
		External: func(user, password string) ([]string, bool) { return []string{"read-write"}, password == secret },
	}}
	s := withTLS(t, o, func(cfg *tls.Config) { cfg.ClientAuth = tls.VerifyClientCertIfGiven })

	cfg := s.secureConfig()
	cfg.User, cfg.Password, cfg.AuthMode = "ann", secret, cluster.AuthExternal
	c := s.open(t, cfg)
	require.NoError(t, c.Put(t.Context(), nil, key(1), bin("n", 1)))
	require.NoError(t, c.Close())
	requireHidden(t, secret, printedForms(t, cfg, &cfg, c)+s.traffic())
	cfg.TLS, cfg.Seeds = nil, s.server.Seeds()[:1]
	_, err := openAs(t.Context(), cfg)
	require.ErrorIs(t, err, cluster.ErrConfig)

	cfg = s.secureConfig()
	cfg.AuthMode = cluster.AuthPKI
	cfg.TLS.Certificates = []tls.Certificate{issue(t, s.authority, "robot")}
	c = s.open(t, cfg)
	require.NoError(t, c.Put(t.Context(), nil, key(1), bin("n", 1)))
	s.server.ExpireSessions()
	require.NoError(t, c.Put(t.Context(), nil, key(1), bin("n", 1)))
	cfg.TLS.Certificates = []tls.Certificate{issue(t, s.authority, "stranger")}
	_, err = openAs(t.Context(), cfg)
	require.ErrorIs(t, err, protocol.InvalidUser)
	require.ErrorContains(t, err, "login by certificate refused")
}

func TestTLSConfigErrors(t *testing.T) {
	cert := []tls.Certificate{{}}
	for want, cfg := range map[string]cluster.Config{
		"AuthMode is external, which must not travel in clear": {User: "u", AuthMode: cluster.AuthExternal},
		"AuthMode is pki, which must not travel in clear":      {AuthMode: cluster.AuthPKI},
		"TLS has no certificate of the client":                 {AuthMode: cluster.AuthPKI, TLS: &tls.Config{}},
		"would send the password to anybody":                   {User: "u", AuthMode: cluster.AuthExternal, TLS: &tls.Config{InsecureSkipVerify: true, Certificates: cert}},
		"is below TLS 1.2":                                     {TLS: &tls.Config{MinVersion: tls.VersionTLS11}},
		"TLS.MaxVersion is below TLS 1.2":                      {TLS: &tls.Config{MaxVersion: tls.VersionTLS11}},
		"TLSName is set and TLS is nil":                        {TLSName: "x"},
		`"h:name:1" has a TLS name, and TLS is nil`:            {Seeds: []string{"h:name:1"}},
		`address "a:b:c:1" is not host:port`:                   {Seeds: []string{"a:b:c:1"}},
		`address "a::1x:1" is not host:port`:                   {Seeds: []string{"a::1x:1"}},
		`address "a:b:c" has no port`:                          {Seeds: []string{"a:b:c"}},
	} {
		if cfg.Seeds == nil {
			cfg.Seeds = []string{"h"}
		}
		_, err := openAs(t.Context(), cfg)
		require.ErrorIs(t, err, cluster.ErrConfig, want)
		require.ErrorContains(t, err, want)
	}
}

// writeFiles writes a certificate and its key to the files.
func writeFiles(t *testing.T, f cluster.TLSFiles, c tls.Certificate) {
	certificate, key, err := devserver.EncodePEM(c)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(f.Key, key, 0o600))
	require.NoError(t, os.WriteFile(f.Certificate, certificate, 0o600))
}

// TestCertificatesAreReloaded: after a client certificate is replaced on disk, new connections use
// it. While the files don't match each other, the previous one is used.
func TestCertificatesAreReloaded(t *testing.T) {
	var mu sync.Mutex
	var names []string
	s := withTLS(t, devserver.Options{}, func(cfg *tls.Config) {
		cfg.ClientAuth = tls.RequireAndVerifyClientCert
		cfg.VerifyConnection = func(state tls.ConnectionState) error {
			mu.Lock()
			defer mu.Unlock()
			names = append(names, state.PeerCertificates[0].Subject.CommonName)
			return nil
		}
	})
	dir := t.TempDir()
	files := cluster.TLSFiles{CA: filepath.Join(dir, "ca.pem"), Certificate: filepath.Join(dir, "client.pem"), Key: filepath.Join(dir, "client.key")}
	require.NoError(t, os.WriteFile(files.CA, s.authority.PEM(), 0o600))
	writeFiles(t, files, issue(t, s.authority, "first"))
	config, err := cluster.LoadTLS(files)
	require.NoError(t, err)
	cfg := s.secureConfig()
	cfg.TLS = config
	last := func() string {
		s.open(t, cfg)
		mu.Lock()
		defer mu.Unlock()
		return names[len(names)-1]
	}
	require.Equal(t, "first", last())
	_, strange, err := devserver.EncodePEM(issue(t, s.authority, "x"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files.Key, append(strange, '\n'), 0o600))
	require.Equal(t, "first", last(), "the key does not match the certificate")
	writeFiles(t, files, issue(t, s.authority, "the second"))
	require.Equal(t, "the second", last())
	require.NoError(t, os.Remove(files.Key))
	require.Equal(t, "the second", last())
}

func TestLoadTLSErrors(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for want, f := range map[string]cluster.TLSFiles{
		"CA file: open /nowhere/ca.pem":           {CA: "/nowhere/ca.pem"},
		"has no certificate in PEM form":          {CA: empty},
		"a certificate needs its key":             {Certificate: empty},
		"client certificate " + empty + ": tls: ": {Certificate: empty, Key: empty},
	} {
		_, err := cluster.LoadTLS(f)
		require.ErrorIs(t, err, cluster.ErrConfig)
		require.ErrorContains(t, err, want)
	}
	config, err := cluster.LoadTLS(cluster.TLSFiles{})
	require.NoError(t, err)
	require.EqualValues(t, tls.VersionTLS12, config.MinVersion)
}

// TestCase03IdleTLSConnection: with TLS too, the client detects that the server has closed an idle
// connection before it uses it. TLS messages without data, such as session tickets, don't count as
// closing.
func TestCase03IdleTLSConnection(t *testing.T) {
	s := withTLS(t, devserver.Options{Listen: "127.0.0.1:0"})
	cfg := s.secureConfig()
	// Go servers send session tickets only to clients that can store them.
	cfg.TLS.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	var mu sync.Mutex
	var conns []net.Conn
	cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := s.server.Dial(ctx, network, address)
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, conn)
		return conn, err
	}
	cfg.MinConnsPerNode, cfg.MaxConnsPerNode, cfg.TendInterval = 1, 1, time.Hour
	c := s.open(t, cfg)
	require.NoError(t, c.Put(t.Context(), nil, key(1), bin("n", 1)))
	mu.Lock()
	before := len(conns)
	mu.Unlock()
	time.Sleep(10 * time.Millisecond) // longer than an idle connection is used without a check
	require.NoError(t, c.Put(t.Context(), nil, key(1), bin("n", 2)))
	mu.Lock()
	require.Len(t, conns, before, "the connection is alive and reused")
	mu.Unlock()

	require.NoError(t, s.server.StopNode("A1"))
	require.NoError(t, s.server.RestartNode("A1"))
	time.Sleep(10 * time.Millisecond)
	require.NoError(t, c.Put(t.Context(), nil, key(1), bin("n", 3)), "a write, which is not retried, uses a new connection")
}

func ExampleLoadTLS() {
	config, err := cluster.LoadTLS(cluster.TLSFiles{CA: "/etc/aerospike/ca.pem", Certificate: "/etc/aerospike/client.pem", Key: "/etc/aerospike/client.key"})
	if errors.Is(err, cluster.ErrConfig) {
		fmt.Println("no such file here")
		return
	}
	// The server's certificate must be valid for the name in the middle.
	_, err = cluster.Open(context.Background(), cluster.Config{Seeds: []string{"10.0.0.1:db.example.com:4333"}, TLS: config})
	fmt.Println(err)
	// Output: no such file here
}
