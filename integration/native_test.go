package integration

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

func TestRecordCommands(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		key := on.key(t, set, "ada")

		_, err := client.Get(ctx, nil, key)
		require.ErrorIs(t, err, protocol.KeyNotFound)
		require.NoError(t, client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("name", "Ada"), protocol.NewBin("n", 1)}))
		require.NoError(t, client.Add(ctx, nil, key, protocol.Bins{protocol.NewBin("n", 41)}))
		require.NoError(t, client.Append(ctx, nil, key, protocol.Bins{protocol.NewBin("name", " Lovelace")}))
		require.NoError(t, client.Prepend(ctx, nil, key, protocol.Bins{protocol.NewBin("name", "Countess ")}))
		require.NoError(t, client.Touch(ctx, nil, key))

		rec, err := client.Get(ctx, nil, key)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"name": "Countess Ada Lovelace", "n": int64(42)}, rec.Bins.Map())
		require.Equal(t, uint32(5), rec.Generation)
		rec, err = client.Get(ctx, nil, key, "n", "missing")
		require.NoError(t, err)
		require.Equal(t, map[string]any{"n": int64(42)}, rec.Bins.Map())
		rec, err = client.GetHeader(ctx, nil, key)
		require.NoError(t, err)
		require.Empty(t, rec.Bins)

		rec, err = client.Operate(ctx, nil, key, protocol.AddBin("n", protocol.Int(-2)), protocol.PutBin("name", protocol.Nil()), protocol.GetAll())
		require.NoError(t, err)
		require.Equal(t, map[string]any{"n": int64(40)}, rec.Bins.Map())
		require.Equal(t, uint32(6), rec.Generation)

		exists, err := client.Exists(ctx, nil, key)
		require.NoError(t, err)
		require.True(t, exists)
		for _, want := range []bool{true, false} {
			existed, err := client.Delete(ctx, nil, key)
			require.NoError(t, err)
			require.Equal(t, want, existed)
		}
	})
}

func TestWritePolicies(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		key := on.key(t, on.set(t, client), 1)
		bins := protocol.Bins{protocol.NewBin("a", 1)}
		put := func(p cluster.WritePolicy) error { return client.Put(ctx, &p, key, bins) }

		require.ErrorIs(t, put(cluster.WritePolicy{Exists: cluster.UpdateOnly}), protocol.KeyNotFound)
		require.ErrorIs(t, put(cluster.WritePolicy{Exists: cluster.ReplaceOnly}), protocol.KeyNotFound)
		require.NoError(t, put(cluster.WritePolicy{Exists: cluster.CreateOnly, TTL: cluster.TTLNever}))
		require.ErrorIs(t, put(cluster.WritePolicy{Exists: cluster.CreateOnly}), protocol.KeyExists)
		require.NoError(t, put(cluster.WritePolicy{Generation: 1, GenerationPolicy: cluster.ExpectEqual}))
		err := put(cluster.WritePolicy{Generation: 1, GenerationPolicy: cluster.ExpectEqual})
		require.ErrorIs(t, err, protocol.GenerationError)
		var failure *protocol.Error
		require.ErrorAs(t, err, &failure)
		require.False(t, failure.InDoubt, "the server gave a verdict")
		require.NoError(t, put(cluster.WritePolicy{Generation: 9, GenerationPolicy: cluster.ExpectGreater}))
		require.NoError(t, client.Put(ctx, &cluster.WritePolicy{Exists: cluster.Replace}, key, protocol.Bins{protocol.NewBin("b", 2)}))
		rec, err := client.Get(ctx, nil, key)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"b": int64(2)}, rec.Bins.Map())

		require.NoError(t, put(cluster.WritePolicy{TTL: cluster.TTLSeconds(1000)}))
		rec, err = client.GetHeader(ctx, nil, key)
		require.NoError(t, err)
		require.InDelta(t, 1000, rec.TTL(time.Now()).Seconds(), 5)
		require.NoError(t, put(cluster.WritePolicy{TTL: cluster.TTLDontUpdate}))
		rec, err = client.GetHeader(ctx, nil, key)
		require.NoError(t, err)
		require.InDelta(t, 1000, rec.TTL(time.Now()).Seconds(), 5)
		require.NoError(t, put(cluster.WritePolicy{TTL: cluster.TTLNever}))
		rec, err = client.GetHeader(ctx, nil, key)
		require.NoError(t, err)
		require.Equal(t, protocol.NeverExpires, rec.TTL(time.Now()))
	})
}

