package secondary

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHash compares hashes with those that a real server sent.
func TestHash(t *testing.T) {
	for text, want := range map[string]uint64{
		"":                         0xda3421757d70ae2d,
		"x":                        0x6e2b7670782c55bd,
		"xxx":                      0xceb069c8effbb02e,
		"xxxx":                     0x7be666e2ace8186f,
		strings.Repeat("x", 8):     0x11a4895f5af27936,
		strings.Repeat("x", 15):    0x57f571171ecfc11f,
		strings.Repeat("x", 16):    0x27244b1d7b57be7c,
		strings.Repeat("x", 17):    0x9e936cf62d20f12e,
		strings.Repeat("x", 32):    0x2dc36f40f1559a11,
		strings.Repeat("x", 48):    0x66db12e269613e7e,
		strings.Repeat("x", 49):    0xde43c2c070aeb615,
		strings.Repeat("x", 97):    0x37b1b519bf2f3d48,
		strings.Repeat("x", 2_047): 0x490db8306e529192,
	} {
		require.Equal(t, want, hash([]byte(text)), "%d bytes", len(text))
	}
}
