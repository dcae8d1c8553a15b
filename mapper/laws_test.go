package mapper

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// point is stored as a list of two numbers.
type point struct{ X, Y int32 }

func (p point) MarshalBin() (protocol.Value, error) {
	return protocol.List(protocol.Int(int64(p.X)), protocol.Int(int64(p.Y))), nil
}

func (p *point) UnmarshalBin(v protocol.Value) error {
	list, _ := v.List()
	if len(list) != 2 {
		return fmt.Errorf("%w: not two numbers", ErrType)
	}
	x, _ := list[0].Int()
	y, _ := list[1].Int()
	*p = point{int32(x), int32(y)}
	return nil
}

// money is a type with Value and Scan, as in programs that use database/sql.
type money struct{ cents int64 }

func (m money) Value() (driver.Value, error) { return fmt.Sprintf("%d", m.cents), nil }

func (m *money) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("not money: %T", src)
	}
	_, err := fmt.Sscan(s, &m.cents)
	return err
}

type level8 int8

type leaf struct {
	A  int               `as:"a"`
	B  string            `as:"b,omitzero"`
	T  time.Time         `as:"t,unixmilli"`
	M  map[string]uint16 `as:"m"`
	No chan int          `as:"-"`
}

type tree struct {
	V        int
	Children []tree
	Next     *tree
}

type embeddedPart struct {
	EmbInt *int
	EmbStr string `as:"emb_str"`
}

// wide has a field of every kind.
type wide struct {
	embeddedPart
	Bool     bool
	Native   bool `as:"native,bool=native"`
	I        int
	I8       level8
	I16      int16
	I32      int32
	I64      int64
	U        uint
	U8       uint8
	U16      uint16
	U32      uint32
	U64      uint64
	U64Blob  uint64 `as:"u64_blob,blob"`
	U64Text  uint64 `as:"u64_text,text"`
	F32      float32
	F64      float64
	Str      string
	StrBlob  string  `as:"str_blob,blob"`
	StrZero  string  `as:"str_zero,omitzero"`
	IntZero  int     `as:"int_zero,omitzero"`
	F64Zero  float64 `as:"f64_zero,omitzero"`
	Bytes    []byte
	UUID     [16]byte
	UUIDBlob [16]byte `as:"uuid_blob,blob"`
	Time     time.Time
	TimeSec  time.Time `as:"time_sec,unix"`
	Dur      time.Duration
	Ints     []int16
	Ordered  []int64 `as:"ordered,ordered"`
	Strs     []string
	Blobs    [][]byte
	UUIDs    map[string][4]byte
	Arr      [3]float32
	Map      map[string]int
	IntMap   map[int32][]string
	MapOrd   map[level8]bool `as:"map_ord,ordered"`
	PInt     *int
	PStr     *string
	PTime    *time.Time
	PSlice   *[]int
	Leaf     leaf
	PLeaf    *leaf
	Leaves   []leaf
	PLeaves  []*leaf
	LeafMap  map[string]leaf
	Tree     tree
	NullStr  sql.NullString
	NullTime sql.NullTime
	NullBool sql.Null[bool]
	NullDur  sql.Null[time.Duration]
	Any      any
	Anys     []any
	Value    protocol.Value
	Big      *big.Int
	Addr     netip.Addr
	Point    point
	PPoint   *point
	Money    money
	Monies   map[string]money
	JSON     leafJSON        `as:"json,json"`
	JSONBlob map[string]any  `as:"json_blob,json,blob"`
	JSONRaw  json.RawMessage `as:"json_raw,json"`
	Inline   leaf            `as:"in_,inline"`
	ignored  int
}

type leafJSON struct {
	A []int             `json:"a"`
	B map[string]string `json:"b,omitempty"`
}

func drawTime(t *rapid.T, name string, unit time.Duration) time.Time {
	if rapid.Bool().Draw(t, name+" is zero") {
		return time.Time{}
	}
	n := rapid.Int64().Filter(func(n int64) bool { return n != wrappedZero }).Draw(t, name)
	switch unit {
	case time.Second:
		return time.Unix(n%(1<<40), 0).UTC()
	case time.Millisecond:
		return time.UnixMilli(n % (1 << 50)).UTC()
	}
	return time.Unix(0, n).UTC()
}

