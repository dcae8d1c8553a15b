package mapper_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// doc has all fields that the mapper sets.
type note struct {
	ID      string    `as:"id,pk"`
	Text    string    `as:"text"`
	Created time.Time `as:"created,created"`
	Updated time.Time `as:"updated,updated,unixmilli"`
	Deleted time.Time `as:"deleted,deleted,unix"`
}

type noteFields struct {
	Text    mapper.Text[note, string]
	Created mapper.Time[note]
	Updated mapper.Time[note]
	Deleted mapper.Time[note]
}

var N = mapper.MustFields[note, noteFields]()

// A testClock is a clock that the test moves.
type testClock struct{ now time.Time }

func (c *testClock) tick() time.Time { c.now = c.now.Add(time.Hour); return c.now }

func notes(t *testing.T) (*mapper.Table[string, note], *testClock) {
	clock := &testClock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	table, err := mapper.NewTable[string, note](memDB(t, ""), mapper.WithClock(func() time.Time { return clock.now }))
	require.NoError(t, err)
	return table, clock
}

// TestCreatedAndUpdated checks the times after each verb, on an object that was read and on one
// that was not.
func TestCreatedAndUpdated(t *testing.T) {
	ctx := context.Background()
	verbs := map[string]func(*mapper.Table[string, note], *note) error{
		"Save":       func(n *mapper.Table[string, note], x *note) error { return n.Save(ctx, x) },
		"SaveMany":   func(n *mapper.Table[string, note], x *note) error { return n.SaveMany(ctx, x) },
		"Update":     func(n *mapper.Table[string, note], x *note) error { return n.Update(ctx, x) },
		"UpdateMany": func(n *mapper.Table[string, note], x *note) error { return n.UpdateMany(ctx, x) },
		"Patch":      func(n *mapper.Table[string, note], x *note) error { return n.Patch(ctx, "a", N.Text.Set(x.Text)) },
		"Modify": func(n *mapper.Table[string, note], x *note) error {
			_, err := n.Modify(ctx, "a", func(m *note) error { m.Text = x.Text; return nil })
			return err
		},
	}
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			table, clock := notes(t)
			born := clock.now
			require.NoError(t, table.Insert(ctx, &note{ID: "a"}))
			later := clock.tick()
			x := &note{ID: "a", Text: "x"}
			require.NoError(t, verb(table, x))
			found, err := table.Find(ctx, "a")
			require.NoError(t, err)
			require.Equal(t, &note{ID: "a", Text: "x", Created: born, Updated: later}, found)
			if name != "Patch" && name != "Modify" {
				require.Equal(t, found, x, "the object has what the record has")
			}
			last := clock.tick()
			found.Text = "y"
			require.NoError(t, verb(table, found))
			found, err = table.Find(ctx, "a")
			require.NoError(t, err)
			require.Equal(t, &note{ID: "a", Text: "y", Created: born, Updated: last}, found)
		})
	}
}

func TestSaveSetsCreatedOfANewRecord(t *testing.T) {
	table, clock := notes(t)
	x := &note{ID: "a"}
	require.NoError(t, table.Save(context.Background(), x))
	require.Equal(t, clock.now, x.Created)
	found, err := table.Find(context.Background(), "a")
	require.NoError(t, err)
	require.Equal(t, x, found)
}

