package mapper

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// planWith compiles the plan of a type with options of New.
func planWith[T any](opts ...Option) (*plan, error) {
	cfg := new(config)
	for _, opt := range opts {
		if err := opt(cfg); err != nil {
			return nil, err
		}
	}
	return newCompiler(cfg).compile(reflect.TypeFor[T]())
}

// roundTrip writes x, reads it into a dirty object, which must become equal, and returns the values
// of the bins as text.
func roundTrip[T any](t *testing.T, x, dirty T, opts ...Option) map[string]string {
	t.Helper()
	p, err := planWith[T](opts...)
	require.NoError(t, err)
	bins, err := encodeOf(p, &x)
	require.NoError(t, err)
	require.NoError(t, decodeInto(p, &dirty, overWire(t, bins), false))
	require.Equal(t, x, dirty)
	var fresh T
	require.NoError(t, decodeInto(p, &fresh, overWire(t, bins), true))
	require.Equal(t, x, fresh)
	return textOf(bins)
}

func textOf(bins protocol.Bins) map[string]string {
	stored := map[string]string{}
	for _, bin := range bins {
		stored[bin.Name] = bin.Value.String()
		if text, ok := bin.Value.Text(); ok {
			stored[bin.Name] = strconv.Quote(text)
		}
	}
	return stored
}

var macCodec = Codec[net.HardwareAddr]{
	Encode: func(a net.HardwareAddr) (protocol.Value, error) {
		if a == nil {
			return protocol.Nil(), nil
		}
		return protocol.String(a.String()), nil
	},
	Decode: func(v protocol.Value) (net.HardwareAddr, error) {
		s, ok := v.Text()
		if !ok {
			return nil, ErrType
		}
		return net.ParseMAC(s)
	},
}

var hexCodec = Codec[[]byte]{
	Encode: func(b []byte) (protocol.Value, error) { return protocol.String(hex.EncodeToString(b)), nil },
	Decode: func(v protocol.Value) ([]byte, error) {
		s, _ := v.Text()
		return hex.DecodeString(s)
	},
}

func TestCodecOfAType(t *testing.T) {
	type T struct {
		A    net.HardwareAddr
		P    *net.HardwareAddr
		List []net.HardwareAddr
		Map  map[string]net.HardwareAddr
		Nest struct{ A net.HardwareAddr }
		JSON net.HardwareAddr `as:",json"`
	}
	a := net.HardwareAddr{1, 2, 3, 4, 5, 6}
	x := T{A: a, P: &a, List: []net.HardwareAddr{a, nil}, Map: map[string]net.HardwareAddr{"k": a}, JSON: a}
	x.Nest.A = a
	stored := roundTrip(t, x, T{A: net.HardwareAddr{9}, JSON: net.HardwareAddr{9}}, WithCodec(macCodec))
	require.Equal(t, map[string]string{
		"A": `"01:02:03:04:05:06"`, "P": `"01:02:03:04:05:06"`, "List": `["01:02:03:04:05:06", nil]`,
		"Map": `{"k": "01:02:03:04:05:06"}`, "Nest": `{"A": "01:02:03:04:05:06"}`, "JSON": `"\"AQIDBAUG\""`,
	}, stored)

	_, err := planWith[T](WithCodec(macCodec), WithCodec(macCodec))
	require.EqualError(t, err, "mapper: two options define how net.HardwareAddr is stored")
	_, err = planWith[T](WithCodec(Codec[int]{}))
	require.EqualError(t, err, "mapper: WithCodec: the codec of int needs both Encode and Decode")
	_, err = planWith[struct {
		A net.HardwareAddr `as:"a,blob"`
	}](WithCodec(macCodec))
	require.ErrorContains(t, err, "option blob can't be used for net.HardwareAddr")
	p, err := planWith[T](WithCodec(macCodec))
	require.NoError(t, err)
	err = decodeInto(p, new(T), protocol.Bins{{Name: "List", Value: protocol.List(protocol.Int(1))}}, true)
	require.EqualError(t, err, `mapper: T.List[0] (bin "List"): wrong type`)
}

