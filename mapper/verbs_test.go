package mapper

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

type user struct {
	ID   int64  `as:"id,pk"`
	Name string `as:"name"`
	Age  uint8  `as:"age,omitempty"`
	Mail string `as:"mail,omitzero"`
	Nick *string
}

var errNone = errors.New("none")

// TestVerbs calls every verb for every state of the record and checks the result and what is
// stored.
func TestVerbs(t *testing.T) {
	ctx := context.Background()
	stranger := protocol.Bin{Name: "stranger", Value: protocol.Int(7)}
	for _, c := range []struct {
		verb           func(*Repo[user]) error
		name           string
		missing, found error
		keepsStranger  bool
	}{
		{func(r *Repo[user]) error { return r.Save(ctx, &user{ID: 1, Name: "a"}) }, "Save", errNone, errNone, true},
		{func(r *Repo[user]) error { return r.Insert(ctx, &user{ID: 1, Name: "a"}) }, "Insert", errNone, ErrExists, true},
		{func(r *Repo[user]) error { return r.Update(ctx, &user{ID: 1, Name: "a"}) }, "Update", ErrNotFound, errNone, true},
		{func(r *Repo[user]) error { return r.Replace(ctx, &user{ID: 1, Name: "a"}) }, "Replace", errNone, errNone, false},
	} {
		for _, exists := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/exists=%v", c.name, exists), func(t *testing.T) {
				r, m := repoOn[user](t)
				key := protocol.MustKey("test", "user", 1)
				want := c.missing
				if exists {
					want = c.found
					m.store[key.Digest()] = &protocol.Record{Key: key, Generation: 5, Bins: protocol.Bins{{Name: "name", Value: protocol.String("old")}, stranger}}
				}
				err := c.verb(r)
				require.True(t, m.last.SendKey)
				if want != errNone {
					require.ErrorIs(t, err, want)
					return
				}
				require.NoError(t, err)
				x, err := r.Find(ctx, 1)
				require.NoError(t, err)
				require.Equal(t, &user{ID: 1, Name: "a"}, x)
				_, kept := m.store[key.Digest()].Bin("stranger")
				require.Equal(t, exists && c.keepsStranger, kept)
			})
		}
	}
}

// TestOmission checks, for each verb and omit option, what an empty field does to an existing bin.
func TestOmission(t *testing.T) {
	ctx := context.Background()
	nick := "n"
	full := &user{ID: 1, Name: "a", Age: 2, Mail: "m", Nick: &nick}
	for name, write := range map[string]func(*Repo[user], *user) error{
		"Save":   func(r *Repo[user], x *user) error { return r.Save(ctx, x) },
		"Update": func(r *Repo[user], x *user) error { return r.Update(ctx, x) },
	} {
		r, m := repoOn[user](t)
		require.NoError(t, r.Save(ctx, full), name)
		require.NoError(t, write(r, &user{ID: 1}), name)
		require.Equal(t, []string{"name", "mail", "Nick"}, binNames(m.sent), name)
		x, err := r.Find(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, &user{ID: 1, Age: 2}, x, "%s: the zero is stored, omitempty keeps, omitzero and nil remove", name)
	}
	for name, write := range map[string]func(*Repo[user], *user) error{
		"Replace": func(r *Repo[user], x *user) error { return r.Replace(ctx, x) },
		"Insert": func(r *Repo[user], x *user) error {
			_, err := r.Delete(ctx, x)
			return errors.Join(err, r.Insert(ctx, x))
		},
	} {
		r, m := repoOn[user](t)
		require.NoError(t, r.Save(ctx, full), name)
		require.NoError(t, write(r, &user{ID: 1}), name)
		require.Equal(t, []string{"name"}, binNames(m.sent), "%s has nothing to remove", name)
		x, err := r.Find(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, &user{ID: 1}, x, name)
	}
}

