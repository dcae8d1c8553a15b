package mapper

import (
	"database/sql"
	"encoding/json"
	"math/big"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestOmitemptySwallowsNoError: a value that can't be stored is an error, with and without
// omitempty.
func TestOmitemptySwallowsNoError(t *testing.T) {
	type T struct {
		ID string         `as:"id,pk"`
		A  int            `as:"a"`
		U  uint64         `as:"u,omitempty"`
		At time.Time      `as:"at,omitempty"`
		J  map[string]any `as:"j,json,omitempty"`
		M  map[any]string `as:"m,omitempty"`
		P  *uint64        `as:"p,omitempty"`
		X  any            `as:"x,omitempty"`
	}
	large := uint64(1 << 63)
	for name, c := range map[string]struct {
		x    T
		want error
	}{
		"U":      {T{U: large}, ErrRange},
		"At":     {T{At: time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)}, ErrRange},
		"J":      {T{J: map[string]any{"f": func() {}}}, nil},
		"M[key]": {T{M: map[any]string{uint64(large): "x"}}, ErrType},
		"P":      {T{P: &large}, ErrRange},
		"X":      {T{X: make(chan int)}, ErrType},
	} {
		r, m := repoOn[T](t)
		c.x.ID = "1"
		err := r.Insert(t.Context(), &c.x)
		var field *FieldError
		require.ErrorAs(t, err, &field, name)
		if c.want != nil {
			require.ErrorIs(t, err, c.want, name)
		}
		require.Nil(t, m.last, "nothing was sent")
	}
}

// TestTextOmitempty: omitempty depends on the field, not on the form in which it is stored.
func TestTextOmitempty(t *testing.T) {
	type T struct {
		A int   `as:"a,text,omitempty"`
		B uint8 `as:"b,json,omitempty"`
		C color `as:"c,text,omitempty"`
		D bool  `as:"d,json,omitempty"`
		E int   `as:"e,text"`
	}
	p := planOf[T](t, false)
	bins, err := encodeOf(p, &T{})
	require.NoError(t, err)
	require.Len(t, bins, 1)
	require.Equal(t, "e", bins[0].Name)
	bins, err = encodeOf(p, &T{A: 1, B: 2, C: 3, D: true})
	require.NoError(t, err)
	require.Len(t, bins, 5)
}

// TestNullInTypedCollections: a NULL is read as the value that is stored as NULL. If the type has
// no such value it is an error.
func TestNullInTypedCollections(t *testing.T) {
	type point struct{ X, Y int }
	type T struct {
		Ints    []int
		Strs    []string
		Bools   map[string]bool
		Floats  [2]float64
		Structs []point
		Arrays  [][2]byte
		Keys    map[int]string
		Deep    [][]int
		Texts   []netip.Addr

		Ptrs    []*int
		Blobs   [][]byte
		Lists   [][]string
		Maps    []map[string]int
		Anys    []any
		Values  []protocol.Value
		Nulls   []sql.Null[int]
		Times   []time.Time
		PtrMap  map[string]*point
		NullMap map[string]sql.NullString
	}
	null := protocol.List(protocol.Nil(), protocol.Nil())
	nullMap := protocol.Map(protocol.Pair{Key: protocol.String("k"), Value: protocol.Nil()})
	p := planOf[T](t, false)
	for bin, v := range map[string]protocol.Value{
		"Ints": null, "Strs": null, "Bools": nullMap, "Floats": null, "Structs": null, "Arrays": null, "Texts": null,
		"Keys": protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: protocol.Nil()}),
		"Deep": protocol.List(protocol.List(protocol.Int(1), protocol.Nil())),
	} {
		var x T
		err := decodeInto(p, &x, protocol.Bins{{Name: bin, Value: v}}, true)
		require.ErrorIs(t, err, ErrType, bin)
		var field *FieldError
		require.ErrorAs(t, err, &field)
		require.Equal(t, bin, field.Bin)
		require.Contains(t, field.Field, bin+"[")
	}
	var x T
	require.NoError(t, decodeInto(p, &x, protocol.Bins{
		{Name: "Ptrs", Value: null}, {Name: "Blobs", Value: null}, {Name: "Lists", Value: null}, {Name: "Maps", Value: null},
		{Name: "Anys", Value: null}, {Name: "Values", Value: null}, {Name: "Nulls", Value: null}, {Name: "Times", Value: null},
		{Name: "PtrMap", Value: nullMap}, {Name: "NullMap", Value: nullMap},
	}, true))
	require.Equal(t, T{
		Ptrs: []*int{nil, nil}, Blobs: [][]byte{nil, nil}, Lists: [][]string{nil, nil}, Maps: []map[string]int{nil, nil},
		Anys: []any{nil, nil}, Values: make([]protocol.Value, 2), Nulls: make([]sql.Null[int], 2), Times: make([]time.Time, 2),
		PtrMap: map[string]*point{"k": nil}, NullMap: map[string]sql.NullString{"k": {}},
	}, x)
}