func TestCodecOfAField(t *testing.T) {
	type T struct {
		Plain []byte
		Hex   []byte            `as:"hex,codec=hex"`
		Many  [][]byte          `as:"many,codec=hex"`
		Map   map[string][]byte `as:"map,codec=hex"`
		P     *[]byte           `as:"p,codec=hex"`
	}
	b := []byte{0xca, 0xfe}
	stored := roundTrip(t, T{b, b, [][]byte{b}, map[string][]byte{"k": b}, &b}, T{Hex: []byte{1}}, WithNamedCodec("hex", hexCodec))
	require.Equal(t, `"cafe"`, stored["hex"])
	require.Equal(t, `["cafe"]`, stored["many"])
	require.Equal(t, `{"k": "cafe"}`, stored["map"])
	require.Equal(t, `"cafe"`, stored["p"])

	_, err := planWith[struct {
		A int `as:"a,codec=hex"`
	}](WithNamedCodec("hex", hexCodec))
	require.EqualError(t, err, "mapper: struct.A: option codec=hex is for []uint8, not for int")
	_, err = planWith[struct {
		A int `as:"a,codec=hax"`
	}](WithNamedCodec("hex", hexCodec))
	require.ErrorContains(t, err, "defined are hex")
	_, err = planWith[T](WithNamedCodec("hex", hexCodec), WithNamedCodec("hex", hexCodec))
	require.ErrorContains(t, err, `"hex" is empty or already used`)
}

// A key with a codec is looked up by values of its own type.
func TestCodecOfTheKey(t *testing.T) {
	type T struct {
		ID net.HardwareAddr `as:"id,pk"`
		N  int
	}
	r, _ := repoOn[T](t, WithCodec(macCodec))
	a := net.HardwareAddr{1, 2, 3, 4, 5, 6}
	require.NoError(t, r.Save(context.Background(), &T{a, 1}))
	x, err := r.Find(context.Background(), a)
	require.NoError(t, err)
	require.Equal(t, &T{a, 1}, x)
	_, err = r.Find(context.Background(), "01:02:03:04:05:06")
	require.EqualError(t, err, "mapper: T.ID: wrong type: a string can't be a key, the field takes a net.HardwareAddr")
}

type hue uint8

const (
	red hue = iota + 1
	green
)

func (c hue) String() string { return [...]string{"none", "red", "green"}[c] }

func TestEnumByName(t *testing.T) {
	type T struct {
		C    hue
		P    *hue
		List []hue
		Map  map[hue]int
		Omit hue `as:",omitzero"`
	}
	enum := WithEnum(Names(red, green))
	p := green
	stored := roundTrip(t, T{C: red, P: &p, List: []hue{green, red}, Map: map[hue]int{red: 1}}, T{C: green, Omit: red}, enum)
	require.Equal(t, map[string]string{"C": `"red"`, "P": `"green"`, "List": `["green", "red"]`, "Map": `{"red": 1}`, "Omit": "nil"}, stored)

	plan, err := planWith[T](enum)
	require.NoError(t, err)
	_, err = encodeOf(plan, &T{})
	require.ErrorIs(t, err, ErrRange)
	require.EqualError(t, err, `mapper: T.C (bin "C"): out of range: the mapper.hue 0 has no name; its names are green, red`)
	var x T
	require.NoError(t, decodeInto(plan, &x, protocol.Bins{{Name: "C", Value: protocol.Int(2)}}, false), "stored as a number before")
	require.Equal(t, green, x.C)
	for want, v := range map[string]protocol.Value{
		`no mapper.hue has the name "blue"; its names are green, red`: protocol.String("blue"),
		`no mapper.hue has the number 258`:                            protocol.Int(258),
		`the bin holds a float, the field takes the name of a`:        protocol.Float(1),
	} {
		require.ErrorContains(t, decodeInto(plan, &x, protocol.Bins{{Name: "C", Value: v}}, false), want)
	}
	for want, opt := range map[string]Option{
		"int is not a type of the program": WithEnum(map[int]string{1: "one"}),
		"hue has no names":                 WithEnum(map[hue]string{}),
		`the name "x" of mapper.hue`:       WithEnum(map[hue]string{red: "x", green: "x"}),
	} {
		_, err := planWith[T](opt)
		require.ErrorContains(t, err, want)
	}
}

