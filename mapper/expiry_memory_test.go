package mapper

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestExpiriesOfDeadObjectsAreForgotten: the entry of an object is removed with the object, and an
// object that is read many times has one entry.
func TestExpiriesOfDeadObjectsAreForgotten(t *testing.T) {
	type leased struct {
		ID   string `as:"id,pk"`
		N    int
		Left time.Duration `asm:"ttl"`
	}
	r, m := repoOn[leased](t)
	key := protocol.MustKey("test", "leased", "k")
	m.store[key.Digest()] = &protocol.Record{Key: key, Bins: protocol.Bins{protocol.NewBin("N", 1)}, VoidTime: 1 << 30}
	remembered := func() (n int) {
		r.store.expiries.read.Range(func(any, any) bool { n++; return true })
		return n
	}
	var kept leased
	for range 100 {
		_, err := r.Find(t.Context(), "k")
		require.NoError(t, err)
		require.NoError(t, r.FindInto(t.Context(), "k", &kept))
		require.NoError(t, r.With(TTL(time.Hour)).Save(t.Context(), &kept), "the field is not what was read")
	}
	require.NotZero(t, remembered())
	require.Eventually(t, func() bool { runtime.GC(); return remembered() == 1 }, time.Minute, time.Millisecond)
	runtime.KeepAlive(&kept)
}

// TestTypesWithoutTTLRememberNothing: types without a ttl field have no map that could grow.
func TestTypesWithoutTTLRememberNothing(t *testing.T) {
	r, _ := repoOn[user](t)
	require.Nil(t, r.store.expiries)
}
