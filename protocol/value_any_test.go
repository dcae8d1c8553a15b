package protocol

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type (
	level  uint8
	levels []level
)

// Slices and arrays with elements of kind uint8 are blobs, also in lists and maps.
func TestValueOfNamedBytes(t *testing.T) {
	blob := Blob([]byte{1, 2})
	pair := [2]level{1, 2}
	for name, c := range map[string]struct {
		in   any
		want Value
	}{
		"slice":           {[]level{1, 2}, blob},
		"named slice":     {levels{1, 2}, blob},
		"array":           {pair, blob},
		"pointer":         {&pair, blob},
		"pointer, slice":  {&levels{1, 2}, blob},
		"empty slice":     {[]level{}, Blob([]byte{})},
		"empty array":     {[0]level{}, Blob([]byte{})},
		"nil slice":       {[]level(nil), Nil()},
		"in a list":       {[]any{[]level{1, 2}}, List(blob)},
		"in a typed list": {[]levels{{1, 2}, nil}, List(blob, Nil())},
		"in a map":        {map[string]levels{"a": {1, 2}}, Map(Pair{String("a"), blob})},
		"as a map key":    {map[[2]level]int{{1, 2}: 3}, Map(Pair{blob, Int(3)})},
		"in any, as key":  {map[any]any{pair: 3}, Map(Pair{blob, Int(3)})},
	} {
		v := ValueOf(c.in)
		require.NoError(t, v.Err(), name)
		require.True(t, Equal(c.want, v), "%s: %v", name, v)
		require.True(t, Equal(c.want, NewBin("b", c.in).Value), name)
	}
	key, err := NewKey("test", "s", []level{1, 2})
	require.NoError(t, err)
	require.Equal(t, MustKey("test", "s", []byte{1, 2}).Digest(), key.Digest())
}

// A value made from an array or from a slice of a named type is a copy.
func TestValueOfNamedBytesCopies(t *testing.T) {
	source := &[2]level{1, 2}
	v := ValueOf(source)
	source[0] = 9
	require.True(t, Equal(Blob([]byte{1, 2}), v))
}

// The error for a value that can't be stored names its position.
func TestValueOfErrorHasPath(t *testing.T) {
	const tooLarge = uint64(1 << 63)
	for name, c := range map[string]struct {
		in   any
		want string
	}{
		"unsigned":          {tooLarge, "9223372036854775808 is above 2^63-1"},
		"uint":              {uint(tooLarge), "is above 2^63-1"},
		"in []uint64":       {[]uint64{1, tooLarge}, "element [1]: "},
		"in a nested list":  {[]any{1, []any{2, 3, tooLarge}}, "element [1][2]: "},
		"in a map":          {map[string]any{"a": []uint64{tooLarge}}, `element ["a"][0]: `},
		"as a key":          {map[uint64]int{tooLarge: 1}, "element [key]: "},
		"behind a pointer":  {[]*uint64{nil, new(tooLarge)}, "element [1]: "},
		"struct in a list":  {[]struct{ A int }{{1}}, "element [0]: "},
		"equal keys":        {map[any]any{1: "a", int64(1): "b"}, "two keys of a map are both stored as 1"},
		"equal text keys":   {map[any]any{"x": "a", kindName("x"): "b"}, `two keys of a map are both stored as "x"`},
		"equal byte keys":   {map[any]any{[1]byte{1}: "a", [1]level{1}: "b"}, "two keys of a map are both stored as 0x01"},
		"nested equal keys": {[]any{map[any]any{int8(1): 1, uint8(1): 2}}, "element [0]: "},
		"equal pairs":       {[]Pair{{Int(1), Int(1)}, {Int(1), Int(2)}}, "two keys of a map are both stored as 1"},
		"key of a pair":     {[]Pair{{Wildcard(), Int(1)}}, "a map key must be an integer, a string or a blob, not wildcard"},
		"nil key":           {map[any]any{nil: 1}, "not nil"},
		"NaN key":           {map[float64]int{math.NaN(): 1}, "not float"},
	} {
		err := ValueOf(c.in).Err()
		require.ErrorIs(t, err, ErrInvalidValue, name)
		require.ErrorContains(t, err, c.want, name)
		require.LessOrEqual(t, len(err.Error()), 200, name)
	}
}

type kindName string

