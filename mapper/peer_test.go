package mapper

import (
	"encoding/hex"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

type (
	peerColor int
	peerName  string
	peerFlag  bool
	peerBlob  []byte
	peerByte  byte
	peerInner struct {
		A int    `as:"a"`
		B string `as:"b,omitempty"`
		P *int
		T time.Time
	}
	PeerBase struct {
		BaseID int    `as:"base_id"`
		Gen    uint32 `asm:"gen"`
	}
)

// peerWide is a struct for the official client.
type peerWide struct {
	PeerBase
	Bool    bool `as:"bool"`
	BoolF   bool
	Flag    peerFlag
	I8      int8
	U8      uint8
	I16     int16
	U16     uint16
	I32     int32
	U32     uint32
	I64     int64
	U64     uint64
	Int     int
	Uint    uint
	F32     float32
	F64     float64
	Str     string
	Empty   string
	Omit    string `as:"omit,omitempty"`
	Skip    string `as:"-"`
	Color   peerColor
	Name    peerName
	Bytes   []byte
	NoByte  []byte
	GBlob   peerBlob
	GBytes  []peerByte
	UUID    [4]byte
	Arr     [2]int
	Ints    []int
	NilInts []int
	NoInts  []int
	Strs    []string
	Bools   []bool
	Floats  []float32
	BB      [][]byte
	Nested  peerInner
	PNested *peerInner
	NilP    *peerInner
	PInt    *int
	PNil    *int
	PStr    *string
	Structs []peerInner
	M       map[string]int
	MI      map[int]string
	MNil    map[string]int
	MEmpty  map[string]int
	MS      map[string]peerInner
	MP      map[string]*peerInner
	MA      map[string][3]byte
	MB      map[string]bool
	Set     map[string]struct{}
	AnyMap  map[any]any
	Any     any
	AnyNil  any
	AnyBool any
	AnyF    any
	AnyList any
	Anys    []any
	Time    time.Time
	PTime   *time.Time
	Times   []time.Time
	Dur     time.Duration
	Rune    rune
	TTL     uint32 `asm:"ttl"`
}

func peerObject() *peerWide {
	seven, s, moment := 7, "x", time.Unix(1700000000, 123456789).UTC()
	inner := peerInner{A: 1, T: moment}
	return &peerWide{
		PeerBase: PeerBase{5, 9}, Bool: true, I8: -8, U8: 200, I16: -300, U16: 60000, I32: -70000, U32: 4000000000,
		I64: -1 << 63, U64: 1<<63 - 1, Int: -5, Uint: 5, F32: 0.1, F64: 2.5, Str: "h\u00e9llo", Skip: "no", Color: 3, Name: "nm",
		Bytes: []byte{1, 2}, NoByte: []byte{}, GBlob: peerBlob{9}, GBytes: []peerByte{1, 255}, UUID: [4]byte{0, 1, 127, 255},
		Arr: [2]int{1, -1}, Ints: []int{1, 300, -1}, NoInts: []int{}, Strs: []string{"a", ""}, Bools: []bool{true, false},
		Floats: []float32{0.1, 2}, BB: [][]byte{{1}, nil, {}}, Nested: inner, PNested: &inner, PInt: &seven, PStr: &s,
		Structs: []peerInner{inner}, M: map[string]int{"k": 1}, MI: map[int]string{-4: "v"}, MEmpty: map[string]int{},
		MS: map[string]peerInner{}, MP: map[string]*peerInner{"n": nil}, MA: map[string][3]byte{"z": {1, 2, 3}},
		MB: map[string]bool{"t": true}, Set: map[string]struct{}{"m": {}}, AnyMap: map[any]any{1: "one"}, Any: 42, AnyBool: true,
		AnyF: float32(0.5), AnyList: []any{1, "a", nil, true}, Anys: []any{1, "a", nil, false, 1.5},
		Time: moment, PTime: &moment, Times: []time.Time{moment}, Dur: time.Second, Rune: 'x', TTL: 77,
	}
}

// peerBytes is what the official client v8.5.0 writes for peerObject: bin, particle type, bytes. It
// writes maps in random order; these are sorted by key. Integers in collections have the short form
// that the server returns (cf instead of d3).
var peerBytes = []struct {
	bin      string
	particle protocol.ParticleType
	hex      string
}{
	{"Any", 1, "000000000000002a"},
	{"AnyBool", 17, "01"},
	{"AnyF", 2, "3fe0000000000000"},
	{"AnyList", 20, "9401a20361c0c3"},
	{"AnyMap", 19, "8101a4036f6e65"},
	{"AnyNil", 0, ""},
	{"Anys", 20, "9501a20361c0c2cb3ff8000000000000"},
	{"Arr", 20, "9201ff"},
	{"BB", 20, "93a20401c0a104"},
	{"BoolF", 1, "0000000000000000"},
	{"Bools", 20, "920100"},
	{"Bytes", 4, "0102"},
	{"Color", 1, "0000000000000003"},
	{"Dur", 1, "000000003b9aca00"},
	{"Empty", 3, ""},
	{"F32", 2, "3fb99999a0000000"},
	{"F64", 2, "4004000000000000"},
	{"Flag", 1, "0000000000000000"},
	{"Floats", 20, "92cb3fb99999a0000000cb4000000000000000"},
	{"GBlob", 4, "09"},
	{"GBytes", 4, "01ff"},
	{"I16", 1, "fffffffffffffed4"},
	{"I32", 1, "fffffffffffeee90"},
	{"I64", 1, "8000000000000000"},
	{"I8", 1, "fffffffffffffff8"},
	{"Int", 1, "fffffffffffffffb"},
	{"Ints", 20, "9301cd012cff"},
	{"M", 19, "81a2036b01"},
	{"MA", 19, "81a2037a93010203"},
	{"MB", 19, "81a2037401"},
	{"MEmpty", 19, "80"},
	{"MI", 19, "81fca20376"},
	{"MNil", 0, ""},
	{"MP", 19, "81a2036ec0"},
	{"MS", 19, "80"},
	{"Name", 3, "6e6d"},
	{"Nested", 19, "83a20350c0a20354cf17979cfe3d85cd15a2036101"},
	{"NilInts", 0, ""},
	{"NilP", 0, ""},
	{"NoByte", 4, ""},
	{"NoInts", 20, "90"},
	{"PInt", 1, "0000000000000007"},
	{"PNested", 19, "83a20350c0a20354cf17979cfe3d85cd15a2036101"},
	{"PNil", 0, ""},
	{"PStr", 3, "78"},
	{"PTime", 1, "17979cfe3d85cd15"},
	{"Rune", 1, "0000000000000078"},
	{"Set", 19, "81a2036d80"},
	{"Str", 3, "68c3a96c6c6f"},
	{"Strs", 20, "92a20361a103"},
	{"Structs", 20, "9183a20350c0a20354cf17979cfe3d85cd15a2036101"},
	{"Time", 1, "17979cfe3d85cd15"},
	{"Times", 20, "91cf17979cfe3d85cd15"},
	{"U16", 1, "000000000000ea60"},
	{"U32", 1, "00000000ee6b2800"},
	{"U64", 1, "7fffffffffffffff"},
	{"U8", 1, "00000000000000c8"},
	{"UUID", 20, "9400017fccff"},
	{"Uint", 1, "0000000000000005"},
	{"base_id", 1, "0000000000000005"},
	{"bool", 1, "0000000000000001"},
}

func TestBytesAreThoseOfTheOfficialClient(t *testing.T) {
	p := planOf[peerWide](t, false)
	bins, err := encodeOf(p, peerObject())
	require.NoError(t, err)
	require.Len(t, bins, len(peerBytes))
	for _, want := range peerBytes {
		v, ok := bins.Get(want.bin)
		require.True(t, ok, want.bin)
		require.Equal(t, want.particle, v.Particle(), want.bin)
		data, err := protocol.AppendParticle(nil, v)
		require.NoError(t, err, want.bin)
		require.Equal(t, want.hex, hex.EncodeToString(data), want.bin)
	}
}

func TestOfficialBytesAreRead(t *testing.T) {
	p := planOf[peerWide](t, false)
	var bins protocol.Bins
	for _, b := range peerBytes {
		data, err := hex.DecodeString(b.hex)
		require.NoError(t, err)
		v, err := protocol.ParseParticle(b.particle, data)
		require.NoError(t, err, b.bin)
		bins = append(bins, protocol.Bin{Name: b.bin, Value: v})
	}
	var got peerWide
	require.NoError(t, decodeInto(p, &got, bins, true))
	want := peerObject()
	want.Skip, want.TTL, want.Gen = "", 0, 0
	// An any has the widest type of its kind after a read.
	want.AnyMap, want.Any, want.AnyF = map[any]any{int64(1): "one"}, int64(42), 0.5
	want.AnyList, want.Anys = []any{int64(1), "a", nil, true}, []any{int64(1), "a", nil, false, 1.5}
	require.True(t, reflect.DeepEqual(want, &got), "want %+v\ngot  %+v", want, &got)
}

// TestBothFormsAreRead: if the official client and this package write different forms, both are
// read.
func TestBothFormsAreRead(t *testing.T) {
	type T struct {
		Bool bool
		UUID [4]byte
		Time time.Time
	}
	bytes := []protocol.Value{protocol.Int(1), protocol.Int(2), protocol.Int(3), protocol.Int(255)}
	for _, bins := range []protocol.Bins{
		{{Name: "Bool", Value: protocol.Bool(true)}, {Name: "UUID", Value: protocol.Blob([]byte{1, 2, 3, 255})}},
		{{Name: "Bool", Value: protocol.Int(1)}, {Name: "UUID", Value: protocol.List(bytes...)}, {Name: "Time", Value: protocol.Int(wrappedZero)}},
	} {
		for _, native := range []bool{false, true} {
			got := T{Time: time.Now()}
			require.NoError(t, decodeInto(planOf[T](t, native), &got, bins, false))
			require.Equal(t, T{Bool: true, UUID: [4]byte{1, 2, 3, 255}}, got)
		}
	}
	p := planOf[T](t, true)
	bins, err := encodeOf(p, &T{Bool: true, UUID: [4]byte{1}})
	require.NoError(t, err)
	require.Equal(t, protocol.KindBool, bins[0].Value.Kind())
	require.Equal(t, protocol.KindBlob, bins[1].Value.Kind())
	require.True(t, bins[2].Value.IsNil())
}
