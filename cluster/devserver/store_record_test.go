package devserver

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestFindNextBin: bins are found whatever the order of the names, and a missing one changes
// nothing.
func TestFindNextBin(t *testing.T) {
	var bins []byte
	for _, name := range []string{"a", "b", "c"} {
		bins = appendBin(bins, protocol.OpRead, []byte(name), protocol.ParticleString, []byte("value of "+name))
	}
	for _, names := range []string{"abc", "cba", "bb", "cab", "xaxbxcx", "acxb", "ccba"} {
		rest := bins
		for _, name := range names {
			want, encoded := findBin(bins, []byte{byte(name)})
			got, wire, after := findNextBin(bins, rest, []byte{byte(name)})
			require.Equal(t, want, got, names)
			require.Equal(t, encoded, wire, names)
			if size := firstBin(rest, []byte{byte(name)}); size > 0 {
				require.Equal(t, wire, rest[:size], names)
				require.Equal(t, after, rest[size:], names)
			}
			rest = after
		}
	}
}

func TestFirstBin(t *testing.T) {
	bins := appendBin(nil, protocol.OpRead, []byte("ab"), protocol.ParticleString, []byte("value"))
	size := len(bins)
	bins = appendBin(bins, protocol.OpRead, []byte("c"), protocol.ParticleString, []byte("other"))
	require.Equal(t, size, firstBin(bins, []byte("ab")))
	for _, name := range []string{"", "a", "c", "abc", "ax", string(make([]byte, 300))} {
		require.Zero(t, firstBin(bins, []byte(name)), name)
	}
	require.Zero(t, firstBin(nil, nil))
}
