package mapper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

func TestBackgroundPatch(t *testing.T) {
	ctx := context.Background()
	table, db := people(t, "")
	wait := func(task *mapper.Task, err error) mapper.TaskProgress {
		t.Helper()
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		require.NoError(t, task.Wait(ctx))
		p, err := task.Progress(ctx)
		require.NoError(t, err)
		return p
	}
	_, err := table.Where(P.Age.Lt(18)).Patch(ctx, P.Tags.Append("minor"))
	require.ErrorIs(t, err, mapper.ErrNeedsScan)
	wait(table.All().Where(P.Age.Lt(18)).Patch(ctx, P.Tags.Append("minor"), P.Age.Add(1)))
	bob, err := table.Find(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, []string{"minor"}, bob.Tags)
	require.Equal(t, 18, bob.Age)
	require.Equal(t, "bob", idsOf(t, table.All().Where(P.Tags.Contains("minor"))), "others are unchanged")

	_, err = db.Exec("CREATE INDEX member_age ON member (age) NUMERIC WAIT")
	require.NoError(t, err)
	wait(table.Where(P.Age.Ge(30)).Patch(ctx, P.Tags.AppendUnique("old"), mapper.If(P.Name.Ne("Eve"))))
	require.Equal(t, "ada", idsOf(t, table.All().Where(P.Tags.Contains("old"))))

	p := wait(table.Where(P.ID.In("ada", "eve", "nobody"), P.Age.Gt(40)).Patch(ctx, P.Name.Set("E")))
	require.Equal(t, mapper.TaskProgress{Percent: 100, Changed: 1, Done: true}, p)
	require.Equal(t, "eve", idsOf(t, table.All().Where(P.Name.Eq("E"))))
	wait(table.Where(P.ID.In()).Patch(ctx, P.Name.Set("E")))

	wait(table.All().Where(P.Tags.Contains("tea")).Delete(ctx))
	require.Equal(t, "bob", idsOf(t, table.All()))
	wait(table.Where(P.ID.Eq("bob")).Delete(ctx))
	require.Equal(t, "", idsOf(t, table.All()))
}

func TestBackgroundPatchErrors(t *testing.T) {
	ctx := context.Background()
	table, _ := people(t, "")
	q := table.All().Where(P.Age.Gt(1))
	for name, c := range map[string]struct {
		q      mapper.Query[member]
		change mapper.Change[member]
		is     error
	}{
		"condition of the client": {q.Where(P.Name.Match("^A")), P.Age.Add(1), mapper.ErrUnsupported},
		"order":                   {q.OrderBy(P.Age.Asc()), P.Age.Add(1), mapper.ErrUnsupported},
		"limit":                   {q.Limit(1), P.Age.Add(1), mapper.ErrUnsupported},
		"generation":              {q, mapper.IfGen[member](1), mapper.ErrUnsupported},
		"insert":                  {q, mapper.OrInsert(&member{ID: "x"}), mapper.ErrUnsupported},
		"nothing":                 {q, mapper.If(P.Age.Gt(1)), mapper.ErrNothingToWrite},
		"key":                     {q, P.ID.Set("x"), mapper.ErrUnsupported},
	} {
		_, err := c.q.Patch(ctx, c.change)
		require.ErrorIs(t, err, c.is, name)
	}
	for m, err := range table.All().Rows(ctx) {
		require.NoError(t, err)
		require.EqualValues(t, 1, m.Version)
	}
}

func TestBackgroundSoftDelete(t *testing.T) {
	ctx := context.Background()
	table, clock := notes(t)
	require.NoError(t, table.SaveMany(ctx, &note{ID: "a", Text: "x"}, &note{ID: "b"}))
	later := clock.tick()
	task, err := table.All().Where(N.Text.Eq("x")).Delete(ctx)
	require.NoError(t, err)
	require.NoError(t, task.Wait(ctx))
	_, err = table.Find(ctx, "a")
	require.ErrorIs(t, err, mapper.ErrNotFound)
	x, err := table.With(mapper.IncludeDeleted()).Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, later, x.Deleted)
	require.Equal(t, later, x.Updated)
	task, err = table.With(mapper.Purge(), mapper.IncludeDeleted()).All().Delete(ctx)
	require.NoError(t, err)
	require.NoError(t, task.Wait(ctx))
	n, err := table.With(mapper.IncludeDeleted()).All().Count(ctx)
	require.NoError(t, err)
	require.Zero(t, n)
}
