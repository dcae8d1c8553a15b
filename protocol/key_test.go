package protocol

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The vectors are those of docs/wire-core.md#3.6. They come from the official clients.
func TestDigestVectors(t *testing.T) {
	for _, c := range []struct {
		set       string
		user      any
		digest    string
		partition uint16
	}{
		{"demo", "k1", "b747f5854d0b33259928d0cfab7fad81d6abfbf6", 1975},
		{"demo", 1, "b7f4b83889e2da67de683e1df6919a1eacc446c8", 1207},
		{"", "k1", "50149955959c2fef0a83613ae80c78bb9c96b269", 1104},
		{"demo", []byte{1, 2, 3}, "ff31c926fbef445648ce63ca72a698a5473425c1", 511},
	} {
		k, err := NewKey("test", c.set, c.user)
		require.NoError(t, err)
		require.Equal(t, c.digest, k.Digest().String(), "%v", c.user)
		require.Equal(t, c.partition, k.Partition(), "%v", c.user)
	}
}

func TestNewKeyRejects(t *testing.T) {
	for name, c := range map[string]struct {
		namespace, set string
		user           any
	}{
		"no namespace":       {"", "s", 1},
		"long namespace":     {strings.Repeat("n", 32), "s", 1},
		"long set":           {"test", strings.Repeat("s", 64), 1},
		"NUL in a name":      {"test", "a\x00b", 1},
		"float":              {"test", "s", 1.5},
		"bool":               {"test", "s", true},
		"nil":                {"test", "s", nil},
		"list":               {"test", "s", []int{1}},
		"empty string":       {"test", "s", ""},
		"empty blob":         {"test", "s", []byte{}},
		"too large unsigned": {"test", "s", uint64(1 << 63)},
	} {
		_, err := NewKey(c.namespace, c.set, c.user)
		require.ErrorIs(t, err, ErrInvalidKey, name)
	}
}

func TestNewKeyAcceptsAllIntegerTypes(t *testing.T) {
	want := MustKey("test", "demo", 7).Digest()
	for _, user := range []any{int8(7), uint8(7), int16(7), uint16(7), int32(7), uint32(7), int64(7), uint64(7), Int(7)} {
		require.Equal(t, want, MustKey("test", "demo", user).Digest(), "%T", user)
	}
}

func TestUserKeyRoundTrip(t *testing.T) {
	for _, user := range []any{int64(-5), "text", []byte{0, 1, 255}} {
		v := ValueOf(user)
		back, err := ParseUserKey(AppendUserKey(nil, v))
		require.NoError(t, err)
		require.True(t, Equal(v, back), "%v became %v", v, back)
	}
	_, err := ParseUserKey([]byte{1})
	require.ErrorIs(t, err, ErrMalformed)
}

// TestShortDigest: the hash of one block gives the same digest as the hash of any length, on both
// sides of the limit.
func TestShortDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := strings.Repeat("s", rapid.IntRange(0, MaxSetLen).Draw(t, "set"))
		data := rapid.SliceOfN(rapid.Byte(), 0, 70).Draw(t, "key")
		for _, user := range []Value{String(string(data)), Blob(data), Int(rapid.Int64().Draw(t, "integer"))} {
			require.Equal(t, hashLong(set, user), computeDigest(set, user), "%d bytes of set, key %v", len(set), user)
		}
	})
}

func TestDigestDoesNotAllocate(t *testing.T) {
	for _, user := range []Value{String("user-4711"), Int(4711), Blob([]byte("user"))} {
		require.Zero(t, testing.AllocsPerRun(1000, func() { computeDigest("demo", user) }))
	}
	user := String(strings.Repeat("k", digestShort))
	require.LessOrEqual(t, testing.AllocsPerRun(1000, func() { computeDigest("demo", user) }), 1.0, "the hash allocates its padding")
}

// BenchmarkDigest compares the hash of one block with the hash of any length.
func BenchmarkDigest(b *testing.B) {
	for name, hash := range map[string]func(string, Value) Digest{"short": computeDigest, "long": hashLong} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				hash("demo", Int(int64(i)))
			}
		})
	}
}

func TestCheckBinName(t *testing.T) {
	require.NoError(t, CheckBinName("fifteen-bytes-n"))
	for _, bad := range []string{"", "sixteen-bytes-na", "a\x00"} {
		require.ErrorIs(t, CheckBinName(bad), ErrInvalidBin, "%q", bad)
	}
}

// The flag for keys that are not sent takes no memory in a Key.
func TestKeySize(t *testing.T) {
	type unmarked struct {
		Namespace, Set string
		User           Value
		Digest         Digest
	}
	require.Equal(t, unsafe.Sizeof(unmarked{}), unsafe.Sizeof(Key{}))
}
