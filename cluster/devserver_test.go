package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// start runs an in-process cluster and a client of it.
func start(t testing.TB, nodes int, listen string, mode cluster.CoalesceMode) *cluster.Client {
	t.Helper()
	server, err := devserver.Start(devserver.Options{Nodes: nodes, Listen: listen})
	require.NoError(t, err)
	cfg := cluster.Config{Seeds: server.Seeds()[:1], Dial: server.Dial, Coalesce: mode}
	// These tests don't test speed, and the machine may be busy.
	cfg.ConnectTimeout = time.Minute
	cfg.Policies.Read.TotalTimeout = time.Minute
	cfg.Policies.Write.TotalTimeout = time.Minute
	cfg.Policies.Batch.TotalTimeout = time.Minute
	cfg.Policies.Info.Timeout = time.Minute
	client, err := cluster.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	})
	return client
}

// onEachCluster runs a test on clusters of one and three nodes, in memory and on sockets.
func onEachCluster(t *testing.T, test func(t *testing.T, c *cluster.Client)) {
	for _, nodes := range []int{1, 3} {
		for _, listen := range []string{"", "127.0.0.1:0"} {
			t.Run(fmt.Sprintf("%d nodes %s", nodes, listen), func(t *testing.T) {
				test(t, start(t, nodes, listen, cluster.CoalesceAuto))
			})
		}
	}
}

func key(i int) protocol.Key { return protocol.MustKey("test", "people", i) }

func bin(name string, v any) protocol.Bins { return protocol.Bins{protocol.NewBin(name, v)} }

func TestRecord(t *testing.T) {
	onEachCluster(t, func(t *testing.T, c *cluster.Client) {
		ctx, k := t.Context(), key(1)
		_, err := c.Get(ctx, nil, k)
		require.ErrorIs(t, err, protocol.KeyNotFound)
		exists, err := c.Exists(ctx, nil, k)
		require.NoError(t, err)
		require.False(t, exists)

		require.NoError(t, c.Put(ctx, nil, k, protocol.BinsOf(map[string]any{"a": 1, "s": "b", "l": []int{1, 2}})))
		require.NoError(t, c.Add(ctx, nil, k, bin("a", 4)))
		require.NoError(t, c.Append(ctx, nil, k, bin("s", "c")))
		require.NoError(t, c.Prepend(ctx, nil, k, bin("s", "a")))
		rec, err := c.Get(ctx, nil, k)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"a": int64(5), "s": "abc", "l": []any{int64(1), int64(2)}}, rec.Bins.Map())
		require.EqualValues(t, 4, rec.Generation)
		require.Equal(t, k, rec.Key)
		rec, err = c.Get(ctx, nil, k, "a", "missing")
		require.NoError(t, err)
		require.Equal(t, map[string]any{"a": int64(5)}, rec.Bins.Map())

		require.NoError(t, c.Touch(ctx, &cluster.WritePolicy{TTL: cluster.TTLFor(time.Hour)}, k))
		rec, err = c.GetHeader(ctx, nil, k)
		require.NoError(t, err)
		require.InDelta(t, time.Hour, rec.TTL(time.Now()), float64(5*time.Second))
		require.Empty(t, rec.Bins)

		rec, err = c.Operate(ctx, nil, k, protocol.AddBin("a", protocol.Int(1)), protocol.GetBin("a"))
		require.NoError(t, err)
		require.Equal(t, bin("a", 6), rec.Bins)
		require.EqualValues(t, 6, rec.Generation)

		existed, err := c.Delete(ctx, nil, k)
		require.NoError(t, err)
		require.True(t, existed)
		existed, err = c.Delete(ctx, nil, k)
		require.NoError(t, err)
		require.False(t, existed)
		require.ErrorIs(t, c.Touch(ctx, nil, k), protocol.KeyNotFound)
	})
}

func TestWritePolicies(t *testing.T) {
	onEachCluster(t, func(t *testing.T, c *cluster.Client) {
		ctx, k := t.Context(), key(2)
		put := func(p cluster.WritePolicy, name string) error { return c.Put(ctx, &p, k, bin(name, 1)) }
		require.ErrorIs(t, put(cluster.WritePolicy{Exists: cluster.UpdateOnly}, "a"), protocol.KeyNotFound)
		require.ErrorIs(t, put(cluster.WritePolicy{Exists: cluster.ReplaceOnly}, "a"), protocol.KeyNotFound)
		require.NoError(t, put(cluster.WritePolicy{Exists: cluster.CreateOnly, SendKey: true}, "a"))
		require.ErrorIs(t, put(cluster.WritePolicy{Exists: cluster.CreateOnly}, "a"), protocol.KeyExists)
		require.NoError(t, put(cluster.WritePolicy{Exists: cluster.Replace}, "b"))
		rec, err := c.Get(ctx, nil, k)
		require.NoError(t, err)
		require.Equal(t, bin("b", 1), rec.Bins)
		equal := cluster.WritePolicy{GenerationPolicy: cluster.ExpectEqual, Generation: 9}
		require.ErrorIs(t, put(equal, "c"), protocol.GenerationError)
		equal.Generation = rec.Generation
		require.NoError(t, put(equal, "c"))
		require.NoError(t, put(cluster.WritePolicy{GenerationPolicy: cluster.ExpectGreater, Generation: 100}, "c"))
	})
}

