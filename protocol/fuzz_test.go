package protocol

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wiretest"
)

// broken reports whether a parse error wraps one of the documented errors.
func broken(err error) bool {
	return errors.Is(err, ErrMalformed) || errors.Is(err, ErrTooDeep)
}

func FuzzParseMsgpack(f *testing.F) {
	for _, seed := range []string{
		"\x93\xc7\x00\x01\x01\x02", "\x82\xc7\x00\x01\xc0\xa2\x03a\x01", "\xdd\xff\xff\xff\xff", "\xd4\xff\x00", "\x92\xcb\x7f\xf8\x00\x00\x00\x00\x00\x01\xca\x7f\xc0\x00\x00",
		"\x81\x91\x01\x02", "\x84\xa2\x03b\xc0\xa2\x04a\xc3\xa3\x17{}\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xd3\x80\x00\x00\x00\x00\x00\x00\x00\xa0",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v Value
		var err error
		wiretest.Bounded(t, len(data), wiretest.Values, func() { v, err = ParseMsgpack(data) })
		if err != nil {
			require.True(t, broken(err), "%v", err)
			return
		}
		packed, err := AppendMsgpack(nil, v)
		require.NoError(t, err)
		back, err := ParseMsgpack(packed)
		require.NoError(t, err)
		require.Zero(t, Compare(v, back))
		require.Equal(t, v.String(), back.String())
		v.Any()
	})
}

func FuzzParseParticle(f *testing.F) {
	f.Add(byte(ParticleList), []byte("\x92\x01\x02"))
	f.Add(byte(ParticleGeoJSON), []byte("\x00\x00\x01abcdefgh{}"))
	f.Fuzz(func(t *testing.T, particle byte, data []byte) {
		var v Value
		var err error
		wiretest.Bounded(t, len(data), wiretest.Values, func() { v, err = ParseParticle(ParticleType(particle), data) })
		if err != nil {
			require.True(t, broken(err), "%v", err)
			return
		}
		_, err = AppendParticle(nil, v)
		require.NoError(t, err)
	})
}

func FuzzParseUserKey(f *testing.F) {
	for _, user := range []Value{Int(7), String("k"), Blob([]byte{1}), Float(1), Bool(true), List(Int(1)), Map(Pair{Int(1), Int(2)}), GeoJSON("{}")} {
		f.Add(AppendUserKey(nil, user))
	}
	f.Fuzz(func(t *testing.T, field []byte) {
		wiretest.Bounded(t, 2*len(field), wiretest.Values, func() {
			v, err := ParseUserKey(field)
			require.True(t, err == nil || broken(err), "%v", err)
			if err == nil && !v.IsNil() {
				back, err := ParseUserKey(AppendUserKey(nil, v))
				require.NoError(t, err)
				require.Zero(t, Compare(v, back))
			}
		})
	})
}
