package collection

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func TestOpaque(t *testing.T) {
	for in, want := range map[string]bool{
		"9201c70005":                 true, // an unknown extension behind the first element
		"9201d40500":                 false,
		"92d4050001":                 false,
		"9201d4ff00":                 false, // a wildcard
		"9201c7":                     false,
		"9201d405":                   false,
		"81a2036192a20362d5070000":   true,
		"92a2036101":                 true,
		"9301a20361":                 false, // an element is missing
		"920101ff":                   false, // one too many
		"9201c1":                     false,
		"dd0000000201c1":             false,
		"ddffffffff01":               false,
		"dc000201cb3ff0000000000000": true,
		"01":                         false,
		"":                           false,
	} {
		data := fromHex(t, in)
		list := Opaque(protocol.ParticleList, data)
		require.Equal(t, want, list || Opaque(protocol.ParticleMap, data), in)
		require.False(t, list && in[0] == '8', in)
	}
	for _, level := range []string{"\x91", "\x81\x01", "\xdd\x00\x00\x00\x01"} {
		deep := append(bytes.Repeat([]byte(level), 1_000_000), 0x01)
		wiretest.StackBounded(t, func() {
			require.True(t, Opaque(protocol.ParticleList, deep) || Opaque(protocol.ParticleMap, deep))
			require.False(t, Opaque(protocol.ParticleList, deep[:len(deep)-1]))
		})
	}
}

// What can be read is whole, but for what a server refuses to store.
func FuzzOpaque(f *testing.F) {
	f.Add(fromHex(f, "9201d40500"))
	f.Add(fromHex(f, "82c70001c0a2036102dc0001c3"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, particle := range []protocol.ParticleType{protocol.ParticleList, protocol.ParticleMap} {
			whole := Opaque(particle, data)
			v, err := protocol.ParseParticle(particle, data)
			if err != nil || whole {
				continue
			}
			if _, ok := Normalize(v); ok && !bytes.ContainsAny(data, "\xc7\xc8\xc9\xd4\xd5\xd6\xd7\xd8") {
				t.Fatalf("%x is not whole", data)
			}
		}
	})
}
