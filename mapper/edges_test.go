package mapper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// nullable can be an object without any bin.
type nullable struct {
	ID string  `as:"id,pk"`
	A  *int    `as:"a"`
	B  *string `as:"b"`
}

// TestOrInsertOfNoBins: an object without bins can be what a record begins as, if a change writes
// one.
func TestOrInsertOfNoBins(t *testing.T) {
	ctx := t.Context()
	r, err := mapper.New[nullable](memDB(t, ""))
	require.NoError(t, err)
	number := mapper.Of(func(s *nullable) **int { return &s.A })
	five := 5
	x, err := r.Change(ctx, "k", mapper.OrInsert(&nullable{ID: "k"}), number.Set(&five))
	require.NoError(t, err)
	require.Equal(t, &nullable{ID: "k", A: &five}, x)
	require.ErrorIs(t, r.Insert(ctx, &nullable{ID: "none"}), mapper.ErrNothingToWrite)
	require.ErrorContains(t, r.Patch(ctx, "none", mapper.OrInsert(&nullable{ID: "other"}), number.Set(&five)), "has the key")
}

// TestBackgroundWorkOfNothing: a task for a condition that no record can meet is done.
func TestBackgroundWorkOfNothing(t *testing.T) {
	table, _ := people(t, "")
	task, err := table.Where(mapper.Or[member]()).Patch(t.Context(), P.Age.Add(1))
	require.NoError(t, err)
	require.NoError(t, task.Wait(t.Context()))
	p, err := task.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, mapper.TaskProgress{Percent: 100, Done: true}, p)
}

// chain refers to records of its own type.
type chain struct {
	ID   string                      `as:"id,pk"`
	N    int                         `as:"n"`
	Next mapper.Ref[string, chain]   `as:"next"`
	All  []mapper.Ref[string, chain] `as:"all"`
}

// TestReferencesInCircles: records that refer to each other and to themselves are loaded once each,
// and objects that refer to each other in memory are stored by their keys.
func TestReferencesInCircles(t *testing.T) {
	ctx := t.Context()
	chains, err := mapper.NewTable[string, chain](memDB(t, ""))
	require.NoError(t, err)
	to := mapper.RefTo[string, chain]
	require.NoError(t, chains.SaveMany(ctx,
		&chain{ID: "a", Next: to("b")}, &chain{ID: "b", Next: to("a")}, &chain{ID: "self", Next: to("self"), All: []mapper.Ref[string, chain]{to("a"), to("gone"), to("a")}}))
	found, err := chains.FindMany(ctx, "a", "b", "self")
	require.NoError(t, err)
	next := func(c *chain) *mapper.Ref[string, chain] { return &c.Next }
	require.NoError(t, mapper.Load(ctx, chains, next, found...))
	require.Equal(t, "b", found[0].Next.Got.ID)
	require.Equal(t, "a", found[1].Next.Got.ID)
	require.Equal(t, "self", found[2].Next.Got.ID)
	via := mapper.Via(chains, next)
	end, err := mapper.LoadAll(ctx, mapper.Then(mapper.Then(via, via), via), found[0])
	require.NoError(t, err)
	require.Len(t, end, 1)
	require.Equal(t, "b", end[0].ID, "a, b, a, b")
	all, err := mapper.LoadAll(ctx, mapper.ViaAll(chains, func(c *chain) []mapper.Ref[string, chain] { return c.All }), found[2], nil)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Nil(t, found[2].All[1].Got)
	require.Same(t, found[2].All[0].Got, found[2].All[2].Got)

	found[0].Next.Got = found[0]
	found[0].N = 7
	require.NoError(t, chains.Save(ctx, found[0]))
	a, err := chains.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, &chain{ID: "a", N: 7, Next: to("b")}, a)
}