func drawLeaf(t *rapid.T) leaf {
	return leaf{
		A: rapid.Int().Draw(t, "a"), B: rapid.String().Draw(t, "b"), T: drawTime(t, "t", time.Millisecond),
		M: drawMap(t, rapid.String(), rapid.Uint16()),
	}
}

func drawLeaves(t *rapid.T) []leaf {
	return drawSlice(t, rapid.Custom(drawLeaf))
}

// drawSlice draws a slice that may be nil or empty.
func drawSlice[E any](t *rapid.T, elem *rapid.Generator[E]) []E {
	if rapid.Bool().Draw(t, "nil") {
		return nil
	}
	return rapid.SliceOfN(elem, 0, 4).Draw(t, "slice")
}

func drawMap[K comparable, V any](t *rapid.T, key *rapid.Generator[K], value *rapid.Generator[V]) map[K]V {
	if rapid.Bool().Draw(t, "nil") {
		return nil
	}
	return rapid.MapOfN(key, value, 0, 3).Draw(t, "map")
}

func drawPtr[V any](t *rapid.T, value *rapid.Generator[V]) *V {
	if rapid.Bool().Draw(t, "nil") {
		return nil
	}
	v := value.Draw(t, "target")
	return &v
}

func drawTree(t *rapid.T, depth int) tree {
	x := tree{V: rapid.Int().Draw(t, "v")}
	if depth > 0 && rapid.Bool().Draw(t, "children") {
		x.Children = []tree{drawTree(t, depth-1), {}}
		next := drawTree(t, depth-1)
		x.Next = &next
	}
	return x
}

func drawAny(t *rapid.T) any {
	return rapid.SampledFrom([]any{nil, int64(-5), 2.5, "text", []byte{1}, true, []any{int64(1), nil}, map[string]any{"k": map[string]any{}}, map[any]any{int64(1): "v"}}).Draw(t, "any")
}

func drawNumbers(t *rapid.T, x *wide) {
	x.Bool, x.Native = rapid.Bool().Draw(t, "Bool"), rapid.Bool().Draw(t, "Native")
	x.I, x.I8, x.I16 = rapid.Int().Draw(t, "I"), level8(rapid.Int8().Draw(t, "I8")), rapid.Int16().Draw(t, "I16")
	x.I32, x.I64 = rapid.Int32().Draw(t, "I32"), rapid.SampledFrom([]int64{math.MinInt64, -1, 0, math.MaxInt64}).Draw(t, "I64")
	x.U, x.U8, x.U16 = uint(rapid.Uint32().Draw(t, "U")), rapid.Uint8().Draw(t, "U8"), rapid.Uint16().Draw(t, "U16")
	x.U32, x.U64 = rapid.Uint32().Draw(t, "U32"), rapid.Uint64Max(math.MaxInt64).Draw(t, "U64")
	x.U64Blob, x.U64Text = rapid.Uint64().Draw(t, "U64Blob"), rapid.Uint64().Draw(t, "U64Text")
	x.F32, x.F64 = rapid.Float32().Draw(t, "F32"), rapid.Float64().Draw(t, "F64")
	x.IntZero = rapid.IntRange(0, 2).Draw(t, "IntZero")
	x.F64Zero = rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, math.Inf(1)}).Draw(t, "F64Zero")
	x.Dur = time.Duration(rapid.Int64().Draw(t, "Dur"))
	copy(x.UUID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "UUID"))
	x.UUIDBlob = x.UUID
	x.Arr = [3]float32{0.1, rapid.Float32().Draw(t, "Arr"), 0}
}