// TestMapKeysThatAreWrittenAreRead: each key that can be stored can be read into the same type.
// Other keys are errors.
func TestMapKeysThatAreWrittenAreRead(t *testing.T) {
	type hash [3]byte
	type T struct {
		UUIDs  map[uuid]int
		Addrs  map[netip.Addr]string
		Bools  map[bool]int
		Hashes map[hash]int
		Times  map[time.Time]int
		Colors map[color]int // an integer, as ever
		Anys   map[any]int
		Nested []map[netip.Prefix]map[bool]string
	}
	p := planOf[T](t, false)
	x := T{
		UUIDs: map[uuid]int{{1, 2, 3, 4}: 1, {}: 2}, Addrs: map[netip.Addr]string{netip.MustParseAddr("::1"): "a"},
		Bools: map[bool]int{true: 1, false: 0}, Hashes: map[hash]int{{1}: 1, {0, 255}: 2},
		Times: map[time.Time]int{time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC): 1}, Colors: map[color]int{3: 1}, Anys: map[any]int{int64(1): 1, "1": 2},
		Nested: []map[netip.Prefix]map[bool]string{{netip.MustParsePrefix("10.0.0.0/8"): {true: "x"}}},
	}
	bins, err := encodeOf(p, &x)
	require.NoError(t, err)
	var back T
	require.NoError(t, decodeInto(p, &back, overWire(t, bins), true))
	require.Equal(t, x, back)
	color, _ := bins.Get("Colors")
	require.Equal(t, "{3: 1}", color.String())
	flags, _ := bins.Get("Bools")
	require.Equal(t, `{"false": 0, "true": 1}`, flags.String())

	_, err = encodeOf(p, &T{Anys: map[any]int{[3]byte{1, 2, 3}: 1}})
	require.ErrorIs(t, err, ErrType)
	require.ErrorContains(t, err, "Anys")
	require.ErrorIs(t, decodeInto(p, &back, protocol.Bins{{Name: "Bools", Value: protocol.ValueOf(map[string]any{"yes": 1})}}, true), ErrType)
	for _, typ := range []any{struct{ M map[float64]int }{}, struct{ M map[[2]int]int }{}, struct{ M map[struct{ A int }]int }{}} {
		_, err := newStore(reflect.TypeOf(typ), &config{hasSet: true}, nil)
		require.ErrorContains(t, err, "a map's key must be")
	}
}

