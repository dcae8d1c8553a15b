package mapper

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// openLawServer starts a cluster for the laws about records.
func openLawServer(t *testing.T) *cluster.Client {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// lawStore returns the store of a random struct type, whose objects all have the key 1.
func lawStore(t *testing.T, typ reflect.Type, client *cluster.Client, native bool) *store {
	cfg := &config{
		namespace: "test", set: "laws", hasSet: true, native: native,
		keyType: typ, key: func(unsafe.Pointer) any { return 1 },
	}
	bind, err := bindSource(client, cfg)
	require.NoError(t, err)
	s, err := newStore(typ, cfg, bind)
	require.NoError(t, err, "%v", typ)
	return s
}

// TestLawL4SaveKeepsOtherBins: Save and Update leave the bins of a record that the struct doesn't
// have, and Replace removes them. What was written is read.
func TestLawL4SaveKeepsOtherBins(t *testing.T) {
	ctx, client := t.Context(), openLawServer(t)
	key := protocol.MustKey("test", "laws", 1)
	replaces := &cluster.WritePolicy{Exists: cluster.Replace}
	for seed := range lawValues(t) {
		s := newSampler(uint64(seed))
		typ := s.drawStruct(2, false)
		st := lawStore(t, typ, client, s.chance(50))
		if st.plan.rest != nil {
			continue // it has all bins
		}
		other := protocol.Bins{protocol.NewBin("other", s.drawInt()), protocol.NewBin("another", s.drawText())}
		require.NoError(t, client.Put(ctx, replaces, key, other))
		x, y := s.object(st.plan), s.object(st.plan)
		merges := []verb{save, update}[s.IntN(2)]
		err := st.put(ctx, merges, x.UnsafePointer())
		if err == nil {
			err = st.put(ctx, merges, y.UnsafePointer())
		}
		requireWritten(t, err, seed)
		rec, err := client.Get(ctx, nil, key)
		require.NoError(t, err, "seed %d", seed)
		for _, bin := range other {
			v, _ := rec.Bin(bin.Name)
			require.True(t, protocol.Equal(bin.Value, v), "seed %d: %v: bin %s was %v and is %v", seed, typ, bin.Name, bin.Value, v)
		}
		if err := st.put(ctx, replace, y.UnsafePointer()); err != nil {
			requireWritten(t, err, seed)
			continue
		}
		rec, err = client.Get(ctx, nil, key)
		require.NoError(t, err, "seed %d", seed)
		for _, bin := range rec.Bins {
			require.Contains(t, st.plan.index, bin.Name, "seed %d: %v: Replace keeps other bins", seed, typ)
		}
		found := reflect.New(typ)
		_, err = st.find(ctx, 1, found.UnsafePointer(), true)
		require.NoError(t, err, "seed %d: %v", seed, typ)
		require.True(t, sameValue(y.Elem(), found.Elem()), "seed %d: %v\nwant %+v\ngot  %+v", seed, typ, y, found)
	}
}

// requireWritten requires that a write has succeeded, unless the object has no bins.
func requireWritten(t *testing.T, err error, seed int) {
	if !errors.Is(err, ErrNothingToWrite) {
		require.NoError(t, err, "seed %d", seed)
	}
}

// TestLawL5OneWinnerAGeneration: of 32 writers that have read the same generation of a record, one
// writes it and the others have an error that says so.
func TestLawL5OneWinnerAGeneration(t *testing.T) {
	type T struct {
		ID     int    `as:"id,pk"`
		Writer int    `as:"writer"`
		Gen    uint32 `asm:"gen"`
	}
	const writers = 32
	ctx := t.Context()
	r, err := New[T](openLawServer(t), WithNamespace("test"), WithSet("laws"))
	require.NoError(t, err)
	require.NoError(t, r.Insert(ctx, &T{ID: 1}))
	verbs := []func(context.Context, *T) error{r.Save, r.Update, r.Replace}
	for round := range lawValues(t) / writers {
		before, err := r.Find(ctx, 1)
		require.NoError(t, err)
		objects, errs := make([]T, writers), make([]error, writers)
		var all sync.WaitGroup
		start := make(chan struct{})
		for i := range writers {
			objects[i] = T{1, i, before.Gen}
			all.Go(func() {
				<-start
				errs[i] = verbs[(round+i)%len(verbs)](ctx, &objects[i])
			})
		}
		close(start)
		all.Wait()
		winner := -1
		for i, err := range errs {
			if err == nil {
				require.Equal(t, -1, winner, "writers %d and %d have won", winner, i)
				winner = i
				continue
			}
			require.ErrorIs(t, err, ErrStale)
			require.Equal(t, before.Gen, objects[i].Gen, "a failed write leaves the field")
		}
		require.NotEqual(t, -1, winner, "%v", errs)
		after, err := r.Find(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, objects[winner], *after)
		require.Equal(t, before.Gen+1, after.Gen)
	}
}
