package integration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// TestBatchOfAllKinds sends every kind of row in one batch, some succeeding and some failing, and
// checks that they do not affect each other.
func TestBatchOfAllKinds(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set, module := on.set(t, client), functions(t, client, statistics)
		keys := make([]protocol.Key, 14)
		for i := range keys {
			keys[i] = on.key(t, set, i)
			require.NoError(t, client.Put(ctx, nil, keys[i], protocol.Bins{protocol.NewBin("n", i), protocol.NewBin("l", []int{i})}))
		}
		missing := on.key(t, set, "missing")
		never := exp.Filter(exp.Eq(exp.IntBin("n"), exp.IntVal(-1)))
		type outcome struct {
			row  cluster.BatchRow
			want error
			bins map[string]any
		}
		of := func(row cluster.BatchRow, want error, bins map[string]any) outcome { return outcome{row, want, bins} }
		all := []outcome{
			of(cluster.ReadRow(keys[0]), nil, map[string]any{"n": int64(0), "l": []any{int64(0)}}),
			of(cluster.ReadRow(keys[1], "n", "nosuch"), nil, map[string]any{"n": int64(1)}),
			of(cluster.HeaderRow(keys[2]), nil, map[string]any{}),
			of(cluster.PutRow(nil, keys[3], one), nil, nil),
			of(cluster.OperateRow(&cluster.WritePolicy{RespondAllOps: true}, keys[4], cdt.ListAppend("l", protocol.Int(9)), protocol.AddBin("n", protocol.Int(1)), protocol.GetBin("n")), nil, nil),
			of(cluster.OperateRow(nil, keys[5], cdt.ListSize("l"), protocol.GetBin("n")), nil, map[string]any{"l": int64(1), "n": int64(5)}),
			of(cluster.DeleteRow(nil, keys[6]), nil, map[string]any{}),
			of(cluster.ExecuteRow(nil, keys[7], module, "add", protocol.String("n"), protocol.Int(100)), nil, nil),
			of(cluster.ReadRow(missing), protocol.KeyNotFound, nil),
			of(cluster.DeleteRow(nil, missing), protocol.KeyNotFound, nil),
			of(cluster.ReadRow(keys[8]).With(&cluster.ReadPolicy{Filter: never}), protocol.FilteredOut, nil),
			of(cluster.PutRow(&cluster.WritePolicy{Exists: cluster.CreateOnly}, keys[9], one), protocol.KeyExists, nil),
			of(cluster.PutRow(&cluster.WritePolicy{GenerationPolicy: cluster.ExpectEqual, Generation: 7}, keys[10], one), protocol.GenerationError, nil),
			of(cluster.OperateRow(nil, keys[11], cdt.ListAppend("n", protocol.Int(1))), protocol.BinTypeError, nil),
			of(cluster.ExecuteRow(nil, keys[12], module, "fail"), protocol.UDFError, nil),
			of(cluster.ExecuteRow(nil, keys[13], module, "nosuch"), cluster.ErrNoFunction, nil),
		}
		rows := make([]cluster.BatchRow, len(all))
		for i, o := range all {
			rows[i] = o.row
		}
		results, err := client.BatchWrite(ctx, nil, rows)
		var batch *cluster.BatchError
		require.ErrorAs(t, err, &batch)
		require.Equal(t, 5, batch.Failed)
		for i, o := range all {
			r := results[i]
			if o.want != nil {
				require.ErrorIs(t, r.Err, o.want, "row %d", i)
				var failure *protocol.Error
				require.ErrorAs(t, r.Err, &failure)
				require.False(t, failure.InDoubt, "row %d: the server gave a verdict", i)
				continue
			}
			require.NoError(t, r.Err, "row %d", i)
			if o.bins != nil {
				require.Equal(t, o.bins, r.Record.Bins.Map(), "row %d", i)
			}
		}
		require.EqualValues(t, 2, results[3].Record.Generation)
		require.Equal(t, []any{int64(2), nil, int64(5)}, values(results[4].Record), "every operation has its answer")
		require.Equal(t, int64(107), results[7].Returned().Any())

		left, err := client.BatchRead(ctx, nil, keys, "n")
		require.NoError(t, err)
		require.ErrorIs(t, left[6].Err, protocol.KeyNotFound)
		for i, want := range map[int]int64{3: 1, 4: 5, 7: 107, 9: 9, 10: 10, 11: 11, 12: 12} {
			require.Equal(t, map[string]any{"n": want}, left[i].Record.Bins.Map(), "record %d", i)
		}
	})
}

