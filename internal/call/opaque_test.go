package call

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

const deepest = protocol.MaxDepth

func deep(levels int, inner string) []byte { return []byte(strings.Repeat("\x91", levels) + inner) }

// opaqueIn returns the packed bytes of v if it is opaque, or else of the first opaque element found
// by descending into first elements.
func opaqueIn(v protocol.Value) (packed []byte, ok bool) {
	for {
		if packed, ok := Opaque(v); ok {
			return packed, true
		}
		list, _ := v.List()
		if len(list) == 0 {
			return nil, false
		}
		v = list[0]
	}
}

func TestOpaqueElements(t *testing.T) {
	for name, test := range map[string]struct {
		packed []byte
		want   string // the opaque element, or "-" if there is none
	}{
		"as deep as a value can be": {deep(deepest, "\x07"), "-"},
		"one level more":            {deep(deepest+1, "\x07"), "9107"},
		"a map":                     {deep(deepest, "\x81\x01\x02"), "810102"},
		"an extension":              {[]byte("\x92\xc0\xc7\x00\x05"), "-"},
		"an extension after a list": {[]byte("\x92\x91\xc0\xd6\x05\x01\x02\x03\x04"), "-"},
	} {
		v, rest, ok := ParseValue(append(test.packed, 0x33))
		require.True(t, ok, name)
		require.Equal(t, []byte{0x33}, rest, name)
		if test.want != "-" {
			packed, ok := opaqueIn(v)
			require.True(t, ok, name)
			require.Equal(t, test.want, hex.EncodeToString(packed), name)
		}
		again, err := AppendValue([]byte("x"), v)
		require.NoError(t, err, name)
		require.Equal(t, "x"+string(test.packed), string(again), name)
	}
	v, _, ok := ParseValue([]byte("\xd5\x05\x01\x02"))
	require.True(t, ok)
	require.ErrorContains(t, v.Err(), "4 bytes")
	_, ok = Opaque(protocol.InvalidValue(protocol.ErrMalformed))
	require.False(t, ok)
}

func TestAppendValueKeepsOrder(t *testing.T) {
	ext, _, _ := ParseValue([]byte("\xd5\x05\x01\x02"))
	long := make([]protocol.Value, 20)
	pairs := make([]protocol.Pair, 17)
	for i := range pairs {
		pairs[i] = protocol.Pair{Key: protocol.Int(int64(i)), Value: ext}
	}
	for name, v := range map[string]protocol.Value{
		"ordered list":  protocol.ListWithOrder(protocol.Ordered, []protocol.Value{ext}),
		"ordered map":   protocol.MapWithOrder(protocol.KeyValueOrdered, []protocol.Pair{{Key: protocol.Int(1), Value: ext}}),
		"long list":     protocol.List(append(long, ext)...),
		"very long":     protocol.List(append(make([]protocol.Value, 1<<16), ext)...),
		"long map":      protocol.Map(pairs...),
		"map in a list": protocol.List(protocol.Map(protocol.Pair{Key: protocol.String("k"), Value: ext})),
	} {
		packed, err := AppendValue(nil, v)
		require.NoError(t, err, name)
		again, rest, ok := ParseValue(packed)
		require.True(t, ok, name)
		require.Empty(t, rest, name)
		require.Equal(t, v.Order(), again.Order(), name)
		require.Equal(t, v.Len(), again.Len(), name)
		packedAgain, err := AppendValue(nil, again)
		require.NoError(t, err, name)
		require.Equal(t, packed, packedAgain, name)
	}
	_, err := AppendValue(nil, protocol.List(protocol.InvalidValue(protocol.ErrMalformed), ext))
	require.ErrorIs(t, err, protocol.ErrMalformed)
	_, err = AppendValue(nil, protocol.Map(protocol.Pair{Key: protocol.InvalidValue(protocol.ErrMalformed), Value: ext}))
	require.ErrorIs(t, err, protocol.ErrMalformed)
	_, err = AppendValue(nil, protocol.Map(protocol.Pair{Key: ext, Value: protocol.InvalidValue(protocol.ErrMalformed)}))
	require.ErrorIs(t, err, protocol.ErrMalformed)
}

