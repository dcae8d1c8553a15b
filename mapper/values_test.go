package mapper

import (
	"context"
	"encoding/json"
	"math"
	"net/url"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

type (
	tinyLevel uint8
	document  struct {
		ID   string           `as:"id,pk" json:"id"`
		Data map[string]any   `as:"data" json:"data"`
		Any  any              `as:"any" json:"any"`
		List []any            `as:"list" json:"list"`
		Maps []map[string]any `as:"maps" json:"maps"`
	}
)

// TestAnyRoundTrip: the content of an any is read back unchanged, and encoding/json accepts it.
func TestAnyRoundTrip(t *testing.T) {
	ctx := context.Background()
	r, _ := repoOn[document](t)
	inner := map[string]any{"lat": 1.5, "deep": map[string]any{"n": int64(1), "empty": map[string]any{}}}
	x := document{"a", map[string]any{"geo": inner, "items": []any{inner}}, inner, []any{inner, int64(1)}, []map[string]any{inner, {}}}
	require.NoError(t, r.Save(ctx, &x))
	found, err := r.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, x, *found)
	text, err := json.Marshal(found)
	require.NoError(t, err)
	require.Contains(t, string(text), `"deep":{"empty":{},"n":1}`)

	odd := map[any]any{int64(1): "x", "a": map[any]any{int64(2): true}}
	x.Any = odd
	require.NoError(t, r.Save(ctx, &x))
	found, err = r.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, any(odd), found.Any)
}

// TestAnyOfOddKeys: a map that Go can't hold is a protocol.Value in an any, and is stored
// unchanged.
func TestAnyOfOddKeys(t *testing.T) {
	ctx := context.Background()
	r, m := repoOn[document](t)
	stored := protocol.Map(protocol.Pair{Key: protocol.Blob([]byte{1}), Value: protocol.Int(1)})
	m.store[protocol.MustKey("test", "document", "a").Digest()] = &protocol.Record{Bins: protocol.Bins{{Name: "any", Value: stored}}}
	x, err := r.Find(ctx, "a")
	require.NoError(t, err)
	require.IsType(t, protocol.Value{}, x.Any)
	require.NoError(t, r.Save(ctx, x))
	sent, _ := m.sent.Get("any")
	require.True(t, protocol.Equal(stored, sent))
}

type levelKey struct {
	N     int         `as:"n"`
	Level []tinyLevel `as:"level"`
}

func (k *levelKey) AerospikeKey() any { return k.Level }

// TestNamedBytesInAny: slices and arrays of a named type of kind uint8 are blobs, in an any and as
// keys.
func TestNamedBytesInAny(t *testing.T) {
	ctx := context.Background()
	r, _ := repoOn[document](t)
	x := document{ID: "a", Any: []any{[]tinyLevel{1, 2}, [2]tinyLevel{3, 4}, map[[1]tinyLevel]int{{1}: 1}}}
	require.NoError(t, r.Save(ctx, &x))
	found, err := r.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, []byte{1, 2}, found.Any.([]any)[0])
	require.Equal(t, []byte{3, 4}, found.Any.([]any)[1])

	keyed, _ := repoOn[levelKey](t)
	require.NoError(t, keyed.Save(ctx, &levelKey{N: 5, Level: []tinyLevel{9, 8}}))
	back, err := keyed.Find(ctx, []tinyLevel{9, 8})
	require.NoError(t, err)
	require.Equal(t, 5, back.N)
}

// TestAnyRefuses: an any refuses the same values as a typed field: unsigned integers that no bin
// can hold, and keys that are stored as the same value.
func TestAnyRefuses(t *testing.T) {
	ctx := context.Background()
	r, m := repoOn[document](t)
	for name, bad := range map[string]any{
		"unsigned": uint64(1 << 63), "in a list": []any{1, uint64(math.MaxUint64)}, "equal keys": map[any]any{1: 1, int8(1): 2}, "struct": struct{ A int }{},
	} {
		err := r.Save(ctx, &document{ID: "a", Any: bad})
		var field *FieldError
		require.ErrorAs(t, err, &field, name)
		require.Contains(t, []string{"Any", "Any[1]"}, field.Field)
		require.ErrorIs(t, err, protocol.ErrInvalidValue, name)
		require.Empty(t, m.store)
	}
}

type series struct {
	ID     int         `as:"id,pk"`
	Flat   []float64   `as:"flat,ordered"`
	Nested [][]float64 `as:"nested,ordered"`
}

