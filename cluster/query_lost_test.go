package cluster

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wire"
)

// scanned runs a query to its end and returns its error.
func scanned(ctx context.Context, c *Client, p *QueryPolicy) (err error) {
	for _, e := range c.Scan(ctx, p, "test", "s") {
		err = e
	}
	return err
}

// TestQueryWithoutTotalTimeoutEnds: all answers are lost. A query without a total timeout ends
// after its retries. A retry takes the socket timeout for each node that it waits for, and a pause.
func TestQueryWithoutTotalTimeoutEnds(t *testing.T) {
	const pauses = 10 * time.Second
	for nodes := 1; nodes <= 3; nodes++ {
		for name, c := range map[string]struct {
			policy *QueryPolicy
			waits  int
		}{
			"defaults":    {nil, 30 * (1 + DefaultQueryRetries)},
			"one retry":   {&QueryPolicy{MaxRetries: 1, SocketTimeout: time.Second}, 2},
			"no retries":  {&QueryPolicy{MaxRetries: NoRetries, SocketTimeout: time.Second}, 1},
			"one by one":  {&QueryPolicy{MaxConcurrentNodes: 1}, nodes * 30 * (1 + DefaultQueryRetries)},
			"few records": {&QueryPolicy{MaxRecords: 10}, 30 * (1 + DefaultQueryRetries)},
		} {
			t.Run(name, func(t *testing.T) {
				bubble(t, nodes, nil, func(t *testing.T, f *fakeNet, client *Client) {
					for i := range nodes {
						f.node(i).play(func(net.Conn, *wire.Message) bool { return true })
					}
					start := time.Now()
					require.ErrorIs(t, scanned(t.Context(), client, c.policy), ErrTimeout)
					waits := time.Duration(c.waits) * time.Second
					require.GreaterOrEqual(t, time.Since(start), waits)
					require.LessOrEqual(t, time.Since(start), waits+pauses)
				})
			})
		}
	}
}

// TestQueryWithoutTotalTimeoutWaitsForAConnection: the only connection is used by a query that
// waits for its answer without a limit. Another query waits for a connection as long as for an
// answer.
func TestQueryWithoutTotalTimeoutWaitsForAConnection(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.MaxConnsPerNode = 1 }, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(net.Conn, *wire.Message) bool { return true })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- scanned(ctx, c, &QueryPolicy{SocketTimeout: NoTimeout}) }()
		synctest.Wait()
		start := time.Now()
		err := scanned(t.Context(), c, &QueryPolicy{SocketTimeout: time.Second, MaxRetries: 2})
		require.ErrorIs(t, err, ErrPoolExhausted)
		require.ErrorIs(t, err, ErrTimeout)
		require.GreaterOrEqual(t, time.Since(start), 3*time.Second)
		require.LessOrEqual(t, time.Since(start), 6*time.Second)
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}
