package cluster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// TestScanAndReadsWhileANodeHangs: on real sockets, a scan that starts on a hanging node finishes
// when the node leaves the cluster, and returns all records. Reads use the replicas long before
// that.
func TestScanAndReadsWhileANodeHangs(t *testing.T) {
	const records = 300
	server, err := devserver.Start(devserver.Options{Nodes: 3, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	cfg := cluster.Config{Seeds: server.Seeds(), ConnectTimeout: time.Minute, TendInterval: 200 * time.Millisecond}
	cfg.Policies.Query.SocketTimeout = time.Hour
	c, err := cluster.Open(t.Context(), cfg)
	require.NoError(t, err)
	defer c.Close()
	policy := &cluster.WritePolicy{TotalTimeout: time.Minute}
	for i := range records {
		require.NoError(t, c.Put(t.Context(), policy, key(i), bin("n", i)))
	}
	name := c.NodeNames()[0]
	server.FreezeNode(name)
	for i := range 20 {
		_, err := c.Get(t.Context(), &cluster.ReadPolicy{TotalTimeout: 20 * time.Second, MaxRetries: 199}, key(i))
		require.NoError(t, err)
	}
	server.LoseNode(name)
	seen := make(map[protocol.Digest]int)
	for rec, err := range c.Scan(t.Context(), nil, "test", "people") {
		require.NoError(t, err)
		seen[rec.Key.Digest()]++
	}
	require.Len(t, seen, records)
	for _, times := range seen {
		require.Equal(t, 1, times)
	}
	require.Len(t, c.NodeNames(), 2)
}
