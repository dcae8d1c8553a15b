package cluster_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
)

// TestCallsThatRaceWithClose: calls that are running when a client is closed, on real sockets,
// succeed or fail with ErrClosed.
func TestCallsThatRaceWithClose(t *testing.T) {
	calls := map[string]func(ctx context.Context, c *cluster.Client) error{
		"get": func(ctx context.Context, c *cluster.Client) error { _, err := c.Get(ctx, nil, key(1)); return err },
		"put": func(ctx context.Context, c *cluster.Client) error { return c.Put(ctx, nil, key(1), benchBins) },
		"batch": func(ctx context.Context, c *cluster.Client) error {
			_, err := c.BatchRead(ctx, nil, []protocol.Key{key(1), key(2), key(3)})
			return err
		},
		"scan": func(ctx context.Context, c *cluster.Client) error {
			for _, err := range c.Scan(ctx, nil, "test", "s") {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"info": func(ctx context.Context, c *cluster.Client) error { _, err := c.Info(ctx, nil, "build"); return err },
		"all": func(ctx context.Context, c *cluster.Client) error {
			_, err := admin.New(c).Statistics(ctx, nil)
			return err
		},
		"sets": func(ctx context.Context, c *cluster.Client) error {
			_, err := admin.New(c).Sets(ctx, nil, "test")
			return err
		},
		"background": func(ctx context.Context, c *cluster.Client) error {
			task, err := c.QueryOperate(ctx, nil, cluster.Statement{Namespace: "test", Set: "s"}, protocol.PutBin("x", protocol.Int(1)))
			if err != nil {
				return err
			}
			return task.Wait(ctx)
		},
		"users": func(ctx context.Context, c *cluster.Client) error {
			_, err := admin.New(c).QueryUsers(ctx, nil)
			if e, ok := err.(*protocol.Error); ok && e.Code != protocol.ClientError {
				return nil // the server has no users
			}
			return err
		},
	}
	for range 8 {
		c := start(t, 2, "127.0.0.1:0", cluster.CoalesceAuto)
		for i := range 20 {
			require.NoError(t, c.Put(t.Context(), nil, key(i), benchBins))
		}
		var callers sync.WaitGroup
		for name, call := range calls {
			for range 3 {
				callers.Go(func() {
					for {
						err := call(t.Context(), c)
						if err == nil {
							continue
						}
						if !isClosed(err) {
							t.Errorf("%s: %v", name, err)
						}
						return
					}
				})
			}
		}
		time.Sleep(5 * time.Millisecond)
		require.NoError(t, c.Close())
		callers.Wait()
	}
}

// isClosed reports whether an error, and that of each row of a batch, is ErrClosed.
func isClosed(err error) bool {
	if batch, ok := err.(*cluster.BatchError); ok {
		for _, row := range batch.Unwrap() {
			if !isClosed(row) {
				return false
			}
		}
		return true
	}
	e, ok := err.(*protocol.Error)
	return ok && e.Err == cluster.ErrClosed
}