func binNames(bins protocol.Bins) (names []string) {
	for _, b := range bins {
		names = append(names, b.Name)
	}
	return names
}

func TestNothingToWrite(t *testing.T) {
	type T struct {
		ID int `as:"id,pk"`
		A  int `as:"a,omitempty"`
		B  *int
	}
	ctx := context.Background()
	r, _ := repoOn[T](t)
	require.ErrorIs(t, r.Insert(ctx, &T{ID: 1}), ErrNothingToWrite)
	require.ErrorIs(t, r.Replace(ctx, &T{ID: 1}), ErrNothingToWrite)
	require.NoError(t, r.Save(ctx, &T{ID: 1, A: 1}))
	require.NoError(t, r.Save(ctx, &T{ID: 1}))
}

func TestReadsAndDeletes(t *testing.T) {
	ctx := context.Background()
	r, _ := repoOn[user](t)
	_, err := r.Find(ctx, 1)
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorIs(t, err, protocol.KeyNotFound)
	require.EqualError(t, err, "mapper: test:user:1: no such record")

	require.NoError(t, r.Save(ctx, &user{ID: 1, Name: "a"}))
	for _, key := range []any{1, int8(1), uint64(1), &user{ID: 1}, protocol.MustKey("test", "user", 1), protocol.Int(1)} {
		found, err := r.Exists(ctx, key)
		require.NoError(t, err, "%T", key)
		require.True(t, found, "%T", key)
	}
	dirty := user{ID: 9, Name: "x", Age: 3, Mail: "y"}
	require.NoError(t, r.FindInto(ctx, 1, &dirty))
	require.Equal(t, user{ID: 1, Name: "a"}, dirty)

	existed, err := r.Delete(ctx, 1)
	require.NoError(t, err)
	require.True(t, existed)
	existed, err = r.Delete(ctx, &user{ID: 1})
	require.NoError(t, err)
	require.False(t, existed)
	require.ErrorIs(t, r.Touch(ctx, 1), ErrNotFound)
}

func TestInvalidArguments(t *testing.T) {
	ctx := context.Background()
	r, _ := repoOn[user](t)
	for _, key := range []any{nil, "1", 1.0, []byte{1}, true, user{}, (*user)(nil), uint64(1 << 63), struct{}{}, protocol.MustKey("test", "other", 1)} {
		_, err := r.Find(ctx, key)
		require.Error(t, err, "%T", key)
		_, err = r.Delete(ctx, key)
		require.Error(t, err, "%T", key)
	}
	for _, err := range []error{r.Save(ctx, nil), r.FindInto(ctx, 1, nil), r.Touch(ctx, (*user)(nil))} {
		require.ErrorContains(t, err, "nil")
	}
	var wrong *FieldError
	_, err := r.Find(ctx, "1")
	require.ErrorAs(t, err, &wrong)
	require.ErrorIs(t, err, ErrType)
	require.Equal(t, "mapper: user.ID: wrong type: the key is a string, the field takes an integer", err.Error())
}

type locked struct {
	ID  string `as:"id,pk"`
	N   int    `as:"n"`
	Gen uint16 `asm:"gen"`
}