// TestNormal checks that nested lists and maps are normalized at any depth. The forms are those of
// a real server.
func TestNormal(t *testing.T) {
	for name, test := range map[string]struct{ packed, want string }{
		"integers":              {"\x95\xcd\x00\x05\xd3\xff\xff\xff\xff\xff\xff\xff\xff\x01\xe0\x7f", "\x95\x05\xff\x01\xe0\x7f"},
		"strings":               {"\x92\xc4\x02\x03a\xd9\x02\x03b", "\x92\xa2\x03a\xa2\x03b"},
		"floats":                {"\x92\xca\x3f\xc0\x00\x00\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", "\x92\xca\x3f\xc0\x00\x00\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00"},
		"booleans and nil":      {"\xdc\x00\x03\xc0\xc2\xc3", "\x93\xc0\xc2\xc3"},
		"a map out of order":    {"\x83\x02\x01\x01\x91\xc0\xa2\x03a\x03", "\x83\x01\x91\xc0\x02\x01\xa2\x03a\x03"},
		"a map in a map":        {"\x82\x02\x82\x02\xc0\x01\xc0\x01\xc0", "\x82\x01\xc0\x02\x82\x01\xc0\x02\xc0"},
		"an ordered map":        {"\x83\xc7\x00\x01\xc0\x01\x02\x02\x03", "\x83\xc7\x00\x01\xc0\x01\x02\x02\x03"},
		"a persisted map":       {"\x82\xc7\x00\x13\xc0\x01\x02", "\x82\xc7\x00\x03\xc0\x01\x02"},
		"unknown flags":         {"\x92\xc7\x00\x04\x01", "\x91\x01"},
		"an ordered list":       {"\x94\xc7\x01\x01\x09\x01\x91\x05\x91\x06", "\x94\xc7\x00\x01\x01\x91\x05\x91\x06"},
		"a long extension":      {"\x92\x01\xc8\x00\x02\x05\x01\x02", "\x92\x01\xd5\x05\x01\x02"},
		"an odd extension":      {"\x92\x01\xc9\x00\x00\x00\x03\x05\x01\x02\x03", "\x92\x01\xc7\x03\x05\x01\x02\x03"},
		"an empty one":          {"\x92\x01\xc7\x00\xff", "\x92\x01\xc7\x00\xff"},
		"duplicate keys":        {"\x82\x01\x01\x01\x02", ""},
		"list as a key":         {"\x81\x90\x01", ""},
		"float as a key":        {"\x81\xca\x3f\xc0\x00\x00\x01", ""},
		"unsorted ordered map":  {"\x83\xc7\x00\x01\xc0\x02\x02\x01\x03", ""},
		"unsorted ordered list": {"\x93\xc7\x00\x01\x02\x01", ""},
		"unsorted nested lists": {"\x93\xc7\x00\x01\x92\x01\x03\x92\x01\x02", ""},
		"a longer list first":   {"\x93\xc7\x00\x01\x92\x01\x03\x91\x01", ""},
		"a larger map first":    {"\x93\xc7\x00\x01\x82\x01\x01\x02\x02\x81\x01\x01", ""},
		"an extension first":    {"\x93\xc7\x00\x01\xd4\x05\x02\xd4\x05\x01", ""},
		"a map before a list":   {"\x93\xc7\x00\x01\x80\x90", ""},
		"an extension, a list":  {"\x93\xc7\x00\x01\xd4\x05\x02\x90", ""},
	} {
		packed := deep(deepest+3, test.packed)
		v, rest, ok := ParseValue(packed)
		require.True(t, ok, name)
		require.Empty(t, rest, name)
		inner, ok := opaqueIn(v)
		require.True(t, ok, name)
		normal, ok := Normal(protocol.InvalidValue(&opaque{inner}))
		require.Equal(t, test.want != "", ok, name)
		if ok {
			got, _ := Opaque(normal)
			require.Equal(t, hex.EncodeToString(deep(3, test.want)), hex.EncodeToString(got), name)
		}
	}
	_, ok := Normal(protocol.Int(1))
	require.False(t, ok)
}