func drawCollections(t *rapid.T, x *wide) {
	x.Bytes, x.Ints = drawSlice(t, rapid.Byte()), drawSlice(t, rapid.Int16())
	x.Ordered = drawSlice(t, rapid.Int64Range(0, 3))
	for i := range x.Ordered { // an ordered list is read back in its order
		x.Ordered[i] = int64(i)
	}
	x.Strs, x.Blobs = drawSlice(t, rapid.String()), drawSlice(t, rapid.SliceOfN(rapid.Byte(), 0, 3))
	x.UUIDs = drawMap(t, rapid.String(), rapid.Just([4]byte{1, 255}))
	x.Map, x.IntMap = drawMap(t, rapid.String(), rapid.Int()), drawMap(t, rapid.Int32(), rapid.SliceOfN(rapid.String(), 0, 2))
	x.MapOrd = drawMap(t, rapid.Custom(func(t *rapid.T) level8 { return level8(rapid.Int8().Draw(t, "key")) }), rapid.Bool())
	x.Leaves, x.LeafMap = drawLeaves(t), drawMap(t, rapid.String(), rapid.Custom(drawLeaf))
	x.PLeaves = drawSlice(t, rapid.Custom(func(t *rapid.T) *leaf { return drawPtr(t, rapid.Custom(drawLeaf)) }))
	x.Tree = drawTree(t, 3)
	x.Anys = drawSlice(t, rapid.Custom(func(t *rapid.T) any { return drawAny(t) }))
	x.Monies = drawMap(t, rapid.String(), rapid.Custom(func(t *rapid.T) money { return money{rapid.Int64().Draw(t, "cents")} }))
	x.JSONBlob = drawMap(t, rapid.String(), rapid.Just[any]("x"))
}

func drawWide(t *rapid.T) *wide {
	x := &wide{Str: rapid.String().Draw(t, "Str"), StrBlob: rapid.String().Draw(t, "StrBlob"), StrZero: rapid.String().Draw(t, "StrZero")}
	drawNumbers(t, x)
	drawCollections(t, x)
	x.EmbInt, x.EmbStr = drawPtr(t, rapid.Int()), rapid.String().Draw(t, "EmbStr")
	x.Time, x.TimeSec = drawTime(t, "Time", 0), drawTime(t, "TimeSec", time.Second)
	x.PInt, x.PStr = drawPtr(t, rapid.Int()), drawPtr(t, rapid.String())
	if moment := drawTime(t, "PTime", 0); !moment.IsZero() {
		x.PTime = &moment
		x.NullTime = sql.NullTime{Time: moment, Valid: true}
	}
	x.PSlice = drawPtr(t, rapid.SliceOfN(rapid.Int(), 0, 2))
	x.Leaf, x.PLeaf, x.Inline = drawLeaf(t), drawPtr(t, rapid.Custom(drawLeaf)), drawLeaf(t)
	if rapid.Bool().Draw(t, "nulls") {
		x.NullStr = sql.NullString{String: rapid.String().Draw(t, "NullStr"), Valid: true}
		x.NullBool = sql.Null[bool]{V: rapid.Bool().Draw(t, "NullBool"), Valid: true}
		x.NullDur = sql.Null[time.Duration]{V: x.Dur, Valid: true}
		x.Big = big.NewInt(rapid.Int64Range(1, 99).Draw(t, "Big"))
		x.Big.Exp(x.Big, big.NewInt(40), nil)
		x.Addr = netip.MustParseAddr("2001:db8::1")
		x.JSONRaw = json.RawMessage(`{"a":[1,2]}`)
	}
	x.Any = drawAny(t)
	x.Value = protocol.ValueOf(drawAny(t))
	x.Point, x.PPoint = point{rapid.Int32().Draw(t, "X"), 1}, drawPtr(t, rapid.Just(point{3, 4}))
	x.Money = money{rapid.Int64().Draw(t, "Money")}
	x.JSON = leafJSON{A: drawSlice(t, rapid.Int()), B: map[string]string{"k": "v"}}
	return x
}

// same is reflect.DeepEqual, but NaNs are equal.
func same(a, b *wide) bool {
	x, y := *a, *b
	for _, f := range []struct{ a, b *float64 }{{&x.F64, &y.F64}} {
		if math.IsNaN(*f.a) && math.IsNaN(*f.b) {
			*f.a, *f.b = 0, 0
		}
	}
	equal := protocol.Equal(x.Value, y.Value)
	x.Value, y.Value = protocol.Nil(), protocol.Nil()
	return equal && reflect.DeepEqual(x, y)
}

