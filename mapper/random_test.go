package mapper

import (
	"database/sql"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A sampler draws random struct types and random values of them, which reads return as they were
// written: time.Times are in UTC and in the unit of their tag, an ordered list is sorted, and a
// pointer doesn't point to NULL. There is no negative zero, which is zero for omitzero. The same
// seed draws the same.
type sampler struct {
	*rand.Rand
	leaves []leafType
	keys   []reflect.Type
}

func newSampler(seed uint64) *sampler {
	return &sampler{Rand: rand.New(rand.NewPCG(seed, 1)), leaves: leafTypes, keys: keyTypes}
}

func (s *sampler) chance(percent int) bool { return s.IntN(100) < percent }

// A leafType is a type that contains no others, and the options that its fields may have.
type leafType struct {
	typ     reflect.Type
	options []string
}

func leafOf[T any](options ...string) leafType { return leafType{reflect.TypeFor[T](), options} }

var leafTypes = []leafType{
	leafOf[bool]("bool=int", "bool=native", "json"), leafOf[int]("text"), leafOf[int8]("text"), leafOf[int16](), leafOf[int32](), leafOf[int64]("text", "json"),
	leafOf[uint](), leafOf[uint8]("text"), leafOf[uint16](), leafOf[uint32](), leafOf[uint64]("blob", "text"), leafOf[float32](), leafOf[float64]("json"),
	leafOf[string]("blob", "json"), leafOf[[]byte]("blob", "json"), leafOf[[0]byte](), leafOf[[4]byte]("blob"), leafOf[[16]byte]("blob"),
	leafOf[time.Time]("unix", "unixmilli", "unixnano"), leafOf[time.Duration]("text"), leafOf[level8]("text"), leafOf[peerName](), leafOf[peerFlag]("bool=native"),
	leafOf[peerBlob](), leafOf[point](), leafOf[money](), leafOf[netip.Addr](), leafOf[netKey]("text"), leafOf[*big.Int](), leafOf[protocol.Value](), leafOf[any](),
	leafOf[sql.NullString]("blob"), leafOf[sql.NullInt64]("text"), leafOf[sql.NullTime]("unix"), leafOf[sql.Null[bool]]("bool=native"), leafOf[sql.Null[float32]](),
	leafOf[leaf](), leafOf[tree](),
}

var keyTypes = []reflect.Type{
	reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[uint16](), reflect.TypeFor[level8](), reflect.TypeFor[bool](),
	reflect.TypeFor[[4]byte](), reflect.TypeFor[netKey](), reflect.TypeFor[peerName](), reflect.TypeFor[netip.Addr](),
}

// drawType returns a type and the options that a field of it may have.
func (s *sampler) drawType(depth int) (reflect.Type, []string) {
	if depth == 0 || s.chance(60) {
		l := s.leaves[s.IntN(len(s.leaves))]
		return l.typ, l.options
	}
	elem, options := s.drawType(depth - 1)
	if elem.Kind() == reflect.Uint8 {
		options = nil // a slice of it is stored as bytes
	}
	switch s.IntN(6) {
	case 0:
		if elem.Kind() != reflect.Pointer {
			return reflect.PointerTo(elem), options
		}
	case 1:
		return reflect.SliceOf(elem), options
	case 2:
		return reflect.ArrayOf(s.IntN(3), elem), without(options, "json")
	case 3:
		return reflect.MapOf(s.keys[s.IntN(len(s.keys))], elem), without(options, "json")
	case 4:
		return s.drawStruct(depth-1, false), nil
	case 5:
		return s.drawStruct(depth-1, true), []string{"list"}
	}
	return elem, options
}

func without(options []string, option string) []string {
	return slices.DeleteFunc(slices.Clone(options), func(o string) bool { return o == option })
}

// drawStruct returns a struct type of up to six fields. For option list some have versions.
func (s *sampler) drawStruct(depth int, positional bool) reflect.Type {
	fields := make([]reflect.StructField, 1+s.IntN(6))
	for i := range fields {
		typ, options := s.drawType(depth)
		tag := fmt.Sprintf("%c", 'a'+i)
		if len(options) > 0 && s.chance(50) {
			tag += "," + options[s.IntN(len(options))]
		}
		if strings.Contains(tag, "json") && hasNoJSON(typ) {
			tag = tag[:1]
		}
		switch s.IntN(8) {
		case 0:
			tag += ",omitempty"
		case 1:
			tag += ",omitzero"
		case 2:
			tag += ",alias=old_" + tag[:1]
		case 3:
			if positional {
				tag += ",since=2"
			}
		}
		fields[i] = reflect.StructField{Name: fmt.Sprintf("F%c", 'A'+i), Type: typ, Tag: reflect.StructTag(fmt.Sprintf("as:%q", tag))}
	}
	if !positional && s.chance(10) {
		fields = append(fields, reflect.StructField{Name: "More", Type: reflect.TypeFor[map[string]any](), Tag: `as:",rest"`})
	}
	return reflect.StructOf(fields)
}

// hasNoJSON reports whether encoding/json doesn't restore values of a type.
func hasNoJSON(t reflect.Type) bool { return t == reflect.TypeFor[any]() }

// fill sets v to a random value. tag is the tag of the field that it is in.
func (s *sampler) fill(v reflect.Value, tag string) {
	if s.fillSpecial(v, tag) {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(s.chance(50))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n := s.drawInt()
		for v.OverflowInt(n) {
			n >>= 8
		}
		v.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := uint64(s.drawInt()) &^ (1 << 63)
		if strings.Contains(tag, ",blob") || strings.Contains(tag, ",text") {
			n |= uint64(s.IntN(2)) << 63
		}
		for v.OverflowUint(n) {
			n >>= 8
		}
		v.SetUint(n)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(s.drawFloat(v.Type().Bits(), tag))
	case reflect.String:
		v.SetString(s.drawText())
	case reflect.Slice:
		s.fillSlice(v, tag)
	case reflect.Array:
		for i := range v.Len() {
			s.fill(v.Index(i), tag)
		}
	case reflect.Map:
		s.fillMap(v, tag)
	case reflect.Pointer:
		if s.chance(70) {
			v.Set(reflect.New(v.Type().Elem()))
			s.fillTarget(v.Elem(), tag)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Tag.Get("as") != "-" {
				s.fill(v.Field(i), f.Tag.Get("as"))
			}
		}
	}
}

// fillTarget fills what a pointer points to, which can't be NULL.
func (s *sampler) fillTarget(v reflect.Value, tag string) {
	for range 20 {
		v.SetZero()
		s.fill(v, tag)
		if p, err := newCompiler(new(config)).codec(v.Type(), form{}); err == nil {
			if x, err := p.encode(placeAt(v), 0); err == nil && !x.IsNil() {
				return
			}
		}
	}
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	}
}

