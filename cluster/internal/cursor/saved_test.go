package cursor

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// halfway is a cursor with partitions in all states.
func halfway() *Cursor {
	c := New(100, 50)
	c.Query = 0x0123456789abcdef
	c.Note(digest(120, 7), -5)
	c.Note(digest(149, 8), 1<<60)
	c.Keep(func(p uint16) bool { return p != 100 && p != 110 })
	return c
}

func TestSaved(t *testing.T) {
	c := halfway()
	got, err := Parse(c.AppendTo(nil))
	require.NoError(t, err)
	got.got = c.got
	require.Equal(t, c, got)
	require.Less(t, len(New(0, protocol.PartitionCount).AppendTo(nil)), 30, "what has not begun is small")
}

func TestSavedDamaged(t *testing.T) {
	data := halfway().AppendTo(nil)
	for i := range data {
		for bit := range 8 {
			bad := append([]byte(nil), data...)
			bad[i] ^= 1 << bit
			_, err := Parse(bad)
			require.ErrorIs(t, err, ErrDamaged)
		}
		_, err := Parse(data[:i])
		require.ErrorIs(t, err, ErrDamaged)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(halfway().AppendTo(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Parse(data); err == nil {
			again, err := Parse(c.AppendTo(nil))
			require.NoError(t, err)
			require.Equal(t, c, again)
		}
	})
}
