package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestCase40OneLoginPerNode: while many callers wait for their first connections, the client logs
// in once per node.
func TestCase40OneLoginPerNode(t *testing.T) {
	s := secure(t, 3, "read-write")
	cfg := s.config("me")
	cfg.TendInterval = time.Hour // keeps tending out of this test
	c := s.open(t, cfg)
	require.Equal(t, []int{1, 1, 1}, s.count(wire.AdminLogin))
	hammer := func() {
		var wg sync.WaitGroup
		errs := make(chan error, 1000)
		for i := range 1000 {
			wg.Go(func() { errs <- c.Put(context.Background(), nil, key(i), bin("n", i)) })
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
	}
	hammer()
	require.Equal(t, []int{1, 1, 1}, s.count(wire.AdminLogin))
	// All sessions are lost, including those of pooled connections.
	s.server.ExpireSessions()
	hammer()
	require.Equal(t, []int{2, 2, 2}, s.count(wire.AdminLogin))
}

// TestCallsSurviveALostSession: every kind of call succeeds after the nodes have lost the session.
func TestCallsSurviveALostSession(t *testing.T) {
	s := secure(t, 2, "superuser")
	cfg := s.config("me")
	cfg.TendInterval = time.Hour
	c, ctx := s.open(t, cfg), t.Context()
	require.NoError(t, c.Put(ctx, nil, key(1), bin("n", 1)))
	keys := []protocol.Key{key(1), key(2), key(3), key(4), key(5), key(6)}
	for name, call := range map[string]func() error{
		"get":     func() error { _, err := c.Get(ctx, nil, key(1)); return err },
		"put":     func() error { return c.Put(ctx, nil, key(1), bin("n", 1)) },
		"operate": func() error { _, err := c.Operate(ctx, nil, key(1), protocol.GetBin("n")); return err },
		"batch": func() error {
			results, err := c.BatchRead(ctx, nil, keys)
			for _, r := range results {
				if r.Err != nil && !errors.Is(r.Err, protocol.KeyNotFound) {
					return r.Err
				}
			}
			return err
		},
		"scan": func() error {
			n := 0
			for _, err := range c.Scan(ctx, nil, "test", "people") {
				if n++; err != nil {
					return err
				}
			}
			if n != 1 {
				return fmt.Errorf("%d records", n)
			}
			return nil
		},
		"background": func() error {
			_, err := c.QueryOperate(ctx, nil, cluster.Statement{Namespace: "test", Set: "people"}, protocol.AddBin("n", protocol.Int(1)))
			return err
		},
		"info":  func() error { _, err := c.Info(ctx, nil, "namespaces"); return err },
		"users": func() error { _, err := admin.New(c).QueryUsers(ctx, nil); return err },
		"role":  func() error { return admin.New(c).SetQuotas(ctx, nil, "none", 1, 1) },
	} {
		s.server.ExpireSessions()
		err := call()
		if name == "role" {
			require.ErrorIs(t, err, protocol.InvalidRole)
			continue
		}
		require.NoError(t, err, name)
	}
}

// TestCase40RenewedInTime: tending renews a session of three minutes after two minutes, and new
// connections never wait for it.
func TestCase40RenewedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := secureWith(t, devserver.Options{Security: &devserver.SecurityOptions{
			Users: []devserver.UserOptions{{Name: "me", Credential: hashOf("me"), Roles: []string{"read-write"}}}, SessionTTL: 3 * time.Minute,
		}})
		cfg := s.config("me")
		cfg.IdleTimeout = time.Second // so that connections are new
		c := s.open(t, cfg)
		for second := range 1000 {
			require.NoError(t, c.Put(context.Background(), nil, key(1), bin("n", second)))
			logins := s.total(wire.AdminLogin)
			require.LessOrEqual(t, logins, 1+second/120, "second %d", second)
			require.GreaterOrEqual(t, logins, 1+(second-2)/120, "second %d", second)
			time.Sleep(time.Second)
		}
		require.NoError(t, c.Close())
	})
}

// TestCase41DroppedUser: all calls of a dropped user fail with the server's code, and the client
// limits its login attempts.
func TestCase41DroppedUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := secure(t, 1, "read-write")
		c, root := s.open(t, s.config("me")), s.open(t, s.config("admin"))
		require.NoError(t, c.Put(context.Background(), nil, key(1), bin("n", 1)))
		require.NoError(t, admin.New(root).DropUser(context.Background(), nil, "me"))
		before := s.total(wire.AdminLogin)
		for range 1000 {
			err := c.Put(context.Background(), nil, key(1), bin("n", 1))
			require.ErrorIs(t, err, cluster.ErrLogin)
			require.ErrorIs(t, err, protocol.InvalidUser)
			var e *protocol.Error
			require.ErrorAs(t, err, &e)
			require.False(t, e.InDoubt)
		}
		require.LessOrEqual(t, s.total(wire.AdminLogin)-before, 1)
		// Fifteen minutes of calls and tending: after the first minute there is one login attempt
		// per minute.
		for range 900 {
			require.Error(t, c.Put(context.Background(), nil, key(1), bin("n", 1)))
			time.Sleep(time.Second)
		}
		require.LessOrEqual(t, s.total(wire.AdminLogin)-before, 25)
		// The client recovers when the user exists again.
		require.NoError(t, admin.New(root).CreateUser(context.Background(), nil, "me", "me", "read-write"))
		time.Sleep(2 * time.Minute)
		require.NoError(t, c.Put(context.Background(), nil, key(1), bin("n", 1)))
		require.NoError(t, errors.Join(c.Close(), root.Close()))
	})
}

// TestClustersWithoutSecurity: a cluster with security disabled accepts any client, even one with a
// user. A server without security support returns an error.
func TestClustersWithoutSecurity(t *testing.T) {
	s := secureWith(t, devserver.Options{Nodes: 2})
	c := s.open(t, s.config("me"))
	require.NoError(t, c.Put(t.Context(), nil, key(1), bin("n", 1)))
	require.Equal(t, []int{1, 1}, s.count(wire.AdminLogin), "one request is enough")
	require.ErrorIs(t, admin.New(c).DropUser(t.Context(), nil, "x"), protocol.SecurityNotEnabled)

	community, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	defer community.Close()
	_, err = cluster.Open(t.Context(), cluster.Config{Seeds: community.Seeds(), Dial: community.Dial, User: "me", Password: "me"})
	require.ErrorIs(t, err, protocol.SecurityNotSupported)
	require.ErrorContains(t, err, "leave Config.User empty")

	_, err = cluster.Open(t.Context(), secure(t, 1).config(""))
	require.ErrorIs(t, err, protocol.NotAuthenticated, "a user is needed")
}
