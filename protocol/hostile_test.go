package protocol

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wiretest"
)

// tiny is what refusing hostile bytes may take in memory where nothing needs to be set up for it.
const tiny = 1 << 10

func TestMsgpackHostile(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":              {nil, ErrMalformed},
		"truncated":            {[]byte{0x92, 0x01}, ErrMalformed},
		"trailing":             {[]byte{0x01, 0x02}, ErrMalformed},
		"never used code":      {[]byte{0xc1}, ErrMalformed},
		"unknown extension":    {[]byte{0xd4, 0x05, 0x00}, ErrMalformed},
		"marker without a nil": {[]byte{0x81, 0xc7, 0x00, 0x01, 0x05}, ErrMalformed},
		"extension too long":   {[]byte{0x91, 0xc9, 0xff, 0xff, 0xff, 0xff, 0x01}, ErrMalformed},
	} {
		allocated := wiretest.Allocated(func() {
			_, err := ParseMsgpack(c.data)
			require.ErrorIs(t, err, c.want, name)
		})
		require.Less(t, allocated, uint64(tiny), name)
	}
}

// TestCase48DepthBomb: twenty million levels of lists or of maps end at the limit, on a small stack.
func TestCase48DepthBomb(t *testing.T) {
	const levels = 20_000_000
	for _, level := range []string{"\x91", "\x81\x01", "\xdd\x00\x00\x00\x01", "\x91\x81\xc0"} {
		bomb := bytes.Repeat([]byte(level), levels/len(level))
		wiretest.StackBounded(t, func() {
			allocated := wiretest.Allocated(func() {
				_, err := ParseMsgpack(bomb)
				require.ErrorIs(t, err, ErrTooDeep)
			})
			require.Less(t, allocated, uint64(wiretest.Slack))
		})
	}
}

// At the limit itself all that walks through values goes on, and on a small stack.
func TestDeepestValue(t *testing.T) {
	for _, level := range []string{"\x91", "\x81\x01"} {
		deepest := append(bytes.Repeat([]byte(level), MaxDepth), 0x07)
		wiretest.StackBounded(t, func() {
			v, err := ParseMsgpack(deepest)
			require.NoError(t, err)
			packed, err := AppendMsgpack(nil, v)
			require.NoError(t, err)
			require.Equal(t, deepest, packed)
			require.Zero(t, Compare(v, v))
			require.NotEmpty(t, v.String())
			require.NotNil(t, v.Any())
		})
		_, err := ParseMsgpack(append([]byte(level), deepest...))
		require.ErrorIs(t, err, ErrTooDeep)
	}
}

// Nested collections that each announce as many entries as there are bytes left take no more memory than one.
func TestMsgpackFalseLengths(t *testing.T) {
	const size = 1 << 20
	var data []byte
	for range MaxDepth - 1 {
		data = append(data, 0xdd, 0, 0x0f, 0, 0)
	}
	data = append(data, make([]byte, size-len(data))...)
	wiretest.Bounded(t, size, wiretest.Values, func() {
		_, err := ParseMsgpack(data)
		require.ErrorIs(t, err, ErrMalformed)
	})
}

// A list of the smallest elements is the dearest in memory.
func TestDearestValues(t *testing.T) {
	const size = 1 << 20
	for head, element := range map[string]string{
		"\xdd\x00\x10\x00\x00": "\x01", "\xdf\x00\x08\x00\x00": "\x01\x02", "\xdd\x00\x08\x00\x00": "\x91\x01", "\xdd\x00\x04\x00\x00": "\x93\x01\x02\x03",
	} {
		data := append([]byte(head), bytes.Repeat([]byte(element), size/len(element))...)
		wiretest.Bounded(t, len(data), wiretest.Values, func() {
			_, err := ParseMsgpack(data)
			require.NoError(t, err)
		})
	}
}