// TestSoftDelete checks that every read and write sees a deleted record as missing.
func TestSoftDelete(t *testing.T) {
	ctx := context.Background()
	table, clock := notes(t)
	require.NoError(t, table.SaveMany(ctx, &note{ID: "a"}, &note{ID: "b"}, &note{ID: "c"}))
	existed, err := table.Delete(ctx, "a")
	require.NoError(t, err)
	require.True(t, existed)
	existed, err = table.Delete(ctx, "a")
	require.NoError(t, err)
	require.False(t, existed)
	n, err := table.DeleteMany(ctx, "a", "b", "nobody")
	require.NoError(t, err)
	require.Equal(t, 1, n)

	_, err = table.Find(ctx, "a")
	require.ErrorIs(t, err, mapper.ErrNotFound)
	found, err := table.FindMany(ctx, "a", "c")
	require.NoError(t, err)
	require.Nil(t, found[0])
	require.NotNil(t, found[1])
	exists, err := table.Exists(ctx, "a")
	require.NoError(t, err)
	require.False(t, exists)
	count, err := table.All().Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, count)
	for x, err := range table.ScanAll(ctx) {
		require.NoError(t, err)
		require.Equal(t, "c", x.ID)
	}
	for name, err := range map[string]error{
		"Update":                 table.Update(ctx, &note{ID: "a"}),
		"Patch":                  table.Patch(ctx, "a", N.Text.Set("x")),
		"Touch":                  table.Touch(ctx, "a"),
		"Patch with a condition": table.Patch(ctx, "a", N.Text.Set("x"), mapper.If(N.Text.NotNull())),
		"Patch with a condition that is not true": table.Patch(ctx, "a", N.Text.Set("x"), mapper.If(N.Text.Eq("nobody"))),
		"PatchMany with a condition":              table.PatchMany(ctx, []string{"a"}, N.Text.Set("x"), mapper.If(N.Text.NotNull())),
		"Modify":                                  func() error { _, err := table.Modify(ctx, "a", func(*note) error { return nil }); return err }(),
	} {
		require.ErrorIs(t, err, mapper.ErrNotFound, name)
	}
	require.ErrorIs(t, table.Insert(ctx, &note{ID: "a"}), mapper.ErrExists)
	err = table.Patch(ctx, "c", N.Text.Set("x"), mapper.If(N.Text.Eq("nobody")))
	require.ErrorIs(t, err, mapper.ErrCondition, "a visible record")

	all := table.With(nil, mapper.IncludeDeleted())
	x, err := all.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, clock.now, x.Deleted)
	require.NoError(t, all.Patch(ctx, "a", N.Deleted.Unset()))
	_, err = table.Find(ctx, "a")
	require.NoError(t, err)
	existed, err = table.With(mapper.Purge()).Delete(ctx, "a")
	require.NoError(t, err)
	require.True(t, existed)
	_, err = all.Find(ctx, "a")
	require.ErrorIs(t, err, mapper.ErrNotFound)
}

// TestUpsertOfADeletedRecord: a verb that inserts finds a deleted record and can't change it. The
// error says so.
func TestUpsertOfADeletedRecord(t *testing.T) {
	ctx := context.Background()
	table, _ := notes(t)
	require.NoError(t, table.Insert(ctx, &note{ID: "a"}))
	_, err := table.Delete(ctx, "a")
	require.NoError(t, err)
	x := &note{ID: "a", Text: "x"}
	for name, verb := range map[string]func() error{
		"Upsert":     func() error { _, err := table.Upsert(ctx, x, N.Text.Set("y")); return err },
		"OrInsert":   func() error { return table.Patch(ctx, "a", mapper.OrInsert(x), N.Text.Set("y")) },
		"UpsertMany": func() error { _, err := table.UpsertMany(ctx, []*note{x}, N.Text.Set("y")); return err },
	} {
		err := verb()
		require.ErrorIs(t, err, mapper.ErrExists, name)
		require.NotErrorIs(t, err, mapper.ErrNotFound, name)
		require.ErrorContains(t, err, "marked as deleted", name)
	}
	require.NotErrorIs(t, table.Patch(ctx, "a", N.Text.Set("y")), mapper.ErrCondition, "a patch without a condition")
	require.NoError(t, table.Save(ctx, x), "Save restores it")
	inserted, err := table.Upsert(ctx, x, N.Text.Set("y"))
	require.NoError(t, err)
	require.False(t, inserted)
}

// TestSoftDeleteInQueries: no query sees a deleted record, and IncludeDeleted shows it to all.
func TestSoftDeleteInQueries(t *testing.T) {
	ctx := context.Background()
	table, _ := notes(t)
	require.NoError(t, table.SaveMany(ctx, &note{ID: "a", Text: "x"}, &note{ID: "b", Text: "x"}, &note{ID: "c", Text: "y"}))
	_, err := table.Delete(ctx, "a")
	require.NoError(t, err)
	type textOnly struct {
		Text string `as:"text"`
	}
	type count struct{ N int }
	for _, c := range []struct {
		repo *mapper.Repo[note]
		want int
	}{{table.Repo, 1}, {table.With(mapper.IncludeDeleted()).Repo, 2}} {
		q := c.repo.All().Where(N.Text.Eq("x"))
		all, err := q.Slice(ctx)
		require.NoError(t, err)
		require.Len(t, all, c.want)
		selected, err := mapper.Select[textOnly](q).Slice(ctx)
		require.NoError(t, err)
		require.Len(t, selected, c.want)
		n, err := q.Count(ctx)
		require.NoError(t, err)
		require.EqualValues(t, c.want, n)
		page, err := q.OrderBy(N.Text.Asc()).Page(ctx, "", 10)
		require.NoError(t, err)
		require.Len(t, page.Items, c.want)
		page, err = q.Page(ctx, "", 10)
		require.NoError(t, err)
		require.Len(t, page.Items, c.want)
		g, err := mapper.GroupBy[count](q, mapper.Count[note]().As("N")).One(ctx)
		require.NoError(t, err)
		require.Equal(t, c.want, g.N)
		n, err = c.repo.WhereText("PK = 'a' OR text = 'nothing'").AllowScan().Count(ctx)
		require.NoError(t, err)
		require.EqualValues(t, c.want-1, n)
		found, err := c.repo.ExistsMany(ctx, "a", "b")
		require.NoError(t, err)
		require.Equal(t, []bool{c.want == 2, true}, found)
		require.Equal(t, c.want == 2, c.repo.PatchMany(ctx, []any{"a"}, N.Text.Set("x")) == nil)
		require.Equal(t, c.want == 2, c.repo.TouchMany(ctx, "a") == nil)
		require.Equal(t, c.want == 2, c.repo.UpdateMany(ctx, &note{ID: "a", Text: "x", Deleted: time.Unix(1e9, 0).UTC()}) == nil)
		_, err = c.repo.Change(ctx, "a", N.Text.Set("x"))
		require.Equal(t, c.want == 2, err == nil)
	}
}

