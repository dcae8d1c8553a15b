//go:build !race

package mapper

import (
	"errors"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

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
	replaces := &cluster.WritePolicy{Exists: cluster.Replace, TotalTimeout: time.Minute}
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
