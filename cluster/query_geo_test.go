package cluster_test

import (
	"context"
	"fmt"
	"log"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
)

// indexGeo creates an index on the GeoJSON in the bin at and waits until it can be used.
func indexGeo(ctx context.Context, c *cluster.Client) error {
	task, err := admin.New(c).CreateIndex(ctx, nil, admin.Index{Namespace: "test", Set: "people", Name: "people-at", Bin: "at", Type: admin.IndexGeo})
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}

// A query with an index finds points in regions and regions around points that the constructors of
// package protocol made.
func TestGeoIndexQuery(t *testing.T) {
	c := start(t, 1, "", cluster.CoalesceAuto)
	ctx := t.Context()
	triangle := [][2]float64{{-1, 44}, {10, 44}, {2, 52}}
	for i, v := range []protocol.Value{
		protocol.GeoPoint(2.3522, 48.8566), protocol.GeoPoint(2.2945, 48.8584), protocol.GeoPoint(4.8357, 45.764), protocol.GeoPoint(-180, -90),
		protocol.GeoCircle(4.8, 45.7, 50_000), protocol.GeoPolygon(triangle...),
	} {
		require.NoError(t, c.Put(ctx, nil, key(i), protocol.Bins{protocol.NewBin("n", i), protocol.NewBin("at", v)}))
	}
	require.NoError(t, indexGeo(ctx, c))
	for name, test := range map[string]struct {
		value protocol.Value
		want  []int64
	}{
		"circle of 10 km":  {protocol.GeoCircle(2.35, 48.85, 10_000), []int64{0, 1}},
		"circle of 1 km":   {protocol.GeoCircle(2.2945, 48.8584, 1000), []int64{1}},
		"circle of 0 m":    {protocol.GeoCircle(50, 0, 0), nil},
		"the whole earth":  {protocol.GeoCircle(0, 0, 1e20), []int64{0, 1, 2, 3}},
		"polygon":          {protocol.GeoPolygon(triangle...), []int64{0, 1, 2}},
		"other direction":  {protocol.GeoPolygon(triangle[2], triangle[1], triangle[0]), []int64{0, 1, 2}},
		"point":            {protocol.GeoPoint(4.8, 45.7), []int64{4, 5}},
		"point in nothing": {protocol.GeoPoint(50, 0), nil},
	} {
		t.Run(name, func(t *testing.T) {
			stmt := cluster.Statement{Namespace: "test", Set: "people", Filter: cluster.FilterEqual("at", test.value)}
			var found []int64
			for rec, err := range c.Query(ctx, nil, stmt) {
				require.NoError(t, err)
				v, _ := rec.Bin("n")
				n, _ := v.Int()
				found = append(found, n)
			}
			slices.Sort(found)
			require.Equal(t, test.want, found)
		})
	}
	for _, err := range c.Query(ctx, nil, cluster.Statement{Namespace: "test", Set: "people", Filter: cluster.FilterEqual("at", protocol.GeoPoint(0, 91))}) {
		require.ErrorIs(t, err, protocol.ErrInvalidValue)
	}
	require.ErrorIs(t, c.Put(ctx, nil, key(9), bin("at", protocol.GeoCircle(0, 0, -1))), protocol.ErrInvalidValue)
}

// Points within a circle are found by an index on a bin that holds GeoJSON.
func ExampleFilterEqual_geoJSON() {
	client, done := open()
	defer done()
	ctx := context.Background()
	for name, at := range map[string]protocol.Value{
		"Louvre": protocol.GeoPoint(2.3376, 48.8606), "Orsay": protocol.GeoPoint(2.3266, 48.86), "Prado": protocol.GeoPoint(-3.6921, 40.4138),
	} {
		err := client.Put(ctx, nil, protocol.MustKey("test", "people", name), protocol.Bins{protocol.NewBin("name", name), protocol.NewBin("at", at)})
		if err != nil {
			log.Fatal(err)
		}
	}
	if err := indexGeo(ctx, client); err != nil {
		log.Fatal(err)
	}
	near := cluster.FilterEqual("at", protocol.GeoCircle(2.33, 48.86, 2000))
	var names []string
	for rec, err := range client.Query(ctx, nil, cluster.Statement{Namespace: "test", Set: "people", Filter: near}) {
		if err != nil {
			log.Fatal(err)
		}
		v, _ := rec.Bin("name")
		names = append(names, v.String())
	}
	slices.Sort(names)
	fmt.Println(names)
	// Output: [Louvre Orsay]
}
