package integration

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
)

// recordFunctions starts a module: a function that writes a record, and one that fails in line 9.
const recordFunctions = `
function add(rec, name, n)
  rec[name] = (rec[name] or 0) + n
  if aerospike:exists(rec) then aerospike:update(rec) else aerospike:create(rec) end
  return rec[name]
end
function fail(rec)
  local t = nil
  return t.x
end`

// statistics is a module of functions on records and on streams.
const statistics = recordFunctions + `
function same(rec, ...) return list { ... } end
local function value(rec) return rec.n end
function total(s, least)
  return s : filter(function(rec) return rec.n >= least end) : map(value) : reduce(function(a, b) return a + b end)
end
function groups(s)
  local function count(m, n)
    local group = n % 3
    m[group] = (m[group] or 0) + 1
    return m
  end
  local function join(a, b) return map.merge(a, b, function(x, y) return x + y end) end
  return s : map(value) : aggregate(map(), count) : reduce(join)
end
function broken(s) return s : map(function(rec) error("broken") end) end
`

// functions registers the module under a name that no other test uses.
func functions(t *testing.T, client *cluster.Client, source string) string {
	t.Helper()
	name := fmt.Sprintf("it%d_%d", os.Getpid(), setCount.Add(1))
	task, err := admin.New(client).RegisterUDF(t.Context(), nil, name+".lua", []byte(source))
	require.NoError(t, err)
	require.NoError(t, task.Wait(t.Context()))
	return name
}

func TestFunctions(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set, name := on.set(t, client), functions(t, client, statistics)
		source, err := admin.New(client).GetUDF(ctx, nil, name+".lua")
		require.NoError(t, err)
		require.Equal(t, statistics, string(source))

		key := on.key(t, set, 1)
		for _, want := range []int64{5, 10} {
			v, err := client.Execute(ctx, nil, key, name, "add", protocol.String("n"), protocol.Int(5))
			require.NoError(t, err)
			require.Equal(t, want, v.Any())
		}
		args := []protocol.Value{protocol.Int(1), protocol.Float(1.5), protocol.String("a"), protocol.Blob([]byte{1, 2}), protocol.Bool(true),
			protocol.List(protocol.Int(-1), protocol.Nil()), protocol.Map(protocol.Pair{Key: protocol.String("k"), Value: protocol.Int(1 << 40)})}
		v, err := client.Execute(ctx, nil, key, name, "same", args...)
		require.NoError(t, err)
		require.True(t, protocol.Equal(protocol.List(args...), v), "%v", v)

		_, err = client.Execute(ctx, nil, key, name, "fail")
		require.ErrorIs(t, err, protocol.UDFError)
		require.ErrorContains(t, err, name+".lua:9: attempt to index a nil value (local 't')")
		_, err = client.Execute(ctx, nil, key, name, "nosuch")
		require.ErrorContains(t, err, "function not found")

		keys := []protocol.Key{key, on.key(t, set, 2), on.key(t, set, 3)}
		rows, err := client.BatchExecute(ctx, nil, keys, name, "add", protocol.String("n"), protocol.Int(1))
		require.NoError(t, err)
		for i, want := range []int64{11, 1, 1} {
			require.Equal(t, want, rows[i].Returned().Any())
		}
		_, err = client.BatchExecute(ctx, nil, keys, name, "fail")
		require.ErrorIs(t, err, protocol.UDFError)

		task, err := admin.New(client).RemoveUDF(ctx, nil, name+".lua")
		require.NoError(t, err)
		require.NoError(t, task.Wait(ctx))
		_, err = client.Execute(ctx, nil, key, name, "add")
		require.ErrorIs(t, err, protocol.UDFError)
		_, err = admin.New(client).RegisterUDF(ctx, nil, name+".lua", []byte("x = 1\nfunction f( return 1 end"))
		require.ErrorIs(t, err, protocol.UDFError)
		require.ErrorContains(t, err, name+".lua:2: <name> or '...' expected near 'return'")
	})
}

func TestFunctionsOnStreams(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set, name := on.set(t, client), functions(t, client, statistics)
		const records = 300
		want := int64(0)
		for i := range int64(records) {
			require.NoError(t, client.Put(ctx, nil, on.key(t, set, i), protocol.Bins{protocol.NewBin("n", i)}))
			if i >= 100 {
				want += i
			}
		}
		stmt := cluster.Statement{Namespace: on.namespace, Set: set}
		v, err := cluster.Reduce(client.Aggregate(ctx, nil, stmt, name, "total", protocol.Int(100)), cluster.ReduceSum)
		require.NoError(t, err)
		require.Equal(t, want, v.Any())
		v, err = cluster.Reduce(client.Aggregate(ctx, nil, stmt, name, "groups"), cluster.ReduceMaps(cluster.ReduceSum))
		require.NoError(t, err)
		require.Equal(t, map[any]any{int64(0): int64(100), int64(1): int64(100), int64(2): int64(100)}, v.Any())
		_, err = cluster.Reduce(client.Aggregate(ctx, nil, stmt, name, "broken"), cluster.ReduceSum)
		require.ErrorIs(t, err, protocol.UDFError)
		require.ErrorContains(t, err, name+".lua:25: broken")

		task, err := client.QueryExecute(ctx, nil, stmt, name, "add", protocol.String("n"), protocol.Int(1000))
		require.NoError(t, err)
		require.NoError(t, task.Wait(ctx))
		v, err = cluster.Reduce(client.Aggregate(ctx, nil, stmt, name, "total", protocol.Int(1000)), cluster.ReduceSum)
		require.NoError(t, err)
		require.EqualValues(t, 1000*records+records*(records-1)/2, v.Any())
	})
}