type (
	shape  interface{ Area() float64 }
	circle struct {
		R float64 `as:"r"`
	}
	square struct {
		Side float64 `as:"side"`
		In   shape   `as:"in"`
	}
	unit int
)

func (c circle) Area() float64  { return 3 * c.R * c.R }
func (s *square) Area() float64 { return s.Side * s.Side }
func (u unit) Area() float64    { return float64(u) }

func shapes() Option {
	return WithTypes(map[string]shape{"circle": circle{}, "square": &square{}, "unit": unit(0)})
}

func TestInterfaceTypes(t *testing.T) {
	type T struct {
		S    shape
		List []shape
		Map  map[string]shape
		Flat shape `as:"flat,list"`
		Nil  shape
	}
	x := T{
		S: circle{2}, List: []shape{&square{3, circle{1}}, nil, unit(7)}, Map: map[string]shape{"c": circle{1}},
		Flat: &square{4, unit(1)},
	}
	stored := roundTrip(t, x, T{S: unit(1), Nil: unit(1), Flat: circle{}}, shapes())
	require.Equal(t, map[string]string{
		"S":    `{".type": "circle", "r": 2}`,
		"List": `[{".type": "square", "in": {".type": "circle", "r": 1}, "side": 3}, nil, {".type": "unit", ".value": 7}]`,
		"Map":  `{"c": {".type": "circle", "r": 1}}`,
		"flat": `[4, {".type": "unit", ".value": 1}, "@T:square"]`,
		"Nil":  "nil",
	}, stored)

	p, err := planWith[T](shapes())
	require.NoError(t, err)
	_, err = encodeOf(p, &T{S: (*square)(nil)})
	require.EqualError(t, err, `mapper: T.S (bin "S"): wrong type: a nil *mapper.square in a mapper.shape can't be stored; use a nil mapper.shape`)
	_, err = encodeOf(p, &T{S: &circle{}})
	require.EqualError(t, err, `mapper: T.S (bin "S"): wrong type: *mapper.circle is not registered as a type of mapper.shape; use WithTypes`)
	loop := &square{}
	loop.In = loop
	_, err = encodeOf(p, &T{S: loop})
	require.ErrorIs(t, err, ErrRange)
	require.NotContains(t, err.Error(), "\n")
	for want, v := range map[string]protocol.Value{
		`no type of mapper.shape has the name "cube"; its names are circle, square, unit`: protocol.Map(protocol.Pair{Key: protocol.String(".type"), Value: protocol.String("cube")}),
		`the value of a mapper.shape has no type name`:                                    protocol.Map(),
		`a map needs the key ".type"`:                                                     protocol.Int(3),
		`the type "unit" of a mapper.shape needs a map with the keys`:                     protocol.Map(protocol.Pair{Key: protocol.String(".type"), Value: protocol.String("unit")}),
	} {
		require.ErrorContains(t, decodeInto(p, new(T), protocol.Bins{{Name: "S", Value: v}}, true), want)
	}
}

func TestInterfaceTypesMistakes(t *testing.T) {
	type T struct{ S shape }
	type typed struct {
		shape `as:"-"`
		Type  string `as:".type"`
	}
	for want, opt := range map[string]Option{
		"int is not an interface":                     WithTypes(map[string]int{"a": 1}),
		"the types of mapper.shape are empty":         WithTypes(map[string]shape{}),
		`circle has the names "a" and "b"`:            WithTypes(map[string]shape{"a": circle{}, "b": circle{}}),
		`the type "a" of mapper.shape has no name`:    WithTypes(map[string]shape{"a": nil}),
		`a field of mapper.typed has the key ".type"`: WithTypes(map[string]shape{"a": typed{}}),
	} {
		_, err := planWith[T](opt)
		require.ErrorContains(t, err, want)
	}
}

