package encoding

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// integers selects what normal does with integers of eight bytes.
type integers bool

const (
	integersAsTheyAre integers = false
	shortestIntegers  integers = true
)

// normal rewrites a MessagePack value: it sorts map entries by their bytes, and shortens integers
// of eight bytes (d3, cf) if asked to. It copies everything else.
func normal(doc []byte, how integers) []byte {
	out, rest := how.document(make([]byte, 0, len(doc)), doc)
	return append(out, rest...)
}

func (how integers) document(out, doc []byte) (written, rest []byte) {
	size := tokenSize(doc)
	token, rest := doc[:size], doc[size:]
	if how == shortestIntegers {
		out = appendShortest(out, token)
	} else {
		out = append(out, token...)
	}
	elements, pairs := containerLen(token)
	for range elements {
		out, rest = how.document(out, rest)
	}
	var entries []string
	for range pairs {
		var entry []byte
		entry, rest = how.document(nil, rest)
		entry, rest = how.document(entry, rest)
		entries = append(entries, string(entry))
	}
	slices.Sort(entries)
	for _, e := range entries {
		out = append(out, e...)
	}
	return out, rest
}

// appendShortest appends a token. The official client already writes negative integers in the
// shortest form.
func appendShortest(out, token []byte) []byte {
	if token[0] != 0xcf && token[0] != 0xd3 {
		return append(out, token...)
	}
	n := binary.BigEndian.Uint64(token[1:])
	switch {
	case token[0] == 0xd3 && n > math.MaxInt64:
		return append(out, token...)
	case n < 1<<7:
		return append(out, byte(n))
	case n <= math.MaxUint8:
		return append(out, 0xcc, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(out, 0xcd), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(out, 0xce), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(out, 0xcf), n)
}

// fixedSizes are the lengths of tokens that are determined by their first byte.
var fixedSizes = map[byte]int{
	0xca: 5, 0xcb: 9, 0xcc: 2, 0xcd: 3, 0xce: 5, 0xcf: 9, 0xd0: 2, 0xd1: 3, 0xd2: 5, 0xd3: 9,
	0xd4: 3, 0xd5: 4, 0xd6: 6, 0xd7: 10, 0xd8: 18, 0xdc: 3, 0xdd: 5, 0xde: 3, 0xdf: 5,
}

// tokenSize returns the length of the first token: a scalar with its bytes, or the header of a
// collection.
func tokenSize(doc []byte) int {
	switch c := doc[0]; {
	case c >= 0xa0 && c < 0xc0:
		return 1 + int(c&0x1f)
	case c == 0xd9, c == 0xc4:
		return 2 + int(doc[1])
	case c == 0xda, c == 0xc5:
		return 3 + int(binary.BigEndian.Uint16(doc[1:]))
	case c == 0xdb, c == 0xc6:
		return 5 + int(binary.BigEndian.Uint32(doc[1:]))
	case c == 0xc7:
		return 3 + int(doc[1])
	case fixedSizes[c] != 0:
		return fixedSizes[c]
	}
	return 1
}

// containerLen returns the number of elements or pairs that follow a token.
func containerLen(token []byte) (elements, pairs int) {
	switch c := token[0]; {
	case c >= 0x80 && c < 0x90:
		return 0, int(c & 0x0f)
	case c >= 0x90 && c < 0xa0:
		return int(c & 0x0f), 0
	case c == 0xdc:
		return int(binary.BigEndian.Uint16(token[1:])), 0
	case c == 0xdd:
		return int(binary.BigEndian.Uint32(token[1:])), 0
	case c == 0xde:
		return 0, int(binary.BigEndian.Uint16(token[1:]))
	case c == 0xdf:
		return 0, int(binary.BigEndian.Uint32(token[1:]))
	}
	return 0, 0
}

func TestNormal(t *testing.T) {
	doc := []byte("\x93\xd3\x00\x00\x00\x01\x00\x00\x00\x00\x82\xa2\x03b\xcf\x00\x00\x00\x00\x00\x00\x00\x05\xa2\x03a\xc0\xd9\x02\x04x")
	require.Equal(t, "\x93\xcf\x00\x00\x00\x01\x00\x00\x00\x00\x82\xa2\x03a\xc0\xa2\x03b\x05\xd9\x02\x04x", string(normal(doc, shortestIntegers)))
	require.Equal(t, "\x93\xd3\x00\x00\x00\x01\x00\x00\x00\x00\x82\xa2\x03a\xc0\xa2\x03b\xcf\x00\x00\x00\x00\x00\x00\x00\x05\xd9\x02\x04x", string(normal(doc, integersAsTheyAre)))
}