// TestFoundIsWhatWasSaved: Find returns what was saved, in a new object and in a used one.
func TestFoundIsWhatWasSaved(t *testing.T) {
	for _, native := range []bool{false, true} {
		p := planOf[wide](t, native)
		rapid.Check(t, func(t *rapid.T) {
			x, dirty := drawWide(t), drawWide(t)
			bins, err := encodeOf(p, x)
			require.NoError(t, err)
			back := overWire(t, bins)
			var fresh wide
			require.NoError(t, decodeInto(p, &fresh, back, true))
			require.True(t, same(x, &fresh), "want %+v\ngot  %+v", x, &fresh)
			require.NoError(t, decodeInto(p, dirty, back, false))
			require.True(t, same(x, dirty), "want %+v\ngot  %+v", x, dirty)
		})
	}
}

// TestAnyOrderOfBins: the order of bins and bins without a field have no effect.
func TestAnyOrderOfBins(t *testing.T) {
	p := planOf[wide](t, false)
	rapid.Check(t, func(t *rapid.T) {
		x, dirty := drawWide(t), drawWide(t)
		bins, err := encodeOf(p, x)
		require.NoError(t, err)
		back := append(overWire(t, bins), protocol.NewBin("unmapped", 1))
		back = rapid.Permutation(back).Draw(t, "order")
		require.NoError(t, decodeInto(p, dirty, back, false))
		require.True(t, same(x, dirty))
	})
}

// TestDecodedObjectsKeepNoMemoryOfTheResponse: an object doesn't change if the response's memory is
// reused.
func TestDecodedObjectsKeepNoMemoryOfTheResponse(t *testing.T) {
	p := planOf[wide](t, false)
	rapid.Check(t, func(t *rapid.T) {
		x := drawWide(t)
		bins, err := encodeOf(p, x)
		require.NoError(t, err)
		var back protocol.Bins
		var buffers [][]byte
		for _, bin := range bins {
			if bin.Value.IsNil() {
				continue
			}
			data, err := protocol.AppendParticle(nil, bin.Value)
			require.NoError(t, err)
			v, err := protocol.ParseParticle(bin.Value.Particle(), data)
			require.NoError(t, err)
			back, buffers = append(back, protocol.Bin{Name: bin.Name, Value: v}), append(buffers, data)
		}
		var got wide
		require.NoError(t, decodeInto(p, &got, back, true))
		for _, b := range buffers {
			clear(b)
		}
		require.True(t, same(x, &got))
	})
}

func TestUnmappedFieldsAreUnchanged(t *testing.T) {
	p := planOf[wide](t, false)
	ch := make(chan int)
	x := wide{ignored: 5, Leaf: leaf{No: ch}}
	require.NoError(t, decodeInto(p, &x, nil, false))
	require.Equal(t, wide{ignored: 5, Leaf: leaf{No: ch}}, x)
}

func TestManyFields(t *testing.T) {
	var fields []reflect.StructField
	for i := range 300 {
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: reflect.TypeFor[int]()})
	}
	typ := reflect.StructOf(fields)
	p, err := newCompiler(new(config)).compile(typ)
	require.NoError(t, err)
	x := reflect.New(typ)
	for i := range 300 {
		x.Elem().Field(i).SetInt(int64(i + 1))
	}
	bins := protocol.Bins{protocol.NewBin("F1", -1), protocol.NewBin("F299", -2)}
	require.NoError(t, p.decodeBins(x.UnsafePointer(), bins, false))
	for i := range 300 {
		require.Equal(t, map[int]int64{1: -1, 299: -2}[i], x.Elem().Field(i).Int())
	}
}

// narrow is read from bins whose values don't fit its fields.
type narrow struct {
	I8    int8
	U16   uint16
	U64   uint64
	F32   float32
	F64   float64
	Bool  bool
	Str   string
	Bytes []byte
	UUID  [4]byte
	Arr   [2]int
	Ints  []int8
	Map   map[uint8]int
	Time  time.Time
	Leaf  leaf
	PLeaf *leaf
	Text  uint8  `as:"text,text"`
	Blob  uint64 `as:"blob,blob"`
	Point point
	Value protocol.Value
}

