package call

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/aerosql/aerosql/protocol/wiretest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fromHex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

func TestInt(t *testing.T) {
	for in, want := range map[string]int64{
		"05": 5, "ff": -1, "cc80": 128, "cd0100": 256, "ceffffffff": math.MaxUint32, "cf8000000000000000": math.MinInt64,
		"d0df": -33, "d1ff7f": -129, "d2ffff7fff": -32769, "d3ffffffffffffffff": -1, "d07f": 127,
	} {
		n, ok := NewReader(fromHex(t, in)).Int()
		assert.True(t, ok, in)
		assert.Equal(t, want, n, in)
	}
	for _, in := range []string{"", "cc", "cd01", "cf00000000000000", "c0", "a0", "90", "cb0000000000000000"} {
		_, ok := NewReader(fromHex(t, in)).Int()
		assert.False(t, ok, in)
	}
}

func TestParts(t *testing.T) {
	r := NewReader(fromHex(t, "95dc0003c3a2036192010280"))
	n, ok := r.Array()
	assert.True(t, ok && n == 5)
	assert.True(t, r.NextIsArray())
	n, ok = r.Array()
	assert.True(t, ok && n == 3)
	b, ok := r.Bool()
	assert.True(t, ok && b)
	s, ok := r.Bytes()
	assert.True(t, ok && string(s) == "\x03a")
	raw, ok := r.Raw()
	assert.True(t, ok)
	assert.Equal(t, "920102", hex.EncodeToString(raw))
	assert.True(t, r.NextIsMap())
	_, ok = r.Value()
	assert.True(t, ok && len(r.Rest()) == 0)
}

// FuzzReader checks that no read panics or returns more than the input.
func FuzzReader(f *testing.F) {
	f.Add(fromHex(f, "93ccff922201"))
	f.Add(fromHex(f, "ddffffffffdbffffffff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range []func(*Reader) bool{
			func(r *Reader) bool { _, ok := r.Array(); return ok },
			func(r *Reader) bool { _, ok := r.Int(); return ok },
			func(r *Reader) bool { _, ok := r.Bytes(); return ok },
			func(r *Reader) bool { _, ok := r.Value(); return ok },
			func(r *Reader) bool { _, ok := r.Raw(); return ok },
		} {
			wiretest.Bounded(t, len(data), wiretest.Values, func() {
				r := NewReader(data)
				if read(r) {
					require.Less(t, len(r.Rest()), len(data))
				}
			})
		}
	})
}
