package cluster

import (
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestNodeStartedAgain: all idle connections of a node are broken. The first command finds out, and
// no caller gets an error.
func TestNodeStartedAgain(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.MinConnsPerNode, cfg.Coalesce = 4, CoalesceOff }, func(t *testing.T, f *fakeNet, c *Client) {
		var callers sync.WaitGroup
		release := make(chan struct{})
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			<-release
			return replyOK(conn, m)
		})
		for range 4 {
			callers.Go(func() { assert.NoError(t, c.Put(t.Context(), nil, testKey, testBins)) })
		}
		synctest.Wait()
		close(release)
		callers.Wait()
		f.node(0).play(replyOK)

		f.node(0).stop()
		f.node(0).start()
		time.Sleep(link.IdleCheckAge)
		for range 4 {
			require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		}
	})
}

// TestUnusedConnectionIsBroken: a connection that was opened in advance and never used is replaced
// like any other idle one.
func TestUnusedConnectionIsBroken(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.MinConnsPerNode = 1 }, func(t *testing.T, f *fakeNet, c *Client) {
		tendRounds(1)
		opened := f.node(0).dialed()
		f.node(0).stop()
		f.node(0).start()
		time.Sleep(link.IdleCheckAge)
		require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		require.Greater(t, f.node(0).dialed(), opened)
	})
}

// openOf returns the number of connections of a pool.
func openOf(p *link.Pool) int { return p.Stats().Open }

// idleOf returns the number of idle connections of a pool.
func idleOf(p *link.Pool) int { return p.Stats().Idle }
