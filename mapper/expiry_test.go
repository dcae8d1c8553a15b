package mapper_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

type session[T any] struct {
	ID  string `as:"id,pk"`
	N   int    `as:"n"`
	TTL T      `asm:"ttl"`
}

func (session[T]) AerospikeSet() string { return "session" }

// An expiryTest has a server whose clock differs from the client's, and a record that expires there
// in an hour.
type expiryTest struct {
	*testing.T
	server *devserver.Server
	client *cluster.Client
}

func newExpiryTest(t *testing.T, ahead time.Duration) *expiryTest {
	t.Helper()
	server, err := devserver.Start(devserver.Options{Clock: func() time.Time { return time.Now().Add(-ahead) }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return &expiryTest{t, server, client}
}

func (t *expiryTest) voidTime(id string) uint32 {
	t.Helper()
	rec := t.server.Peek(protocol.MustKey("test", "session", id))
	require.NotNil(t, rec)
	return rec.VoidTime
}

func (t *expiryTest) store(id string, ttl cluster.TTL) uint32 {
	t.Helper()
	p := &cluster.WritePolicy{TTL: ttl, SendKey: true}
	require.NoError(t, t.client.Put(t.Context(), p, protocol.MustKey("test", "session", id), protocol.Bins{protocol.NewBin("n", 0)}))
	return t.voidTime(id)
}

// TestExpiryIsKept: writing back the time to live that was read keeps the record's expiry, for each
// type of field and each verb, even if the client's clock is wrong.
func TestExpiryIsKept(t *testing.T) {
	for name, ahead := range map[string]time.Duration{
		"clocks agree": 0, "client two hours ahead": 2 * time.Hour, "client two hours behind": -2 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			e := newExpiryTest(t, ahead)
			t.Run("uint32", func(t *testing.T) { keepsExpiry[uint32](t, e) })
			t.Run("int32", func(t *testing.T) { keepsExpiry[int32](t, e) })
			t.Run("int", func(t *testing.T) { keepsExpiry[int](t, e) })
			t.Run("int64", func(t *testing.T) { keepsExpiry[int64](t, e) })
			t.Run("uint64", func(t *testing.T) { keepsExpiry[uint64](t, e) })
			t.Run("Duration", func(t *testing.T) { keepsExpiry[time.Duration](t, e) })
			t.Run("Time", func(t *testing.T) { keepsExpiry[time.Time](t, e) })
		})
	}
}

