package integration

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func TestUnknownFunctions(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set, name := on.set(t, client), functions(t, client, statistics)
		on.fill(t, client, set, 10)
		keys := []protocol.Key{on.key(t, set, 1), on.key(t, set, 2)}
		for module, want := range map[string]error{name: cluster.ErrNoFunction, "it-no-such-module": cluster.ErrNoModule} {
			_, err := client.Execute(ctx, nil, keys[0], module, "nosuch")
			require.ErrorIs(t, err, want)
			require.ErrorIs(t, err, protocol.UDFError)
			rows, err := client.BatchExecute(ctx, nil, keys, module, "nosuch")
			require.ErrorIs(t, err, protocol.UDFError)
			for _, r := range rows {
				require.ErrorIs(t, r.Err, want)
			}
			var failure *protocol.Error
			for _, err := range client.Aggregate(ctx, nil, cluster.Statement{Namespace: on.namespace, Set: set}, module, "nosuch") {
				require.ErrorAs(t, err, &failure)
			}
			require.NotNil(t, failure, "an aggregation by %s.nosuch", module)
		}
		_, err := admin.New(client).GetUDF(ctx, nil, "it-no-such-module.lua")
		require.ErrorIs(t, err, cluster.ErrNoModule)
		task, err := admin.New(client).RemoveUDF(ctx, nil, "it-no-such-module.lua")
		require.NoError(t, err, "removing what is not there succeeds")
		require.NoError(t, task.Wait(ctx))
		for _, bad := range []string{"", "a/b.lua", "a;b.lua", "a=b.lua"} {
			_, err := admin.New(client).RegisterUDF(ctx, nil, bad, []byte("x = 1"))
			require.ErrorIs(t, err, protocol.ErrInvalidCommand, bad)
			_, err = admin.New(client).GetUDF(ctx, nil, bad)
			require.ErrorIs(t, err, protocol.ErrInvalidCommand, bad)
		}
		_, err = admin.New(client).RegisterUDF(ctx, nil, "large.lua", make([]byte, 2<<20))
		require.ErrorIs(t, err, protocol.ErrTooLarge)
		_, err = admin.New(client).RegisterUDFFile(ctx, nil, t.TempDir()+"/nosuch.lua")
		require.ErrorContains(t, err, "no such file")
	})
}

// TestRunawayFunctions checks functions that never end. A real server limits only memory, so the
// limits are ours. The error must be in doubt, and the cluster must work afterwards.
func TestRunawayFunctions(t *testing.T) {
	for _, nodes := range []int{1, 3} {
		on := startOn(t, devserver.Options{Nodes: nodes})
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		name := functions(t, client, `
function loop(rec) while true do end end
function recurse(rec) local function again(n) return 1 + again(n + 1) end return again(0) end
`)
		key := on.key(t, set, 1)
		require.NoError(t, client.Put(ctx, nil, key, one))
		for _, function := range []string{"loop", "recurse"} {
			begun := time.Now()
			_, err := client.Execute(ctx, &cluster.WritePolicy{TotalTimeout: 500 * time.Millisecond}, key, name, function)
			var failure *protocol.Error
			require.ErrorAs(t, err, &failure, function)
			require.True(t, failure.Code == protocol.UDFError || failure.InDoubt, "%s: %v", function, err)
			require.Less(t, time.Since(begun), 5*time.Second, function)
		}
		rec, err := client.Get(ctx, &cluster.ReadPolicy{TotalTimeout: 10 * time.Second}, key)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"n": int64(1)}, rec.Bins.Map())
	}
}

// TestMismatchedFilters checks the errors of filters that no index can serve, and of filters that
// do not match any of the existing indexes.
func TestMismatchedFilters(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 5)
		on.index(t, client, admin.Index{Set: set, Bin: "n"})
		named := on.index(t, client, admin.Index{Set: set, Bin: "l", Collection: cluster.IndexList})
		fails := func(filter cluster.Filter) (last error) {
			for _, err := range client.Query(t.Context(), &cluster.QueryPolicy{MaxRetries: cluster.NoRetries}, cluster.Statement{Namespace: on.namespace, Set: set, Filter: filter}) {
				last = err
			}
			return last
		}
		for name, c := range map[string]struct {
			filter cluster.Filter
			want   error
		}{
			"text in numbers":               {cluster.FilterEqual("n", "text"), cluster.ErrIndexType},
			"elements of a number":          {cluster.FilterContains("n", cluster.IndexList, 1), cluster.ErrIndexType},
			"a list as a number":            {cluster.FilterEqual("l", 1), cluster.ErrIndexType},
			"within another context":        {cluster.FilterEqual("n", 1).At(cdt.In(cdt.MapKey(protocol.String("x")))), protocol.IndexNotFound},
			"a bin without an index":        {cluster.FilterEqual("s", "s1"), protocol.IndexNotFound},
			"an unknown index name":         {cluster.FilterEqual("", 1).ByName("it-no-such-index"), protocol.IndexNotFound},
			"an index name of another type": {cluster.FilterEqual("", "text").ByName(named.Name), nil},
			"floats":                        {cluster.FilterEqual("n", math.Pi), protocol.ErrInvalidCommand},
			"lists":                         {cluster.FilterEqual("n", []int{1}), protocol.ErrInvalidCommand},
			"structs":                       {cluster.FilterEqual("n", struct{}{}), protocol.ErrInvalidValue},
			"an end before the start":       {cluster.FilterRange("n", 2, 1), protocol.ErrInvalidCommand},
			"a long bin name":               {cluster.FilterEqual("sixteen-bytes-na", 1), protocol.ErrInvalidBin},
			"a circle off the earth":        {cluster.FilterWithinRadius("g", cluster.IndexDefault, 200, 0, 1), protocol.ErrInvalidValue},
		} {
			err := fails(c.filter)
			if c.want == nil {
				require.NoError(t, err, "%s: the server finds nothing in it", name)
				continue
			}
			require.ErrorIs(t, err, c.want, name)
			var failure *protocol.Error
			require.ErrorAs(t, err, &failure, name)
		}
	})
}