func TestBatches(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		keys := make([]protocol.Key, 200)
		rows := make([]cluster.BatchRow, len(keys))
		for i := range keys {
			keys[i] = on.key(t, set, i)
			rows[i] = cluster.PutRow(nil, keys[i], protocol.Bins{protocol.NewBin("n", i)})
		}
		results, err := client.BatchWrite(ctx, nil, rows)
		require.NoError(t, err)
		require.Len(t, results, len(rows))

		results, err = client.BatchRead(ctx, nil, append(keys, on.key(t, set, "missing")), "n")
		require.NoError(t, err)
		for i := range keys {
			require.NoError(t, results[i].Err)
			require.Equal(t, map[string]any{"n": int64(i)}, results[i].Record.Bins.Map())
		}
		require.Nil(t, results[len(keys)].Record)
		require.ErrorIs(t, results[len(keys)].Err, protocol.KeyNotFound)

		mixed := []cluster.BatchRow{
			cluster.ReadRow(keys[0]),
			cluster.PutRow(&cluster.WritePolicy{Exists: cluster.CreateOnly}, keys[1], protocol.Bins{protocol.NewBin("n", 0)}),
			cluster.DeleteRow(nil, keys[2]),
			cluster.OperateRow(nil, keys[3], protocol.AddBin("n", protocol.Int(100)), protocol.GetBin("n")),
			cluster.HeaderRow(keys[4]),
		}
		results, err = client.BatchWrite(ctx, nil, mixed)
		var failed *cluster.BatchError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, 1, failed.Failed)
		require.ErrorIs(t, err, protocol.KeyExists)
		require.ErrorIs(t, results[1].Err, protocol.KeyExists)
		for _, i := range []int{0, 2, 3, 4} {
			require.NoError(t, results[i].Err, "row %d", i)
		}
		v, _ := results[3].Record.Bins[len(results[3].Record.Bins)-1].Value.Int()
		require.EqualValues(t, 103, v)

		results, err = client.BatchDelete(ctx, nil, keys[:10])
		require.NoError(t, err)
		require.ErrorIs(t, results[2].Err, protocol.KeyNotFound)
		requireScanned(t, client, on.namespace, set, len(keys)-10)
	})
}

func TestScan(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		const records = 3000
		rows := make([]cluster.BatchRow, records)
		for i := range rows {
			rows[i] = cluster.PutRow(&cluster.WritePolicy{SendKey: true}, on.key(t, set, i), protocol.Bins{protocol.NewBin("n", i), protocol.NewBin("s", "text")})
		}
		_, err := client.BatchWrite(ctx, nil, rows)
		require.NoError(t, err)
		requireScanned(t, client, on.namespace, set, records)

		seen := map[int64]bool{}
		for rec, err := range client.Scan(ctx, nil, on.namespace, set, "n") {
			require.NoError(t, err)
			require.Len(t, rec.Bins, 1)
			n, _ := rec.Bins[0].Value.Int()
			user, _ := rec.Key.UserKey().Int()
			require.Equal(t, user, n)
			seen[n] = true
		}
		require.Len(t, seen, records)

		n := 0
		for _, err := range client.Scan(ctx, &cluster.QueryPolicy{MaxRecords: 100}, on.namespace, set) {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, 100, n)
		for range client.Scan(ctx, nil, on.namespace, set) {
			break // must not leak a connection or goroutine; TestMain checks that
		}
		for _, err := range client.Scan(ctx, nil, on.namespace, "no-such-set") {
			require.NoError(t, err)
			t.Fatal("an unknown set has no records")
		}

		require.NoError(t, client.Truncate(ctx, nil, on.namespace, set, time.Time{}))
		requireScanned(t, client, on.namespace, set, 0)
	})
}

