//go:build !race

package mapper

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// bytesOfAccess is the digest of what objects of 1,000 random types are stored as. The access by
// offsets and the access by reflection (build tag mapper_safe) store the same bytes. It changes
// with the sampler.
const bytesOfAccess = "ad599ca6b852f29695152a9735a0f3832d93817aa381ad184fbba09f6b220f7b"

func TestLawL7OffsetsStoreTheBytesOfReflection(t *testing.T) {
	digest := sha256.New()
	for seed := range 1000 {
		s := newSampler(uint64(seed))
		p := randomPlan(t, s)
		w := binEncoder{nulls: true}
		require.NoError(t, p.write(&w, s.object(p).UnsafePointer()))
		digest.Write(w.encoded.Ops)
	}
	require.Equal(t, bytesOfAccess, hex.EncodeToString(digest.Sum(nil)))
}

// RequireEqualTiers requires of types with generated methods that the methods write and read what
// the plan does without them: the same bytes, the same objects, also used ones, and the same
// errors.
func RequireEqualTiers(t *testing.T, types []reflect.Type) {
	for seed := range lawValues(t) {
		s := newSampler(uint64(seed))
		typ, native := types[seed%len(types)], s.chance(50)
		with, err := newCompiler(&config{native: native}).compile(typ)
		require.NoError(t, err)
		require.NotNil(t, with.methods, "%v", typ)
		without, err := newCompiler(&config{native: native, noMethods: true}).compile(typ)
		require.NoError(t, err)

		x := s.object(with)
		a, b := binEncoder{nulls: true}, binEncoder{nulls: true}
		require.NoError(t, with.write(&a, x.UnsafePointer()), "seed %d: %v", seed, typ)
		require.NoError(t, without.write(&b, x.UnsafePointer()), "seed %d: %v", seed, typ)
		require.Equal(t, b.encoded, a.encoded, "seed %d: %v", seed, typ)

		bins, err := a.encoded.Bins()
		require.NoError(t, err)
		back := overWire(t, bins)
		switch { // mostly the order of the fields, as servers send them
		case s.chance(30):
			s.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
		case s.chance(50) && len(back) > 0:
			i := s.IntN(len(back))
			back = slices.Delete(back, i, i+1)
		}
		requireSameRead(t, s, with, without, back, seed)
		if len(back) > 1 { // a value of another bin
			i := s.IntN(len(back) - 1)
			back[i].Value, back[i+1].Value = back[i+1].Value, back[i].Value
			requireSameRead(t, s, with, without, back, seed)
		}
	}
}

// requireSameRead reads bins with generated methods and without them.
func requireSameRead(t *testing.T, s *sampler, with, without *plan, bins protocol.Bins, seed int) {
	used, fresh := s.object(with), reflect.New(with.typ)
	got := with.decodeEncoded(used.UnsafePointer(), encodedBins(t, bins), false)
	want := without.decodeEncoded(fresh.UnsafePointer(), encodedBins(t, bins), true)
	if want != nil {
		require.EqualError(t, got, want.Error(), "seed %d: %v", seed, with.typ)
		return
	}
	require.NoError(t, got, "seed %d: %v", seed, with.typ)
	require.True(t, sameValue(fresh.Elem(), used.Elem()), "seed %d: %v\nwant %+v\ngot  %+v", seed, with.typ, fresh, used)
}
