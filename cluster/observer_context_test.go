package cluster_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// tries is an observer that keeps the tries.
type tries struct {
	mu  sync.Mutex
	all []cluster.CommandTry
}

func (o *tries) CommandStart(ctx context.Context, _ cluster.CommandStart) context.Context { return ctx }
func (o *tries) CommandEnd(context.Context, cluster.CommandEnd)                           {}

func (o *tries) CommandTry(_ context.Context, t cluster.CommandTry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, t)
}

func TestObserversOfAContext(t *testing.T) {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	defer server.Close()
	var of tries
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Observer: &of})
	require.NoError(t, err)
	defer client.Close()
	var first, second tries
	key := protocol.MustKey("test", "t", 1)
	require.NoError(t, client.Put(t.Context(), nil, key, protocol.BinsOf(map[string]any{"n": 1})))
	outer := client.Observe(t.Context(), &first)
	inner := client.Observe(outer, &second)
	_, err = client.Get(outer, nil, key)
	require.NoError(t, err)
	remove := server.Inject(devserver.Fault{On: devserver.Reads, Count: 1, Do: devserver.Action{Skip: true, Reset: true}})
	_, err = client.Get(inner, nil, key)
	require.NoError(t, err)
	remove()
	records := int64(0)
	for record, err := range client.Query(inner, nil, cluster.Statement{Namespace: "test", Set: "t"}) {
		require.NoError(t, err)
		require.NotNil(t, record)
		records++
	}
	_, err = client.Get(t.Context(), nil, key)
	require.NoError(t, err)

	require.Len(t, of.all, 6, "the observer of the Config gets all tries")
	require.Len(t, first.all, 4)
	require.Len(t, second.all, 3)
	require.False(t, second.all[0].Retry)
	require.Error(t, second.all[0].Err)
	require.Zero(t, second.all[0].Records)
	require.True(t, second.all[1].Retry)
	require.EqualValues(t, 1, second.all[1].Records)
	require.Equal(t, records, second.all[2].Records)
	require.Positive(t, second.all[2].Bytes)
}
