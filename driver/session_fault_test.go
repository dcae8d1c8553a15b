package driver_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
)

// A cutter closes the connections that it has dialed.
type cutter struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	mu   sync.Mutex
	open []net.Conn
}

func (c *cutter) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := c.dial(ctx, network, address)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open = append(c.open, conn)
	}
	return conn, err
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.open {
		_ = conn.Close()
	}
	c.open = nil
}

func TestConnectionsLostBetweenFetches(t *testing.T) {
	c := &cutter{}
	_, conn := openConn(t, func(cfg *driver.Config) {
		c.dial, cfg.Dial, cfg.TendInterval = cfg.Dial, c.Dial, time.Hour
	})
	for _, query := range []string{
		"SELECT n FROM t", "SELECT n FROM t WHERE g >= 0 AND LENGTH(CAST(n AS VARCHAR)) < 9", "SELECT n FROM t ORDER BY n",
		"SELECT a.n FROM t a JOIN t b ON a.n = b.n",
	} {
		execute(t, conn, "DECLARE c CURSOR FOR "+query)
		seen := make(map[string]int)
		for range 4 {
			for _, row := range table(t, conn, "FETCH 9 FROM c") {
				seen[row]++
			}
			c.cut()
		}
		for _, row := range table(t, conn, "FETCH ALL FROM c") {
			seen[row]++
		}
		require.Len(t, seen, 100, query)
		for row, n := range seen {
			require.Equal(t, 1, n, row)
		}
		execute(t, conn, "CLOSE c")
	}
}

func TestCursorContinuesAfterAFailedFetch(t *testing.T) {
	db, f := openFaulty(t)
	for i := range 50 {
		execute(t, db, "INSERT INTO s (PK, n) VALUES (?, ?)", i, i)
	}
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	execute(t, conn, "DECLARE c CURSOR FOR SELECT n FROM s")
	require.Len(t, table(t, conn, "FETCH 10 FROM c"), 10)
	f.afterWrite.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	rows, err := conn.QueryContext(ctx, "FETCH ALL FROM c")
	require.NoError(t, err)
	for rows.Next() {
	}
	require.Error(t, rows.Err())
	require.NoError(t, rows.Close())
	f.afterWrite.Store(false)
	require.Len(t, table(t, conn, "FETCH ALL FROM c"), 40)
	var fetched int
	require.NoError(t, conn.QueryRowContext(t.Context(), "SHOW CURSORS").Scan(new(string), &fetched, new(string)))
	require.Equal(t, 50, fetched)
}
