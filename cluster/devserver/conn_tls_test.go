package devserver

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// securedByTLS returns options of a cluster with TLS, with a certificate for "db.test" from the
// authority.
func securedByTLS(t *testing.T, a *Authority, change ...func(*tls.Config)) Options {
	certificate, err := a.Issue("db.test")
	require.NoError(t, err)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, ClientCAs: a.Pool()}
	for _, f := range change {
		f(config)
	}
	return Options{Nodes: 2, Edition: Enterprise, TLS: &TLSOptions{Config: config, Name: "db.test"}}
}

// connectTLS connects to the TLS address of the n-th node.
func connectTLS(t *testing.T, s *Server, a *Authority, n int, certificates ...tls.Certificate) *client {
	t.Helper()
	raw, err := s.Dial(context.Background(), "tcp", s.nodes()[n].tlsAddress())
	require.NoError(t, err)
	conn := tls.Client(raw, &tls.Config{RootCAs: a.Pool(), ServerName: "db.test", Certificates: certificates})
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return &client{t, conn, bufio.NewReader(conn)}
}

func TestAddressesForTLS(t *testing.T) {
	a, err := NewAuthority()
	require.NoError(t, err)
	s := start(t, securedByTLS(t, a))
	require.Equal(t, []string{"127.0.0.1:db.test:4333", "127.0.0.1:db.test:4343"}, s.TLSSeeds())
	for _, c := range []*client{connect(t, s, 0), connectTLS(t, s, a, 0)} {
		require.Equal(t, "127.0.0.1:4333", c.info("service-tls-std"))
		require.Equal(t, "127.0.0.1:3000", c.info("service-clear-std"))
		generation := c.info("peers-generation")
		require.Equal(t, generation+",4333,[[A2,db.test,[127.0.0.1:4343]]]", c.info("peers-tls-std"))
		require.Equal(t, generation+",3000,[[A2,,[127.0.0.1:3010]]]", c.info("peers-clear-std"))
		require.Contains(t, c.info("get-config:context=network"), "service.tls-port=4333;")
		require.Contains(t, c.info("get-config:context=network"), "service.tls-name=db.test;")
		require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
	}
	// The second node omits the default port in the first node's address.
	require.Contains(t, connect(t, s, 1).info("peers-tls-std"), "[[A1,db.test,[127.0.0.1]]]")

	without := connect(t, start(t, Options{Edition: Enterprise}), 0)
	require.Empty(t, without.info("service-tls-std"))
	require.Equal(t, "ERROR:25:enterprise only", connect(t, start(t, Options{}), 0).info("peers-tls-std"))
}

func TestTLSByTCP(t *testing.T) {
	a, err := NewAuthority()
	require.NoError(t, err)
	o := securedByTLS(t, a)
	o.Listen = "127.0.0.1:0"
	s := start(t, o)
	c := connectTLS(t, s, a, 1)
	require.Equal(t, s.nodes()[1].tlsAddress(), c.info("service-tls-std"))
	port := s.nodes()[1].tlsPort
	require.NoError(t, s.StopNode("A2"))
	require.NoError(t, s.RestartNode("A2"))
	require.Equal(t, port, s.nodes()[1].tlsPort, "a restarted node keeps its addresses")
	require.Equal(t, "A2", connectTLS(t, s, a, 1).info("node"))

	inClear := connect(t, s, 0)
	inClear.send([]byte{0x16, 3, 1, 0, 0xa5, 1, 0, 0})
	_, err = inClear.in.ReadByte()
	require.ErrorIs(t, err, io.EOF, "the plain port does not speak TLS")
}

func TestUsersByCertificate(t *testing.T) {
	a, err := NewAuthority()
	require.NoError(t, err)
	o := securedByTLS(t, a, func(c *tls.Config) { c.ClientAuth = tls.VerifyClientCertIfGiven })
	o.Security = &SecurityOptions{Users: []UserOptions{
		{Name: "robot", ByCertificate: true, Roles: []string{"read-write"}}, {Name: "me", Credential: mustHash("me")},
	}}
	s := start(t, o)
	for name, want := range map[string]protocol.ResultCode{"robot": protocol.OK, "me": protocol.InvalidCredential, "nobody": protocol.InvalidUser, "": protocol.InvalidUser} {
		var certificates []tls.Certificate
		if name != "" {
			c, err := a.Issue(name)
			require.NoError(t, err)
			certificates = append(certificates, c)
		}
		c := connectTLS(t, s, a, 0, certificates...)
		_, code := c.admin(wire.NewCertificateLogin())
		require.Equal(t, want, code, name)
		if want == protocol.OK {
			require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
		}
	}
}

func TestTLSOptionsAreChecked(t *testing.T) {
	for want, o := range map[string]Options{
		"TLS needs the Enterprise Edition": {TLS: &TLSOptions{}},
		"Options.TLS has no certificate":   {Edition: Enterprise, TLS: &TLSOptions{Config: &tls.Config{}}},
	} {
		_, err := Start(o)
		require.ErrorContains(t, err, want)
	}
}

func TestAuthority(t *testing.T) {
	a, err := NewAuthority()
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(a.PEM()))
	for _, name := range []string{"db.test", "127.0.0.1"} {
		issued, err := a.Issue(name)
		require.NoError(t, err)
		certificate, key, err := EncodePEM(issued)
		require.NoError(t, err)
		pair, err := tls.X509KeyPair(certificate, key)
		require.NoError(t, err)
		_, err = pair.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name})
		require.NoError(t, err)
	}
}
