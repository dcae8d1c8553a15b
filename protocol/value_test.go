package protocol

import (
	"math"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestValueIsSmall(t *testing.T) {
	require.LessOrEqual(t, unsafe.Sizeof(Value{}), uintptr(24))
}

// drawValue draws a value that can be stored, nested at most depth levels deep.
func drawValue(t *rapid.T, depth int) Value {
	kinds := 9
	if depth > 0 {
		kinds = 11
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return Nil()
	case 1:
		return Int(rapid.Int64().Draw(t, "int"))
	case 2:
		return Uint(rapid.Uint64().Draw(t, "uint"))
	case 3:
		return Float(rapid.Float64().Draw(t, "float"))
	case 4:
		return String(rapid.String().Draw(t, "string"))
	case 5:
		return Blob(rapid.SliceOf(rapid.Byte()).Draw(t, "blob"))
	case 6:
		return Bool(rapid.Bool().Draw(t, "bool"))
	case 7:
		return GeoJSON(rapid.String().Draw(t, "geo"))
	case 8:
		return HLL(rapid.SliceOf(rapid.Byte()).Draw(t, "hll"))
	case 9:
		n := rapid.IntRange(0, 5).Draw(t, "elements")
		elements := make([]Value, n)
		for i := range elements {
			elements[i] = drawValue(t, depth-1)
		}
		return ListWithOrder(rapid.SampledFrom([]Order{Unordered, Ordered}).Draw(t, "order"), elements)
	}
	n := rapid.IntRange(0, 5).Draw(t, "pairs")
	pairs := make([]Pair, n)
	for i := range pairs {
		pairs[i] = Pair{Int(int64(i)), drawValue(t, depth-1)}
	}
	return MapWithOrder(rapid.SampledFrom([]Order{Unordered, Ordered, KeyValueOrdered}).Draw(t, "order"), pairs)
}

func TestMsgpackRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, 3)
		packed, err := AppendMsgpack(nil, v)
		require.NoError(t, err)
		back, err := ParseMsgpack(packed)
		require.NoError(t, err)
		require.True(t, Equal(v, back), "%v became %v", v, back)
		require.Equal(t, v.Order(), back.Order())
		again, err := AppendMsgpack(nil, back)
		require.NoError(t, err)
		require.Equal(t, packed, again)
	})
}

func TestParticleRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, 2)
		data, err := AppendParticle(nil, v)
		if v.Kind() == KindUint {
			require.ErrorIs(t, err, ErrInvalidValue)
			return
		}
		require.NoError(t, err)
		back, err := ParseParticle(v.Particle(), data)
		require.NoError(t, err)
		require.True(t, Equal(v, back), "%v became %v", v, back)
	})
}

// Compare is a total order except for NaN and the wildcard.
func TestCompareIsAnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawValue(t, 2), drawValue(t, 2), drawValue(t, 2)
		require.Zero(t, Compare(a, a))
		require.Equal(t, -Compare(a, b), Compare(b, a))
		if Compare(a, b) <= 0 && Compare(b, c) <= 0 {
			require.LessOrEqual(t, Compare(a, c), 0)
		}
	})
}

func TestCompareBetweenKinds(t *testing.T) {
	ascending := []Value{
		Nil(), Bool(false), Bool(true), Int(math.MinInt64), Int(-1), Int(0), Int(math.MaxInt64), Uint(math.MaxUint64),
		String(""), String("a"), String("ab"), String("b"), List(), List(Int(1)), List(Int(1), Int(0)), List(Int(2)),
		Map(), Map(Pair{Int(1), Int(1)}), Map(Pair{Int(1), Int(2)}), Map(Pair{Int(0), Int(0)}, Pair{Int(1), Int(0)}),
		Blob([]byte{1}), Blob([]byte{2}), Float(math.Inf(-1)), Float(0.5), Float(1), GeoJSON("{}"), Infinity(),
	}
	for i, a := range ascending {
		for j, b := range ascending {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			require.Equal(t, want, Compare(a, b), "%v against %v", a, b)
		}
		require.Zero(t, Compare(a, Wildcard()))
	}
	require.Zero(t, Compare(List(Int(1), Int(9)), List(Int(1), Wildcard())))
	untyped, err := ParseMsgpack([]byte{0xa0})
	require.NoError(t, err)
	require.Negative(t, Compare(untyped, BlobOf(ParticleNull, []byte{})))
	require.Positive(t, Compare(BlobOf(ParticleNull, []byte{}), untyped))
	require.Zero(t, Compare(untyped, untyped))
	require.Zero(t, Compare(Float(math.NaN()), Float(3)))
}

