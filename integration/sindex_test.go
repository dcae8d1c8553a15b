package integration

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// background is for cleanup after the test.
var background = context.Background()

// index creates an index and waits until it is usable. The index is dropped when the test ends.
func (on target) index(t *testing.T, client *cluster.Client, ix admin.Index) admin.Index {
	t.Helper()
	ix.Namespace = on.namespace
	if ix.Name == "" {
		ix.Name = fmt.Sprintf("it-%d-%d", os.Getpid(), setCount.Add(1))
	}
	task, err := admin.New(client).CreateIndex(t.Context(), nil, ix)
	require.NoError(t, err)
	t.Cleanup(func() {
		task, err := admin.New(client).DropIndex(background, nil, ix.Namespace, ix.Set, ix.Name)
		require.NoError(t, err)
		require.NoError(t, task.Wait(background))
	})
	require.NoError(t, task.Wait(t.Context()))
	return ix
}

func TestIndexes(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		packed, err := exp.Pack(exp.IntBin("i"))
		require.NoError(t, err)
		want := make(map[string]admin.Index)
		for i, ix := range []admin.Index{
			{Bin: "n"}, {Bin: "s", Type: admin.IndexString}, {Bin: "b", Type: admin.IndexBlob}, {Bin: "g", Type: admin.IndexGeo},
			{Bin: "l", Collection: cluster.IndexList}, {Bin: "m", Collection: cluster.IndexMapKeys, Type: admin.IndexString},
			{Bin: "m", Collection: cluster.IndexMapValues, Type: admin.IndexBlob},
			{Bin: "m", Collection: cluster.IndexMapValues, Context: cdt.In(cdt.MapKey(protocol.String("x")))},
			{Expression: packed},
		} {
			ix.Set, ix.Name = set, fmt.Sprintf("%s-%d", set, i)
			want[ix.Name] = on.index(t, client, ix)
		}
		list, err := admin.New(client).Indexes(ctx, nil, on.namespace)
		require.NoError(t, err)
		got := make(map[string]admin.Index)
		for _, info := range list {
			if info.Set == set {
				require.True(t, info.Readable)
				got[info.Name] = info.Index
			}
		}
		require.Equal(t, fmt.Sprint(want), fmt.Sprint(got))

		again := want[set+"-0"]
		_, err = admin.New(client).CreateIndex(ctx, nil, again)
		require.NoError(t, err, "the same index again")
		again.Bin = "other"
		_, err = admin.New(client).CreateIndex(ctx, nil, again)
		require.ErrorIs(t, err, protocol.IndexFound)
		exists, err := admin.New(client).IndexExists(ctx, nil, on.namespace, set+"-0")
		require.NoError(t, err)
		require.True(t, exists)

		require.NoError(t, client.Put(ctx, nil, on.key(t, set, 1), protocol.Bins{protocol.NewBin("n", 1)}))
		stats, err := admin.New(client).IndexStatistics(ctx, nil, on.namespace, set+"-0")
		require.NoError(t, err)
		entries := int64(0)
		for _, s := range stats {
			require.Equal(t, 100, s.LoadPercent)
			entries += s.Entries
		}
		require.Positive(t, entries)
		_, err = admin.New(client).IndexStatistics(ctx, nil, on.namespace, "nosuch")
		require.ErrorIs(t, err, protocol.IndexNotFound)
		task, err := admin.New(client).DropIndex(ctx, nil, on.namespace, "", "nosuch")
		require.NoError(t, err)
		require.NoError(t, task.Wait(ctx))
	})
}

func TestSetIndex(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		task, err := admin.New(client).CreateSetIndex(ctx, nil, on.namespace, set, set+"-set")
		require.NoError(t, err)
		require.NoError(t, task.Wait(ctx))
		list, err := admin.New(client).Indexes(ctx, nil, on.namespace)
		require.NoError(t, err)
		require.Contains(t, list, admin.IndexInfo{
			Index: admin.Index{Namespace: on.namespace, Set: set, Name: set + "-set"}, OfSet: true, Readable: true})
		drop, err := admin.New(client).DropIndex(ctx, nil, on.namespace, set, set+"-set")
		require.NoError(t, err)
		require.NoError(t, drop.Wait(ctx))
	})
}
