package cluster_test

import (
	"bytes"
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A spy counts the admin messages that a client sends to each node.
type spy struct {
	server *devserver.Server
	mu     sync.Mutex
	sent   map[string]map[wire.AdminCommand]int
	all    bytes.Buffer
}

func (s *spy) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := s.server.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &spiedConn{conn, s, address}, nil
}

type spiedConn struct {
	net.Conn
	spy     *spy
	address string
}

func (c *spiedConn) Write(p []byte) (int, error) {
	c.spy.mu.Lock()
	if h, err := wire.ParseProtoHeader(p); err == nil && h.Type == wire.ProtoAdmin {
		if r, err := wire.ParseAdminRequest(p[wire.ProtoHeaderSize:]); err == nil {
			counts := c.spy.sent[c.address]
			if counts == nil {
				counts = make(map[wire.AdminCommand]int)
				c.spy.sent[c.address] = counts
			}
			counts[r.Command]++
		}
	}
	c.spy.all.Write(p)
	c.spy.mu.Unlock()
	return c.Conn.Write(p)
}

// count returns how often a command was sent, for each node that received it.
func (s *spy) count(command wire.AdminCommand) (counts []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sent := range s.sent {
		if n := sent[command]; n > 0 {
			counts = append(counts, n)
		}
	}
	return counts
}

func (s *spy) total(command wire.AdminCommand) (n int) {
	for _, c := range s.count(command) {
		n += c
	}
	return n
}

// hashes caches hashed passwords: hashing is slow, especially with the race detector.
var hashes sync.Map

func hashOf(password string) []byte {
	if hash, ok := hashes.Load(password); ok {
		return hash.([]byte)
	}
	hash, err := protocol.Credential(password)
	if err != nil {
		panic(err)
	}
	hashes.Store(password, hash)
	return hash
}

// secure runs a cluster with security and two users: admin, with all privileges, and me, with the
// given roles.
func secure(t testing.TB, nodes int, roles ...string) *spy {
	t.Helper()
	return secureWith(t, devserver.Options{Nodes: nodes, Security: &devserver.SecurityOptions{Quotas: true, Users: []devserver.UserOptions{
		{Name: "admin", Credential: hashOf("admin"), Roles: []string{"superuser"}}, {Name: "me", Credential: hashOf("me"), Roles: roles},
	}}})
}

func secureWith(t testing.TB, o devserver.Options) *spy {
	t.Helper()
	o.Edition = devserver.Enterprise
	server, err := devserver.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return &spy{server: server, sent: make(map[string]map[wire.AdminCommand]int)}
}

// config returns the configuration of a client whose user's password is the user's name.
func (s *spy) config(user string) cluster.Config {
	cfg := cluster.Config{Seeds: s.server.Seeds()[:1], Dial: s.dial, User: user, ConnectTimeout: time.Minute, LoginTimeout: time.Minute}
	cfg.Policies.Read.TotalTimeout = time.Minute
	cfg.Policies.Write.TotalTimeout = time.Minute
	cfg.Policies.Batch.TotalTimeout = time.Minute
	cfg.Policies.Info.Timeout = time.Minute
	cfg.Policies.Admin.Timeout = time.Minute
	cfg.Policies.Background.Timeout = time.Minute
	return cfg
}

// openAs opens a client. A user without a password has the user's name as password, which is hashed
// only once in all tests.
func openAs(ctx context.Context, cfg cluster.Config) (*cluster.Client, error) {
	if cfg.User == "" || cfg.Password != "" {
		return cluster.Open(ctx, cfg)
	}
	return cluster.OpenWithHash(ctx, cfg, hashOf(cfg.User))
}

func (s *spy) open(t testing.TB, cfg cluster.Config) *cluster.Client {
	t.Helper()
	client, err := openAs(context.Background(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// traffic returns everything that was sent so far.
func (s *spy) traffic() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}
