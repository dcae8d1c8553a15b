package integration

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// fill writes records 0 to n-1, each with its number in the bin n and in other forms in other bins.
func (on target) fill(t *testing.T, client *cluster.Client, set string, n int) {
	t.Helper()
	var rows []cluster.BatchRow
	for i := range n {
		rows = append(rows, cluster.PutRow(nil, on.key(t, set, i), protocol.BinsOf(map[string]any{
			"n": i, "s": fmt.Sprint("s", i%10), "b": []byte{byte(i % 7)}, "l": []any{i, i + 1, "x"},
			"m": map[string]any{fmt.Sprint("k", i%5): i, "in": map[string]any{"deep": i}},
			"g": protocol.GeoJSON(fmt.Sprintf(`{"type":"Point","coordinates":[%d.5,10.0]}`, i%100)),
			"r": protocol.GeoJSON(fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]d,0],[%[2]d,0],[%[2]d,1],[%[1]d,1],[%[1]d,0]]]}`, i%100, i%100+1)),
		})))
	}
	// Regions are expensive for the server, especially with the race detector.
	patient := &cluster.BatchPolicy{TotalTimeout: time.Minute}
	for chunk := range slices.Chunk(rows, 500) {
		_, err := client.BatchWrite(t.Context(), patient, chunk)
		require.NoError(t, err)
	}
}

// numbers returns the bin n of all records of a query, sorted. It fails the test if a record comes
// twice.
func numbers(t *testing.T, client *cluster.Client, p *cluster.QueryPolicy, stmt cluster.Statement) []int64 {
	t.Helper()
	got := []int64{}
	for rec, err := range client.Query(t.Context(), p, stmt) {
		require.NoError(t, err)
		v, _ := rec.Bin("n")
		n, ok := v.Int()
		require.True(t, ok, "%v", rec)
		got = append(got, n)
	}
	slices.Sort(got)
	require.Equal(t, len(got), len(slices.Compact(slices.Clone(got))), "a record came twice")
	return got
}

func TestQueryFilters(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 200)
		twice, err := exp.Pack(exp.Mul(exp.IntBin("n"), exp.IntVal(2)))
		require.NoError(t, err)
		named := on.index(t, client, admin.Index{Set: set, Bin: "n"})
		for _, ix := range []admin.Index{
			{Bin: "s", Type: admin.IndexString}, {Bin: "b", Type: admin.IndexBlob},
			{Bin: "g", Type: admin.IndexGeo}, {Bin: "r", Type: admin.IndexGeo},
			{Bin: "l", Collection: cluster.IndexList}, {Bin: "l", Collection: cluster.IndexList, Type: admin.IndexString},
			{Bin: "m", Collection: cluster.IndexMapKeys, Type: admin.IndexString}, {Bin: "m", Collection: cluster.IndexMapValues},
			{Bin: "m", Collection: cluster.IndexMapValues, Context: cdt.In(cdt.MapKey(protocol.String("in")))},
			{Expression: twice},
		} {
			ix.Set = set
			on.index(t, client, ix)
		}
		where := func(wanted func(n int) bool) []int64 {
			want := []int64{}
			for i := range 200 {
				if wanted(i) {
					want = append(want, int64(i))
				}
			}
			return want
		}
		for name, c := range map[string]struct {
			filter cluster.Filter
			wanted func(n int) bool
		}{
			"equal":           {cluster.FilterEqual("n", 7), func(n int) bool { return n == 7 }},
			"range":           {cluster.FilterRange("n", 10, 19), func(n int) bool { return n >= 10 && n < 20 }},
			"string":          {cluster.FilterEqual("s", "s3"), func(n int) bool { return n%10 == 3 }},
			"blob":            {cluster.FilterEqual("b", []byte{3}), func(n int) bool { return n%7 == 3 }},
			"element":         {cluster.FilterContains("l", cluster.IndexList, 7), func(n int) bool { return n == 6 || n == 7 }},
			"elements":        {cluster.FilterContainsRange("l", cluster.IndexList, 50, 60), func(n int) bool { return n >= 49 && n <= 60 }},
			"string element":  {cluster.FilterContains("l", cluster.IndexList, "x"), func(int) bool { return true }},
			"map key":         {cluster.FilterContains("m", cluster.IndexMapKeys, "k2"), func(n int) bool { return n%5 == 2 }},
			"map value":       {cluster.FilterContainsRange("m", cluster.IndexMapValues, 3, 5), func(n int) bool { return n >= 3 && n <= 5 }},
			"inside a map":    {cluster.FilterContains("m", cluster.IndexMapValues, 9).At(cdt.In(cdt.MapKey(protocol.String("in")))), func(n int) bool { return n == 9 }},
			"by name":         {cluster.FilterRange("", 0, 3).ByName(named.Name), func(n int) bool { return n <= 3 }},
			"by expression":   {cluster.FilterRange("", 20, 30).ByExpression(twice), func(n int) bool { return n >= 10 && n <= 15 }},
			"within a circle": {cluster.FilterWithinRadius("g", cluster.IndexDefault, 20.5, 10, 1000), func(n int) bool { return n%100 == 20 }},
			"within a region": {cluster.FilterWithinRegion("g", cluster.IndexDefault, `{"type":"Polygon","coordinates":[[[30,9],[33,9],[33,11],[30,11],[30,9]]]}`), func(n int) bool { return n%100 >= 30 && n%100 < 33 }},
			"around a point":  {cluster.FilterContainsPoint("r", cluster.IndexDefault, `{"type":"Point","coordinates":[40.5,0.5]}`), func(n int) bool { return n%100 == 40 }},
			"no match":        {cluster.FilterEqual("n", 5000), func(int) bool { return false }},
		} {
			t.Run(name, func(t *testing.T) {
				stmt := cluster.Statement{Namespace: on.namespace, Set: set, Bins: []string{"n"}, Filter: c.filter}
				require.Equal(t, where(c.wanted), numbers(t, client, nil, stmt))
				short := &cluster.QueryPolicy{ExpectedDuration: cluster.ShortQuery}
				require.Equal(t, where(c.wanted), numbers(t, client, short, stmt))
			})
		}
		t.Run("with an expression", func(t *testing.T) {
			odd := exp.Filter(exp.Eq(exp.Mod(exp.IntBin("n"), exp.IntVal(2)), exp.IntVal(1)))
			stmt := cluster.Statement{Namespace: on.namespace, Set: set, Bins: []string{"n"}, Filter: cluster.FilterRange("n", 10, 19)}
			require.Equal(t, []int64{11, 13, 15, 17, 19}, numbers(t, client, &cluster.QueryPolicy{Filter: odd}, stmt))
		})
		t.Run("operations", func(t *testing.T) {
			stmt := cluster.Statement{Namespace: on.namespace, Set: set, Filter: cluster.FilterEqual("n", 7),
				Ops: []protocol.Operation{protocol.GetBin("n"), cdt.ListSize("l"), cdt.MapGet("m", cdt.ByKey(protocol.String("k2")), cdt.ReturnValue)}}
			for rec, err := range client.Query(t.Context(), nil, stmt) {
				require.NoError(t, err)
				require.Equal(t, map[string]any{"n": int64(7), "l": int64(3), "m": int64(7)}, rec.Bins.Map())
			}
		})
	})
}

func TestQueryRefused(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		fails := func(p *cluster.QueryPolicy, stmt cluster.Statement) (last error) {
			stmt.Set = set
			if stmt.Namespace == "" {
				stmt.Namespace = on.namespace
			}
			for _, err := range client.Query(t.Context(), p, stmt) {
				last = err
			}
			return last
		}
		once := &cluster.QueryPolicy{MaxRetries: cluster.NoRetries}
		require.ErrorIs(t, fails(once, cluster.Statement{Filter: cluster.FilterEqual("n", 1)}), protocol.IndexNotFound)
		require.ErrorIs(t, fails(once, cluster.Statement{Filter: cluster.FilterEqual("", 1).ByName("nosuch")}), protocol.IndexNotFound)
		require.ErrorIs(t, fails(nil, cluster.Statement{Namespace: "nosuch"}), protocol.InvalidNamespace)
		require.ErrorIs(t, fails(nil, cluster.Statement{Filter: cluster.FilterRange("n", 2, 1)}), protocol.ErrInvalidCommand)
		require.ErrorIs(t, fails(nil, cluster.Statement{Filter: cluster.FilterEqual("n", 1.5)}), protocol.ErrInvalidCommand)
		require.ErrorIs(t, fails(nil, cluster.Statement{Partitions: cluster.PartitionRange(4000, 97)}), cluster.ErrConfig)
		require.ErrorIs(t, fails(&cluster.QueryPolicy{ExpectedDuration: cluster.ShortQuery, RecordsPerSecond: 1}, cluster.Statement{}), cluster.ErrConfig)
		on.index(t, client, admin.Index{Set: set, Bin: "n"})
		require.ErrorIs(t, fails(once, cluster.Statement{Filter: cluster.FilterEqual("n", "text")}), protocol.IndexNotFound)
		require.ErrorIs(t, fails(once, cluster.Statement{Filter: cluster.FilterEqual("n", "text")}), cluster.ErrIndexType)
	})
}

func TestPartitions(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 500)
		read := func(part cluster.PartitionFilter) []int64 {
			return numbers(t, client, nil, cluster.Statement{Namespace: on.namespace, Set: set, Bins: []string{"n"}, Partitions: part})
		}
		all := read(cluster.AllPartitions())
		require.Len(t, all, 500)
		halves := append(read(cluster.PartitionRange(0, 2048)), read(cluster.PartitionRange(2048, 2048))...)
		slices.Sort(halves)
		require.Equal(t, all, halves)
		byNode := []int64{}
		for _, name := range client.NodeNames() {
			byNode = append(byNode, read(cluster.PartitionsOfNode(name))...)
		}
		slices.Sort(byNode)
		require.Equal(t, all, byNode)

		key := on.key(t, set, 1)
		one, after := read(cluster.OnePartition(int(key.Partition()))), read(cluster.AfterKey(key))
		require.Contains(t, one, int64(1))
		require.NotContains(t, after, int64(1))
		require.Subset(t, one, after)
	})
}

// TestCursors reads pages, each with its own client and a cursor loaded from saved bytes.
func TestCursors(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 1000)
		on.index(t, client, admin.Index{Set: set, Bin: "n"})
		// Many records have the same value, so the index alone does not order them.
		on.index(t, client, admin.Index{Set: set, Bin: "s", Type: admin.IndexString})
		on.index(t, client, admin.Index{Set: set, Bin: "l", Collection: cluster.IndexList})
		on.index(t, client, admin.Index{Set: set, Bin: "g", Type: admin.IndexGeo})
		for name, filter := range map[string]cluster.Filter{
			"scan": {}, "range": cluster.FilterRange("n", 0, 999), "elements": cluster.FilterContainsRange("l", cluster.IndexList, 0, 999),
			"circle": cluster.FilterWithinRadius("g", cluster.IndexDefault, 50, 10, 3e6), "string": cluster.FilterEqual("s", "s4"),
		} {
			t.Run(name, func(t *testing.T) {
				stmt := cluster.Statement{Namespace: on.namespace, Set: set, Bins: []string{"n"}, Filter: filter}
				want := numbers(t, client, nil, stmt)
				cur, err := cluster.NewCursor(cluster.AllPartitions())
				require.NoError(t, err)
				saved, err := cur.MarshalBinary()
				require.NoError(t, err)
				got := []int64{}
				for pages := 0; ; pages++ {
					cur := new(cluster.Cursor)
					require.NoError(t, cur.UnmarshalBinary(saved))
					if cur.Done() {
						break
					}
					require.Less(t, pages, 100)
					left := 1 + rand.IntN(100)
					policy := &cluster.QueryPolicy{MaxRecords: int64(1 + rand.IntN(100))}
					for rec, err := range client.QueryFrom(t.Context(), policy, stmt, cur) {
						require.NoError(t, err)
						v, _ := rec.Bin("n")
						n, _ := v.Int()
						got = append(got, n)
						if left--; left == 0 {
							break
						}
					}
					saved, err = cur.MarshalBinary()
					require.NoError(t, err)
				}
				slices.Sort(got)
				require.Equal(t, want, got)
			})
		}
	})
}

func TestCursorOfAnotherQuery(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 10)
		cur, err := cluster.NewCursor(cluster.AllPartitions())
		require.NoError(t, err)
		stmt := cluster.Statement{Namespace: on.namespace, Set: set}
		for _, err := range client.QueryFrom(t.Context(), &cluster.QueryPolicy{MaxRecords: 2}, stmt, cur) {
			require.NoError(t, err)
		}
		stmt.Set = "other"
		for _, err := range client.QueryFrom(t.Context(), nil, stmt, cur) {
			require.ErrorIs(t, err, cluster.ErrCursor)
		}
		saved, err := cur.MarshalBinary()
		require.NoError(t, err)
		saved[len(saved)/2] ^= 1
		require.ErrorIs(t, new(cluster.Cursor).UnmarshalBinary(saved), cluster.ErrCursor)
	})
}