func TestMalformedDeepValues(t *testing.T) {
	for name, packed := range map[string][]byte{
		"truncated":                    deep(deepest+10, ""),
		"length beyond the end":        deep(deepest+10, "\xdd\xff\xff\xff\xff\x01"),
		"length beyond the end, outer": []byte("\x92\xd5\x05\x01\x02\xdd\xff\xff\xff\xff\x01"),
		"a wildcard":                   deep(deepest+10, "\xd4\xff\x00"),
		"invalid code":                 deep(deepest+10, "\xc1"),
		"truncated extension":          deep(1, "\xd8\x05\x01"),
		"truncated long extension":     deep(1, "\xc9\x00"),
		"truncated map":                deep(deepest+1, "\xdf\x00"),
		"sentinel type with a payload": []byte("\x92\x01\xd5\xff\x01\x02"),
		"order flags without nil":      []byte("\x92\xd5\x05\x01\x02\x81\xc7\x00\x01\x05"),
	} {
		_, _, ok := ParseValue(packed)
		require.False(t, ok, name)
	}
}

// TestDepthBombs checks that values with millions of levels use a bounded stack and memory in
// proportion to their size.
func TestDepthBombs(t *testing.T) {
	const levels = 4_000_000
	for _, level := range []string{"\x91", "\x81\x01", "\x92\xc7\x00\x01", "\x82\xc7\x00\x01\xc0\x01", "\x91\x81\x01", "\x92\x90"} {
		bomb := []byte(strings.Repeat(level, levels/len(level)) + "\x90")
		wiretest.StackBounded(t, func() {
			wiretest.Bounded(t, len(bomb), 128, func() {
				v, _, ok := ParseValue(bomb)
				require.True(t, ok)
				inner, _ := opaqueIn(v)
				if inner == nil {
					return // it follows other elements
				}
				_, ok = Normal(protocol.InvalidValue(&opaque{inner}))
				require.True(t, ok)
				_, err := AppendValue(nil, v)
				require.NoError(t, err)
			})
		})
	}
}

// TestSortingBomb checks the limit of sorting: if every map is out of order, the innermost bytes
// move once per level.
func TestSortingBomb(t *testing.T) {
	bomb := protocol.InvalidValue(&opaque{[]byte(strings.Repeat("\x82\x02\x01\x01", 250_000) + "\xc0")})
	wiretest.Bounded(t, 1_000_000, 1000, func() {
		_, ok := Normal(bomb)
		require.False(t, ok)
	})
	few := protocol.InvalidValue(&opaque{[]byte(strings.Repeat("\x82\x02\x01\x01", 1000) + "\xc0")})
	normal, ok := Normal(few)
	require.True(t, ok)
	packed, _ := Opaque(normal)
	require.Equal(t, strings.Repeat("\x82\x01", 1000)+"\xc0"+strings.Repeat("\x02\x01", 1000), string(packed))
}

// FuzzParseValue checks that values that can be read can be written, and that normalizing twice
// changes nothing.
func FuzzParseValue(f *testing.F) {
	f.Add(deep(deepest+2, "\x82\x02\x01\x01\xc0"))
	f.Add([]byte("\x92\x01\xd5\x05\x01\x02"))
	f.Add([]byte("\x83\xc7\x00\x01\xc0\x01\xc7\x00\x05\x02\x03"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		v, rest, ok := ParseValue(packed)
		if !ok {
			return
		}
		again, err := AppendValue(nil, v)
		require.NoError(t, err)
		v, after, ok := ParseValue(again)
		require.True(t, ok)
		require.Empty(t, after)
		o := protocol.InvalidValue(&opaque{packed[:len(packed)-len(rest)]})
		if n, ok := Normal(o); ok {
			n2, ok := Normal(n)
			require.True(t, ok)
			a, _ := Opaque(n)
			b, _ := Opaque(n2)
			require.Equal(t, a, b)
		}
		_ = v
	})
}

// TestExtensionFirst: a list whose first element is an extension keeps its elements when it is
// written and read again. The extension before it is the order flags.
func TestExtensionFirst(t *testing.T) {
	packed := []byte("\x94\xd4\x30\x30\xd4\x30\x30\x31\x32")
	v, _, ok := ParseValue(packed)
	require.True(t, ok)
	require.Equal(t, 3, v.Len())
	again, err := AppendValue(nil, v)
	require.NoError(t, err)
	v, _, ok = ParseValue(again)
	require.True(t, ok)
	require.Equal(t, 3, v.Len())
}
