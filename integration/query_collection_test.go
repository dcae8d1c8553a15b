package integration

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// collected returns the values that record n has in its collections: one of its own, one that it
// shares with every third record, and one that all records have.
func collected(kind admin.IndexType, n int) [3]protocol.Value {
	value := func(i int) protocol.Value {
		switch kind {
		case admin.IndexString:
			return protocol.String(fmt.Sprint("s", i))
		case admin.IndexBlob:
			return protocol.Blob([]byte{byte(i >> 8), byte(i)})
		case admin.IndexGeo:
			return protocol.GeoJSON(fmt.Sprintf(`{"type":"Point","coordinates":[%d.5,%d.5]}`, i%170, i/170))
		}
		return protocol.Int(int64(i))
	}
	return [3]protocol.Value{value(n), value(1000 + n%3), value(2000)}
}

// TestQueryCollections queries indexes of every type on every kind of collection, in the bin itself
// and nested in it.
func TestQueryCollections(t *testing.T) {
	const records = 60
	types := []admin.IndexType{admin.IndexNumeric, admin.IndexString, admin.IndexBlob, admin.IndexGeo}
	forms := []cluster.IndexCollection{cluster.IndexList, cluster.IndexMapKeys, cluster.IndexMapValues}
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		var rows []cluster.BatchRow
		for n := range records {
			bins := protocol.Bins{protocol.NewBin("n", n)}
			for _, kind := range types {
				v := collected(kind, n)
				list := protocol.List(v[:]...)
				byValue := protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: v[0]}, protocol.Pair{Key: protocol.Int(2), Value: v[1]}, protocol.Pair{Key: protocol.Int(3), Value: v[2]})
				bins = append(bins, protocol.Bin{Name: fmt.Sprint("l", kind), Value: list}, protocol.Bin{Name: fmt.Sprint("v", kind), Value: byValue},
					protocol.Bin{Name: fmt.Sprint("in", kind), Value: protocol.Map(protocol.Pair{Key: protocol.String("deep"), Value: protocol.List(list)})})
				if kind != admin.IndexGeo {
					byKey := protocol.Map(protocol.Pair{Key: v[0], Value: protocol.Int(1)}, protocol.Pair{Key: v[1], Value: protocol.Int(2)}, protocol.Pair{Key: v[2], Value: protocol.Int(3)})
					bins = append(bins, protocol.Bin{Name: fmt.Sprint("k", kind), Value: byKey})
				}
			}
			rows = append(rows, cluster.PutRow(nil, on.key(t, set, n), bins))
		}
		_, err := client.BatchWrite(t.Context(), nil, rows)
		require.NoError(t, err)
		for _, kind := range types {
			for _, form := range forms {
				if kind == admin.IndexGeo && form == cluster.IndexMapKeys {
					continue
				}
				bin := fmt.Sprint(map[cluster.IndexCollection]string{cluster.IndexList: "l", cluster.IndexMapKeys: "k", cluster.IndexMapValues: "v"}[form], kind)
				t.Run(fmt.Sprint(form, " of type ", kind), func(t *testing.T) {
					on.queryCollection(t, client, admin.Index{Set: set, Bin: bin, Type: kind, Collection: form}, records)
				})
			}
			t.Run(fmt.Sprint("within a bin, type ", kind), func(t *testing.T) {
				in := cdt.In(cdt.MapKey(protocol.String("deep")), cdt.ListIndex(0))
				on.queryCollection(t, client, admin.Index{Set: set, Bin: fmt.Sprint("in", kind), Type: kind, Collection: cluster.IndexList, Context: in}, records)
			})
		}
	})
}

// queryCollection finds records by each of the values in their collections.
func (on target) queryCollection(t *testing.T, client *cluster.Client, ix admin.Index, records int) {
	ix = on.index(t, client, ix)
	find := func(v protocol.Value) []int64 {
		filter := cluster.FilterContains(ix.Bin, ix.Collection, v)
		if text, isGeo := v.Text(); isGeo && v.Kind() == protocol.KindGeoJSON {
			var long, lat float64
			_, err := fmt.Sscanf(text, `{"type":"Point","coordinates":[%f,%f]}`, &long, &lat)
			require.NoError(t, err)
			filter = cluster.FilterWithinRadius(ix.Bin, ix.Collection, long, lat, 100)
		}
		stmt := cluster.Statement{Namespace: on.namespace, Set: ix.Set, Bins: []string{"n"}, Filter: filter.At(ix.Context)}
		all := numbers(t, client, nil, stmt)
		require.Equal(t, all, numbers(t, client, &cluster.QueryPolicy{ExpectedDuration: cluster.ShortQuery}, stmt))
		stmt.Filter = filter.ByName(ix.Name)
		if len(ix.Context) == 0 {
			require.Equal(t, all, numbers(t, client, nil, stmt), "the index's name finds the same")
		}
		return all
	}
	for _, n := range []int{0, 17, records - 1} {
		v := collected(ix.Type, n)
		require.Equal(t, []int64{int64(n)}, find(v[0]))
		require.Len(t, find(v[1]), records/3)
		require.Len(t, find(v[2]), records)
	}
	require.Empty(t, find(collected(ix.Type, 700)[0]))
	if ix.Type == admin.IndexNumeric {
		stmt := cluster.Statement{Namespace: on.namespace, Set: ix.Set, Bins: []string{"n"}, Filter: cluster.FilterContainsRange(ix.Bin, ix.Collection, 0, 5000).At(ix.Context)}
		require.Len(t, numbers(t, client, nil, stmt), records, "each once, however many of its values are in the range")
	}
	// The index follows writes.
	key := on.key(t, ix.Set, 0)
	require.NoError(t, client.Put(t.Context(), nil, key, protocol.Bins{{Name: ix.Bin, Value: protocol.Nil()}}))
	require.Empty(t, find(collected(ix.Type, 0)[0]))
}