var narrowings = []struct {
	bin   string
	value any
	field string
	cause error
}{
	{"I8", 128, "I8", ErrRange}, {"I8", -129, "I8", ErrRange}, {"I8", "1", "I8", ErrType}, {"I8", 1.0, "I8", ErrType}, {"I8", true, "I8", ErrType},
	{"U16", -1, "U16", ErrRange}, {"U16", 65536, "U16", ErrRange}, {"U16", "x", "U16", ErrType}, {"U64", -1, "U64", ErrRange},
	{"F32", 0.1, "F32", ErrRange}, {"F32", 1e300, "F32", ErrRange}, {"F32", "1", "F32", ErrType}, {"F64", int64(math.MaxInt64), "F64", ErrRange},
	{"Bool", 2, "Bool", ErrRange}, {"Bool", "true", "Bool", ErrType}, {"Str", 1, "Str", ErrType}, {"Str", []byte("x"), "Str", ErrType},
	{"Str", protocol.GeoJSON("{}"), "Str", ErrType}, {"Bytes", "x", "Bytes", ErrType}, {"Bytes", protocol.HLL(nil), "Bytes", ErrType},
	{"UUID", []byte{1}, "UUID", ErrRange}, {"UUID", []int{1, 2, 3}, "UUID", ErrRange}, {"UUID", []int{1, 2, 3, 256}, "UUID", ErrRange},
	{"UUID", []string{"", "", "", ""}, "UUID", ErrType}, {"UUID", 1, "UUID", ErrType},
	{"Arr", []int{1}, "Arr", ErrRange}, {"Arr", 1, "Arr", ErrType}, {"Ints", []int{1, 2, 300}, "Ints[2]", ErrRange}, {"Ints", 1, "Ints", ErrType},
	{"Map", map[any]any{300: 1}, "Map[key]", ErrRange}, {"Map", map[any]any{3: "x"}, "Map[3]", ErrType}, {"Map", []int{}, "Map", ErrType},
	{"Time", "now", "Time", ErrType}, {"Leaf", map[string]any{"a": "x"}, "Leaf.A", ErrType}, {"Leaf", map[string]any{"m": map[string]any{"k": -1}}, "Leaf.M[k]", ErrRange},
	{"PLeaf", 1, "PLeaf", ErrType}, {"text", "256", "Text", ErrRange}, {"text", "x", "Text", ErrRange}, {"text", 1, "Text", ErrType},
	{"blob", []byte{1}, "Blob", ErrRange}, {"blob", "x", "Blob", ErrType}, {"Point", 1, "Point", ErrType},
}

// TestNoSilentNarrowing: nothing is narrowed in either direction. The error names the field and
// bin.
func TestNoSilentNarrowing(t *testing.T) {
	p := planOf[narrow](t, false)
	for _, c := range narrowings {
		var x narrow
		err := decodeInto(p, &x, protocol.Bins{protocol.NewBin(c.bin, c.value)}, true)
		var fe *FieldError
		require.ErrorAs(t, err, &fe, "%s %v", c.bin, c.value)
		require.ErrorIs(t, err, c.cause, "%s %v", c.bin, c.value)
		require.Equal(t, FieldError{"narrow", c.field, c.bin, fe.Err}, *fe)
	}
	tooFar := time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	for field, x := range map[string]*narrow{
		"U64": {U64: math.MaxUint64}, "Time": {Time: tooFar}, "Value": {Value: protocol.Infinity()},
	} {
		_, err := encodeOf(p, x)
		var fe *FieldError
		require.ErrorAs(t, err, &fe)
		require.Equal(t, field, fe.Field)
		require.Contains(t, err.Error(), "mapper: narrow."+field+" (bin \""+field+"\"): ")
	}
}

func TestLosslessConversions(t *testing.T) {
	type T struct {
		F64 float64
		F32 float32
		B   bool
		S   string `as:",blob"`
		U   uint64 `as:",blob"`
	}
	var x T
	require.NoError(t, decodeInto(planOf[T](t, false), &x, protocol.Bins{
		protocol.NewBin("F64", 3), protocol.NewBin("F32", -7), protocol.NewBin("B", 1), protocol.NewBin("S", "plain"), protocol.NewBin("U", 9),
	}, true))
	require.Equal(t, T{3, -7, true, "plain", 9}, x)
}

