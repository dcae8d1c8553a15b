package wire

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// tiny is the number of bytes that rejecting an input may allocate.
const tiny = 1 << 10

// Messages of fields and operations without data take the most memory per byte.
func TestMostExpensiveMessages(t *testing.T) {
	const most = 1<<16 - 1
	field, op := []byte{0, 0, 0, 1, 0}, []byte{0, 0, 0, 4, 1, 1, 0, 0}
	null := []byte{0, 0, 0, 4, 1, 0, 0, 0}
	message := func(fields, ops int, op []byte) []byte {
		h := Header{FieldCount: uint16(fields), OpCount: uint16(ops)}
		body := append(h.AppendTo(nil), bytes.Repeat(field, fields)...)
		return append(body, bytes.Repeat(op, ops)...)
	}
	for _, body := range [][]byte{message(most, 0, nil), message(0, most, op), message(most, most, op)} {
		wiretest.Bounded(t, len(body), wiretest.Parts, func() {
			_, err := ParseMessage(body)
			require.NoError(t, err)
		})
		// Announced fields and operations that are missing take no memory.
		half := body[:len(body)/2]
		wiretest.Bounded(t, len(half), wiretest.Parts, func() {
			_, err := ParseMessage(half)
			require.ErrorIs(t, err, protocol.ErrMalformed)
		})
	}
	answer := message(0, most, null)
	wiretest.Bounded(t, len(answer), wiretest.Values, func() {
		resp, _, err := ParseResponse(answer)
		require.NoError(t, err)
		require.Len(t, resp.Bins, most)
	})
	row := append(make([]byte, 4+20), 0, 0, 0xff, 0xff, 0, 0)
	rows := append([]byte{0, 0, 0, 1, 0}, append(row, bytes.Repeat(field, most)...)...)
	wiretest.Bounded(t, len(rows), wiretest.Parts, func() {
		b, err := ParseBatch(rows)
		require.NoError(t, err)
		parsed, err := b.Next()
		require.NoError(t, err)
		require.Len(t, parsed.Fields, most)
	})
}

func TestProtoLengthBomb(t *testing.T) {
	allocated := wiretest.Allocated(func() {
		_, err := ParseProtoHeader([]byte("\x02\x03\xff\xff\xff\xff\xff\xff"))
		require.ErrorIs(t, err, protocol.ErrTooLarge)
	})
	require.Less(t, allocated, uint64(tiny))
}

// zipped returns a compressed body that announces a size.
func zipped(t testing.TB, message []byte, announced uint64) []byte {
	packed, err := AppendCompressed(nil, message)
	require.NoError(t, err)
	body := packed[ProtoHeaderSize:]
	binary.BigEndian.PutUint64(body, announced)
	return body
}

// Decompressing stops at the announced size, which is at most that of a message. An announced size
// alone takes no memory.
func TestZipBomb(t *testing.T) {
	const size = 4 << 20
	message := append(ProtoHeader{ProtoMessage, size}.AppendTo(nil), make([]byte, size)...)
	for name, c := range map[string]struct {
		body  []byte
		given int // number of bytes to decompress
		want  error
	}{
		"says less":     {zipped(t, message, 4096), 4096, protocol.ErrMalformed},
		"says more":     {zipped(t, message[:1<<20], protocol.MaxProtoSize), 1 << 20, protocol.ErrMalformed},
		"over the most": {zipped(t, message, protocol.MaxProtoSize+ProtoHeaderSize+1), 0, protocol.ErrTooLarge},
		"2^64-1":        {zipped(t, message, 1<<64-1), 0, protocol.ErrTooLarge},
		"too little":    {zipped(t, message, 7), 0, protocol.ErrMalformed},
		"cut":           {zipped(t, message, size+ProtoHeaderSize)[:20], 0, protocol.ErrMalformed},
		"no stream":     {append([]byte{0, 0, 0, 0, 0, 0, 0, 9}, "no zlib"...), 0, protocol.ErrMalformed},
		"no size":       {make([]byte, 7), 0, protocol.ErrMalformed},
		"no message":    {zipped(t, make([]byte, size), size), size, protocol.ErrMalformed},
		"wrong size in": {zipped(t, message[:size], size), size, protocol.ErrMalformed},
		"sound":         {zipped(t, message, size+ProtoHeaderSize), size, nil},
	} {
		wiretest.Bounded(t, c.given, wiretest.Bytes, func() {
			_, err := Decompress(c.body)
			require.ErrorIs(t, err, c.want, name)
		})
	}
}

// A Body returns the bytes that arrived, in pieces of any size, and allocates memory as they
// arrive.
func TestBody(t *testing.T) {
	for _, size := range []int{0, 1, firstBodyPart, firstBodyPart + 1, 3 * firstBodyPart, 1 << 20, 1<<20 + 12345} {
		want := bytes.Repeat([]byte("0123456789abcde"), size/15+1)[:size]
		for _, step := range []int{1 << 30, 1000, 65537} {
			wiretest.Bounded(t, size, wiretest.Bytes, func() {
				require.True(t, bytes.Equal(want, fillBody(NewBody(size, 0, nil), want, step)))
			})
		}
	}
	last := NewBody(firstBodyPart+7, 0, nil)
	require.Equal(t, firstBodyPart, cap(last.Space()))
	last.Arrived(firstBodyPart)
	require.Equal(t, []int{7, 8}, []int{len(last.Space()), cap(last.Space())}, "a byte after the body would be read")
	keep := make([]byte, 10, 1000)
	trusted := NewBody(3*firstBodyPart, 3*firstBodyPart, nil)
	require.Len(t, trusted.Space(), 3*firstBodyPart, "memory for a trusted size is taken at once")
	above := NewBody(3*firstBodyPart, 3*firstBodyPart-1, nil)
	require.Len(t, above.Space(), firstBodyPart)
	whole := NewBody(1000, 0, keep)
	got := fillBody(whole, make([]byte, 1000), 7)
	require.Same(t, &keep[0], &got[0], "a buffer that is large enough is used")
	small := NewBody(1001, 0, keep)
	require.NotSame(t, &keep[0], &small.Space()[0])
}

func fillBody(b Body, data []byte, step int) []byte {
	for len(b.Space()) > 0 {
		n := copy(b.Space()[:min(step, len(b.Space()))], data)
		data = data[n:]
		b.Arrived(n)
	}
	return b.Bytes()
}

// A body of 128 MiB is announced, but little of it arrives.
func TestBodyThatStops(t *testing.T) {
	for _, arrived := range []int{0, 1, firstBodyPart, firstBodyPart + 1, 1 << 20, 1<<20 + 1} {
		wiretest.Bounded(t, arrived, wiretest.Bytes, func() {
			b := NewBody(protocol.MaxProtoSize, 0, nil)
			for left := arrived; left > 0; {
				n := min(left, len(b.Space()))
				b.Arrived(n)
				left -= n
			}
			require.NotEmpty(t, b.Space())
		})
	}
}
