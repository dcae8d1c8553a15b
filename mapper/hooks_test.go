package mapper_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// hooked records the calls of its hooks. The hook that Fail names returns an error or panics.
type hooked struct {
	ID    string   `as:"id,pk"`
	N     int      `as:"n"`
	Fail  string   `as:"fail"`
	Calls []string `as:"-"`
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

var hookedN = mapper.NumOf(func(h *hooked) *int { return &h.N })

// A hookCall calls a method of a Repo with an object.
type hookCall func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error

// inserts are the verbs that create a record, updates those that need one.
var inserts = map[string]hookCall{
	"Insert":      func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.Insert(ctx, h) },
	"Save":        func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.Save(ctx, h) },
	"Replace":     func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.Replace(ctx, h) },
	"InsertMany":  func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.InsertMany(ctx, h) },
	"SaveMany":    func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.SaveMany(ctx, h) },
	"ReplaceMany": func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.ReplaceMany(ctx, h) },
	"Upsert": func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error {
		_, err := r.Upsert(ctx, h, hookedN.Add(100))
		return err
	},
	"UpsertMany": func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error {
		_, err := r.UpsertMany(ctx, []*hooked{h}, hookedN.Add(100))
		return err
	},
	"Patch with OrInsert": func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error {
		return r.Patch(ctx, h.ID, mapper.OrInsert(h), hookedN.Add(0))
	},
	"Change with OrInsert": func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error {
		_, err := r.Change(ctx, h.ID, mapper.OrInsert(h), mapper.Use[hooked](protocol.PutBin("fail", protocol.String(""))))
		return err
	},
}

var updates = map[string]hookCall{
	"Update":     func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.Update(ctx, h) },
	"UpdateMany": func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error { return r.UpdateMany(ctx, h) },
	"Modify": func(ctx context.Context, r *mapper.Repo[hooked], h *hooked) error {
		x, err := r.Modify(ctx, h.ID, func(x *hooked) error { x.N, x.Fail = h.N, h.Fail; return nil })
		if err == nil {
			*h = *x
		}
		return err
	},
}

// TestHooksOfWrites calls each verb with an object whose hooks succeed, fail and panic.
func TestHooksOfWrites(t *testing.T) {
	ctx := t.Context()
	r, err := mapper.New[hooked](memDB(t, ""))
	require.NoError(t, err)
	try := func(t *testing.T, call hookCall, exists bool) {
		begin := func() {
			_, err := r.Delete(ctx, "a")
			require.NoError(t, err)
			if exists {
				require.NoError(t, r.Insert(ctx, &hooked{ID: "a", N: 1000}))
			}
		}
		stored := func() int {
			h, err := r.Find(ctx, "a")
			if errors.Is(err, mapper.ErrNotFound) {
				return 0
			}
			if h == nil { // its AfterFind fails
				return -1
			}
			return h.N
		}
		begin()
		before := stored()
		h := &hooked{ID: "a", N: 5}
		require.NoError(t, call(ctx, r, h))
		require.Equal(t, 6, stored(), "what BeforeSave has changed is stored")
		require.Equal(t, []string{"BeforeSave", "Validate", "AfterSave"}, trimFirst(h.Calls, "AfterFind", "BeforeSave", "Validate", "AfterSave"))
		for _, hook := range []string{"BeforeSave", "Validate"} {
			begin()
			require.ErrorIs(t, call(ctx, r, &hooked{ID: "a", N: 5, Fail: hook}), errHook)
			require.ErrorIs(t, call(ctx, r, &hooked{ID: "a", N: 5, Fail: hook + " panic"}), mapper.ErrPanic)
			require.Equal(t, before, stored(), "nothing is written after %s", hook)
		}
		var invalid *mapper.ValidationError
		require.ErrorAs(t, call(ctx, r, &hooked{ID: "a", N: -9}), &invalid)
		require.Equal(t, "hooked", invalid.Struct)
		for _, fail := range []string{"AfterSave", "AfterSave panic"} {
			begin()
			err := call(ctx, r, &hooked{ID: "a", N: 5, Fail: fail})
			if fail == "AfterSave" {
				require.ErrorIs(t, err, errHook)
			} else {
				require.ErrorIs(t, err, mapper.ErrPanic)
			}
			require.Equal(t, 6, stored(), "the record is written before %s", fail)
		}
	}
	for name, call := range inserts {
		t.Run(name, func(t *testing.T) { try(t, call, false) })
	}
	for name, call := range updates {
		t.Run(name, func(t *testing.T) { try(t, call, true) })
	}
}

// trimFirst returns calls without the first one, where the object was read before it was written.
func trimFirst(calls []string, first string, then ...string) []string {
	if slices.Equal(calls, append([]string{first}, then...)) {
		return calls[1:]
	}
	return calls
}

