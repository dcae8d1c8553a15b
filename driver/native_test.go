package driver

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// drawStored draws a value that a cluster could send, including unusual map keys.
func drawStored(t *rapid.T, depth int) protocol.Value {
	kinds := 8
	if depth > 0 {
		kinds = 10
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return protocol.Nil()
	case 1:
		return protocol.Int(rapid.Int64Range(0, 2).Draw(t, "int"))
	case 2:
		return protocol.Uint(rapid.Uint64().Draw(t, "uint"))
	case 3:
		return protocol.Float(rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 1.5, math.NaN()}).Draw(t, "float"))
	case 4:
		return protocol.String(rapid.SampledFrom([]string{"", "1", "nil", "0x01", "\xff"}).Draw(t, "string"))
	case 5:
		return protocol.Blob(rapid.SliceOfN(rapid.Byte(), 0, 2).Draw(t, "blob"))
	case 6:
		return protocol.Bool(rapid.Bool().Draw(t, "bool"))
	case 7:
		return rapid.SampledFrom([]protocol.Value{protocol.GeoJSON("1"), protocol.HLL([]byte{1}), protocol.Infinity(), protocol.Wildcard()}).Draw(t, "odd")
	case 8:
		elements := make([]protocol.Value, rapid.IntRange(0, 3).Draw(t, "elements"))
		for i := range elements {
			elements[i] = drawStored(t, depth-1)
		}
		return protocol.List(elements...)
	}
	pairs := make([]protocol.Pair, rapid.IntRange(0, 3).Draw(t, "pairs"))
	for i := range pairs {
		pairs[i] = protocol.Pair{Key: drawStored(t, depth-1), Value: drawStored(t, depth-1)}
	}
	return protocol.Map(pairs...)
}

// nativeValue returns what protocol.Value.Any returns. Its JSON text has every entry of a map, or
// there is an error.
func TestNativeValueIsAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawStored(t, 3)
		native := nativeValue(v)
		require.Equal(t, shape(v.Any()), shape(native))
		text, err := jsonText(native)
		if err != nil {
			return
		}
		var back any
		require.NoError(t, decodeJSON(text, &back))
		require.Equal(t, entries(v), jsonEntries(back), "%v as %s", v, text)
	})
}

// shape replaces values that are not equal to themselves.
func shape(native any) any {
	switch x := native.(type) {
	case float64:
		return protocol.Float(x).String()
	case []protocol.Pair:
		return protocol.Map(x...).String()
	case protocol.Value:
		return x.String()
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = shape(e)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(x))
		for k, e := range x {
			m[k] = shape(e)
		}
		return m
	case map[any]any:
		m := make(map[any]any, len(x))
		for k, e := range x {
			m[k] = shape(e)
		}
		return m
	}
	return native
}

// entries counts the entries of all maps in a value.
func entries(v protocol.Value) (n int) {
	list, _ := v.List()
	for _, e := range list {
		n += entries(e)
	}
	pairs, _ := v.Map()
	for _, p := range pairs {
		n += 1 + entries(p.Value)
	}
	return n
}

func jsonEntries(x any) (n int) {
	switch x := x.(type) {
	case []any:
		for _, e := range x {
			n += jsonEntries(e)
		}
	case map[string]any:
		for _, e := range x {
			n += 1 + jsonEntries(e)
		}
	}
	return n
}

// Two keys with the same text are an error at any depth.
func TestJSONKeyCollision(t *testing.T) {
	one := protocol.Int(1)
	for name, pairs := range map[string][]protocol.Pair{
		"integer and string": {{Key: one, Value: one}, {Key: protocol.String("1"), Value: one}},
		"blob and string":    {{Key: protocol.Blob([]byte{1}), Value: one}, {Key: protocol.String("0x01"), Value: one}},
		"twice a string":     {{Key: protocol.String("1"), Value: one}, {Key: protocol.String("1"), Value: one}},
		"float and integer":  {{Key: protocol.Float(1), Value: one}, {Key: one, Value: one}},
	} {
		m := protocol.Map(pairs...)
		for _, v := range []protocol.Value{m, protocol.List(m), protocol.Map(protocol.Pair{Key: protocol.String("a"), Value: protocol.List(m)})} {
			for range 20 {
				var j JSON
				require.ErrorIs(t, j.Scan(nativeValue(v)), ErrJSON, name)
				var d Document[map[string]string]
				require.ErrorIs(t, d.Scan(nativeValue(v)), ErrJSON, name)
				require.False(t, d.Valid)
			}
		}
	}
	var j JSON
	require.NoError(t, j.Scan(nativeValue(protocol.Map(protocol.Pair{Key: one, Value: one}, protocol.Pair{Key: protocol.Blob([]byte{1}), Value: one}))))
	require.JSONEq(t, `{"1":1,"0x01":1}`, j.String())
}

