package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
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
		"Update": table.Update(ctx, &note{ID: "a"}),
		"Patch":  table.Patch(ctx, "a", N.Text.Set("x")),
		"Touch":  table.Touch(ctx, "a"),
		"Modify": func() error { _, err := table.Modify(ctx, "a", func(*note) error { return nil }); return err }(),
	} {
		require.ErrorIs(t, err, mapper.ErrNotFound, name)
	}
	require.ErrorIs(t, table.Insert(ctx, &note{ID: "a"}), mapper.ErrExists)

	all := table.With(mapper.IncludeDeleted())
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

// hooked records the calls of its hooks.
type hooked struct {
	ID    string   `as:"id,pk"`
	N     int      `as:"n"`
	Calls []string `as:"-"`
	Fail  string   `as:"-"`
}

var errHook = errors.New("hook failed")

func (h *hooked) call(name string) error {
	h.Calls = append(h.Calls, name)
	switch h.Fail {
	case name:
		return errHook
	case name + " panic":
		panic("oops")
	}
	return nil
}

func (h *hooked) BeforeSave(context.Context) error { h.N++; return h.call("BeforeSave") }
func (h *hooked) Validate() error {
	if h.N < 0 {
		return errors.New("N is negative")
	}
	return h.call("Validate")
}
func (h *hooked) AfterSave(context.Context) error    { return h.call("AfterSave") }
func (h *hooked) AfterFind(context.Context) error    { return h.call("AfterFind") }
func (h *hooked) BeforeDelete(context.Context) error { return h.call("BeforeDelete") }

func TestHooks(t *testing.T) {
	ctx := context.Background()
	r, err := mapper.New[hooked](memDB(t, ""))
	require.NoError(t, err)
	writes := map[string]func(*hooked) error{
		"Save":     func(h *hooked) error { return r.Save(ctx, h) },
		"Replace":  func(h *hooked) error { return r.Replace(ctx, h) },
		"Update":   func(h *hooked) error { return r.Update(ctx, h) },
		"SaveMany": func(h *hooked) error { return r.SaveMany(ctx, h) },
	}
	require.NoError(t, r.Insert(ctx, &hooked{ID: "a"}))
	for name, write := range writes {
		h := &hooked{ID: "a", N: 5}
		require.NoError(t, write(h), name)
		require.Equal(t, []string{"BeforeSave", "Validate", "AfterSave"}, h.Calls, name)
		for _, fail := range []string{"BeforeSave", "Validate"} {
			require.ErrorIs(t, write(&hooked{ID: "a", N: 90, Fail: fail}), errHook, name)
			require.ErrorIs(t, write(&hooked{ID: "a", N: 90, Fail: fail + " panic"}), mapper.ErrPanic, name)
		}
		var invalid *mapper.ValidationError
		require.ErrorAs(t, write(&hooked{ID: "a", N: -9}), &invalid, name)
		require.Equal(t, "hooked", invalid.Struct)
		found, err := r.Find(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, 6, found.N, name)
		require.Equal(t, []string{"AfterFind"}, found.Calls)
	}
	for h, err := range r.All().Rows(ctx) {
		require.NoError(t, err)
		require.Equal(t, []string{"AfterFind"}, h.Calls)
	}
	_, err = r.Delete(ctx, &hooked{ID: "a", Fail: "BeforeDelete"})
	require.ErrorIs(t, err, errHook)
	_, err = r.Delete(ctx, &hooked{ID: "a"})
	require.NoError(t, err)
}
