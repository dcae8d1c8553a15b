package cursor

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// halfway returns a cursor with partitions in all states.
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
	require.Less(t, len(New(0, protocol.PartitionCount).AppendTo(nil)), 30, "a new cursor is small")
}

// A record that is found again by a second value is not delivered again, even in another process.
func TestOnce(t *testing.T) {
	c := New(0, 20)
	c.Once = true
	require.True(t, c.Note(digest(7, 1), 5))
	require.True(t, c.Note(digest(7, 2), 5))
	require.False(t, c.Note(digest(7, 1), 6))
	require.EqualValues(t, 2, c.Records())
	got, err := Parse(c.AppendTo(nil))
	require.NoError(t, err)
	got.got = c.got
	require.Equal(t, c, got)
	require.False(t, got.Note(digest(7, 2), 7))
	require.True(t, got.Note(digest(7, 3), 7))
	data := c.AppendTo(nil)
	for i := range data {
		_, err := Parse(data[:i])
		require.ErrorIs(t, err, ErrDamaged)
	}
	shares, _ := Plan(c, func(uint16, int) string { return "A" })
	shares[0].Close(true)
	require.Nil(t, c.parts[7].seen, "done partitions keep no marks")
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
	once := New(100, 50)
	once.Once = true
	once.Note(digest(120, 7), -5)
	once.Note(digest(120, 8), 3)
	f.Add(once.AppendTo(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkParse(t, data)
		if len(data) >= savedSum {
			// The same data with a valid checksum.
			body := bytes.Clone(data[:len(data)-savedSum])
			checkParse(t, binary.BigEndian.AppendUint32(body, crc32.Checksum(body, castagnoli())))
		}
	})
}

// checkParse requires that parsing uses bounded memory: a cursor has one size, and each remembered
// record, 8 bytes in the data, takes one map entry.
func checkParse(t *testing.T, data []byte) {
	const perByte = 12
	const size = int(unsafe.Sizeof(Cursor{}))
	var c *Cursor
	var err error
	wiretest.Bounded(t, len(data)+size/perByte, perByte, func() { c, err = Parse(data) })
	if err != nil {
		require.ErrorIs(t, err, ErrDamaged)
		return
	}
	again, err := Parse(c.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, c, again)
}
