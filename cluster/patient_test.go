package cluster_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

// TestPatientCallersSucceed: some callers have contexts that end after 20 to 500 microseconds, and
// 4 callers wait. The former must never make the latter fail.
func TestPatientCallersSucceed(t *testing.T) {
	const patient = 4
	for name, call := range map[string]func(ctx context.Context, c *cluster.Client, i int) error{
		"get": func(ctx context.Context, c *cluster.Client, i int) error {
			_, err := c.Get(ctx, nil, key(i%100))
			return err
		},
		"put": func(ctx context.Context, c *cluster.Client, i int) error {
			return c.Put(ctx, nil, key(i%100), bin("a", i))
		},
		"scan": func(ctx context.Context, c *cluster.Client, i int) (err error) {
			for _, err = range c.Scan(ctx, nil, "test", "people") {
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := startWithErrorRate(t, 5)
			for i := range 100 {
				require.NoError(t, c.Put(t.Context(), nil, key(i), bin("a", i)))
			}
			var cut atomic.Int64
			hurry := func(int) {
				short, cancel := context.WithTimeout(t.Context(), time.Duration(20+rand.IntN(480))*time.Microsecond)
				defer cancel()
				if call(short, c, 1) != nil {
					cut.Add(1)
				}
			}
			impatient, each := 20, 60
			if name == "scan" {
				impatient, each = 8, 3 // an interrupted scan costs a connection
			}
			errs := make([]error, patient)
			runBeside(impatient, hurry, patient, func(who int) {
				for i := range each {
					if errs[who] = call(t.Context(), c, i); errs[who] != nil {
						return
					}
				}
			})
			for _, err := range errs {
				require.NoError(t, err)
			}
			require.Greater(t, cut.Load(), int64(impatient), "the hurried callers were interrupted")
		})
	}
}

// startWithErrorRate runs one node on sockets, and a client that puts it in backoff after a few
// failures.
func startWithErrorRate(t *testing.T, rate int) *cluster.Client {
	t.Helper()
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	cfg := cluster.Config{Seeds: server.Seeds(), ConnectTimeout: time.Minute, MaxErrorRate: rate}
	cfg.Policies.Read.TotalTimeout, cfg.Policies.Write.TotalTimeout = time.Minute, time.Minute
	client, err := cluster.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	})
	return client
}

// runBeside repeats hurry in the background until all calls of work have returned.
func runBeside(hurried int, hurry func(i int), working int, work func(i int)) {
	var workers, others sync.WaitGroup
	done := make(chan struct{})
	for i := range hurried {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					hurry(i)
				}
			}
		})
	}
	for i := range working {
		workers.Go(func() { work(i) })
	}
	workers.Wait()
	close(done)
	others.Wait()
}