// TestMetadataInNestedStructs: a struct that is a value in a bin can't have a generation or a time
// to live.
func TestMetadataInNestedStructs(t *testing.T) {
	type versioned struct {
		N   int
		Gen uint32 `asm:"gen"`
	}
	type leased struct {
		N    int
		Left time.Duration `asm:"ttl"`
	}
	for _, typ := range []any{
		struct {
			ID int `as:"id,pk"`
			V  versioned
		}{},
		struct {
			ID int `as:"id,pk"`
			V  []*leased
		}{},
		struct {
			ID int `as:"id,pk"`
			V  map[string]versioned
		}{},
	} {
		_, err := newStore(reflect.TypeOf(typ), &config{hasSet: true}, nil)
		require.ErrorContains(t, err, "has no metadata")
	}
	_, err := newStore(reflect.TypeOf(struct {
		ID int       `as:"id,pk"`
		V  versioned `as:"v_,inline"`
		leased
	}{}), &config{hasSet: true}, nil)
	require.NoError(t, err, "the fields of these are the record's")
}

// TestZeroTimesThatAreNotNull: the zero time is stored if NULL has another meaning.
func TestZeroTimesThatAreNotNull(t *testing.T) {
	type T struct {
		Ptr   *time.Time
		Milli *time.Time `as:",unixmilli"`
		Sec   *time.Time `as:",unix"`
		Null  sql.Null[time.Time]
		Old   sql.NullTime
		List  []*time.Time
		Plain time.Time
	}
	p := planOf[T](t, false)
	valid := sql.Null[time.Time]{Valid: true}
	for _, x := range []T{
		{}, {Ptr: new(time.Time), Milli: new(time.Time), Sec: new(time.Time), Null: valid, Old: sql.NullTime{Valid: true}, List: []*time.Time{nil, new(time.Time)}},
	} {
		bins, err := encodeOf(p, &x)
		require.NoError(t, err)
		var back T
		require.NoError(t, decodeInto(p, &back, overWire(t, bins), true))
		require.Equal(t, x, back)
	}
}

// TestJSONNumbers: option json doesn't round integers that are read into an any.
func TestJSONNumbers(t *testing.T) {
	type inner struct {
		X any
		N json.Number
	}
	type T struct {
		Any  any               `as:"a,json"`
		Map  map[string]any    `as:"b,json"`
		Deep []map[string]*any `as:"c,json"`
		In   map[string]inner  `as:"d,json"`
	}
	p := planOf[T](t, false)
	var pointed any = int64(-1<<63 + 1)
	x := T{
		Any:  []any{int64(1<<53 + 1), float64(1 << 53), 1.5, "9007199254740993", nil, true, uint64(1<<64 - 1)},
		Map:  map[string]any{"max": int64(1<<63 - 1), "m": map[string]any{"n": int64(-1<<53 - 1)}, "huge": json.Number("123456789012345678901234567890"), "e": 1e300},
		Deep: []map[string]*any{{"p": &pointed, "nil": nil}},
		In:   map[string]inner{"k": {X: int64(1<<53 + 3), N: "7"}},
	}
	bins, err := encodeOf(p, &x)
	require.NoError(t, err)
	var back T
	require.NoError(t, decodeInto(p, &back, overWire(t, bins), true))
	require.Equal(t, x, back)
	for _, text := range []string{`{}x`, `{"a":1}{}`, `[1`, ``} {
		require.Error(t, decodeInto(p, &back, protocol.Bins{{Name: "b", Value: protocol.String(text)}}, true), text)
	}
}

// TestCyclesGiveShortErrors: the error doesn't have the whole path through a cycle.
func TestCyclesGiveShortErrors(t *testing.T) {
	type node struct {
		ID       int `as:"id,pk"`
		Next     *node
		Children map[string]*node
		List     []*node
	}
	type holder struct {
		ID   int `as:"id,pk"`
		Root *node
		Any  any
		Big  big.Int
	}
	r, _ := repoOn[holder](t)
	next, byKey, list := new(node), new(node), new(node)
	next.Next, byKey.Children, list.List = next, map[string]*node{"child": byKey}, []*node{list}
	cycle := []any{nil}
	cycle[0] = cycle
	for _, x := range []*holder{{Root: next}, {Root: byKey}, {Root: list}, {Any: cycle}} {
		err := r.Save(t.Context(), x)
		require.ErrorContains(t, err, "a cycle")
		require.Less(t, len(err.Error()), 300)
	}
}
