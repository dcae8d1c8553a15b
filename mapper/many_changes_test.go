package mapper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

type visit struct {
	ID   string        `as:"id,pk"`
	N    int           `as:"n"`
	Last string        `as:"last"`
	Gen  uint32        `asm:"gen"`
	Left time.Duration `asm:"ttl"`
}

var visitN = mapper.NumOf(func(v *visit) *int { return &v.N })
var visitLast = mapper.TextOf(func(v *visit) *string { return &v.Last })

// requireItems requires the errors of the items of a *ManyError, nil for those that succeeded.
func requireItems(t *testing.T, err error, want ...error) {
	t.Helper()
	var many *mapper.ManyError
	require.ErrorAs(t, err, &many)
	require.Len(t, many.Errors, len(want))
	for i, e := range many.Errors {
		if want[i] == nil {
			require.NoError(t, e, "item %d", i)
		} else {
			require.ErrorIs(t, e, want[i], "item %d", i)
		}
	}
}

func TestPatchMany(t *testing.T) {
	r, ctx := repo[visit](t, open(t)), t.Context()
	a, b := &visit{ID: "a", N: 1, Left: time.Hour}, &visit{ID: "b", N: 5}
	require.NoError(t, r.InsertMany(ctx, a, b))
	err := r.PatchMany(ctx, []any{"a", "none", b, 7}, visitN.Add(10), visitLast.Set("x"))
	requireItems(t, err, nil, mapper.ErrNotFound, nil, mapper.ErrType)
	require.EqualValues(t, 2, b.Gen, "the generation of an object is set")
	found, err := r.FindMany(ctx, "a", "b")
	require.NoError(t, err)
	require.Equal(t, 11, found[0].N)
	require.Greater(t, found[0].Left, 59*time.Minute, "a patch keeps the expiry")
	require.Equal(t, 15, found[1].N)
	require.Equal(t, "x", found[1].Last)

	err = r.PatchMany(ctx, []any{"a", "b"}, visitN.Add(1), mapper.If(visitN.Lt(12)))
	requireItems(t, err, nil, mapper.ErrCondition)
	b.Gen = 1
	requireItems(t, r.PatchMany(ctx, []any{b, "a"}, visitN.Add(1)), mapper.ErrStale, nil)
	require.NoError(t, r.PatchMany(ctx, nil, visitN.Add(1)))
	requireItems(t, r.PatchMany(ctx, []any{"a"}), mapper.ErrNothingToWrite)
	require.ErrorContains(t, r.PatchMany(ctx, []any{"a"}, visitN.Add(1), mapper.OrInsert(a)), "use UpsertMany")
}

func TestTouchMany(t *testing.T) {
	r, ctx := repo[visit](t, open(t)), t.Context()
	a := &visit{ID: "a", Left: time.Hour}
	require.NoError(t, r.InsertMany(ctx, a, &visit{ID: "b"}))
	err := r.With(mapper.TTL(2*time.Hour)).TouchMany(ctx, a, "none", "b")
	requireItems(t, err, nil, mapper.ErrNotFound, nil)
	require.EqualValues(t, 2, a.Gen)
	found, err := r.FindMany(ctx, "a", "b")
	require.NoError(t, err)
	for _, x := range found {
		require.Greater(t, x.Left, 119*time.Minute)
	}
}

func TestExistsMany(t *testing.T) {
	r, ctx := repo[visit](t, open(t)), t.Context()
	require.NoError(t, r.Insert(ctx, &visit{ID: "a"}))
	found, err := r.ExistsMany(ctx, "none", "a", &visit{ID: "a"})
	require.NoError(t, err)
	require.Equal(t, []bool{false, true, true}, found)
	found, err = r.ExistsMany(ctx, "a", 5)
	requireItems(t, err, nil, mapper.ErrType)
	require.Equal(t, []bool{true, false}, found)
}

func TestUpsertMany(t *testing.T) {
	r, ctx := repo[visit](t, open(t)), t.Context()
	require.NoError(t, r.Insert(ctx, &visit{ID: "b", N: 5}))
	a, b := &visit{ID: "a", N: 1}, &visit{ID: "b", N: 1}
	inserted, err := r.UpsertMany(ctx, []*visit{a, b, nil}, visitN.Add(1))
	require.Equal(t, []bool{true, false, false}, inserted)
	var many *mapper.ManyError
	require.ErrorAs(t, err, &many)
	require.ErrorContains(t, many.Errors[2], "nil")
	require.NoError(t, many.Errors[1])
	require.EqualValues(t, 1, a.Gen)
	found, err := r.FindMany(ctx, "a", "b")
	require.NoError(t, err)
	require.Equal(t, 1, found[0].N)
	require.Equal(t, 6, found[1].N)

	inserted, err = r.UpsertMany(ctx, []*visit{a, {ID: "c"}})
	require.NoError(t, err, "without changes records stay as they are")
	require.Equal(t, []bool{false, true}, inserted)
}