// An any with registered types also holds values without a type name.
func TestRegisteredTypesInAny(t *testing.T) {
	type T struct {
		A    any
		List []any
	}
	x := T{A: circle{1}, List: []any{int64(1), circle{2}, map[string]any{"r": 1.5}, "s"}}
	stored := roundTrip(t, x, T{A: 1}, WithTypes(map[string]any{"circle": circle{}}))
	require.Equal(t, `[1, {".type": "circle", "r": 2}, {"r": 1.5}, "s"]`, stored["List"])
}

func TestDecimalWithScale(t *testing.T) {
	type price string
	type T struct {
		S    string    `as:"s,scale=2"`
		N    price     `as:"n,scale=3"`
		F    float64   `as:"f,scale=1"`
		F32  float32   `as:"f32,scale=2"`
		Big  big.Float `as:"big,scale=2"`
		P    *string   `as:"p,scale=0"`
		List []string  `as:"list,scale=1"`
	}
	seven := "-7"
	x := T{S: "12.50", N: "-0.001", F: 0.1, F32: 1.25, P: &seven, List: []string{"0.0", "1.5"}}
	x.Big.SetPrec(64).SetMode(big.ToNearestEven).SetInt64(3)
	p := planOf[T](t, false)
	bins, err := encodeOf(p, &x)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"s": "1250", "n": "-1", "f": "1", "f32": "125", "big": "300", "p": "-7", "list": "[0, 15]"}, textOf(bins))
	var got T
	require.NoError(t, decodeInto(p, &got, overWire(t, bins), true))
	require.Zero(t, x.Big.Cmp(&got.Big))
	got.Big = x.Big
	require.Equal(t, x, got)
}

func TestScaledIntegers(t *testing.T) {
	for _, c := range []struct {
		in    string
		scale int
		want  int64
		back  string
	}{
		{"0", 2, 0, "0.00"}, {"-0.00", 2, 0, "0.00"}, {"1", 0, 1, "1"}, {"1.5", 1, 15, "1.5"}, {"-12.34", 2, -1234, "-12.34"},
		{"1e3", 2, 100000, "1000.00"}, {"1.25E+1", 1, 125, "12.5"}, {"100e-3", 1, 1, "0.1"}, {"1.500", 1, 15, "1.5"}, {".5", 1, 5, "0.5"},
		{"5.", 0, 5, "5"}, {"+3", 0, 3, "3"}, {"0.000000000000000001", 18, 1, "0.000000000000000001"},
		{"9.223372036854775807", 18, 1<<63 - 1, "9.223372036854775807"}, {"-9223372036854775808", 0, -1 << 63, "-9223372036854775808"},
		{"0e500", 2, 0, "0.00"},
	} {
		n, err := parseScaled(c.in, c.scale)
		require.NoError(t, err, c.in)
		require.Equal(t, c.want, n, c.in)
		require.Equal(t, c.back, formatScaled(n, c.scale), c.in)
	}
	for in, want := range map[string]error{
		"1.005": ErrRange, "1e-3": ErrRange, "1e30": ErrRange, "92233720368547758.08": ErrRange, "-92233720368547758.09": ErrRange, "1e999": ErrRange,
		"": ErrType, "1/3": ErrType, "NaN": ErrType, "+Inf": ErrType, "1e": ErrType, "--1": ErrType, "+-1": ErrType, "1.2.3": ErrType, "e5": ErrType, "0x10": ErrType, " 1": ErrType, "1e99999": ErrType,
	} {
		_, err := parseScaled(in, 2)
		require.ErrorIs(t, err, want, in)
	}
}

