package doctor

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/driver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// config returns the Config for a server in memory.
func config(s *devserver.Server) driver.Config {
	return driver.Config{Seeds: s.Seeds()[:1], Dial: s.Dial, Namespace: "test"}
}

// replace replaces the value of an info command of a node.
func replace(s *devserver.Server, node int, name, value string) {
	s.Inject(devserver.Fault{
		Node: s.NodeNames()[node], On: devserver.Infos, Match: func(r *devserver.Request) bool { return r.Asks(name) }, Do: devserver.InfoAnswer(name, value),
	})
}

// Each fault of a cluster is found, with a remedy.
func TestFindings(t *testing.T) {
	for _, test := range []struct {
		name    string
		options devserver.Options
		change  func(*devserver.Server, *driver.Config)
		check   string
		worst   Severity
		want    string
	}{
		{"healthy", devserver.Options{Nodes: 2}, nil, "partitions", Note, "agree about all partitions"},
		{"dns", devserver.Options{}, func(_ *devserver.Server, c *driver.Config) {
			c.Seeds = append(c.Seeds, "nosuch.example:3000")
			c.LookupHost = func(_ context.Context, host string) ([]string, error) {
				if host == "nosuch.example" {
					return nil, errors.New("no such host")
				}
				return []string{host}, nil
			}
		}, "dns", Problem, "nosuch.example has no address"},
		{"dial", devserver.Options{}, func(_ *devserver.Server, c *driver.Config) { c.Seeds = append(c.Seeds, "10.9.9.9:3000") }, "dial", Problem, "does not accept connections"},
		{"namespace", devserver.Options{}, func(_ *devserver.Server, c *driver.Config) { c.Namespace = "nosuch" }, "namespace", Problem, "no such namespace"},
		{"clock", devserver.Options{}, func(s *devserver.Server, _ *driver.Config) { s.AdvanceTime(time.Hour) }, "clock", Warning, "a node's clock differs from this machine's by "},
		{"partitions", devserver.Options{Nodes: 2}, func(s *devserver.Server, _ *driver.Config) {
			values, err := s.Info(s.NodeNames()[0], "replicas")
			if err == nil {
				replace(s, 1, "replicas", values[0])
			}
		}, "partitions", Problem, "contradict each other"},
		{"idle", devserver.Options{IdleTimeout: 2 * time.Second}, nil, "idle", Warning, "opens connections again and again"},
		{"idle below the client's", devserver.Options{IdleTimeout: 20 * time.Second}, nil, "idle", Note, "this client closes them after 18s"},
		{"limits", devserver.Options{MaxConns: 50}, func(_ *devserver.Server, c *driver.Config) { c.MaxConns = 200 }, "limits", Warning, "may open 200 connections, the node allows 50"},
		{"old", devserver.Options{ActAs: "6.4"}, nil, "version", Note, "lacks transactions"},
		{"replication", devserver.Options{Nodes: 2, Namespaces: []devserver.NamespaceOptions{{Name: "test", ReplicationFactor: 1}}}, nil, "namespace", Warning, "each record has one copy"},
		{"expiry", devserver.Options{Namespaces: []devserver.NamespaceOptions{{Name: "test", DefaultTTL: 60}}}, nil, "namespace", Warning, "nothing removes expired records"},
		{"rack", devserver.Options{Edition: devserver.Enterprise, Nodes: 2, Namespaces: []devserver.NamespaceOptions{{Name: "test", Racks: []int{1, 2}}}}, func(_ *devserver.Server, c *driver.Config) {
			c.Replica, c.Racks = cluster.ReplicaPreferRack, []int{7}
		}, "racks", Warning, "no node is in rack 7"},
		{"racks", devserver.Options{Edition: devserver.Enterprise, Nodes: 2, Namespaces: []devserver.NamespaceOptions{{Name: "test", Racks: []int{1, 2}}}}, nil, "racks", Note, "in 2 racks"},
		{"unreachable peer", devserver.Options{Nodes: 2, AlternateAddresses: []string{"192.0.2.1:3000", "192.0.2.2:3000"}}, func(s *devserver.Server, c *driver.Config) {
			hidden := s.Seeds()[1]
			c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == hidden {
					return nil, errors.New("no route to host")
				}
				return s.Dial(ctx, network, address)
			}
		}, "peers", Problem, "can't be reached from here"},
		{"login", devserver.Options{Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{}}, func(_ *devserver.Server, c *driver.Config) {
			c.User, c.Password = "admin", "wrong"
		}, "connect", Problem, "the cluster can't be opened"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := devserver.RunT(t, test.options)
			cfg := config(server)
			if test.change != nil {
				test.change(server, &cfg)
			}
			r, err := Run(t.Context(), cfg)
			require.NoError(t, err)
			found := false
			for _, f := range r.Findings {
				if f.Check == test.check && strings.Contains(f.Text, test.want) {
					found = true
					require.True(t, f.Severity < Warning || f.Remedy != "", "a remedy is missing")
				}
			}
			require.True(t, found, "%+v", r.Findings)
			require.Equal(t, test.worst.String(), r.Worst, "%+v", r.Findings)
		})
	}
}

// The remedy for a node whose address can't be reached is its alternate address.
func TestAlternateAddress(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{Nodes: 2, AlternateAddresses: []string{"192.0.2.1:3000", "192.0.2.2:3000"}})
	cfg, hidden := config(server), server.Seeds()[1]
	cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == hidden {
			return nil, errors.New("no route to host")
		}
		return server.Dial(ctx, network, address)
	}
	r, err := Run(t.Context(), cfg)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, r.Text(&text))
	require.Contains(t, text.String(), "-> set alternate_addresses=true")
}

