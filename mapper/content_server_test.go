package mapper_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

type loose struct {
	ID string `as:"id,pk"`
	X  any    `as:"x"`
}

// TestAnyKeepsWhatItHolds: reading into an any and saving it stores the same value again.
func TestAnyKeepsWhatItHolds(t *testing.T) {
	client, ctx := open(t), t.Context()
	r := repo[loose](t, client)
	key := protocol.MustKey("test", "loose", "k")
	point := protocol.GeoJSON(`{"type":"Point","coordinates":[1,2]}`)
	blobKeys := protocol.Map(protocol.Pair{Key: protocol.Blob([]byte{1}), Value: protocol.String("x")})
	_, err := client.Operate(ctx, nil, key, cdt.HLLAdd("hll", []protocol.Value{protocol.Int(1)}, 8, 0))
	require.NoError(t, err)
	rec, err := client.Get(ctx, nil, key, "hll")
	require.NoError(t, err)
	hll, _ := rec.Bin("hll")
	for name, v := range map[string]protocol.Value{
		"GeoJSON": point, "HyperLogLog": hll, "map with blob keys": blobKeys,
		"list":         protocol.List(point, protocol.Int(1), protocol.Nil(), blobKeys, protocol.Bool(true)),
		"map":          protocol.Map(protocol.Pair{Key: protocol.String("at"), Value: point}, protocol.Pair{Key: protocol.String("n"), Value: protocol.Int(1)}),
		"integer keys": protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: protocol.List(point)}, protocol.Pair{Key: protocol.String("1"), Value: protocol.Float(2)}),
		"map of maps":  protocol.Map(protocol.Pair{Key: protocol.String("m"), Value: blobKeys}),
		"blob":         protocol.Blob([]byte{1, 2}),
	} {
		require.NoError(t, client.Put(ctx, nil, key, protocol.Bins{{Name: "x", Value: v}}), name)
		x, err := r.Find(ctx, "k")
		require.NoError(t, err, name)
		require.NoError(t, r.Save(ctx, x), name)
		rec, err := client.Get(ctx, nil, key, "x")
		require.NoError(t, err, name)
		back, _ := rec.Bin("x")
		require.True(t, protocol.Equal(v, back), "%s: %v, was %v", name, back, v)
		require.Equal(t, v.Particle(), back.Particle(), name)
	}
}

type sparse struct {
	ID   string  `as:"id,pk"`
	Name *string `as:"name"`
	Tags []string
}

// TestSaveOfNulls: an object whose bins are all NULL can't create a record. Every verb that could
// create one returns ErrNothingToWrite.
func TestSaveOfNulls(t *testing.T) {
	client, ctx := open(t), t.Context()
	r := repo[sparse](t, client)
	type verb = func(context.Context, ...*sparse) error
	one := func(f func(context.Context, *sparse) error) verb {
		return func(ctx context.Context, x ...*sparse) error { return f(ctx, x[0]) }
	}
	for name, write := range map[string]verb{
		"Save": one(r.Save), "Insert": one(r.Insert), "Replace": one(r.Replace),
		"SaveMany": r.SaveMany, "InsertMany": r.InsertMany, "ReplaceMany": r.ReplaceMany,
	} {
		err := write(ctx, &sparse{ID: "new"})
		require.ErrorIs(t, err, mapper.ErrNothingToWrite, name)
		require.NotErrorIs(t, err, mapper.ErrNotFound, name)
	}
	require.ErrorIs(t, r.Update(ctx, &sparse{ID: "new"}), mapper.ErrNotFound)
	require.ErrorIs(t, r.UpdateMany(ctx, &sparse{ID: "new"}), mapper.ErrNotFound)

	ada := "Ada"
	require.NoError(t, r.Save(ctx, &sparse{ID: "new", Name: &ada}))
	require.NoError(t, client.Put(ctx, nil, protocol.MustKey("test", "sparse", "new"), protocol.Bins{protocol.NewBin("other", 1)}))
	require.NoError(t, r.Save(ctx, &sparse{ID: "new"}), "bins of an existing record can be removed")
	x, err := r.Find(ctx, "new")
	require.NoError(t, err)
	require.Equal(t, &sparse{ID: "new"}, x)
}

// TestScanAllGivesWhatFindGives: ScanAll finds the same records as Find, also those that have none
// of the type's bins.
func TestScanAllGivesWhatFindGives(t *testing.T) {
	client, ctx := open(t), t.Context()
	r := repo[sparse](t, client)
	ada := "Ada"
	require.NoError(t, r.Replace(ctx, &sparse{ID: "both", Name: &ada, Tags: []string{"x"}}))
	require.NoError(t, r.Replace(ctx, &sparse{ID: "one", Tags: []string{}}))
	p := &cluster.WritePolicy{SendKey: true}
	require.NoError(t, client.Put(ctx, p, protocol.MustKey("test", "sparse", "none"), protocol.Bins{protocol.NewBin("settings", "dark")}))
	found := map[string]*sparse{}
	for x, err := range r.ScanAll(ctx) {
		require.NoError(t, err)
		found[x.ID] = x
	}
	require.Len(t, found, 3)
	for id, x := range found {
		want, err := r.Find(ctx, id)
		require.NoError(t, err)
		require.Equal(t, want, x)
	}
}