func TestRest(t *testing.T) {
	type inner struct {
		X    int
		More map[string]int `as:",rest"`
	}
	type T struct {
		A     int `as:"a"`
		Inner inner
		More  map[string]any `as:",rest"`
	}
	x := T{A: 1, Inner: inner{2, map[string]int{"A": 3, "Z": 4}}, More: map[string]any{"b": "s", "c": []any{int64(1)}}}
	stored := roundTrip(t, x, T{More: map[string]any{"old": 1}, Inner: inner{More: map[string]int{"old": 1}}})
	require.Equal(t, map[string]string{"a": "1", "Inner": `{"A": 3, "X": 2, "Z": 4}`, "b": `"s"`, "c": "[1]"}, stored)
	roundTrip(t, T{A: 1}, x)
	require.Empty(t, planOf[T](t, false).bins, "reads ask for all bins")

	p := planOf[T](t, false)
	for want, more := range map[string]map[string]any{
		`mapper: T.More[a]: out of range: field A has this name`: {"a": 1},
		`at most 15`: {"a_name_that_is_too_long": 1},
		`mapper: T.More[x]: wrong type: invalid value: a func() has no form in a bin`: {"x": func() {}},
	} {
		_, err := encodeOf(p, &T{More: more})
		require.ErrorContains(t, err, want)
	}
	type numbers struct {
		A    int            `as:"a"`
		More map[string]int `as:",rest"`
	}
	np := planOf[numbers](t, false)
	err := decodeInto(np, new(numbers), protocol.Bins{{Name: "b", Value: protocol.String("s")}}, true)
	require.EqualError(t, err, "mapper: numbers.More[b]: wrong type: the bin holds a string, the field takes an integer")
	err = decodeInto(p, new(T), protocol.Bins{{Name: "Inner", Value: protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: protocol.Int(1)})}}, true)
	require.ErrorContains(t, err, "T.Inner.More")
}

// A program of an older version that has a field with option rest keeps the bins of the newer one
// even when it replaces the record.
func TestRestKeepsWhatReplaceWouldRemove(t *testing.T) {
	type T struct {
		ID   int            `as:"id,pk"`
		A    int            `as:"a"`
		More map[string]any `as:",rest"`
	}
	r, m := repoOn[T](t)
	ctx := context.Background()
	require.NoError(t, r.Save(ctx, &T{1, 1, map[string]any{"b": "new"}}))
	key, err := r.Key(1)
	require.NoError(t, err)
	rec := m.store[key.Digest()]
	x := new(T)
	require.NoError(t, r.Decode(rec, x))
	x.A = 2
	require.NoError(t, r.Replace(ctx, x))
	require.Equal(t, map[string]string{"a": "2", "b": `"new"`}, textOf(m.store[key.Digest()].Bins))
}

type java struct {
	City   string `as:"city"`
	Street string `as:"street"`
	Zip    int    `as:"zip,since=2"`
	Old    bool   `as:"old,until=1"`
}

// TestListForm: a struct as a list of its fields. The Java object mapper writes the fields with
// @AerospikeOrdinal first and then the others by name; the Go fields are declared in that order.
func TestListForm(t *testing.T) {
	type point struct {
		X, Y int
		Name *string
	}
	type T struct {
		P    point            `as:"p,list"`
		Many []point          `as:"many,list"`
		Map  map[string]point `as:"map,list"`
		Ptr  *point           `as:"ptr,list"`
		J    java             `as:"j,list"`
	}
	s := "s"
	x := T{P: point{1, 2, &s}, Many: []point{{3, 4, nil}}, Map: map[string]point{"k": {5, 6, nil}}, J: java{City: "Rome", Street: "Via", Zip: 7}}
	stored := roundTrip(t, x, T{Ptr: &point{1, 2, nil}, P: point{Name: &s}})
	require.Equal(t, map[string]string{
		"p": `[1, 2, "s"]`, "many": "[[3, 4, nil]]", "map": `{"k": [5, 6, nil]}`, "ptr": "nil", "j": `["Rome", "Via", 7, "@V2"]`,
	}, stored)
}