// TestPoliciesKeepTheirFilter: the filter of a write policy holds for each verb, also where the
// mapper adds a condition of its own.
func TestPoliciesKeepTheirFilter(t *testing.T) {
	ctx := context.Background()
	db := memDB(t, "")
	plain, err := mapper.New[note](db)
	require.NoError(t, err)
	client, err := driver.Client(ctx, db)
	require.NoError(t, err)
	policy := client.Policies().Write
	policy.Filter = exp.Filter(exp.Eq(exp.StringBin("text"), exp.StringVal("mine")))
	mine, err := mapper.New[note](db, mapper.WithWritePolicy(policy))
	require.NoError(t, err)
	require.NoError(t, plain.SaveMany(ctx, &note{ID: "a", Text: "mine"}, &note{ID: "b", Text: "yours"}))
	for name, verb := range map[string]func(id string) error{
		"Update": func(id string) error { return mine.Update(ctx, &note{ID: id, Text: "mine"}) },
		"Patch":  func(id string) error { return mine.Patch(ctx, id, N.Created.Set(time.Unix(1, 0))) },
		"If": func(id string) error {
			return mine.Patch(ctx, id, N.Created.Set(time.Unix(1, 0)), mapper.If(N.Text.NotNull()))
		},
		"PatchMany": func(id string) error { return mine.PatchMany(ctx, []any{id}, N.Created.Set(time.Unix(1, 0))) },
		"Touch":     func(id string) error { return mine.Touch(ctx, id) },
		"Modify":    func(id string) error { _, err := mine.Modify(ctx, id, func(*note) error { return nil }); return err },
	} {
		require.NoError(t, verb("a"), name)
		require.ErrorIs(t, verb("b"), protocol.FilteredOut, name)
	}
	for id, want := range map[string]bool{"b": false, "a": true} {
		existed, err := mine.Delete(ctx, id)
		require.NoError(t, err)
		require.Equal(t, want, existed)
	}
}

func TestAuditTags(t *testing.T) {
	for name, c := range map[string]struct {
		make func() error
		want string
	}{
		"not a time": {newOf[struct {
			ID string `as:"id,pk"`
			N  int    `as:"n,created"`
		}], "struct.N: options created, updated and deleted need a time.Time, not int"},
		"two": {newOf[struct {
			ID string    `as:"id,pk"`
			A  time.Time `as:"a,updated"`
			B  time.Time `as:"b,updated"`
		}], "struct.B: field A also has the option updated"},
		"both": {newOf[struct {
			ID string    `as:"id,pk"`
			A  time.Time `as:"a,updated,created"`
		}], "only one of the options"},
		"nested": {newOf[struct {
			ID string `as:"id,pk"`
			A  struct {
				B time.Time `as:"b,updated"`
			} `as:"a"`
		}], "is a value in a bin"},
		"key": {newOf[struct {
			ID string `as:"id,pk,index"`
			A  int
		}], "are for bins"},
		"omitempty": {newOf[struct {
			ID string    `as:"id,pk"`
			A  time.Time `as:"a,deleted,omitempty"`
		}], "can't be combined with omitempty"},
	} {
		require.ErrorContains(t, c.make(), c.want, name)
	}
}

// newOf returns the error of New for a type.
func newOf[T any]() error {
	db, err := sql.Open("aerospike", "aerospike+mem://offline/test")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = mapper.New[T](db, mapper.WithSet("s"))
	return err
}