var edges = []int64{0, 1, -1, 127, -128, 128, 255, 256, 32767, 65535, 1 << 31, 1 << 53, math.MaxInt64, math.MinInt64}

func (s *sampler) drawInt() int64 {
	if s.chance(40) {
		return edges[s.IntN(len(edges))]
	}
	return s.Int64()>>s.IntN(64) - s.Int64N(100)
}

func (s *sampler) drawFloat(bits int, tag string) float64 {
	values := []float64{0, 1, -2.5, 1e10, 0.1, math.MaxFloat32}
	if !strings.Contains(tag, "json") {
		values = append(values, math.NaN(), math.Inf(1), math.Inf(-1))
	}
	f := values[s.IntN(len(values))]
	if bits == 32 {
		return float64(float32(f))
	}
	return f
}

func (s *sampler) drawText() string {
	words := []string{"", "a", "Ada Lovelace", "h\u00e9llo", "\x00", "null", "@V2", strings.Repeat("long ", 60)}
	return words[s.IntN(len(words))]
}

func (s *sampler) fillSlice(v reflect.Value, tag string) {
	if s.chance(25) {
		return // nil
	}
	n := s.IntN(4)
	if n == 0 && strings.Contains(tag, "omitempty") {
		return // an empty slice is omitted, and read as nil
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		s.fill(v.Index(i), withoutOmission(tag))
	}
}

// withoutOmission removes the options of a field that don't apply to its elements.
func withoutOmission(tag string) string {
	return strings.NewReplacer(",omitempty", "", ",omitzero", "").Replace(tag)
}