// The error for a cycle has no path.
func TestValueOfCycleIsShort(t *testing.T) {
	list := []any{nil}
	list[0] = list
	require.LessOrEqual(t, len(ValueOf(list).Err().Error()), 120)
}

// A map becomes a Go map if that is possible, with string keys if all keys are strings.
func TestAnyOfMaps(t *testing.T) {
	one, a := Int(1), String("a")
	for name, c := range map[string]struct {
		pairs []Pair
		want  any // nil means the pairs themselves
	}{
		"strings":       {[]Pair{{a, one}}, map[string]any{"a": int64(1)}},
		"empty":         {nil, map[string]any{}},
		"mixed":         {[]Pair{{one, one}, {a, one}}, map[any]any{int64(1): int64(1), "a": int64(1)}},
		"nil and bool":  {[]Pair{{Nil(), one}, {Bool(true), one}}, map[any]any{nil: int64(1), true: int64(1)}},
		"unsigned":      {[]Pair{{Uint(1 << 63), one}}, map[any]any{uint64(1 << 63): int64(1)}},
		"float":         {[]Pair{{Float(1), one}, {one, one}}, map[any]any{1.0: int64(1), int64(1): int64(1)}},
		"NaN":           {pairs: []Pair{{Float(math.NaN()), one}}},
		"both zeros":    {pairs: []Pair{{Float(0), one}, {Float(math.Copysign(0, -1)), one}}},
		"blob":          {pairs: []Pair{{Blob([]byte{1}), one}}},
		"list":          {pairs: []Pair{{List(one), one}}},
		"map":           {pairs: []Pair{{Map(), one}}},
		"infinity":      {pairs: []Pair{{Infinity(), one}}},
		"wildcard":      {pairs: []Pair{{a, one}, {Wildcard(), one}}},
		"invalid":       {pairs: []Pair{{InvalidValue(ErrInvalidValue), one}}},
		"equal strings": {pairs: []Pair{{a, one}, {a, Int(2)}}},
		"equal numbers": {pairs: []Pair{{one, one}, {one, Int(2)}}},
		"text and geo":  {pairs: []Pair{{a, one}, {GeoJSON("a"), one}}},
	} {
		want := c.want
		if want == nil {
			want = c.pairs
		}
		require.Equal(t, want, Map(c.pairs...).Any(), name)
		require.Equal(t, map[string]any{"m": []any{want}}, Bins{{"m", List(Map(c.pairs...))}}.Map(), name)
	}
}

// Converting nested maps takes linear time.
func TestAnyOfNestedMixedKeys(t *testing.T) {
	v := Int(1)
	for range MaxDepth {
		v = Map(Pair{String("a"), v}, Pair{Int(1), Int(1)})
	}
	depth := 0
	for m, ok := v.Any().(map[any]any); ok; m, ok = m["a"].(map[any]any) {
		depth++
	}
	require.Equal(t, MaxDepth, depth)
}

// A map that can't be a Go map becomes pairs, and ValueOf converts the pairs back.
func TestPairsRoundTrip(t *testing.T) {
	v := Map(Pair{Blob([]byte{2}), Int(1)}, Pair{Blob([]byte{1}), Map(Pair{Blob(nil), Nil()})})
	back := ValueOf(v.Any())
	require.NoError(t, back.Err())
	require.Equal(t, "{0x01: {0x: nil}, 0x02: 1}", back.String())
	require.True(t, ValueOf([]Pair(nil)).IsNil())
}

// json.Marshal accepts the result of Any for maps with string keys, at any depth.
func TestAnyIsJSON(t *testing.T) {
	v := ValueOf(map[string]any{"geo": map[string]any{"lat": 1.5}, "items": []any{map[string]any{"n": 1}}, "none": map[string]int{}})
	text, err := json.Marshal(v.Any())
	require.NoError(t, err)
	require.Equal(t, `{"geo":{"lat":1.5},"items":[{"n":1}],"none":{}}`, string(text))
}

