package protocol

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wiretest"
)

// The tests named TestCaseNN are for the failure cases that docs/guarantees.md promises to survive.

// TestCase49CountBomb checks that counts and lengths larger than the input allocate no memory.
func TestCase49CountBomb(t *testing.T) {
	for name, data := range map[string][]byte{
		"list":        {0xdd, 0x05, 0xf5, 0xe1, 0x00},
		"map":         {0xdf, 0xff, 0xff, 0xff, 0xff, 1},
		"string":      {0xdb, 0xff, 0xff, 0xff, 0xff, 3},
		"blob":        {0xc6, 0x7f, 0xff, 0xff, 0xff, 4},
		"in a list":   {0x92, 0x01, 0xdd, 0x05, 0xf5, 0xe1, 0x00},
		"in a map":    {0x81, 0x01, 0xdf, 0x05, 0xf5, 0xe1, 0x00},
		"half a list": {0xdc, 0xff, 0xff, 0x01},
	} {
		require.Less(t, wiretest.Allocated(func() {
			_, err := ParseMsgpack(data)
			require.ErrorIs(t, err, ErrMalformed, name)
		}), uint64(tiny), name)
		for _, kind := range []ParticleType{ParticleList, ParticleMap} {
			_, err := ParseParticle(kind, data)
			require.ErrorIs(t, err, ErrMalformed, name)
		}
	}
}

// TestCase50OddValues checks that incomplete and unknown values are errors, that unusual values
// have the documented result, and that converting them to a Go map does not panic.
func TestCase50OddValues(t *testing.T) {
	list := List(Int(1))
	for name, c := range map[string]struct {
		data []byte
		want Value // nil if it is an error
		any  any
	}{
		"cut short":         {data: []byte{0x92, 0x01}},
		"cut in a number":   {data: []byte{0xd3, 0, 0, 0}},
		"unknown extension": {data: []byte{0xd4, 0x05, 0x00}},
		"never used code":   {data: []byte{0xc1}},
		"trailing bytes":    {data: []byte{0x01, 0x02}},
		"not a number":      {[]byte{0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0}, Float(math.NaN()), math.NaN()},
		"duplicate key":     {[]byte{0x82, 0x01, 0x05, 0x01, 0x06}, Map(Pair{Int(1), Int(5)}, Pair{Int(1), Int(6)}), []Pair(nil)},
		"wildcard as a key": {[]byte{0x81, 0xd4, 0xff, 0x00, 0x01}, Map(Pair{Wildcard(), Int(1)}), []Pair(nil)},
		"infinity as a key": {[]byte{0x81, 0xd4, 0xff, 0x01, 0x01}, Map(Pair{Infinity(), Int(1)}), []Pair(nil)},
		"list as a key":     {[]byte{0x81, 0x91, 0x01, 0x05}, Map(Pair{list, Int(5)}), []Pair(nil)},
		"NaN as a key": {
			[]byte{0x81, 0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0, 0x05}, Map(Pair{Float(math.NaN()), Int(5)}), []Pair(nil),
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := ParseMsgpack(c.data)
			if c.want.IsNil() {
				require.Error(t, err)
				require.ErrorIs(t, err, ErrMalformed)
				return
			}
			require.NoError(t, err)
			require.True(t, Equal(c.want, v), "%v", v)
			require.NotEmpty(t, v.String())
			require.IsType(t, c.any, v.Any())
			switch got := v.Any().(type) {
			case float64:
				require.True(t, math.IsNaN(got))
			case []Pair:
				require.True(t, Equal(c.want, Map(got...)))
				require.IsType(t, c.any, Bins{{Name: "m", Value: v}}.Map()["m"])
			default:
				t.Fatalf("%T", got)
			}
		})
	}
}
