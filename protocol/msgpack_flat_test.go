package protocol

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestFlatLists: a list is decoded to the same values by the short way as by the long one, and
// lists of other records do not change it.
func TestFlatLists(t *testing.T) {
	element := rapid.OneOf(
		rapid.Map(rapid.Int64(), Int), rapid.Map(rapid.Int64Range(-40, 200), Int), rapid.Map(rapid.Uint64(), Uint), rapid.Map(rapid.Float64(), Float),
		rapid.Map(rapid.Float32(), float32Value), rapid.Map(rapid.Bool(), Bool), rapid.Map(rapid.StringN(0, 40, 80), String),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 40), Blob), rapid.Just(Nil()), rapid.Just(List(Int(1))), rapid.Just(GeoJSON("{}")), rapid.Just(Wildcard()))
	rapid.Check(t, func(t *rapid.T) {
		var space ValueSpace
		var want, got []Value
		for range rapid.IntRange(1, 5).Draw(t, "lists") {
			order := rapid.SampledFrom([]Order{Unordered, Unordered, Ordered}).Draw(t, "order")
			packed, err := AppendMsgpack(nil, ListWithOrder(order, rapid.SliceOfN(element, 0, 40).Draw(t, "elements")))
			require.NoError(t, err)
			// The bytes may be changed, and may be cut off.
			if rapid.IntRange(0, 3).Draw(t, "damage") == 0 {
				packed[rapid.IntRange(0, len(packed)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
			}
			packed = packed[:len(packed)-rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "cut")]
			long, longErr := ParseMsgpack(packed)
			if longErr == nil && long.Kind() != KindList {
				continue
			}
			short, shortErr := space.ParseParticle(ParticleList, packed, rapid.IntRange(1, 20).Draw(t, "records"))
			require.Equal(t, longErr == nil, shortErr == nil, "%x", packed)
			if longErr == nil {
				want, got = append(want, long), append(got, short)
			}
		}
		for i := range want {
			require.Equal(t, want[i].String(), got[i].String())
			again, err := AppendMsgpack(nil, want[i])
			require.NoError(t, err)
			short, err := AppendMsgpack(nil, got[i])
			require.NoError(t, err)
			require.Equal(t, again, short)
		}
	})
}