// Converting deeply nested maps with keys of several kinds takes linear time.
func TestNativeMapNestedMixedKeys(t *testing.T) {
	v := protocol.Int(1)
	for range protocol.MaxDepth {
		v = protocol.Map(protocol.Pair{Key: protocol.String("a"), Value: v}, protocol.Pair{Key: protocol.Int(1), Value: protocol.Int(1)})
	}
	require.IsType(t, map[any]any{}, nativeValue(v))
}

// A Document does not change integers, strings and blobs.
func TestDocumentKeepsValues(t *testing.T) {
	native := map[string]any{"max": int64(math.MaxInt64), "odd": int64(1<<53 + 1), "f": 2.0, "b": []byte{1}, "s": "\xff", "l": []any{int64(1 << 62)}}
	var direct Document[map[string]any]
	require.NoError(t, direct.Scan(native))
	require.Equal(t, native, direct.V)
	var whole Document[any]
	require.NoError(t, whole.Scan(native))
	require.Equal(t, any(native), whole.V)

	delete(native, "s")
	type form struct {
		Max, Odd any
		F        any
		L        []any
		B        []byte
		Rest     map[string]any
		P        *any
		Inner    struct{ N any }
		unseen   any
	}
	native["rest"] = map[string]any{"n": int64(1<<53 + 1), "u": uint64(1 << 63), "big": 1e19, "list": []any{int64(math.MinInt64), 1.0}}
	native["p"], native["inner"] = int64(1<<53+1), map[string]any{"n": int64(1<<53 + 1)}
	var d Document[form]
	require.NoError(t, d.Scan(native))
	odd := any(int64(1<<53 + 1))
	require.Equal(t, form{
		Max: int64(math.MaxInt64), Odd: odd, F: 2.0, L: []any{int64(1 << 62)}, B: []byte{1}, P: &odd, Inner: struct{ N any }{odd},
		Rest: map[string]any{"n": odd, "u": uint64(1 << 63), "big": 1e19, "list": []any{int64(math.MinInt64), 1.0}},
	}, d.V)
	require.Nil(t, d.V.unseen)

	var maps Document[[]map[string]any]
	require.NoError(t, maps.Scan([]any{map[string]any{"n": odd, "f": 1.0}}))
	require.Equal(t, []map[string]any{{"n": odd, "f": 1.0}}, maps.V)
	var ints Document[[]int]
	require.NoError(t, ints.Scan([]any{int64(1), 2.0}))
	require.Equal(t, []int{1, 2}, ints.V)
}

// Strings that are not UTF-8 are an error if JSON would change them.
func TestDocumentOfInvalidUTF8(t *testing.T) {
	var texts Document[[]string]
	require.ErrorIs(t, texts.Scan([]any{"ok", "\xff\xfe"}), ErrJSON)
	require.Nil(t, texts.V)
	var keyed Document[map[string]int]
	require.ErrorIs(t, keyed.Scan(map[any]any{"\xff": int64(1), int64(1): int64(2)}), ErrJSON)
	require.ErrorIs(t, keyed.Scan("{\"\xff\": 1}"), ErrJSON)
	var j JSON
	require.ErrorIs(t, j.Scan([]any{"\xff"}), ErrJSON)
	require.Error(t, j.Scan([]any{math.NaN()}))
}

// Decoding JSON text in a string column keeps all digits.
func TestDocumentOfText(t *testing.T) {
	var d Document[any]
	require.NoError(t, d.Scan(`{"n": 9007199254740993, "u": 18446744073709551615, "big": 18446744073709551616, "f": 1.0, "e": 1e2}`))
	require.Equal(t, map[string]any{
		"n": int64(1<<53 + 1), "u": uint64(math.MaxUint64), "big": json.Number("18446744073709551616"), "f": 1.0, "e": 100.0,
	}, d.V)
	require.Error(t, d.Scan(`1 2`))
	require.Error(t, d.Scan(`{} x`))
	require.Error(t, d.Scan(``))
	require.False(t, d.Valid)
	require.Equal(t, reflect.TypeFor[any](), reflect.TypeOf(&d.V).Elem())
}
