package integration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// total returns the sum of the bin n.
func total(t *testing.T, client *cluster.Client, stmt cluster.Statement) (sum int64) {
	t.Helper()
	for _, n := range numbersOf(t, client, stmt) {
		sum += n
	}
	return sum
}

func numbersOf(t *testing.T, client *cluster.Client, stmt cluster.Statement) (all []int64) {
	t.Helper()
	stmt.Bins = []string{"n"}
	for rec, err := range client.Query(t.Context(), nil, stmt) {
		require.NoError(t, err)
		v, _ := rec.Bin("n")
		n, _ := v.Int()
		all = append(all, n)
	}
	return all
}

func TestBackgroundQueries(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 300)
		on.index(t, client, admin.Index{Set: set, Bin: "n"})
		all := cluster.Statement{Namespace: on.namespace, Set: set}
		before := total(t, client, all)

		task, err := client.QueryOperate(ctx, nil, all, protocol.AddBin("n", protocol.Int(1000)))
		require.NoError(t, err)
		require.NoError(t, task.Wait(ctx))
		require.Equal(t, before+300*1000, total(t, client, all))
		progress, err := task.Progress(ctx)
		require.NoError(t, err)
		require.True(t, progress.Done)
		require.EqualValues(t, 300, progress.Succeeded)
		require.EqualValues(t, 100, progress.Percent)
		require.NoError(t, task.Abort(ctx), "it is over")

		some := all
		some.Filter = cluster.FilterRange("n", 1000, 1009)
		odd := &cluster.BackgroundPolicy{Filter: exp.Filter(exp.Eq(exp.Mod(exp.IntBin("n"), exp.IntVal(2)), exp.IntVal(1)))}
		task, err = client.QueryOperate(ctx, odd, some, protocol.AddBin("n", protocol.Int(-1000)))
		require.NoError(t, err)
		require.NoError(t, task.Wait(ctx))
		require.Equal(t, before+295*1000, total(t, client, all))

		task, err = client.QueryOperate(ctx, nil, cluster.Statement{Namespace: on.namespace, Set: "it-no-such-set"}, protocol.TouchRecord())
		require.NoError(t, err, "a set that has no records")
		require.NoError(t, task.Wait(ctx))

		_, err = client.QueryOperate(ctx, nil, cluster.Statement{Namespace: on.namespace, Set: set, Filter: cluster.FilterEqual("s", "x")}, protocol.TouchRecord())
		require.ErrorIs(t, err, protocol.IndexNotFound)
		_, err = client.QueryOperate(ctx, nil, all, protocol.GetBin("n"))
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
		_, err = client.QueryOperate(ctx, nil, cluster.Statement{Namespace: on.namespace, Set: set, NoBins: true}, protocol.TouchRecord())
		require.ErrorIs(t, err, cluster.ErrConfig)
	})
}

func TestBackgroundAbort(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 1000)
		slow := &cluster.BackgroundPolicy{RecordsPerSecond: 10}
		task, err := client.QueryOperate(ctx, slow, cluster.Statement{Namespace: on.namespace, Set: set}, protocol.AddBin("n", protocol.Int(1)))
		require.NoError(t, err)
		done, err := task.Done(ctx)
		require.NoError(t, err)
		require.False(t, done)
		jobs, err := admin.New(client).Jobs(ctx, nil)
		require.NoError(t, err)
		seen := 0
		for _, onNode := range jobs {
			for _, job := range onNode {
				if job.ID == task.ID() && job.Active() && job.Type == "background-ops" && job.Set == set {
					seen++
				}
			}
		}
		require.Positive(t, seen)
		require.NoError(t, client.QueryTask(task.ID()).Abort(ctx))
		require.ErrorIs(t, task.Wait(ctx), protocol.QueryAborted)
	})
}
