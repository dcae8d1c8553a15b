package expression

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestComparePacked has pairs of packed values with the order that a real server reported. Package
// protocol agrees if it can parse both values.
func TestComparePacked(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		// An empty string without a type byte is less than a string with only a type byte.
		{"a0", "a100", -1},
		{"91c0", "91a0", -1},
		{"91a0", "91a100", -1},
		{"9101", "91a0", -1},
		// The first element of a list is its order flags, unless it has the type of the sentinels.
		{"92c7000101", "9101", 0},
		{"92c70101ff01", "9102", -1},
		{"92c700ff01", "9101", 1},
		{"92d5ff000001", "9101", 1},
		{"92d4ff0701", "9101", 1},
		// Sentinels have two forms. Longer ones are extensions without a meaning.
		{"91d4ff00", "9105", 0},
		{"91c701ff00", "9105", 0},
		{"9201c701ff00", "920105", 0},
		{"91c80001ff00", "9105", 1},
		{"91c900000001ff00", "9105", 1},
		{"9201c80001ff00", "920105", 1},
		{"91d4ff01", "9105", 1},
		{"91c80001ff01", "9105", 1},
		{"9201c80001ff01", "9201d4ff01", -1},
		{"9201c900000001ff01", "9201d4ff01", -1},
		{"91c0", "91c900000001ff01", -1},
	} {
		a, err := hex.DecodeString(test.a)
		require.NoError(t, err)
		b, err := hex.DecodeString(test.b)
		require.NoError(t, err)
		order, _, ok := comparePacked(a, b)
		require.True(t, ok, test)
		require.Equal(t, test.want, order, test)
		order, _, _ = comparePacked(b, a)
		require.Equal(t, -test.want, order, test)
		requireAgreement(t, a, b)
	}
}

// requireAgreement checks that two values compare as in package protocol if they are valid.
func requireAgreement(t require.TestingT, a, b []byte) {
	v, errA := protocol.ParseMsgpack(a)
	w, errB := protocol.ParseMsgpack(b)
	if errA != nil || errB != nil {
		return
	}
	order, _, ok := comparePacked(a, b)
	require.True(t, ok, "%x %x", a, b)
	require.Equal(t, protocol.Compare(v, w), order, "%x %x", a, b)
}

// TestComparePackedAgrees compares random values of all forms, with invalid ones among them.
func TestComparePackedAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		requireAgreement(t, randomPacked(r, 2), randomPacked(r, 2))
	}
}

// packedAtoms are values of every form in hexadecimal, also of forms that no client uses.
var packedAtoms = []string{
	"c0", "c2", "c3", "00", "01", "ff", "cc05", "cd0005", "cfffffffffffffffff", "cf0000000000000001", "d005", "d0f0", "d1ffff",
	"d38000000000000000", "a0", "a100", "a103", "a20361", "a104", "a20461", "a21761", "a21261", "a20761", "a2f761", "c400", "c40103",
	"d9020361", "ca00000000", "ca7fc00000", "cb8000000000000000", "cb3ff0000000000000", "d4ff00", "d4ff01", "c701ff00", "c701ff01",
	"c80001ff00", "c80001ff01", "c900000001ff01", "d5ff0000", "c700ff", "c70001", "d40100", "d40500", "d4ff07",
}

// packedMarkers are extensions for the first place in a list or map.
var packedMarkers = []string{"", "", "c70001", "d40001", "c700ff", "d4ff00", "d4ff01", "c8000001", "d5ff0000", "d4ff07", "c80001ff01"}

func randomPacked(r *rand.Rand, depth int) []byte {
	if depth == 0 || r.IntN(3) == 0 {
		packed, _ := hex.DecodeString(packedAtoms[r.IntN(len(packedAtoms))])
		return packed
	}
	marker, _ := hex.DecodeString(packedMarkers[r.IntN(len(packedMarkers))])
	entries, perEntry, header := r.IntN(4), 1, byte(0x90)
	if r.IntN(2) == 0 {
		perEntry, header = 2, 0x80
		if len(marker) > 0 {
			marker = append(marker, 0xc0)
		}
	}
	count := entries
	if len(marker) > 0 {
		count++
	}
	packed := append([]byte{header + byte(count)}, marker...)
	for range entries * perEntry {
		packed = append(packed, randomPacked(r, depth-1)...)
	}
	return packed
}