// drawGoType draws a Go type that ValueOf converts. It can contain named types.
func drawGoType(t *rapid.T, depth int) reflect.Type {
	scalars := []reflect.Type{
		reflect.TypeFor[bool](), reflect.TypeFor[int8](), reflect.TypeFor[int](), reflect.TypeFor[int64](),
		reflect.TypeFor[uint8](), reflect.TypeFor[level](), reflect.TypeFor[uint64](), reflect.TypeFor[float32](),
		reflect.TypeFor[float64](), reflect.TypeFor[string](), reflect.TypeFor[kindName](), reflect.TypeFor[[]byte](),
		reflect.TypeFor[levels](), reflect.TypeFor[Value](), reflect.TypeFor[struct{ A int }](), reflect.TypeFor[any](),
	}
	kind := rapid.IntRange(0, 7).Draw(t, "shape")
	if depth == 0 || kind < 4 {
		return rapid.SampledFrom(scalars).Draw(t, "scalar")
	}
	element := drawGoType(t, depth-1)
	switch kind {
	case 4:
		return reflect.SliceOf(element)
	case 5:
		return reflect.ArrayOf(rapid.IntRange(0, 3).Draw(t, "length"), element)
	case 6:
		return reflect.PointerTo(element)
	}
	key := drawGoType(t, 1)
	if !key.Comparable() {
		key = reflect.TypeFor[any]()
	}
	return reflect.MapOf(key, element)
}

// fill draws a value of a type.
func fill(t *rapid.T, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int8, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "uint"))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, "float"))
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "string"))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), depth)
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, "elements")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fillElements(t, v, depth)
	case reflect.Array:
		fillElements(t, v, depth)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(t, key, depth)
			fill(t, item, depth)
			if hashable(key) {
				v.SetMapIndex(key, item)
			}
		}
	case reflect.Interface:
		if depth > 0 {
			content := reflect.New(drawGoType(t, depth-1)).Elem()
			fill(t, content, depth-1)
			v.Set(content)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Value]() {
			v.Set(reflect.ValueOf(drawValue(t, 1)))
		}
	}
}

// hashable reports whether a map can have the key. reflect.Value.Comparable is not suitable: it
// also returns true for an empty array of slices.
func hashable(key reflect.Value) (ok bool) {
	defer func() { ok = recover() == nil }()
	_ = map[any]bool{key.Interface(): true}
	return true
}

func fillElements(t *rapid.T, v reflect.Value, depth int) {
	for i := range v.Len() {
		fill(t, v.Index(i), depth)
	}
}

// ValueOf never panics. If it converts a value, the result can be encoded and decoded, and ValueOf
// converts the result of Any to the same value, except for Values that a bin can't hold. Otherwise
// the error is ErrInvalidValue.
func TestValueOfAnyGoType(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := reflect.New(drawGoType(t, 3)).Elem()
		fill(t, source, 2)
		v := ValueOf(source.Interface())
		if err := v.Err(); err != nil {
			require.ErrorIs(t, err, ErrInvalidValue)
			return
		}
		require.True(t, Equal(v, ValueOf(source.Interface())), "%v", v)
		packed, err := AppendMsgpack(nil, v)
		require.NoError(t, err)
		read, err := ParseMsgpack(packed)
		require.NoError(t, err)
		require.True(t, Equal(v, read), "%v became %v", v, read)
		again := ValueOf(read.Any())
		if err := again.Err(); err != nil {
			require.ErrorIs(t, err, ErrInvalidValue)
			require.True(t, holds(v, KindUint) || hasOddKey(v), "%v: %v", v, err)
			return
		}
		// Any returns GeoJSON and HyperLogLog as strings and blobs.
		if !holds(v, KindGeoJSON) && !holds(v, KindHLL) && !hasOddKey(v) {
			require.Equal(t, v.String(), again.String())
		}
	})
}

func holds(v Value, k Kind) bool {
	if v.kind == k {
		return true
	}
	for _, e := range parts(v) {
		if holds(e, k) {
			return true
		}
	}
	return false
}

// hasOddKey reports whether the value contains a map with a key that ValueOf rejects.
func hasOddKey(v Value) bool {
	pairs, _ := v.Map()
	for _, p := range pairs {
		if !p.Key.CanBeMapKey() || p.Key.kind == KindUint {
			return true
		}
	}
	for _, e := range parts(v) {
		if hasOddKey(e) {
			return true
		}
	}
	return false
}

func parts(v Value) []Value {
	list, _ := v.List()
	pairs, _ := v.Map()
	all := append([]Value{}, list...)
	for _, p := range pairs {
		all = append(all, p.Key, p.Value)
	}
	return all
}