// values returns the values of a record's bins, in their order.
func values(rec *protocol.Record) (all []any) {
	for _, b := range rec.Bins {
		all = append(all, b.Value.Any())
	}
	return all
}

// TestBatchRepeatedRows checks that the short form of a row that repeats the previous one has the
// same effect as the long form.
func TestBatchRepeatedRows(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		var keys []protocol.Key
		for i := range 300 {
			keys = append(keys, on.key(t, set, i))
		}
		add := []protocol.Operation{protocol.AddBin("n", protocol.Int(3)), protocol.GetBin("n")}
		for want := int64(3); want < 10; want += 3 {
			results, err := client.BatchOperate(ctx, nil, keys, add...)
			require.NoError(t, err)
			for _, r := range results {
				require.Equal(t, []any{want}, values(r.Record))
			}
		}
		exists, err := client.BatchExists(ctx, nil, append(keys, keys[0], on.key(t, set, "missing")))
		require.NoError(t, err)
		for i, r := range exists[:301] {
			require.NoError(t, r.Err)
			require.EqualValues(t, 3, r.Record.Generation, "row %d", i)
		}
		require.ErrorIs(t, exists[301].Err, protocol.KeyNotFound)
		deleted, err := client.BatchDelete(ctx, nil, keys)
		require.NoError(t, err)
		for _, r := range deleted {
			require.NoError(t, r.Err)
		}
		requireScanned(t, client, on.namespace, set, 0)
	})
}

// TestStopAtError checks that rows are in doubt if a node stops at an error: it reports only the
// error, not what it has done.
func TestStopAtError(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		rows := make([]cluster.BatchRow, 30)
		for i := range rows {
			rows[i] = cluster.PutRow(nil, on.key(t, set, i), one)
		}
		rows[5] = cluster.PutRow(&cluster.WritePolicy{GenerationPolicy: cluster.ExpectEqual, Generation: 9}, on.key(t, set, 5), one)
		results, err := client.BatchWrite(ctx, &cluster.BatchPolicy{StopAtError: true}, rows)
		require.ErrorIs(t, err, protocol.GenerationError)
		require.ErrorIs(t, results[5].Err, protocol.GenerationError)
		for i, r := range results {
			exists, err := client.Exists(ctx, nil, on.key(t, set, i))
			require.NoError(t, err)
			if r.Err == nil {
				require.True(t, exists, "row %d", i)
				continue
			}
			var failure *protocol.Error
			require.ErrorAs(t, r.Err, &failure)
			require.Equal(t, protocol.GenerationError, failure.Code)
			require.True(t, failure.InDoubt, "row %d", i)
		}
		results, err = client.BatchWrite(ctx, nil, rows)
		require.ErrorIs(t, err, protocol.GenerationError)
		for i, r := range results {
			require.Equal(t, i == 5, r.Err != nil, "without it each row has its own outcome")
		}
	})
}

// TestLargeBatch uses records that are larger than a block of the response.
func TestLargeBatch(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		var keys []protocol.Key
		var rows []cluster.BatchRow
		for i := range 40 {
			keys = append(keys, on.key(t, set, i))
			rows = append(rows, cluster.PutRow(nil, keys[i], protocol.Bins{protocol.NewBin("b", make([]byte, 1+i*20_000))}))
		}
		_, err := client.BatchWrite(ctx, &cluster.BatchPolicy{TotalTimeout: cluster.NoTimeout}, rows)
		require.NoError(t, err)
		results, err := client.BatchRead(ctx, &cluster.BatchPolicy{TotalTimeout: cluster.NoTimeout}, keys)
		require.NoError(t, err)
		for i, r := range results {
			b, ok := r.Record.Bins[0].Value.Bytes()
			require.True(t, ok)
			require.Len(t, b, 1+i*20_000)
		}
	})
}
