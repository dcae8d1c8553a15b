//go:build !race

package mapper

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomPlan returns the plan of a random struct type.
func randomPlan(t testing.TB, s *sampler) *plan {
	typ := s.drawStruct(3, false)
	p, err := newCompiler(&config{native: s.chance(50)}).compile(typ)
	require.NoError(t, err, "%v", typ)
	return p
}

func (s *sampler) object(p *plan) reflect.Value {
	x := reflect.New(p.typ)
	s.fill(x.Elem(), "")
	return x
}

// TestLawL1FoundIsWhatWasSaved: an object is read as it was written, from values and from a
// message. Both kinds of writes send the same bytes.
func TestLawL1FoundIsWhatWasSaved(t *testing.T) {
	for seed := range lawValues(t) {
		s := newSampler(uint64(seed))
		p := randomPlan(t, s)
		x, fresh, direct := s.object(p), reflect.New(p.typ), reflect.New(p.typ)
		bins, err := p.appendBins(nil, x.UnsafePointer(), true)
		require.NoError(t, err, "seed %d: %v", seed, p.typ)
		w := binEncoder{nulls: true}
		require.NoError(t, p.write(&w, x.UnsafePointer()), "seed %d: %v", seed, p.typ)
		require.Equal(t, encodedBins(t, bins), w.encoded, "seed %d: %v", seed, p.typ)

		back := overWire(t, bins)
		require.NoError(t, p.decodeBins(fresh.UnsafePointer(), back, true), "seed %d: %v", seed, p.typ)
		require.True(t, sameValue(x.Elem(), fresh.Elem()), "seed %d: %v\nwant %+v\ngot  %+v\nbins %v", seed, p.typ, x, fresh, bins)
		require.NoError(t, p.decodeEncoded(direct.UnsafePointer(), encodedBins(t, back), true), "seed %d: %v", seed, p.typ)
		require.True(t, sameValue(x.Elem(), direct.Elem()), "from the message: seed %d: %v\nwant %+v\ngot  %+v", seed, p.typ, x, direct)
	}
}

// TestLawL2UsedObjectsBecomeNewOnes: a record is read into a used object as into a new one, also if
// its bins have another order.
func TestLawL2UsedObjectsBecomeNewOnes(t *testing.T) {
	for seed := range lawValues(t) {
		s := newSampler(uint64(seed))
		p := randomPlan(t, s)
		x, used, direct := s.object(p), s.object(p), s.object(p)
		bins, err := p.appendBins(nil, x.UnsafePointer(), true)
		require.NoError(t, err, "seed %d: %v", seed, p.typ)
		back := overWire(t, bins)
		s.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
		require.NoError(t, p.decodeBins(used.UnsafePointer(), back, false), "seed %d: %v", seed, p.typ)
		require.True(t, sameValue(x.Elem(), used.Elem()), "seed %d: %v\nwant %+v\ngot  %+v\nbins %v", seed, p.typ, x, used, bins)
		require.NoError(t, p.decodeEncoded(direct.UnsafePointer(), encodedBins(t, back), false), "seed %d: %v", seed, p.typ)
		require.True(t, sameValue(x.Elem(), direct.Elem()), "from the message: seed %d: %v\nwant %+v\ngot  %+v", seed, p.typ, x, direct)
	}
}