// A certificate for another name, and one of an unknown authority.
func TestCertificates(t *testing.T) {
	authority, err := devserver.NewAuthority()
	require.NoError(t, err)
	days := 90
	serving := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := authority.Issue("db.example", func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, days) })
		return &c, err
	}}
	server := devserver.RunT(t, devserver.Options{Edition: devserver.Enterprise, TLS: &devserver.TLSOptions{Config: serving}})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	for _, test := range []struct {
		name, ca string
		days     int
		want     string
	}{
		{"other.example", ca, 90, "is not for the name other.example but for db.example"},
		{"db.example", "", 90, "can't be verified"},
		{"db.example", ca, 10, "renew the server's certificate"},
		{"db.example", ca, 90, "is valid for db.example"},
	} {
		days = test.days
		cfg := driver.Config{Dial: server.Dial, Namespace: "test"}
		cfg.Seeds, cfg.TLS, cfg.TLSName, cfg.TLSFiles = server.TLSSeeds()[:1], true, test.name, cluster.TLSFiles{CA: test.ca}
		r, err := Run(t.Context(), cfg)
		require.NoError(t, err)
		var text bytes.Buffer
		require.NoError(t, r.Text(&text))
		require.Contains(t, text.String(), test.want)
	}
}

// With TLS the certificates of the nodes that are not seeds are examined too, and a node whose
// certificate the client refuses is a problem with a remedy.
func TestPeerCertificates(t *testing.T) {
	authority, err := devserver.NewAuthority()
	require.NoError(t, err)
	var server *devserver.Server
	second, days := "db.example", 90
	serving := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		name := "db.example"
		if _, port, _ := net.SplitHostPort(hello.Conn.LocalAddr().String()); strings.HasSuffix(server.TLSSeeds()[1], ":"+port) {
			name = second
		}
		c, err := authority.Issue(name, func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, days) })
		return &c, err
	}}
	server = devserver.RunT(t, devserver.Options{
		Listen: "127.0.0.1:0", Edition: devserver.Enterprise, Nodes: 2, TLS: &devserver.TLSOptions{Config: serving, Name: "db.example"},
	})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	for _, test := range []struct {
		second string
		days   int
		want   []string
	}{
		{"db.example", 90, []string{"the certificate is valid for db.example", "[" + server.NodeNames()[1] + "]", "all nodes that the cluster reports can be reached"}},
		{"db.example", 10, []string{"-> renew the server's certificate"}},
		{"other.example", 90, []string{"the certificate is not for the name db.example but for other.example"}},
	} {
		second, days = test.second, test.days
		cfg := driver.Config{Namespace: "test"}
		cfg.Seeds, cfg.TLS, cfg.TLSName, cfg.TLSFiles = server.TLSSeeds()[:1], true, "db.example", cluster.TLSFiles{CA: ca}
		r, err := Run(t.Context(), cfg)
		require.NoError(t, err)
		var text bytes.Buffer
		require.NoError(t, r.Text(&text))
		for _, want := range test.want {
			require.Contains(t, text.String(), want)
		}
		require.Equal(t, 2, strings.Count(text.String(), " tls "), text.String())
	}
}

func TestParsePeers(t *testing.T) {
	require.Equal(t, map[string]peer{"A2": {"10.0.0.2:3000", ""}, "A3": {"[::1]:3010", "name"}, "A4": {"", ""}},
		parsePeers("5,3000,[[A2,,[10.0.0.2,10.1.0.2]],[A3,name,[[::1]:3010]],[A4,,[]]]"))
	require.Empty(t, parsePeers("5,3000,[]"))
	require.Empty(t, parsePeers(""))
}

func TestLess(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{{"6.4.0.1", "7.0.0", true}, {"8.1.2.0", "8.1.0", false}, {"10.0", "9.9", false}, {"8.1", "8.1.0", true}} {
		require.Equal(t, test.want, less(test.a, test.b), test)
	}
}

// The exit code is that of the worst finding.
func TestCommand(t *testing.T) {
	p := &command.Program{Name: "aerosql", Commands: []command.Command{Command()}}
	run := func(o devserver.Options, args ...string) (int, string) {
		o.Listen = "127.0.0.1:0"
		server, err := devserver.Start(o)
		require.NoError(t, err)
		defer server.Close()
		var out bytes.Buffer
		code := p.Execute(t.Context(), append([]string{"doctor", "-dsn", server.Seeds()[0] + "/test"}, args...), &command.Env{In: strings.NewReader(""), Out: &out, Err: &out})
		return code, out.String()
	}
	code, out := run(devserver.Options{}, "-json")
	require.Equal(t, command.ExitOK, code, out)
	var r struct {
		Worst    string
		Findings []struct{ Check, Severity string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, "note", r.Worst)
	require.NotEmpty(t, r.Findings)
	code, out = run(devserver.Options{IdleTimeout: time.Second}, "-q")
	require.Equal(t, command.ExitFound, code, out)
	require.True(t, strings.HasPrefix(out, "warning"), out)
	code, out = run(devserver.Options{Namespaces: []devserver.NamespaceOptions{{Name: "other"}}})
	require.Equal(t, exitProblem, code, out)
	code = p.Execute(t.Context(), []string{"doctor", "-dsn", "127.0.0.1:1/test"}, &command.Env{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	require.Equal(t, command.ExitUnreachable, code)
}
