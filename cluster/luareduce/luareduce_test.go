package luareduce_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/luareduce"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const stats = `
local function one(rec) return map{count = 1, total = rec.n} end
local function add(a, b) return map{count = a.count + b.count, total = a.total + b.total} end
local function add_numbers(a, b) return a + b end

function average(s)
  return s:map(one):reduce(add):map(function(m) return m.total / m.count end)
end
function total(s, from)
  return s:filter(function(rec) return rec.n >= from end):map(function(rec) return rec.n end):reduce(add_numbers)
end
function sums(s)
  return s:aggregate(map(), function(m, rec) m[rec.n % 3] = (m[rec.n % 3] or 0) + rec.n return m end)
    :reduce(function(a, b) return map.merge(a, b, add_numbers) end)
end
function groups(s)
  return s:map(function(rec) return rec.n end):groupby(function(n) return n % 2 end):map(function(m) return list.size(m[0]) * 1000 + list.size(m[1]) end)
end
function all(s) return s:map(function(rec) return rec.n end) end
function fails(s) return s:map(one):reduce(add):map(function(m) error("no average") end) end
function endless(s) return s:map(one):reduce(function(a, b) while true do end end) end
`

// start starts a cluster with the module stats.lua and n records, whose bin n is 1 to n.
func start(t testing.TB, nodes, n int) *cluster.Client {
	server, err := devserver.Start(devserver.Options{Nodes: nodes})
	require.NoError(t, err)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	})
	var rows []cluster.BatchRow
	for i := range n {
		rows = append(rows, cluster.PutRow(nil, protocol.MustKey("test", "numbers", i), protocol.Bins{protocol.NewBin("n", i+1)}))
	}
	_, err = client.BatchWrite(t.Context(), nil, rows)
	require.NoError(t, err)
	task, err := admin.New(client).RegisterUDF(t.Context(), nil, "stats.lua", []byte(stats))
	require.NoError(t, err)
	require.NoError(t, task.Wait(t.Context()))
	return client
}

var numbers = cluster.Statement{Namespace: "test", Set: "numbers"}

func gather(values func(func(protocol.Value, error) bool)) (all []any, err error) {
	for v, err := range values {
		if err != nil {
			return all, err
		}
		all = append(all, v.Any())
	}
	return all, nil
}

func TestAggregate(t *testing.T) {
	const n = 300
	for _, nodes := range []int{1, 3} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			client := start(t, nodes, n)
			var m luareduce.Modules
			require.NoError(t, m.Fetch(t.Context(), client, "stats.lua"))
			for _, test := range []struct {
				function string
				args     []protocol.Value
				want     []any
			}{
				{"average", nil, []any{float64(n+1) / 2}},
				{"total", []protocol.Value{protocol.Int(0)}, []any{int64(n * (n + 1) / 2)}},
				{"total", []protocol.Value{protocol.Int(n)}, []any{int64(n)}},
				{"total", []protocol.Value{protocol.Int(n + 1)}, nil},
				{"sums", nil, []any{map[any]any{int64(0): int64(15150), int64(1): int64(14950), int64(2): int64(15050)}}},
				{"groups", nil, []any{int64(150_150)}},
			} {
				got, err := gather(m.Aggregate(t.Context(), client, nil, numbers, "stats", test.function, test.args...))
				require.NoError(t, err, test.function)
				require.Equal(t, test.want, got, test.function)
			}
			every, err := gather(m.Aggregate(t.Context(), client, nil, numbers, "stats", "all"))
			require.NoError(t, err)
			require.Len(t, every, n)
			slices.SortFunc(every, func(a, b any) int { return int(a.(int64) - b.(int64)) })
			require.Equal(t, int64(n), every[n-1])
			for range m.Aggregate(t.Context(), client, nil, numbers, "stats", "all") {
				break
			}
		})
	}
}

func TestFailures(t *testing.T) {
	client := start(t, 1, 20)
	var m luareduce.Modules
	require.ErrorIs(t, m.Fetch(t.Context(), client, "nosuch.lua"), cluster.ErrNoModule)
	require.NoError(t, m.Put(t.Context(), "stats.lua", []byte(stats)))
	for name, test := range map[string]struct{ module, function, want string }{
		"the function":  {"stats", "fails", "stats.lua:20: no average"},
		"no function":   {"stats", "nosuch", "function not found"},
		"not here":      {"other", "f", "UDF: Execution Error"},
		"on the server": {"stats", "total", "attempt to compare"},
	} {
		_, err := gather(m.Aggregate(t.Context(), client, nil, numbers, test.module, test.function))
		require.ErrorIs(t, err, protocol.UDFError, name)
		require.ErrorContains(t, err, test.want, name)
	}
	for name, source := range map[string]string{"bad.lua": "\nfunction f(", "bad": "", "a.b.lua": "", "../x.lua": ""} {
		err := m.Put(t.Context(), name, []byte(source))
		var failure *protocol.Error
		require.ErrorAs(t, err, &failure, name)
	}
	require.ErrorContains(t, m.Put(t.Context(), "bad.lua", []byte("\nfunction f(")), "bad.lua:2: ")
}

// values returns results that end with err, if it is not nil.
func values(err error, all ...any) func(func(protocol.Value, error) bool) {
	return func(yield func(protocol.Value, error) bool) {
		for _, v := range all {
			if !yield(protocol.ValueOf(v), nil) {
				return
			}
		}
		if err != nil {
			yield(protocol.Value{}, err)
		}
	}
}

func TestFinish(t *testing.T) {
	var m luareduce.Modules
	require.NoError(t, m.Put(t.Context(), "stats.lua", []byte(stats)))
	got, err := gather(m.Finish(t.Context(), values(nil, 1, 2, 3.5), "stats", "total", protocol.Int(0)))
	require.NoError(t, err)
	require.Equal(t, []any{6.5}, got)
	// Incomplete results yield no value.
	failure := errors.New("failure")
	got, err = gather(m.Finish(t.Context(), values(failure, 1, 2), "stats", "total", protocol.Int(0)))
	require.Equal(t, failure, err)
	require.Empty(t, got)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = gather(m.Finish(ctx, values(nil, 1, 2), "stats", "endless"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorIs(t, err, protocol.UDFError)
	// A panic in the loop's body reaches the caller.
	require.PanicsWithValue(t, "mine", func() {
		for range m.Finish(t.Context(), values(nil, 1), "stats", "all") {
			panic("mine")
		}
	})
}

func Example() {
	ctx := context.Background()
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	for i := range 9 {
		if err := client.Put(ctx, nil, protocol.MustKey("test", "numbers", i), protocol.Bins{protocol.NewBin("n", i)}); err != nil {
			panic(err)
		}
	}
	task, err := admin.New(client).RegisterUDF(ctx, nil, "stats.lua", []byte(stats))
	if err == nil {
		err = task.Wait(ctx)
	}
	if err != nil {
		panic(err)
	}
	var modules luareduce.Modules
	if err := modules.Fetch(ctx, client, "stats.lua"); err != nil {
		panic(err)
	}
	for v, err := range modules.Aggregate(ctx, client, nil, numbers, "stats", "average") {
		fmt.Println(v, err)
	}
	// Output: 4 <nil>
}
