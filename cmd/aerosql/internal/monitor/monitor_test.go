package monitor

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

func open(t *testing.T, o devserver.Options) (*devserver.Server, *cluster.Client) {
	server := devserver.RunT(t, o)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return server, client
}

func put(t *testing.T, client *cluster.Client, set string, key, times int) {
	for range times {
		require.NoError(t, client.Put(t.Context(), &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", set, key), protocol.Bins{protocol.NewBin("n", 1)}))
	}
}

// A sample has nodes, namespaces and sets, and the difference of two has the rates.
func TestSample(t *testing.T) {
	server, client := open(t, devserver.Options{Nodes: 2, ClusterName: "demo"})
	sampler := New(client)
	first, err := sampler.Sample(t.Context())
	require.NoError(t, err)
	for key := range 10 {
		put(t, client, "users", key, 1)
	}
	_, err = client.Get(t.Context(), nil, protocol.MustKey("test", "users", 1))
	require.NoError(t, err)
	_, err = client.Get(t.Context(), nil, protocol.MustKey("test", "users", 99))
	require.ErrorIs(t, err, protocol.KeyNotFound)
	second, err := sampler.Sample(t.Context())
	require.NoError(t, err)

	require.Equal(t, "demo", second.Cluster)
	require.Len(t, second.Nodes, 2)
	require.Equal(t, "8.1.2.0", second.Nodes[0].Build)
	require.Equal(t, "Community", second.Nodes[0].Edition)
	require.Equal(t, 2, second.Nodes[0].ClusterSize)
	require.Positive(t, second.Nodes[0].RoundTrip)
	require.Equal(t, int64(20), second.Nodes[0].Objects+second.Nodes[1].Objects)
	require.Len(t, second.Namespaces, 1)
	require.Equal(t, int64(10), second.Namespaces[0].Objects)
	require.Equal(t, 2, second.Namespaces[0].Copies)
	require.Equal(t, []Set{{Namespace: "test", Name: "users", Objects: 10, Bytes: second.Sets[0].Bytes}}, second.Sets)
	require.Equal(t, Counts{Reads: 2, Writes: 10}, second.Namespaces[0].Counts)
	require.NotEmpty(t, second.Latencies)

	second.Time = first.Time.Add(2 * time.Second)
	require.Equal(t, Rates{Reads: 1, Writes: 5}, second.NamespaceRates(first)["test"])
	require.InDelta(t, 5, second.Total(first).Writes, 1e-9)

	require.NoError(t, server.FreezeNode(server.NodeNames()[1]))
	third, err := sampler.Sample(t.Context())
	require.NoError(t, err)
	require.Empty(t, third.Nodes[0].Error)
	require.NotEmpty(t, third.Nodes[1].Error)
}

func TestCounts(t *testing.T) {
	c := countsOf(admin.InfoFields{
		"client_read_success": "5", "client_read_not_found": "2", "batch_sub_read_timeout": "1", "client_write_error": "3", "client_delete_success": "1",
		"client_udf_complete": "4", "pi_query_short_basic_complete": "6", "si_query_aggr_error": "1", "from_proxy_read_success": "9", "objects": "7",
		"client_tsvc_error": "8",
	})
	require.Equal(t, Counts{Reads: 8, Writes: 4, UDFs: 4, Queries: 7, Errors: 4, Timeouts: 1}, c)
	require.Equal(t, Rates{}, Counts{Reads: 1}.Per(Counts{Reads: 5}, time.Second), "a restarted node has no negative rate")
	require.Equal(t, Rates{}, Counts{Reads: 1}.Per(Counts{}, 0))
}

func TestLatencies(t *testing.T) {
	list := parseLatencies("A1", "batch-index:;{test}-read:msec,12.5,3.00,1.00,0.00;{test}-write:usec,1.0,0.0;info:msec,2.0,0.00")
	require.Equal(t, []Latency{
		{Node: "A1", Namespace: "test", Operation: "read", PerSecond: 12.5, Over: []float64{3, 1, 0}},
		{Node: "A1", Operation: "info", PerSecond: 2, Over: []float64{0}},
	}, list)
	for _, test := range []struct {
		share float64
		want  int
	}{{0.5, 1}, {0.97, 1}, {0.99, 2}, {0.999, 4}} {
		got, ok := list[0].Bound(test.share)
		require.True(t, ok)
		require.Equal(t, test.want, got, test.share)
	}
	_, ok := (&Latency{Over: []float64{50}}).Bound(0.9)
	require.False(t, ok)
}

// The records that are written most come first, with their user keys, and the others are forgotten.
func TestHotKeys(t *testing.T) {
	_, client := open(t, devserver.Options{})
	hot := NewHotKeys(client, 1)
	namespaces := []Namespace{{Name: "test"}}
	for key := range 50 {
		put(t, client, "users", key, 1)
	}
	require.NoError(t, hot.Look(t.Context(), namespaces))
	require.Empty(t, hot.Hottest(5), "nothing is known of the first look")
	put(t, client, "users", 7, 20)
	put(t, client, "users", 8, 5)
	require.NoError(t, hot.Look(t.Context(), namespaces))
	list := hot.Hottest(5)
	require.Len(t, list, 2)
	require.Equal(t, "7", list[0].Key)
	require.Equal(t, "8", list[1].Key)
	require.InEpsilon(t, 4, list[0].WritesPerSecond/list[1].WritesPerSecond, 0.2)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, hot.Look(canceled, namespaces), context.Canceled)
}