// So are fields and operations without data.
func TestDearestMessages(t *testing.T) {
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
		// Only those that are there are paid for.
		half := body[:len(body)/2]
		wiretest.Bounded(t, len(half), wiretest.Parts, func() {
			_, err := ParseMessage(half)
			require.ErrorIs(t, err, ErrMalformed)
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
		require.ErrorIs(t, err, ErrTooLarge)
	})
	require.Less(t, allocated, uint64(tiny))
}

// zipped makes a compressed body that announces a size.
func zipped(t testing.TB, message []byte, announced uint64) []byte {
	packed, err := AppendCompressed(nil, message)
	require.NoError(t, err)
	body := packed[ProtoHeaderSize:]
	binary.BigEndian.PutUint64(body, announced)
	return body
}

// A zip bomb stops at the size that was announced, which is at most that of a message; and an announcement
// alone takes no memory.
func TestZipBomb(t *testing.T) {
	const size = 4 << 20
	message := append(ProtoHeader{ProtoMessage, size}.AppendTo(nil), make([]byte, size)...)
	for name, c := range map[string]struct {
		body  []byte
		given int // bytes that the stream is read for
		want  error
	}{
		"says less":     {zipped(t, message, 4096), 4096, ErrMalformed},
		"says more":     {zipped(t, message[:1<<20], MaxProtoSize), 1 << 20, ErrMalformed},
		"over the most": {zipped(t, message, MaxProtoSize+ProtoHeaderSize+1), 0, ErrTooLarge},
		"2^64-1":        {zipped(t, message, 1<<64-1), 0, ErrTooLarge},
		"too little":    {zipped(t, message, 7), 0, ErrMalformed},
		"cut":           {zipped(t, message, size+ProtoHeaderSize)[:20], 0, ErrMalformed},
		"no stream":     {append([]byte{0, 0, 0, 0, 0, 0, 0, 9}, "no zlib"...), 0, ErrMalformed},
		"no size":       {make([]byte, 7), 0, ErrMalformed},
		"no message":    {zipped(t, make([]byte, size), size), size, ErrMalformed},
		"wrong size in": {zipped(t, message[:size], size), size, ErrMalformed},
		"sound":         {zipped(t, message, size+ProtoHeaderSize), size, nil},
	} {
		wiretest.Bounded(t, c.given, wiretest.Bytes, func() {
			_, err := Decompress(c.body)
			require.ErrorIs(t, err, c.want, name)
		})
	}
}

// A body comes out as it was put in, whatever the parts that it comes in, and takes memory as they come.
func TestBody(t *testing.T) {
	for _, size := range []int{0, 1, firstBodyPart, firstBodyPart + 1, 3 * firstBodyPart, 1 << 20, 1<<20 + 12345} {
		want := bytes.Repeat([]byte("0123456789abcde"), size/15+1)[:size]
		for _, step := range []int{1 << 30, 1000, 65537} {
			wiretest.Bounded(t, size, wiretest.Bytes, func() {
				require.True(t, bytes.Equal(want, fillBody(NewBody(size, nil), want, step)))
			})
		}
	}
	last := NewBody(firstBodyPart+7, nil)
	require.Equal(t, firstBodyPart, cap(last.Space()))
	last.Arrived(firstBodyPart)
	require.Equal(t, []int{7, 8}, []int{len(last.Space()), cap(last.Space())}, "what follows the body shows")
	keep := make([]byte, 10, 1000)
	whole := NewBody(1000, keep)
	got := fillBody(whole, make([]byte, 1000), 7)
	require.Same(t, &keep[0], &got[0], "memory that is large enough is used")
	small := NewBody(1001, keep)
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

// 128 MiB are announced, and then comes little.
func TestBodyThatStops(t *testing.T) {
	for _, arrived := range []int{0, 1, firstBodyPart, firstBodyPart + 1, 1 << 20, 1<<20 + 1} {
		wiretest.Bounded(t, arrived, wiretest.Bytes, func() {
			b := NewBody(MaxProtoSize, nil)
			for left := arrived; left > 0; {
				n := min(left, len(b.Space()))
				b.Arrived(n)
				left -= n
			}
			require.NotEmpty(t, b.Space())
		})
	}
}