// The vectors are those of docs/wire-core.md#3.3 and docs/wire-cdt-exp.md#1.3.
func TestMsgpackVectors(t *testing.T) {
	for _, c := range []struct {
		value  Value
		packed string
	}{
		{String("a"), "\xa2\x03a"},
		{Blob([]byte{1, 2}), "\xa3\x04\x01\x02"},
		{Map(Pair{String("a"), Int(1)}), "\x81\xa2\x03a\x01"},
		{MapWithOrder(Ordered, []Pair{{String("a"), Int(1)}}), "\x82\xc7\x00\x01\xc0\xa2\x03a\x01"},
		{List(), "\x90"},
		{ListWithOrder(Ordered, nil), "\x91\xc7\x00\x01"},
		{ListWithOrder(Ordered, []Value{Int(1), Int(2)}), "\x93\xc7\x00\x01\x01\x02"},
		{MapWithOrder(Ordered, nil), "\x81\xc7\x00\x01\xc0"},
		{MapWithOrder(PreserveOrder, []Pair{{Int(1), Int(2)}}), "\x82\xc7\x00\x08\xc0\x01\x02"},
		{Wildcard(), "\xd4\xff\x00"},
		{Infinity(), "\xd4\xff\x01"},
		{Int(-32), "\xe0"},
		{Int(-33), "\xd0\xdf"},
		{Int(128), "\xcc\x80"},
		{Int(1 << 40), "\xcf\x00\x00\x01\x00\x00\x00\x00\x00"},
		{Uint(math.MaxUint64), "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"},
		{Float(1), "\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00"},
		{float32Value(1), "\xca\x3f\x80\x00\x00"},
		{blobValue(KindBlob, nil, 0), "\xa0"},
		{blobValue(KindBlob, []byte{}, 0), "\xa1\x00"},
	} {
		packed, err := AppendMsgpack(nil, c.value)
		require.NoError(t, err)
		require.Equal(t, c.packed, string(packed), "%v", c.value)
		back, err := ParseMsgpack([]byte(c.packed))
		require.NoError(t, err)
		require.Equal(t, c.value.String(), back.String())
		require.Equal(t, c.value.Order(), back.Order())
		again, err := AppendMsgpack(nil, back)
		require.NoError(t, err)
		require.Equal(t, packed, again)
	}
}

// The headers str and bin have the same meaning. The first byte of the payload is the type.
func TestMsgpackReadsEveryHeader(t *testing.T) {
	for packed, want := range map[string]Value{
		"\xc4\x02\x03a":          String("a"),
		"\xd9\x02\x04a":          Blob([]byte("a")),
		"\xda\x00\x02\x17a":      GeoJSON("a"),
		"\xdc\x00\x01\x05":       List(Int(5)),
		"\xdf\x00\x00\x00\x00":   Map(),
		"\xd2\xff\xff\xff\xff":   Int(-1),
		"\xc7\x01\xff\x01":       Infinity(),
		"\x92\xc7\x02\x11ab\x01": ListWithOrder(Ordered|PersistIndex, []Value{Int(1)}),
	} {
		v, err := ParseMsgpack([]byte(packed))
		require.NoError(t, err, "% x", packed)
		require.True(t, Equal(want, v), "% x gave %v", packed, v)
	}
}

func TestValueOfAndAny(t *testing.T) {
	type name string
	seven := 7
	for _, c := range []struct{ in, out any }{
		{nil, nil}, {7, int64(7)}, {int8(-7), int64(-7)}, {uint32(7), int64(7)}, {2.5, 2.5}, {float32(2.5), 2.5},
		{"x", "x"}, {name("x"), "x"}, {true, true}, {[]byte{1}, []byte{1}}, {[2]byte{1, 2}, []byte{1, 2}}, {&seven, int64(7)},
		{[]any{1, "a"}, []any{int64(1), "a"}}, {[]name{"a"}, []any{"a"}}, {[]int(nil), nil},
		{map[string]any{"b": 1, "a": nil}, map[string]any{"a": nil, "b": int64(1)}},
		{map[int16]bool{3: true}, map[any]any{int64(3): true}},
		{uint64(math.MaxInt64), int64(math.MaxInt64)}, {Uint(math.MaxUint64), uint64(math.MaxUint64)},
	} {
		v := ValueOf(c.in)
		require.NoError(t, v.Err())
		require.Equal(t, c.out, v.Any(), "%T", c.in)
	}
	for _, bad := range []any{uint64(math.MaxUint64), struct{}{}, make(chan int), map[float64]int{1: 1}, []any{func() {}}} {
		require.ErrorIs(t, ValueOf(bad).Err(), ErrInvalidValue, "%T", bad)
		_, err := AppendParticle(nil, ValueOf(bad))
		require.ErrorIs(t, err, ErrInvalidValue)
	}
}

// A value that contains itself is an error, not a stack overflow.
func TestValueOfCycle(t *testing.T) {
	m := map[string]any{}
	m["m"] = m
	list := []any{nil}
	list[0] = list
	var p any
	p = &p
	for _, cycle := range []any{m, list, p} {
		require.ErrorIs(t, ValueOf(cycle).Err(), ErrInvalidValue)
	}
}

// A map with a key that a Go map can't have becomes its pairs.
func TestAnyOfUnhashableKey(t *testing.T) {
	pairs := []Pair{{Blob([]byte{1}), Int(1)}}
	require.Equal(t, pairs, Map(pairs...).Any())
}

func TestScalarsDoNotAllocate(t *testing.T) {
	var sink int64
	allocs := testing.AllocsPerRun(100, func() {
		for _, v := range [...]Value{Int(1 << 40), Float(2.5), String("text"), Bool(true)} {
			n, _ := v.Int()
			sink += n + int64(v.Len())
		}
	})
	require.Zero(t, allocs)
	require.NotZero(t, sink)
}