// TestOrderedListOfNaN: NaNs are last in an ordered list. A list that the server would refuse as
// unsorted is an error.
func TestOrderedListOfNaN(t *testing.T) {
	ctx := context.Background()
	r, m := repoOn[series](t)
	nan := math.NaN()
	require.NoError(t, r.Replace(ctx, &series{1, []float64{5, nan, 1, 3}, [][]float64{{5}, {nan}, {1}}}))
	flat, _ := m.sent.Get("flat")
	require.Equal(t, "[1, 3, 5, NaN]", flat.String())
	require.Equal(t, protocol.Ordered, flat.Order())
	nested, _ := m.sent.Get("nested")
	require.Equal(t, "[[1], [5], [NaN]]", nested.String())

	err := r.Replace(ctx, &series{1, nil, [][]float64{{nan, 1}, {5, 2}}})
	require.ErrorIs(t, err, ErrRange)
	require.ErrorContains(t, err, "series.Nested")
}

// TestMapKeysThatCollideInGo: two keys of a stored map that are equal in Go are an error.
func TestMapKeysThatCollideInGo(t *testing.T) {
	type anyKeys struct {
		ID string      `as:"id,pk"`
		M  map[any]int `as:"m"`
	}
	r, m := repoOn[anyKeys](t)
	zeros := protocol.Map(
		protocol.Pair{Key: protocol.Float(0), Value: protocol.Int(1)},
		protocol.Pair{Key: protocol.Float(math.Copysign(0, -1)), Value: protocol.Int(2)},
	)
	for _, odd := range []protocol.Value{zeros, protocol.Map(protocol.Pair{Key: protocol.Wildcard(), Value: protocol.Int(1)})} {
		m.store[protocol.MustKey("test", "any_keys", "a").Digest()] = &protocol.Record{Bins: protocol.Bins{{Name: "m", Value: odd}}}
		_, err := r.Find(context.Background(), "a")
		var field *FieldError
		require.ErrorAs(t, err, &field, "%v", odd)
	}
}

// TestKeyErrorTexts: errors about keys mention the key, not a bin.
func TestKeyErrorTexts(t *testing.T) {
	ctx := context.Background()
	r, _ := repoOn[user](t)
	for want, key := range map[string]any{
		"mapper: user.ID: wrong type: the key is nil, the field takes an integer":                               nil,
		"mapper: user.ID: wrong type: a struct {} can't be a key, the field takes an integer":                   struct{}{},
		"mapper: user.ID: wrong type: a func() can't be a key, the field takes an integer":                      func() {},
		"mapper: user.ID: wrong type: the key is a float, the field takes an integer":                           1.5,
		"mapper: user.ID: wrong type: invalid value: 18446744073709551615 is above 2^63-1, the largest integer": uint64(math.MaxUint64),
		"mapper: user.ID: wrong type: a *mapper.document can't be a key, the field takes an integer":            &document{},
	} {
		_, err := r.Find(ctx, key)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, ErrType)
	}
	_, err := r.Find(ctx, &user{})
	require.EqualError(t, err, "mapper: user.ID: wrong type: a *mapper.user can't be a key, the field takes an integer")

	var x user
	err = r.store.setKey(unsafe.Pointer(&x), protocol.MustKey("test", "user", "text"))
	require.EqualError(t, err, "mapper: user.ID: wrong type: the record's user key is a string, the field takes an integer")
	require.ErrorIs(t, err, ErrType)
}

// TestFieldErrorTexts: errors about fields have one prefix and a hint.
func TestFieldErrorTexts(t *testing.T) {
	m := &memory{}
	for want, open := range map[string]func() error{
		"mapper: struct.U: URL.User: url.Userinfo has no fields that can be stored; exclude it with `as:\"-\"`, or give the type MarshalBin and " +
			"UnmarshalBin; option blob stores what MarshalBinary of url.URL returns": func() error {
			_, err := tryRepo[struct {
				ID int     `as:"id,pk"`
				U  url.URL `as:"u"`
			}](m)
			return err
		},
		"mapper: struct.C: a chan int can't be stored; exclude it with `as:\"-\"`": func() error {
			_, err := tryRepo[struct {
				ID int      `as:"id,pk"`
				C  chan int `as:"c"`
			}](m)
			return err
		},
		"mapper: struct.F: a func() can't be stored; exclude it with `as:\"-\"`": func() error {
			_, err := tryRepo[struct {
				ID int    `as:"id,pk"`
				F  func() `as:"f"`
			}](m)
			return err
		},
	} {
		require.EqualError(t, open(), want)
	}
}