func TestWriteErrors(t *testing.T) {
	type T struct {
		Any  any
		Map  map[any]any
		Tree *tree
	}
	p := planOf[T](t, false)
	cycle := &tree{}
	cycle.Next = cycle
	for field, x := range map[string]*T{
		"Any": {Any: struct{ A int }{1}}, "Map[key]": {}, "Map": {Map: map[any]any{1: 1, int8(1): 2}}, "Tree": {Tree: cycle},
	} {
		if field == "Map[key]" {
			x.Map = map[any]any{1.5: 1}
			field = "Map"
		}
		_, err := encodeOf(p, x)
		var fe *FieldError
		require.ErrorAs(t, err, &fe, field)
		require.True(t, strings.HasPrefix(fe.Field, field), fe.Field)
	}
}

// FuzzDecode decodes arbitrary values into every kind of field. It must not panic, and what could
// be read can be written again.
func FuzzDecode(f *testing.F) {
	p := planOf[wide](f, false)
	bins, err := encodeOf(p, &wide{Strs: []string{"a"}, Leaf: leaf{A: 1}, Map: map[string]int{"k": 1}, Any: "x"})
	require.NoError(f, err)
	for i, bin := range bins {
		data, err := protocol.AppendMsgpack(nil, bin.Value)
		if err == nil {
			f.Add(uint8(i), data)
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, data []byte) {
		v, err := protocol.ParseMsgpack(data)
		if err != nil {
			return
		}
		var x wide
		for n := range 16 {
			bin := p.bins[(int(i)+n)%len(p.bins)]
			x = wide{Bytes: []byte{1}, Map: map[string]int{"dirty": 1}}
			var err error
			// An element of two bytes may be a map entry, which needs more memory, or a struct.
			wiretest.Bounded(t, len(data), wiretest.Entries, func() { err = decodeInto(p, &x, protocol.Bins{{Name: bin, Value: v}}, false) })
			if err == nil {
				_, _ = encodeOf(p, &x)
			}
		}
	})
}

// FuzzTag puts arbitrary tags on fields of all forms. The result is a plan or an error that names
// the field, and no panic.
func FuzzTag(f *testing.F) {
	for _, tag := range []string{
		`as:"name,pk"`, `as:"n,omitempty,json"`, `as:",inline"`, `as:"-"`, `asm:"gen"`, `asm:"ttl"`, `as:"t,unixmilli"`, `as:"b,bool=native"`, `as:"x,ordered,text"`,
		`as:"a" asm:"gen"`, `json:"x" as:`, `as:"sixteen-bytes-ab"`, "as:\"\x00\"", `as:"a,a,a"`, `asm:"gen,x"`,
	} {
		f.Add(tag, uint8(0))
	}
	types := []reflect.Type{
		reflect.TypeFor[int](), reflect.TypeFor[string](), reflect.TypeFor[[]byte](), reflect.TypeFor[time.Time](), reflect.TypeFor[map[string]int](), reflect.TypeFor[[]leaf](),
		reflect.TypeFor[*bool](), reflect.TypeFor[leaf](), reflect.TypeFor[uint32](), reflect.TypeFor[time.Duration](), reflect.TypeFor[any](), reflect.TypeFor[chan int](),
	}
	f.Fuzz(func(t *testing.T, tag string, kind uint8) {
		mapped := reflect.StructOf([]reflect.StructField{
			{Name: "Other", Type: reflect.TypeFor[int]()},
			{Name: "Field", Type: types[int(kind)%len(types)], Tag: reflect.StructTag(tag)},
		})
		wiretest.Bounded(t, len(tag), wiretest.Values, func() {
			p, err := newCompiler(&config{native: kind >= 128}).compile(mapped)
			if err != nil {
				require.ErrorContains(t, err, "Field")
				return
			}
			require.Contains(t, p.bins, "Other")
		})
	})
}