func (s *sampler) fillMap(v reflect.Value, tag string) {
	if s.chance(25) {
		return
	}
	n := s.IntN(4)
	if n == 0 && (strings.Contains(tag, "omitempty") || strings.Contains(tag, "rest")) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := range n {
		key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		s.fill(key, "")
		s.fill(item, withoutOmission(tag))
		if strings.Contains(tag, "rest") {
			if key.SetString(fmt.Sprintf("rest%d", i)); item.IsNil() {
				item.Set(reflect.ValueOf("x")) // NULL removes the bin
			}
		}
		v.SetMapIndex(key, item)
	}
	if v.Len() == 0 && strings.Contains(tag, "omitempty") {
		v.SetZero()
	}
}

// fillSpecial sets a value whose type is stored as one value.
func (s *sampler) fillSpecial(v reflect.Value, tag string) bool {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = s.drawTime(tag)
	case *sql.NullTime:
		if x.Valid = s.chance(50); x.Valid {
			x.Time = s.drawTime(tag)
		}
	case *point:
		*x = point{int32(s.IntN(9)), int32(s.IntN(9))}
	case *money:
		x.cents = s.drawInt()
	case *netip.Addr:
		if s.chance(70) {
			*x = netip.AddrFrom4([4]byte{byte(s.IntN(256)), 0, 0, 1})
		}
	case **big.Int:
		if s.chance(70) {
			*x = new(big.Int).Mul(big.NewInt(s.drawInt()), big.NewInt(math.MaxInt64))
		}
	case *protocol.Value:
		*x = protocol.ValueOf(s.drawAny())
	case *any:
		*x = s.drawAny()
	case *sql.NullString:
		*x = sql.NullString{}
		if s.chance(50) {
			*x = sql.NullString{String: s.drawText(), Valid: true}
		}
	case *sql.NullInt64:
		*x = sql.NullInt64{}
		if s.chance(50) {
			*x = sql.NullInt64{Int64: s.drawInt(), Valid: true}
		}
	case *sql.Null[bool]:
		x.Valid = s.chance(50)
		x.V = x.Valid && s.chance(50)
	case *sql.Null[float32]:
		*x = sql.Null[float32]{}
		if s.chance(50) {
			*x = sql.Null[float32]{V: 1.5, Valid: true}
		}
	case *tree:
		*x = tree{V: int(s.drawInt())}
		if s.chance(30) {
			x.Children, x.Next = []tree{{V: 1}, {Children: []tree{}}}, &tree{V: 2}
		}
	default:
		return false
	}
	return true
}

func (s *sampler) drawTime(tag string) time.Time {
	if s.chance(25) {
		return time.Time{}
	}
	switch n := s.drawInt(); {
	case strings.Contains(tag, "unixmilli"):
		return time.UnixMilli(n >> 15).UTC()
	case strings.Contains(tag, "unix") && !strings.Contains(tag, "unixnano"):
		return time.Unix(n>>30, 0).UTC()
	default:
		return time.Unix(0, n).UTC()
	}
}

func (s *sampler) drawAny() any {
	values := []any{
		nil, s.drawInt(), 2.5, s.drawText(), []byte{1}, true, []any{int64(1), nil, "x"}, map[string]any{"k": map[string]any{}}, map[any]any{int64(1): "v"},
		protocol.GeoJSON(`{"type":"Point","coordinates":[1,2]}`),
	}
	return values[s.IntN(len(values))]
}

// sameValue is reflect.DeepEqual, but NaNs are equal and protocol.Values are compared by content.
func sameValue(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Float32, reflect.Float64:
		x, y := a.Float(), b.Float()
		return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return a.Elem().Type() == b.Elem().Type() && sameValue(a.Elem(), b.Elem())
	case reflect.Slice, reflect.Array:
		if a.Kind() == reflect.Slice && a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameValue(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		return sameMap(a, b)
	case reflect.Struct:
		return sameStruct(a, b)
	}
	return a.Equal(b)
}

func sameMap(a, b reflect.Value) bool {
	if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
		return false
	}
	for it := a.MapRange(); it.Next(); {
		other := b.MapIndex(it.Key())
		if !other.IsValid() || !sameValue(it.Value(), other) {
			return false
		}
	}
	return true
}

func sameStruct(a, b reflect.Value) bool {
	if a.Type() == valueType {
		return protocol.Equal(a.Interface().(protocol.Value), b.Interface().(protocol.Value))
	}
	for i := range a.NumField() {
		f := a.Type().Field(i)
		switch {
		case !f.IsExported() && a.CanInterface():
			return reflect.DeepEqual(a.Interface(), b.Interface())
		case f.IsExported() && !sameValue(a.Field(i), b.Field(i)):
			return false
		}
	}
	return true
}