func TestListFormVersions(t *testing.T) {
	type T struct {
		J java `as:"j,list"`
	}
	type word struct {
		W struct{ S string } `as:"w,list"`
	}
	p := planOf[T](t, false)
	str, num := protocol.String, protocol.Int
	for _, c := range []struct {
		name string
		list protocol.Value
		want java
	}{
		{"version 1", protocol.List(str("Rome"), str("Via"), protocol.Bool(true)), java{"Rome", "Via", 0, true}},
		{"version 2", protocol.List(str("Rome"), str("Via"), num(7), str("@V2")), java{"Rome", "Via", 7, false}},
		{"elements missing", protocol.List(str("Rome")), java{City: "Rome"}},
		{"NULL", protocol.List(protocol.Nil(), str("Via")), java{Street: "Via"}},
		{"empty", protocol.List(), java{}},
	} {
		got := T{java{"old", "old", 1, true}}
		require.NoError(t, decodeInto(p, &got, protocol.Bins{{Name: "j", Value: c.list}}, false), c.name)
		require.Equal(t, c.want, got.J, c.name)
	}
	err := decodeInto(p, new(T), protocol.Bins{{Name: "j", Value: protocol.List(str("Rome"), str("Via"), num(7), num(8), str("@V2"))}}, true)
	require.ErrorIs(t, err, ErrRange, "a newer program's elements are not lost in silence")
	require.EqualError(t, err, `mapper: T.J (bin "j"): out of range: a list of 4 elements for a struct with 3 fields in its version 2`)
	err = decodeInto(p, new(T), protocol.Bins{{Name: "j", Value: protocol.List(num(1))}}, true)
	require.EqualError(t, err, `mapper: T.J.City (bin "j"): wrong type: the bin holds an integer, the field takes a string`)

	x := word{}
	x.W.S = "@V2" // a string that looks like a version
	require.Equal(t, `["@V2"]`, roundTrip(t, x, word{})["w"])
}

func TestAlias(t *testing.T) {
	type T struct {
		ID   int    `as:"id,pk"`
		Name string `as:"name,alias=nm"`
		Nick string `as:"nick,omitempty,alias=nk"`
	}
	r, m := repoOn[T](t)
	ctx := context.Background()
	key, err := r.Key(1)
	require.NoError(t, err)
	m.store[key.Digest()] = &protocol.Record{Key: key, Generation: 1, Bins: protocol.Bins{{Name: "nm", Value: protocol.String("Ada")}, {Name: "nk", Value: protocol.String("A")}}}
	x, err := r.Find(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, &T{1, "Ada", "A"}, x)
	x.Name, x.Nick = "", ""
	require.NoError(t, r.Save(ctx, x))
	require.Equal(t, map[string]string{"name": `""`, "nk": `"A"`}, textOf(m.store[key.Digest()].Bins), "omitempty leaves both bins alone")
	x, err = r.Find(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, &T{1, "", "A"}, x, "the old bin is not read again")

	p := planOf[T](t, false)
	both := protocol.Bins{{Name: "name", Value: protocol.String("new")}, {Name: "nm", Value: protocol.String("old")}}
	for range 2 {
		for _, fresh := range []bool{true, false} {
			var got T
			require.NoError(t, decodeInto(p, &got, both, fresh))
			require.Equal(t, "new", got.Name)
		}
		both[0], both[1] = both[1], both[0]
	}
}

func TestRequired(t *testing.T) {
	type T struct {
		A *int `as:"a,required"`
		B int  `as:"b,required"`
		N struct {
			C *int `as:"c,required"`
		} `as:"n"`
	}
	p := planOf[T](t, false)
	one := 1
	x := T{A: &one}
	x.N.C = &one
	bins, err := encodeOf(p, &x)
	require.NoError(t, err)
	for _, fresh := range []bool{true, false} {
		require.NoError(t, decodeInto(p, new(T), overWire(t, bins), fresh))
		err = decodeInto(p, new(T), bins[1:], fresh)
		require.EqualError(t, err, `mapper: T.A (bin "a"): the bin is required and missing`)
		require.ErrorIs(t, err, ErrMissingBin)
	}
	err = decodeInto(p, new(T), protocol.Bins{bins[0], bins[1], {Name: "n", Value: protocol.Map()}}, true)
	require.EqualError(t, err, `mapper: T.N.C (bin "n"): the bin is required and missing`)
	x.N.C = nil
	_, err = encodeOf(p, &x)
	require.EqualError(t, err, `mapper: T.N.C (bin "n"): the bin is required and missing`)
	_, err = encodeOf(p, &T{})
	require.EqualError(t, err, `mapper: T.A (bin "a"): the bin is required and missing`)
}