func TestBadInputIsRefused(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		key := on.key(t, on.set(t, client), 1)
		one := protocol.Bins{protocol.NewBin("a", 1)}
		elsewhere, err := protocol.NewKey("no-such-ns", "s", 1)
		require.NoError(t, err)
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		for name, c := range map[string]struct {
			err  error
			want error
		}{
			"unknown namespace":    {client.Put(ctx, nil, elsewhere, one), protocol.InvalidNamespace},
			"bin name of 16 bytes": {client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("sixteen-bytes-na", 1)}), protocol.ErrInvalidBin},
			"struct as a value":    {client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("a", struct{}{})}), protocol.ErrInvalidValue},
			"no bins":              {client.Put(ctx, nil, key, nil), protocol.ErrInvalidCommand},
			"zero key":             {client.Put(ctx, nil, protocol.Key{}, one), protocol.ErrInvalidKey},
			"record too large":     {client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("a", make([]byte, 2<<20))}), protocol.RecordTooBig},
			"canceled context":     {client.Put(canceled, nil, key, one), context.Canceled},
			"TTL over ten years":   {client.Put(ctx, &cluster.WritePolicy{TTL: cluster.TTLSeconds(protocol.MaxTTL + 1)}, key, one), cluster.ErrConfig},
		} {
			var failure *protocol.Error
			require.ErrorIs(t, c.err, c.want, name)
			require.True(t, errors.As(c.err, &failure) || errors.Is(c.err, cluster.ErrConfig), "%s: %T", name, c.err)
			require.False(t, failure != nil && failure.InDoubt, name)
		}
		exists, err := client.Exists(ctx, nil, key)
		require.NoError(t, err)
		require.False(t, exists, "nothing was written")
	})
}

func TestClosedClient(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client, err := cluster.Open(t.Context(), cluster.Config{Seeds: on.seeds})
		require.NoError(t, err)
		require.True(t, client.IsConnected())
		if on.nodes > 0 {
			require.Len(t, client.NodeNames(), on.nodes)
		}
		require.NoError(t, client.Close())
		require.False(t, client.IsConnected())
		_, err = client.Get(t.Context(), nil, on.key(t, "s", 1))
		require.ErrorIs(t, err, cluster.ErrClosed)
		again := on.open(t)
		require.NoError(t, again.Ping(t.Context()))
	})
}

func TestUnreachableSeeds(t *testing.T) {
	_, err := cluster.Open(t.Context(), cluster.Config{Seeds: []string{"127.0.0.1:1"}})
	require.ErrorIs(t, err, cluster.ErrConnect)
	require.ErrorContains(t, err, "127.0.0.1:1")
}

func TestInfo(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		answer, err := client.Info(ctx, nil, "namespaces", "partitions")
		require.NoError(t, err)
		require.Contains(t, answer["namespaces"], on.namespace)
		require.Equal(t, "4096", answer["partitions"])
		all, err := client.InfoAll(ctx, nil, "node")
		require.NoError(t, err)
		require.Len(t, all, len(client.NodeNames()))
		for _, name := range client.NodeNames() {
			require.NoError(t, all[name].Err)
			require.Equal(t, name, all[name].Values["node"])
			one, err := client.InfoNode(ctx, nil, name, "node")
			require.NoError(t, err)
			require.Equal(t, name, one["node"])
		}
		_, err = client.InfoNode(ctx, nil, "no-such-node", "node")
		require.ErrorIs(t, err, cluster.ErrNoNode)
	})
}