// TestHooksOfExistingRecords: where the record exists OrInsert and Upsert insert nothing, so that
// AfterSave isn't called.
func TestHooksOfExistingRecords(t *testing.T) {
	ctx := t.Context()
	r, err := mapper.New[hooked](memDB(t, ""))
	require.NoError(t, err)
	require.NoError(t, r.Insert(ctx, &hooked{ID: "a", N: 1}))
	for name, want := range map[string][]string{
		"Patch with OrInsert":  nil,
		"Change with OrInsert": nil,
		"Upsert":               {"BeforeSave", "Validate"}, // Upsert tries to insert first
		"UpsertMany":           {"BeforeSave", "Validate"},
	} {
		h := &hooked{ID: "a"}
		require.NoError(t, inserts[name](ctx, r, h), name)
		require.Equal(t, want, h.Calls, name)
	}
	h, err := r.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, 202, h.N)
}

// TestHooksOfReads calls each read of a record whose AfterFind succeeds, fails and panics.
func TestHooksOfReads(t *testing.T) {
	ctx := t.Context()
	db := memDB(t, "")
	r, err := mapper.New[hooked](db)
	require.NoError(t, err)
	rows, err := mapper.Prepare[hooked](db, "SELECT PK AS id, n, fail FROM hooked")
	require.NoError(t, err)
	one := func(all []*hooked, err error) (*hooked, error) {
		if err != nil {
			return nil, err
		}
		return all[0], nil
	}
	reads := map[string]func() (*hooked, error){
		"Find":     func() (*hooked, error) { return r.Find(ctx, "a") },
		"FindInto": func() (*hooked, error) { h := new(hooked); return h, r.FindInto(ctx, "a", h) },
		"FindMany": func() (*hooked, error) { return one(r.FindMany(ctx, "a")) },
		"ScanAll": func() (*hooked, error) {
			for h, err := range r.ScanAll(ctx) {
				return h, err
			}
			return nil, mapper.ErrNotFound
		},
		"Rows": func() (*hooked, error) {
			for h, err := range r.All().Reuse().Rows(ctx) {
				return h, err
			}
			return nil, mapper.ErrNotFound
		},
		"Slice": func() (*hooked, error) { return one(r.All().Slice(ctx)) },
		"First": func() (*hooked, error) { return r.All().First(ctx) },
		"Page": func() (*hooked, error) {
			page, err := r.All().Page(ctx, "", 10)
			return one(page.Items, err)
		},
		"Select":  func() (*hooked, error) { return mapper.Select[hooked](r.All()).First(ctx) },
		"Prepare": func() (*hooked, error) { return rows.First(ctx) },
		"Change":  func() (*hooked, error) { return r.Change(ctx, "a", hookedN.Add(1)) },
		"Decode": func() (*hooked, error) {
			h := new(hooked)
			return h, r.Decode(&protocol.Record{Key: protocol.MustKey("test", "hooked", "a"), Bins: protocol.Bins{
				{Name: "fail", Value: protocol.String(failOf(ctx, r))},
			}}, h)
		},
		"Modify": func() (h *hooked, err error) {
			_, err = r.Modify(ctx, "a", func(x *hooked) error { h = &hooked{Calls: slices.Clone(x.Calls)}; return nil })
			return h, err
		},
	}
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			write := func(fail string) {
				require.NoError(t, r.Save(ctx, &hooked{ID: "a", Fail: fail}))
			}
			write("")
			h, err := read()
			require.NoError(t, err)
			require.Equal(t, []string{"AfterFind"}, h.Calls)
			write("AfterFind")
			_, err = read()
			require.ErrorIs(t, err, errHook)
			write("AfterFind panic")
			_, err = read()
			require.ErrorIs(t, err, mapper.ErrPanic)
		})
	}
}

// failOf returns what the stored object has in Fail.
func failOf(ctx context.Context, r *mapper.Repo[hooked]) string {
	type fail struct {
		Fail string `as:"fail"`
	}
	f, err := mapper.Select[fail](r.All()).First(ctx)
	if err != nil {
		return err.Error()
	}
	return f.Fail
}