func TestGeneration(t *testing.T) {
	ctx := context.Background()
	r, m := repoOn[locked](t)
	x := &locked{ID: "k", N: 1, Gen: 77}
	require.NoError(t, r.Insert(ctx, x), "Insert does not look at the generation")
	require.EqualValues(t, 1, x.Gen)
	require.NoError(t, r.Save(ctx, x))
	require.EqualValues(t, 2, x.Gen)
	require.NoError(t, r.Save(ctx, &locked{ID: "k", N: 2}), "0 writes without a check")

	err := r.Save(ctx, x)
	var stale *StaleError
	require.ErrorAs(t, err, &stale)
	require.ErrorIs(t, err, ErrStale)
	require.ErrorIs(t, err, protocol.GenerationError)
	require.EqualValues(t, 2, stale.Want)
	require.Equal(t, protocol.MustKey("test", "locked", "k").Digest(), stale.Key.Digest())
	require.EqualValues(t, 2, x.Gen, "a failed write leaves the object alone")

	fresh, err := r.Find(ctx, "k")
	require.NoError(t, err)
	require.EqualValues(t, 3, fresh.Gen)
	require.NoError(t, r.Touch(ctx, fresh))
	require.EqualValues(t, 4, fresh.Gen)
	require.ErrorIs(t, r.Touch(ctx, x), ErrStale)
	_, err = r.Delete(ctx, x)
	require.ErrorIs(t, err, ErrStale)
	require.NoError(t, r.Replace(ctx, fresh))
	require.ErrorIs(t, r.Replace(ctx, x), ErrStale)
	existed, err := r.Delete(ctx, fresh)
	require.NoError(t, err)
	require.True(t, existed)
	require.Zero(t, fresh.Gen)
	require.Equal(t, cluster.ExpectEqual, m.last.GenerationPolicy)
}

// TestModify: of any number of writers, exactly one wins each generation.
func TestModify(t *testing.T) {
	ctx := context.Background()
	r, _ := repoOn[user](t)
	_, err := r.Modify(ctx, 1, func(*user) error { return nil })
	require.ErrorIs(t, err, ErrNotFound)
	require.NoError(t, r.Save(ctx, &user{ID: 1}))
	boom := errors.New("boom")
	_, err = r.Modify(ctx, 1, func(*user) error { return boom })
	require.Equal(t, boom, err)

	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			x, err := r.Modify(ctx, 1, func(x *user) error { x.Age++; x.ID = 99; return nil })
			require.NoError(t, err)
			require.EqualValues(t, 1, x.ID, "the key is the one that was asked for")
		})
	}
	wg.Wait()
	x, err := r.Find(ctx, 1)
	require.NoError(t, err)
	require.EqualValues(t, 32, x.Age)
}

func TestTTL(t *testing.T) {
	type T struct {
		ID      int           `as:"id,pk"`
		N       int           `as:"n"`
		Left    time.Duration `asm:"ttl"`
		Expires time.Time     `asm:"ttl"`
		Seconds uint32        `asm:"ttl"`
		Signed  int32         `asm:"ttl"`
	}
	type byTime struct {
		ID      int       `as:"id,pk"`
		N       int       `as:"n"`
		Expires time.Time `asm:"ttl"`
	}
	type bySeconds struct {
		ID      int   `as:"id,pk"`
		N       int   `as:"n"`
		Seconds int32 `asm:"ttl"`
	}
	ctx := context.Background()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	r, m := repoOn[T](t, WithSet("s"), WithWritePolicy(cluster.WritePolicy{TTL: 5}))
	times, tm := repoOn[byTime](t)
	seconds, sm := repoOn[bySeconds](t)
	r.store.now = func() time.Time { return now }
	times.store.now = r.store.now

	for d, want := range map[time.Duration]cluster.TTL{
		0: cluster.TTLDefault, time.Minute: 60, time.Millisecond: 1, NeverExpires: cluster.TTLNever, KeepExpiry: cluster.TTLDontUpdate,
	} {
		require.NoError(t, r.Save(ctx, &T{ID: 1, Left: d}))
		require.Equal(t, want, m.last.TTL, d)
	}
	require.ErrorIs(t, r.Save(ctx, &T{Left: -3}), ErrRange)
	require.ErrorIs(t, r.Save(ctx, &T{Left: 11 * 365 * 24 * time.Hour}), ErrRange)
	for at, want := range map[time.Time]cluster.TTL{{}: cluster.TTLDefault, now.Add(time.Minute): 60, Never(): cluster.TTLNever} {
		require.NoError(t, times.Save(ctx, &byTime{Expires: at}))
		require.Equal(t, want, tm.last.TTL, at)
	}
	require.ErrorIs(t, times.Save(ctx, &byTime{Expires: now}), ErrRange)
	for n, want := range map[int32]cluster.TTL{0: cluster.TTLDefault, 9: 9, -1: cluster.TTLNever, -2: cluster.TTLDontUpdate} {
		require.NoError(t, seconds.Save(ctx, &bySeconds{Seconds: n}))
		require.Equal(t, want, sm.last.TTL, n)
	}
	require.ErrorIs(t, seconds.Save(ctx, &bySeconds{Seconds: -3}), ErrRange)

	key := protocol.MustKey("test", "s", 1)
	m.store[key.Digest()].VoidTime = protocol.VoidTimeAt(now.Add(time.Hour))
	x, err := r.Find(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, &T{ID: 1, Left: time.Hour, Expires: now.Add(time.Hour), Seconds: 3600, Signed: 3600}, x)
	m.store[key.Digest()].VoidTime = 0
	require.NoError(t, r.FindInto(ctx, 1, x))
	require.Equal(t, &T{ID: 1, Left: NeverExpires, Expires: Never(), Seconds: TTLNever, Signed: -1}, x)
}