// TestContradictoryPolicies checks that nothing is sent, and that the error explains the
// contradiction.
func TestContradictoryPolicies(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		key := on.key(t, on.set(t, client), 1)
		put := func(p cluster.WritePolicy) error { return client.Put(ctx, &p, key, one) }
		get := func(p cluster.ReadPolicy) error { _, err := client.Get(ctx, &p, key); return err }
		batch := func(p cluster.BatchPolicy) error {
			_, err := client.BatchRead(ctx, &p, []protocol.Key{key})
			return err
		}
		query := func(p cluster.QueryPolicy) (last error) {
			for _, err := range client.Scan(ctx, &p, on.namespace, "s") {
				last = err
			}
			return last
		}
		work := func(p cluster.BackgroundPolicy) error {
			_, err := client.QueryOperate(ctx, &p, cluster.Statement{Namespace: on.namespace}, protocol.TouchRecord())
			return err
		}
		for says, err := range map[string]error{
			"WritePolicy.Generation is 3, but":                      put(cluster.WritePolicy{Generation: 3}),
			"WritePolicy.TTL":                                       put(cluster.WritePolicy{TTL: cluster.TTLSeconds(protocol.MaxTTL + 1)}),
			"WritePolicy.TotalTimeout":                              put(cluster.WritePolicy{TotalTimeout: -5}),
			"WritePolicy.MaxRetries":                                put(cluster.WritePolicy{MaxRetries: -2}),
			"WritePolicy.Exists":                                    put(cluster.WritePolicy{Exists: 99}),
			"WritePolicy.CompressThreshold":                         put(cluster.WritePolicy{CompressThreshold: 10}),
			"ReadPolicy.ReadTouchTTLPercent":                        get(cluster.ReadPolicy{ReadTouchTTLPercent: 101}),
			"ReadPolicy.SleepBetweenRetries":                        get(cluster.ReadPolicy{SleepBetweenRetries: -1}),
			"ReadPolicy.SocketTimeout":                              get(cluster.ReadPolicy{SocketTimeout: -7}),
			"Config.RackIDs":                                        get(cluster.ReadPolicy{Replica: cluster.ReplicaPreferRack}),
			"BatchPolicy.MaxConcurrentNodes":                        batch(cluster.BatchPolicy{MaxConcurrentNodes: -1}),
			"QueryPolicy has a negative MaxRecords":                 query(cluster.QueryPolicy{MaxRecords: -1}),
			"QueryPolicy.RecordsPerSecond is set, which ShortQuery": query(cluster.QueryPolicy{RecordsPerSecond: 1, ExpectedDuration: cluster.ShortQuery}),
			"BackgroundPolicy.RecordsPerSecond":                     work(cluster.BackgroundPolicy{RecordsPerSecond: -1}),
			"BackgroundPolicy.Timeout":                              work(cluster.BackgroundPolicy{Timeout: -9}),
		} {
			require.ErrorIs(t, err, cluster.ErrConfig, says)
			require.ErrorContains(t, err, says)
		}
		exists, err := client.Exists(ctx, nil, key)
		require.NoError(t, err)
		require.False(t, exists)
		for says, cfg := range map[string]cluster.Config{
			"Seeds":           {},
			"MinConnsPerNode": {Seeds: on.seeds, MinConnsPerNode: 5, MaxConnsPerNode: 3},
			"AppID":           {Seeds: on.seeds, AppID: string(make([]byte, 200))},
			"TendInterval":    {Seeds: on.seeds, TendInterval: time.Millisecond},
			"ReadPolicy.TotalTimeout": {Seeds: on.seeds, Policies: cluster.Policies{
				Read: cluster.ReadPolicy{TotalTimeout: -2}}},
		} {
			_, err := cluster.Open(context.Background(), cfg)
			require.ErrorIs(t, err, cluster.ErrConfig, says)
			require.ErrorContains(t, err, says)
		}
	})
}
