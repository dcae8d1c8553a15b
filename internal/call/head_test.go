package call

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func TestNext(t *testing.T) {
	for in, want := range map[string]Head{
		"c0":                 {Kind: KindNil},
		"c2":                 {Kind: KindFalse},
		"c3":                 {Kind: KindTrue},
		"7f":                 {Kind: KindInt, Num: 127},
		"e0":                 {Kind: KindNegative, Num: math.MaxUint64 - 31},
		"cdffff":             {Kind: KindInt, Num: math.MaxUint16},
		"d1ffff":             {Kind: KindNegative, Num: math.MaxUint64},
		"d07f":               {Kind: KindInt, Num: 127},
		"ca3fc00000":         {Kind: KindFloat, Num: math.Float64bits(1.5)},
		"cb3ff8000000000000": {Kind: KindFloat, Num: math.Float64bits(1.5)},
		"a20361":             {Kind: KindString, Data: []byte("\x03a")},
		"d9020361":           {Kind: KindString, Data: []byte("\x03a")},
		"c40104":             {Kind: KindBytes, Data: []byte("\x04")},
		"a217a0":             {Kind: KindGeo, Data: []byte("\x17\xa0")},
		"93":                 {Kind: KindList, Count: 3},
		"dc0100":             {Kind: KindList, Count: 256},
		"dd00010000":         {Kind: KindList, Count: 65536},
		"82":                 {Kind: KindMap, Count: 4},
		"de0100":             {Kind: KindMap, Count: 512},
		"dfffffffff":         {Kind: KindMap, Count: 2 * math.MaxUint32},
		"c70001":             {Kind: KindExt, Data: []byte{}, Ext: 1},
		"d4ff00":             {Kind: KindWildcard, Data: []byte{0}, Ext: ExtSentinel},
		"c701ff01":           {Kind: KindInfinity, Data: []byte{1}, Ext: ExtSentinel},
		"d5ff0001":           {Kind: KindExt, Data: []byte{0, 1}, Ext: ExtSentinel},
		"c80001ff00":         {Kind: KindExt, Data: []byte{0}, Ext: ExtSentinel},
		"c900000001ff01":     {Kind: KindExt, Data: []byte{1}, Ext: ExtSentinel},
	} {
		r := NewReader(fromHex(t, in))
		got, ok := r.Next()
		require.True(t, ok, in)
		require.Equal(t, want, got, in)
		require.True(t, r.Done(), in)
	}
	for _, in := range []string{"", "c1", "cc", "a1", "d90261", "c5ff", "c7", "c701", "c70105", "d8ff00", "dc00", "df000000", "ca000000"} {
		_, ok := NewReader(fromHex(t, in)).Next()
		require.False(t, ok, in)
	}
}

func TestSkip(t *testing.T) {
	r := NewReader(fromHex(t, "928101a2036105c0"))
	packed, ok := r.Whole()
	require.True(t, ok)
	require.Equal(t, fromHex(t, "928101a2036105"), packed)
	require.True(t, r.Skip(1))
	require.False(t, r.Skip(1))
}

// row is a row of a table for TestTable.
type row struct{ parsers []Parser[[]int64] }

func TestTable(t *testing.T) {
	number := func(c *[]int64, r *Reader) bool {
		n, ok := r.Int()
		*c = append(*c, n)
		return ok
	}
	table := []row{2: {parsers: []Parser[[]int64]{number, number}}}
	for in, want := range map[string][]int64{
		"930205ff":               {5, -1},
		"920205":                 {5}, // the second argument is optional
		"92cf000000010000000205": {5}, // the low 32 bits of the number count
		"9102":                   nil,
		"9402050505":             nil,
		"9302a061":               nil,
		"9203":                   nil,
		"90":                     nil,
		"02":                     nil,
	} {
		op, args, ok := Lookup(fromHex(t, in), table)
		var got []int64
		ok = ok && Parse(args, &got, op.parsers, 1)
		require.Equal(t, want != nil, ok, in)
		if ok {
			require.Equal(t, want, got, in)
		}
	}
}

func TestFlags(t *testing.T) {
	for in, want := range map[string]bool{"00": true, "05": true, "03": false, "08": false, "a0": false} {
		_, ok := NewReader(fromHex(t, in)).Flags(cdt.CreateOnly | cdt.UpdateOnly | cdt.NoFail)
		require.Equal(t, want, ok, in)
	}
	require.Equal(t, protocol.OK, Flags(cdt.NoFail).Fail(protocol.BinExists))
	require.Equal(t, protocol.BinExists, Flags(cdt.CreateOnly).Fail(protocol.BinExists))
}