func TestKnownBins(t *testing.T) {
	type T struct {
		A int `as:"a"`
	}
	p, err := planWith[T](WithKnownBins())
	require.NoError(t, err)
	require.Empty(t, p.bins, "reads ask for all bins")
	err = decodeInto(p, new(T), protocol.Bins{{Name: "a", Value: protocol.Int(1)}, {Name: "b", Value: protocol.Int(1)}}, true)
	require.EqualError(t, err, `mapper: T (bin "b"): no field has the bin`)
	require.ErrorIs(t, err, ErrUnknownBin)
	_, err = planWith[struct {
		More map[string]any `as:",rest"`
	}](WithKnownBins())
	require.ErrorContains(t, err, "WithKnownBins")
}

// nervous has methods that panic.
type nervous struct{ S string }

func (n nervous) MarshalText() ([]byte, error) {
	if n.S == "write" {
		panic(errors.New("oops"))
	}
	return []byte(n.S), nil
}

func (n *nervous) UnmarshalText(b []byte) error {
	if n.S = string(b); n.S == "read" {
		panic("in UnmarshalText")
	}
	return nil
}

func (n nervous) IsZero() bool {
	if n.S == "zero" {
		panic("in IsZero")
	}
	return n.S == ""
}

func TestPanicIsAnError(t *testing.T) {
	type inner struct {
		N nervous `as:",omitzero"`
	}
	type T struct {
		N    nervous `as:",omitzero"`
		List []nervous
		In   inner
		Map  map[nervous]int
	}
	p := planOf[T](t, false)
	for want, x := range map[string]T{
		`mapper: T.N (bin "N"): panic in a method of mapper.nervous: oops`:          {N: nervous{"write"}},
		`mapper: T.N (bin "N"): panic in a method of mapper.nervous: in IsZero`:     {N: nervous{"zero"}},
		`mapper: T.List[1] (bin "List"): panic in a method of mapper.nervous: oops`: {List: []nervous{{}, {"write"}}},
		`mapper: T.In.N (bin "In"): panic in a method of mapper.nervous: in IsZero`: {In: inner{nervous{"zero"}}},
		`mapper: T.Map[key] (bin "Map"): panic in a method of mapper.nervous: oops`: {Map: map[nervous]int{{"write"}: 1}},
	} {
		_, err := encodeOf(p, &x)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, ErrPanic)
	}
	err := decodeInto(p, new(T), protocol.Bins{{Name: "N", Value: protocol.String("read")}}, true)
	require.EqualError(t, err, `mapper: T.N (bin "N"): panic in a method of mapper.nervous: in UnmarshalText`)

	type keyed struct{ A int }
	r, _ := repoOn[keyed](t, WithKey(func(*keyed) any { panic("no key today") }))
	err = r.Save(context.Background(), new(keyed))
	require.EqualError(t, err, "mapper: keyed.key: panic in a method of mapper.keyed: no key today")
	broken, _ := repoOn[keyed](t, WithKey(func(*keyed) any { return 1 }), WithCodec(Codec[int]{
		Encode: func(int) (protocol.Value, error) { panic("encode") },
		Decode: func(protocol.Value) (int, error) { panic("decode") },
	}))
	require.ErrorIs(t, broken.Save(context.Background(), new(keyed)), ErrPanic)
}

// TestOrderIsKept: a collection that the server keeps sorted is still one after it was read and
// written, if the field has option ordered or is an any or a protocol.Value.
func TestOrderIsKept(t *testing.T) {
	type T struct {
		List  []int          `as:"list,ordered"`
		Map   map[string]int `as:"map,ordered"`
		Any   any            `as:"any"`
		Anys  []any          `as:"anys"`
		Value protocol.Value `as:"value"`
	}
	ordered := protocol.ListWithOrder(protocol.Ordered, []protocol.Value{protocol.Int(1), protocol.Int(2)})
	pairs := protocol.MapWithOrder(protocol.Ordered, []protocol.Pair{{Key: protocol.String("k"), Value: protocol.Int(1)}})
	bins := protocol.Bins{{Name: "list", Value: ordered}, {Name: "map", Value: pairs}, {Name: "any", Value: ordered}, {Name: "anys", Value: protocol.List(pairs, protocol.List(ordered))}, {Name: "value", Value: pairs}}
	p := planOf[T](t, false)
	var x T
	require.NoError(t, decodeInto(p, &x, overWire(t, bins), true))
	back, err := encodeOf(p, &x)
	require.NoError(t, err)
	for i, bin := range bins {
		want, _ := protocol.AppendParticle(nil, bin.Value)
		got, _ := protocol.AppendParticle(nil, back[i].Value)
		require.Equal(t, want, got, bin.Name)
	}
}