// TestHooksOfDeletes: BeforeDelete is called for objects and not for keys. In a batch the other
// objects are deleted.
func TestHooksOfDeletes(t *testing.T) {
	ctx := t.Context()
	r, err := mapper.New[hooked](memDB(t, ""))
	require.NoError(t, err)
	table, err := mapper.TableOf[string](r)
	require.NoError(t, err)
	for name, del := range map[string]func(*hooked) error{
		"Delete":       func(h *hooked) error { _, err := r.Delete(ctx, h); return err },
		"DeleteObject": func(h *hooked) error { _, err := table.DeleteObject(ctx, h); return err },
		"DeleteMany":   func(h *hooked) error { _, err := r.DeleteMany(ctx, h); return err },
	} {
		require.NoError(t, r.Save(ctx, &hooked{ID: "a"}))
		require.ErrorIs(t, del(&hooked{ID: "a", Fail: "BeforeDelete"}), errHook, name)
		require.ErrorIs(t, del(&hooked{ID: "a", Fail: "BeforeDelete panic"}), mapper.ErrPanic, name)
		found, err := r.Exists(ctx, "a")
		require.NoError(t, err)
		require.True(t, found, name)
		h := &hooked{ID: "a"}
		require.NoError(t, del(h), name)
		require.Equal(t, []string{"BeforeDelete"}, h.Calls, name)
	}
	require.NoError(t, r.SaveMany(ctx, &hooked{ID: "a"}, &hooked{ID: "b"}, &hooked{ID: "c"}))
	n, err := r.DeleteMany(ctx, &hooked{ID: "a"}, &hooked{ID: "b", Fail: "BeforeDelete"}, "c")
	var many *mapper.ManyError
	require.ErrorAs(t, err, &many)
	require.ErrorIs(t, many.Errors[1], errHook)
	require.Equal(t, 2, n)
}

// Types with hooks in other forms.
type (
	checked struct {
		Limit int `as:"limit"`
	}
	// hookedByValue has hooks with a value receiver.
	hookedByValue struct {
		ID string `as:"id,pk"`
		N  int    `as:"n"`
	}
	// hookedByEmbedding has those of the embedded struct.
	hookedByEmbedding struct {
		ID string `as:"id,pk"`
		checked
	}
	// hookedByPointer has them only if the pointer is set.
	hookedByPointer struct {
		ID string `as:"id,pk"`
		N  int    `as:"n"`
		*Checked
	}
	Checked struct {
		Limit int `as:"limit"`
	}
)

func (h hookedByValue) Validate() error { return limited(h.N) }
func (c *checked) Validate() error      { return limited(c.Limit) }
func (c *Checked) Validate() error      { return limited(c.Limit) }

func limited(n int) error {
	if n > 9 {
		return errHook
	}
	return nil
}

func TestHooksByPromotion(t *testing.T) {
	ctx := t.Context()
	db := memDB(t, "")
	byValue, err := mapper.New[hookedByValue](db)
	require.NoError(t, err)
	require.NoError(t, byValue.Save(ctx, &hookedByValue{"a", 9}))
	require.ErrorIs(t, byValue.Save(ctx, &hookedByValue{"a", 10}), errHook)
	embedded, err := mapper.New[hookedByEmbedding](db)
	require.NoError(t, err)
	require.NoError(t, embedded.Save(ctx, &hookedByEmbedding{"a", checked{9}}))
	require.ErrorIs(t, embedded.Save(ctx, &hookedByEmbedding{"a", checked{10}}), errHook)
	pointer, err := mapper.New[hookedByPointer](db)
	require.NoError(t, err)
	require.ErrorIs(t, pointer.Save(ctx, &hookedByPointer{"a", 1, &Checked{10}}), errHook)
	require.ErrorIs(t, pointer.Save(ctx, &hookedByPointer{"a", 1, nil}), mapper.ErrPanic, "the method dereferences nil")
}

// Types with methods that look like hooks.
type (
	withoutContext struct {
		ID int `as:"id,pk"`
		N  int
	}
	withContext   struct{ withoutContext }
	withoutError  struct{ withoutContext }
	ofAnotherKind struct {
		ID int `as:"id,pk"`
		N  int
	}
	validA struct{ A int }
	validB struct{ B int }
	twice  struct {
		ID int `as:"id,pk"`
		validA
		validB
	}
	twiceAndOwn struct{ twice }
)

func (withoutContext) BeforeSave() error             { return nil }
func (withContext) BeforeSave(context.Context) error { return nil }
func (withContext) Validate(context.Context) error   { return nil }
func (withoutError) BeforeSave(context.Context)      {}
func (ofAnotherKind) BeforeSave(tx *int) error       { return nil }
func (ofAnotherKind) Validate() (bool, error)        { return true, nil }
func (validA) Validate() error                       { return nil }
func (validB) Validate() error                       { return nil }
func (twiceAndOwn) Validate() error                  { return nil }

// TestMethodsThatLookLikeHooks: a hook that would never be called is an error of New.
func TestMethodsThatLookLikeHooks(t *testing.T) {
	require.EqualError(t, newOf[withoutContext](),
		"mapper: withoutContext.BeforeSave is not a hook and would not be called; change it to BeforeSave(context.Context) error, or rename it")
	require.EqualError(t, newOf[withContext](), "mapper: withContext.Validate is not a hook and would not be called; change it to Validate() error, or rename it")
	require.ErrorContains(t, newOf[withoutError](), "withoutError.BeforeSave is not a hook")
	require.NoError(t, newOf[ofAnotherKind](), "methods for another package")
	require.EqualError(t, newOf[twice](),
		"mapper: twice: both validA and validB have a method Validate, so twice has none and neither is called; add a method that calls them")
	require.NoError(t, newOf[twiceAndOwn]())
}