func keepsExpiry[T any](t *testing.T, e *expiryTest) {
	r := repo[session[T]](t, e.client)
	find := func(id string) *session[T] {
		x, err := r.Find(t.Context(), id)
		require.NoError(t, err)
		return x
	}
	for name, write := range map[string]func(ctx context.Context) error{
		"Save":    func(ctx context.Context) error { return r.Save(ctx, find("k")) },
		"Update":  func(ctx context.Context) error { return r.Update(ctx, find("k")) },
		"Replace": func(ctx context.Context) error { return r.Replace(ctx, find("k")) },
		"Touch":   func(ctx context.Context) error { return r.Touch(ctx, find("k")) },
		"Touch by key": func(ctx context.Context) error {
			return r.Touch(ctx, "k")
		},
		"Modify": func(ctx context.Context) error {
			x, err := r.Modify(ctx, "k", func(x *session[T]) error { x.N++; return nil })
			if err != nil {
				return err
			}
			return r.Save(ctx, x)
		},
		"FindInto": func(ctx context.Context) error {
			var x session[T]
			for range 2 {
				if err := r.FindInto(ctx, "k", &x); err != nil {
					return err
				}
			}
			return r.Save(ctx, &x)
		},
		"SaveMany": func(ctx context.Context) error {
			all, err := r.FindMany(ctx, "k", "l")
			if err != nil {
				return err
			}
			return r.SaveMany(ctx, all...)
		},
		"UpdateMany":  func(ctx context.Context) error { return r.UpdateMany(ctx, find("l"), find("k")) },
		"ReplaceMany": func(ctx context.Context) error { return r.ReplaceMany(ctx, find("l"), find("k")) },
		"ScanAll": func(ctx context.Context) error {
			for x, err := range r.ScanAll(ctx) {
				if err != nil {
					return err
				}
				if err := r.Save(ctx, x); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		for _, ttl := range []cluster.TTL{3600, cluster.TTLNever} {
			want, _ := e.store("k", ttl), e.store("l", ttl)
			for range 3 {
				require.NoError(t, write(t.Context()), name)
				runtime.Gosched()
			}
			require.Equal(t, want, e.voidTime("k"), name)
			rec, err := e.client.GetHeader(t.Context(), nil, protocol.MustKey("test", "session", "k"))
			require.NoError(t, err)
			require.Greater(t, rec.Generation, uint32(3), "%s has written", name)
		}
	}
}

// TestExpiryIsChanged: the record gets the time to live of a field that was changed, or of an
// object that was not read.
func TestExpiryIsChanged(t *testing.T) {
	e := newExpiryTest(t, 0)
	r, ctx := repo[session[time.Duration]](t, e.client), t.Context()
	before := e.store("k", 3600)
	x, err := r.Find(ctx, "k")
	require.NoError(t, err)

	x.TTL = 2 * time.Hour
	require.NoError(t, r.Save(ctx, x))
	require.InDelta(t, before+3600, e.voidTime("k"), 5)
	e.store("k", 3600)
	require.NoError(t, r.Save(ctx, x), "the field is what was written, and no more what was read")
	require.InDelta(t, before+3600, e.voidTime("k"), 5)

	_, err = r.Modify(ctx, "k", func(x *session[time.Duration]) error { x.TTL = time.Minute; return nil })
	require.NoError(t, err)
	require.InDelta(t, before-3540, e.voidTime("k"), 5)
	_, err = r.Modify(ctx, "k", func(x *session[time.Duration]) error { x.TTL = mapper.NeverExpires; return nil })
	require.NoError(t, err)
	require.Zero(t, e.voidTime("k"))

	x, err = r.Find(ctx, "k")
	require.NoError(t, err)
	x.ID = "other"
	e.store("other", 3600)
	require.NoError(t, r.Save(ctx, x), "what was read is another record")
	require.Zero(t, e.voidTime("other"))

	before = e.store("k", 3600)
	require.NoError(t, r.Save(ctx, &session[time.Duration]{ID: "k", TTL: mapper.KeepExpiry}))
	require.Equal(t, before, e.voidTime("k"))
}

// TestExpiredRecordIsCreatedAgain: if the record whose expiry is to be kept is gone, the new record
// gets the object's time to live. With the namespace's default it might never expire.
func TestExpiredRecordIsCreatedAgain(t *testing.T) {
	e := newExpiryTest(t, 0)
	r := repo[session[uint32]](t, e.client)
	for name, write := range map[string]func(ctx context.Context, x ...*session[uint32]) error{
		"Save":        func(ctx context.Context, x ...*session[uint32]) error { return r.Save(ctx, x[0]) },
		"Replace":     func(ctx context.Context, x ...*session[uint32]) error { return r.Replace(ctx, x[0]) },
		"SaveMany":    r.SaveMany,
		"ReplaceMany": r.ReplaceMany,
	} {
		before, _ := e.store("k", 3600), e.store("l", 3600)
		all, err := r.FindMany(t.Context(), "k", "l")
		require.NoError(t, err)
		_, err = r.Delete(t.Context(), "k")
		require.NoError(t, err)
		require.NoError(t, write(t.Context(), all...), name)
		require.InDelta(t, before, e.voidTime("k"), 5, name)
		require.Equal(t, before, e.voidTime("l"), 2, name)
	}
	x, err := r.Find(t.Context(), "k")
	require.NoError(t, err)
	_, err = r.Delete(t.Context(), "k")
	require.NoError(t, err)
	require.ErrorIs(t, r.Update(t.Context(), x), mapper.ErrNotFound)
	require.ErrorIs(t, r.UpdateMany(t.Context(), x), mapper.ErrNotFound)
	require.NoError(t, r.Insert(t.Context(), x))
	require.NotZero(t, e.voidTime("k"))
}

// TestTouchKeepsTheExpiry: if nothing sets a time to live, Touch doesn't make a record permanent.
func TestTouchKeepsTheExpiry(t *testing.T) {
	e := newExpiryTest(t, 0)
	ctx := t.Context()
	r := repo[session[time.Duration]](t, e.client)
	without := repo[plainCounter](t, e.client, mapper.WithSet("session"))
	want := e.store("k", 3600)
	require.NoError(t, r.Touch(ctx, "k"))
	require.NoError(t, r.Touch(ctx, &session[time.Duration]{ID: "k"}), "a field that is zero names nothing")
	require.NoError(t, without.Touch(ctx, "k"))
	require.NoError(t, without.Touch(ctx, &plainCounter{ID: "k"}))
	require.Equal(t, want, e.voidTime("k"))

	named := repo[session[time.Duration]](t, e.client, mapper.WithWritePolicy(cluster.WritePolicy{TTL: 60}))
	require.NoError(t, named.Touch(ctx, "k"))
	require.InDelta(t, want-3540, e.voidTime("k"), 5)
	require.NoError(t, r.Touch(ctx, &session[time.Duration]{ID: "k", TTL: time.Hour}))
	require.InDelta(t, want, e.voidTime("k"), 5)
	require.NoError(t, r.With(mapper.TTL(2*time.Hour)).Touch(ctx, "k"))
	require.InDelta(t, want+3600, e.voidTime("k"), 5)
	require.NoError(t, r.With(mapper.TTL(mapper.NeverExpires)).Touch(ctx, "k"))
	require.Zero(t, e.voidTime("k"))
}

// TestCallsWithTTL: the time to live of With overrides the object's field in every write.
func TestCallsWithTTL(t *testing.T) {
	e := newExpiryTest(t, 0)
	ctx := t.Context()
	r := repo[session[time.Duration]](t, e.client)
	want := e.store("k", 3600)
	soon := r.With(mapper.TTL(time.Minute))
	x, err := soon.Find(ctx, "k")
	require.NoError(t, err)
	require.NoError(t, soon.Save(ctx, x))
	require.InDelta(t, want-3540, e.voidTime("k"), 5)
	_, err = r.With(mapper.TTL(time.Hour)).Modify(ctx, "k", func(*session[time.Duration]) error { return nil })
	require.NoError(t, err)
	require.InDelta(t, want, e.voidTime("k"), 5)
	require.NoError(t, soon.SaveMany(ctx, x))
	require.InDelta(t, want-3540, e.voidTime("k"), 5)
	wrong := r.With(mapper.TTL(-3))
	require.ErrorIs(t, wrong.Save(ctx, x), mapper.ErrRange)
	require.ErrorIs(t, wrong.Touch(ctx, "k"), mapper.ErrRange)
	require.ErrorIs(t, wrong.SaveMany(ctx, x), mapper.ErrRange)
	_, err = wrong.Modify(ctx, "k", func(*session[time.Duration]) error { return nil })
	require.ErrorIs(t, err, mapper.ErrRange)
}

// TestNeverInSignedFields: -1 is read back as -1 from signed fields of any size.
func TestNeverInSignedFields(t *testing.T) {
	e := newExpiryTest(t, 0)
	e.store("k", cluster.TTLNever)
	ints, err := repo[session[int]](t, e.client).Find(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, -1, ints.TTL)
	wide, err := repo[session[int64]](t, e.client).Find(t.Context(), "k")
	require.NoError(t, err)
	require.EqualValues(t, -1, wide.TTL)
	unsigned, err := repo[session[uint64]](t, e.client).Find(t.Context(), "k")
	require.NoError(t, err)
	require.EqualValues(t, mapper.TTLNever, unsigned.TTL)
}

var global session[int]

// TestExpiryOfAGlobalObject: a variable that is not on the heap can be read into too.
func TestExpiryOfAGlobalObject(t *testing.T) {
	e := newExpiryTest(t, 2*time.Hour)
	want := e.store("k", 3600)
	r := repo[session[int]](t, e.client)
	require.NoError(t, r.FindInto(t.Context(), "k", &global))
	require.NoError(t, r.Save(t.Context(), &global))
	require.Equal(t, want, e.voidTime("k"))
}