func TestMapKeysByText(t *testing.T) {
	type T struct {
		Host map[netKey]int
		Time map[time.Time]int
	}
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	stored := roundTrip(t, T{map[netKey]int{{1, 2}: 3}, map[time.Time]int{moment: 1}}, T{})
	require.Equal(t, map[string]string{"Host": `{"1-2": 3}`, "Time": `{"2026-01-02T03:04:05.000000006Z": 1}`}, stored)
}

type netKey [2]byte

func (k netKey) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%d-%d", k[0], k[1]), nil }

func (k *netKey) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(strings.ReplaceAll(string(b), "-", " "), "%d %d", &k[0], &k[1])
	return err
}

// TestNegativeZero: the sign of a zero is stored, unless omitzero removes the bin: a negative zero
// is zero, as it is for package reflect.
func TestNegativeZero(t *testing.T) {
	type T struct {
		F    float64    `as:"f"`
		A    [2]float32 `as:"a"`
		Omit float64    `as:"omit,omitzero"`
	}
	minus := math.Copysign(0, -1)
	bins, err := encodeOf(planOf[T](t, false), &T{minus, [2]float32{0, float32(minus)}, minus})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"f": "-0", "a": "[0, -0]", "omit": "nil"}, textOf(bins))
}

// TestTimeThatCannotBeWrittenIsNotRead: an integer out of the range of a write is an error of a
// read.
func TestTimeThatCannotBeWrittenIsNotRead(t *testing.T) {
	type T struct {
		At time.Time `as:"at,unixmilli"`
	}
	for _, n := range []int64{math.MinInt64, math.MaxInt64} {
		err := decodeInto(planOf[T](t, false), new(T), protocol.Bins{{Name: "at", Value: protocol.Int(n)}}, true)
		require.ErrorIs(t, err, ErrRange)
		require.ErrorContains(t, err, `T.At (bin "at")`)
	}
}

// textID is an identifier like uuid.UUID: bytes that database/sql sees as text.
type textID [4]byte

func (id textID) Value() (driver.Value, error) { return hex.EncodeToString(id[:]), nil }

func (id *textID) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("%w: an identifier is text, not %T", ErrType, src)
	}
	_, err := hex.Decode(id[:], []byte(s))
	return err
}

// TestKeyIsWhatValueReturns: a key of a type with Value and Scan is the same for SQL and the
// mapper.
func TestKeyIsWhatValueReturns(t *testing.T) {
	type T struct {
		ID textID `as:"id,pk"`
		N  int
	}
	r, _ := repoOn[T](t)
	ctx := context.Background()
	require.NoError(t, r.Save(ctx, &T{textID{1, 2, 3, 4}, 5}))
	for _, key := range []any{textID{1, 2, 3, 4}, "01020304"} {
		found, err := r.Find(ctx, key)
		require.NoError(t, err)
		require.Equal(t, 5, found.N)
	}
	key, err := r.Key(textID{1, 2, 3, 4})
	require.NoError(t, err)
	require.Equal(t, protocol.MustKey("test", "t", "01020304").Digest(), key.Digest())
	_, err = r.Find(ctx, []byte{1, 2, 3, 4})
	require.EqualError(t, err, "mapper: T.ID: wrong type: the key is a blob, the field takes a string")
	type Blob struct {
		ID textID `as:"id,pk,blob"`
		N  int
	}
	b, _ := repoOn[Blob](t)
	key, err = b.Key(textID{1, 2, 3, 4})
	require.NoError(t, err)
	require.Equal(t, protocol.MustKey("test", "blob", []byte{1, 2, 3, 4}).Digest(), key.Digest())
}
