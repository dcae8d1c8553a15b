package mem

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, name string) (*cluster.Client, func()) {
	t.Helper()
	config, closer, err := cluster.InProcess(context.Background(), name)
	require.NoError(t, err)
	client, err := cluster.Open(context.Background(), config)
	require.NoError(t, err)
	return client, func() {
		require.NoError(t, client.Close())
		require.NoError(t, closer.Close())
		require.NoError(t, closer.Close())
	}
}

func TestClustersAreSharedByName(t *testing.T) {
	ctx := context.Background()
	first, closeFirst := open(t, "shared/orders")
	second, closeSecond := open(t, "shared")
	other, closeOther := open(t, "other/orders")
	k := protocol.MustKey("orders", "demo", 1)
	require.NoError(t, first.Put(ctx, nil, k, protocol.Bins{{Name: "n", Value: protocol.Int(1)}}))
	found, err := second.Exists(ctx, nil, k)
	require.NoError(t, err)
	require.True(t, found)
	found, err = other.Exists(ctx, nil, k)
	require.NoError(t, err)
	require.False(t, found)
	closeFirst()
	found, err = second.Exists(ctx, nil, k)
	require.NoError(t, err)
	require.True(t, found, "the cluster runs while it has users")
	closeSecond()
	closeOther()
	require.Empty(t, servers.byName)
	again, closeAgain := open(t, "shared/orders")
	defer closeAgain()
	found, err = again.Exists(ctx, nil, k)
	require.NoError(t, err)
	require.False(t, found, "the data is lost when the last user closes the cluster")
}

func TestBadNamespaceLeavesNothing(t *testing.T) {
	_, _, err := cluster.InProcess(context.Background(), "x/a-name-that-is-longer-than-thirty-one-bytes")
	require.Error(t, err)
	require.Empty(t, servers.byName)
}

// TestSharedServer checks that a shared server is reachable by its name, offers only its own
// namespaces, and outlives its users.
func TestSharedServer(t *testing.T) {
	ctx := context.Background()
	server, err := devserver.Start(devserver.Options{Nodes: 2, Namespaces: []devserver.NamespaceOptions{{Name: "own"}}})
	require.NoError(t, err)
	defer server.Close()
	remove, err := Share("lent", server)
	require.NoError(t, err)
	_, err = Share("lent", server)
	require.ErrorIs(t, err, ErrNameTaken)
	for _, name := range []string{"", "a/b"} {
		_, err = Share(name, server)
		require.ErrorContains(t, err, "has a slash")
	}
	_, err = Share("none", nil)
	require.ErrorContains(t, err, "no server to share")
	first, closeFirst := open(t, "lent/own")
	k := protocol.MustKey("own", "demo", 1)
	require.NoError(t, first.Put(ctx, nil, k, protocol.Bins{{Name: "n", Value: protocol.Int(1)}}))
	closeFirst()
	require.NotNil(t, server.Peek(k))

	second, closeSecond := open(t, "lent/other")
	_, err = second.Exists(ctx, nil, protocol.MustKey("other", "demo", 1))
	require.ErrorIs(t, err, protocol.InvalidNamespace)
	remove()
	found, err := second.Exists(ctx, nil, k)
	require.NoError(t, err)
	require.True(t, found, "open clients can still use the server")

	third, closeThird := open(t, "lent/own")
	found, err = third.Exists(ctx, nil, k)
	require.NoError(t, err)
	require.False(t, found, "the name now refers to a new cluster")
	remove()
	require.Len(t, servers.byName, 1, "the second remove does not affect the new cluster")
	closeThird()
	closeSecond()
	require.Empty(t, servers.byName)
}