func TestBatches(t *testing.T) {
	onEachCluster(t, func(t *testing.T, c *cluster.Client) {
		ctx := t.Context()
		var rows []cluster.BatchRow
		var keys []protocol.Key
		for i := range 500 {
			keys = append(keys, key(i))
			rows = append(rows, cluster.PutRow(nil, key(i), bin("i", i)))
		}
		results, err := c.BatchWrite(ctx, nil, rows)
		require.NoError(t, err)
		require.Empty(t, results[7].Record.Bins)
		results, err = c.BatchRead(ctx, nil, append(keys, key(9999)), "i")
		require.NoError(t, err)
		for i := range 500 {
			require.Equal(t, bin("i", i), results[i].Record.Bins)
		}
		require.ErrorIs(t, results[500].Err, protocol.KeyNotFound)
		results, err = c.BatchOperate(ctx, nil, keys, protocol.AddBin("i", protocol.Int(1)), protocol.GetBin("i"))
		require.NoError(t, err)
		require.Equal(t, bin("i", 500), results[499].Record.Bins)
		_, err = c.BatchDelete(ctx, nil, keys[:250])
		require.NoError(t, err)
		results, err = c.BatchExists(ctx, nil, keys)
		require.NoError(t, err)
		require.ErrorIs(t, results[249].Err, protocol.KeyNotFound)
		require.EqualValues(t, 2, results[250].Record.Generation)
	})
}

// TestBatchOfSetsAndKeys: rows in several sets, and rows that send their keys, do not share a
// command.
func TestBatchOfSetsAndKeys(t *testing.T) {
	onEachCluster(t, func(t *testing.T, c *cluster.Client) {
		var keys []protocol.Key
		for i := range 20 {
			keys = append(keys, protocol.MustKey("test", []string{"people", "places"}[i%2], i))
		}
		policy := &cluster.BatchPolicy{SendKey: true}
		_, err := c.BatchOperate(t.Context(), policy, keys[:1], protocol.PutBin("i", 0))
		require.NoError(t, err)
		for name, p := range map[string]*cluster.BatchPolicy{"with keys": policy, "without keys": nil} {
			for _, batch := range [][]protocol.Key{keys, keys[:1], {keys[0], keys[2], keys[4]}} {
				results, err := c.BatchOperate(t.Context(), p, batch, protocol.PutBin("i", protocol.Int(5)))
				require.NoError(t, err, name)
				for i := range results {
					require.Equal(t, batch[i], results[i].Key)
				}
				results, err = c.BatchRead(t.Context(), p, batch)
				require.NoError(t, err, name)
				for i := range results {
					require.Equal(t, bin("i", 5), results[i].Record.Bins)
					require.Equal(t, batch[i], results[i].Record.Key)
				}
			}
		}
		for rec, err := range c.Scan(t.Context(), nil, "test", "people") {
			require.NoError(t, err)
			require.Contains(t, keys, protocol.MustKey("test", "people", rec.Key.UserKey()), "the stored key is the record's own")
		}
	})
}

func TestScans(t *testing.T) {
	onEachCluster(t, func(t *testing.T, c *cluster.Client) {
		ctx := t.Context()
		for i := range 1000 {
			require.NoError(t, c.Put(ctx, &cluster.WritePolicy{SendKey: true}, key(i), bin("i", i)))
		}
		seen := make(map[int64]bool)
		for rec, err := range c.Scan(ctx, nil, "test", "people") {
			require.NoError(t, err)
			i, _ := rec.Key.UserKey().Int()
			require.False(t, seen[i])
			seen[i] = true
			require.Equal(t, bin("i", i), rec.Bins)
		}
		require.Len(t, seen, 1000)
		for _, most := range []int64{1, 7, 999, 5000} {
			n := int64(0)
			for _, err := range c.Query(ctx, &cluster.QueryPolicy{MaxRecords: most}, cluster.Statement{Namespace: "test", NoBins: true}) {
				require.NoError(t, err)
				n++
			}
			require.Equal(t, min(most, 1000), n)
		}
		for _, replica := range []cluster.ReplicaPolicy{cluster.ReplicaMaster, cluster.ReplicaMasterProles, cluster.ReplicaRandom} {
			n := 0
			for _, err := range c.Scan(ctx, &cluster.QueryPolicy{Replica: replica, MaxRetries: cluster.NoRetries}, "test", "people") {
				require.NoError(t, err, "every node returns only its own records")
				n++
			}
			require.Equal(t, 1000, n)
		}
		require.NoError(t, c.Truncate(ctx, nil, "test", "people", time.Time{}))
		for range c.Scan(ctx, nil, "test", "people") {
			t.Fatal("a record exists after truncation")
		}
	})
}

func TestManyCallers(t *testing.T) {
	onEachCluster(t, func(t *testing.T, c *cluster.Client) {
		done := make(chan error, 64)
		for w := range cap(done) {
			go func() {
				var err error
				for i := 0; i < 50 && err == nil; i++ {
					k := key(w*1000 + i)
					if err = c.Put(t.Context(), nil, k, bin("w", w)); err != nil {
						break
					}
					var rec *protocol.Record
					if rec, err = c.Get(t.Context(), nil, k); err == nil {
						if v, _ := rec.Bin("w"); !protocol.Equal(v, protocol.Int(int64(w))) {
							err = fmt.Errorf("another caller's record: %v", rec)
						}
					}
				}
				done <- err
			}()
		}
		for range cap(done) {
			require.NoError(t, <-done)
		}
	})
}

func TestOpenAgain(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	require.NoError(t, err)
	defer server.Close()
	for range 3 {
		c, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
		require.NoError(t, err)
		require.Len(t, c.NodeNames(), 3)
		require.NoError(t, c.Ping(t.Context()))
		require.NoError(t, c.Close())
		require.ErrorIs(t, c.Ping(t.Context()), cluster.ErrClosed)
	}
}
