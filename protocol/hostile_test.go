package protocol

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wiretest"
)

// tiny is the number of bytes that rejecting an input may allocate.
const tiny = 1 << 10

func TestParseMsgpackRejects(t *testing.T) {
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
		"long sentinel":        {[]byte{0xc8, 0x00, 0x01, 0xff, 0x00}, ErrMalformed},
		"sentinel as a marker": {[]byte{0x92, 0xc8, 0x00, 0x01, 0xff, 0x00, 0x01}, ErrMalformed},
		"extension too long":   {[]byte{0x91, 0xc9, 0xff, 0xff, 0xff, 0xff, 0x01}, ErrMalformed},
	} {
		allocated := wiretest.Allocated(func() {
			_, err := ParseMsgpack(c.data)
			require.ErrorIs(t, err, c.want, name)
		})
		require.Less(t, allocated, uint64(tiny), name)
	}
}

// TestCase48DepthBomb checks that parsing twenty million levels of lists or maps stops at the
// limit, with a small stack.
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

// All recursive functions work at the limit of depth, with a small stack.
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

// Nested lists that each announce as many elements as there are bytes left take no more memory than
// one such list.
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

// Lists of the smallest elements take the most memory per byte.
func TestMostExpensiveValues(t *testing.T) {
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