type composite struct {
	Tenant string
	Seq    int
	Note   string
}

func (c *composite) AerospikeKey() any { return fmt.Sprintf("%s/%d", c.Tenant, c.Seq) }

func TestKeys(t *testing.T) {
	ctx := context.Background()
	made, m := repoOn[composite](t)
	require.NoError(t, made.Save(ctx, &composite{"t", 3, "n"}))
	require.Contains(t, m.store, protocol.MustKey("test", "composite", "t/3").Digest())
	x, err := made.Find(ctx, "t/3")
	require.NoError(t, err)
	require.Equal(t, &composite{"t", 3, "n"}, x)

	type uuid [16]byte
	type blobKey struct {
		ID uuid `as:"id,pk"`
		N  int
	}
	blobs, m := repoOn[blobKey](t)
	id := uuid{1, 2, 3}
	require.NoError(t, blobs.Save(ctx, &blobKey{ID: id}))
	require.Contains(t, m.store, protocol.MustKey("test", "blob_key", id[:]).Digest())
	for _, key := range []any{id, id[:], [16]byte(id)} {
		x, err := blobs.Find(ctx, key)
		require.NoError(t, err)
		require.Equal(t, id, x.ID)
	}
	type name string
	type nameKey struct {
		ID name `as:"id,pk"`
		N  int
	}
	names, _ := repoOn[nameKey](t, WithoutSendKey())
	require.NoError(t, names.Save(ctx, &nameKey{ID: "x"}))
	for _, key := range []any{"x", name("x")} {
		_, err := names.Find(ctx, key)
		require.NoError(t, err)
	}
	require.ErrorIs(t, names.Save(ctx, &nameKey{}), protocol.ErrInvalidKey, "an empty key is none")
}

func TestScanAll(t *testing.T) {
	ctx := context.Background()
	r, m := repoOn[user](t)
	for i := range int64(5) {
		require.NoError(t, r.Save(ctx, &user{ID: i + 1, Name: "a"}))
	}
	keyless, err := protocol.KeyFromDigest("test", "user", protocol.Digest{1})
	require.NoError(t, err)
	m.store[keyless.Digest()] = &protocol.Record{Key: keyless}
	foreign := protocol.MustKey("test", "other", 1)
	m.store[foreign.Digest()] = &protocol.Record{Key: foreign}
	var sum, failed int64
	for x, err := range r.ScanAll(ctx) {
		if err != nil {
			require.ErrorIs(t, err, ErrNoUserKey)
			failed++
			continue
		}
		sum += x.ID
	}
	require.EqualValues(t, 15, sum)
	require.EqualValues(t, 1, failed, "one record's error does not end the scan")
	for range r.ScanAll(ctx) {
		break
	}
}
