package protocol

import (
	"math"
	"unsafe"
)

// Kind is the type of a [Value]: KindNil, KindInvalid, KindInt, KindUint, KindFloat, KindString,
// KindBlob, KindBool, KindList, KindMap, KindGeoJSON, KindHLL, KindInfinity or KindWildcard.
type Kind uint8

// The kinds of a value. A bin can hold integers, floats, strings, blobs, booleans, lists, maps,
// GeoJSON and HyperLogLog values. Nil in a bin means that there is no bin.
const (
	KindNil     Kind = iota
	KindInvalid      // not a value; [Value.Err] returns the reason
	KindInt
	KindUint // an unsigned integer above math.MaxInt64; only in lists and maps
	KindFloat
	KindString
	KindBlob
	KindBool
	KindList
	KindMap
	KindGeoJSON
	KindHLL
	KindInfinity // greater than all values; only an argument of collection operations
	KindWildcard // equal to all values; only an argument of collection operations
)

var kindNames = [...]string{
	"nil", "invalid", "integer", "unsigned integer", "float", "string", "blob", "boolean",
	"list", "map", "geojson", "hll", "infinity", "wildcard",
}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown kind"
}

// Order is the order of a list or map: Unordered, Ordered, KeyValueOrdered or PreserveOrder,
// optionally or-ed with PersistIndex. It is stored with the list or map.
type Order uint8

// The orders of lists and maps.
const (
	Unordered       Order = 0x00 // the default
	Ordered         Order = 0x01 // the server keeps a list sorted by value, a map by key
	KeyValueOrdered Order = 0x03 // the server keeps a map sorted by key, and has an index of its values
	PreserveOrder   Order = 0x08 // a map in a response whose pairs are in a significant order
	PersistIndex    Order = 0x10 // a flag: the server stores its index of offsets; never in a response
)

// A Value is the value of a bin, or an element of a list or map. Like slog.Value it is a small
// struct (24 bytes) that holds numbers, strings and blobs without an allocation. The zero Value is
// nil.
//
// A Value keeps a reference to the bytes, elements or pairs that it was made from. If the caller
// changes them, the Value changes.
type Value struct {
	ptr unsafe.Pointer
	num uint64 // the number itself, or a length
	tag
}

// tag is a separate struct because the compiler keeps a struct in registers only if it has at most
// four fields. This makes it twice as fast to pass values.
type tag struct {
	_    [0]func() // makes == a compile error; use Equal
	kind Kind
	// sub is the Order of a list or map, the ParticleType of a blob, float32Sub for a float of four
	// bytes, or nilSliceSub for a nil slice.
	sub uint8
}

// float32Sub marks a float that is stored in four bytes in a list or map. It is written back in
// four bytes, because the server does not change the width of such a float either.
const float32Sub = 1

// nilSliceSub marks a nil that ValueOf made from a nil slice.
const nilSliceSub = 1

// A Pair is one entry of a map.
type Pair struct {
	Key, Value Value
}

// Nil returns the nil value. Writing it to a bin removes the bin.
func Nil() Value { return Value{} }

// Int returns a signed 64-bit integer.
func Int(n int64) Value { return Value{tag: tag{kind: KindInt}, num: uint64(n)} }

// Uint returns an unsigned integer. If n is at most math.MaxInt64 the value is that of [Int]. A
// larger integer can only be stored in a list or a map.
func Uint(n uint64) Value {
	if n <= math.MaxInt64 {
		return Value{tag: tag{kind: KindInt}, num: n}
	}
	return Value{tag: tag{kind: KindUint}, num: n}
}

// Float returns a 64-bit floating-point number.
func Float(f float64) Value { return Value{tag: tag{kind: KindFloat}, num: math.Float64bits(f)} }

func float32Value(f float32) Value {
	return Value{num: math.Float64bits(float64(f)), tag: tag{kind: KindFloat, sub: float32Sub}}
}

// Bool returns a boolean.
func Bool(b bool) Value {
	if b {
		return Value{tag: tag{kind: KindBool}, num: 1}
	}
	return Value{tag: tag{kind: KindBool}}
}

// String returns a string of UTF-8 text.
func String(s string) Value { return stringValue(KindString, s) }

// GeoJSON returns a GeoJSON value. The text is a Point, a Polygon, a MultiPolygon, an AeroCircle or
// a Feature with one of them. The server checks it. [GeoPoint], [GeoCircle] and [GeoPolygon] make
// the most common ones from numbers.
func GeoJSON(json string) Value { return stringValue(KindGeoJSON, json) }

func stringValue(k Kind, s string) Value {
	return Value{tag: tag{kind: k}, ptr: unsafe.Pointer(unsafe.StringData(s)), num: uint64(len(s))}
}

// Blob returns a value of raw bytes. It keeps a reference to b.
func Blob(b []byte) Value { return blobValue(KindBlob, b, ParticleBlob) }

// HLL returns a HyperLogLog value from bytes in the server's format, as returned by a read. It
// keeps a reference to b.
func HLL(b []byte) Value { return blobValue(KindHLL, b, ParticleHLL) }

// BlobOf returns a value of raw bytes with a blob particle type other than ParticleBlob: that of a
// language, e.g. ParticleJava, or ParticleVector. The server stores the type. BlobOf keeps a
// reference to b.
func BlobOf(t ParticleType, b []byte) Value { return blobValue(KindBlob, b, t) }

func blobValue(k Kind, b []byte, t ParticleType) Value {
	return Value{tag: tag{kind: k, sub: uint8(t)}, ptr: unsafe.Pointer(unsafe.SliceData(b)), num: uint64(len(b))}
}

// List returns an unordered list. It keeps a reference to elements.
func List(elements ...Value) Value { return ListWithOrder(Unordered, elements) }

// ListWithOrder returns a list with an order. The server rejects an Ordered list whose elements are
// not sorted; use [SortList] to sort them. ListWithOrder keeps a reference to elements.
func ListWithOrder(o Order, elements []Value) Value {
	return Value{tag: tag{kind: KindList, sub: uint8(o)}, ptr: unsafe.Pointer(unsafe.SliceData(elements)), num: uint64(len(elements))}
}

// Map returns an unordered map. It keeps a reference to pairs. The keys must be integers, strings
// or blobs and must not repeat.
func Map(pairs ...Pair) Value { return MapWithOrder(Unordered, pairs) }

// MapWithOrder returns a map with an order. Otherwise it is like [Map].
func MapWithOrder(o Order, pairs []Pair) Value {
	return Value{tag: tag{kind: KindMap, sub: uint8(o)}, ptr: unsafe.Pointer(unsafe.SliceData(pairs)), num: uint64(len(pairs))}
}

// Infinity returns the value that is greater than all values. In collection operations it is the
// end of an interval without an upper limit.
func Infinity() Value { return Value{tag: tag{kind: KindInfinity}} }

// Wildcard returns the value that equals all values in a comparison by a collection operation. In a
// list it also equals all elements that follow.
func Wildcard() Value { return Value{tag: tag{kind: KindWildcard}} }

// InvalidValue returns a value of KindInvalid. Err returns err, and so does an attempt to encode
// the value: a command with it fails before it is sent.
func InvalidValue(err error) Value {
	return Value{tag: tag{kind: KindInvalid}, ptr: unsafe.Pointer(&err)}
}

// Kind returns the kind of the value.
func (v Value) Kind() Kind { return v.kind }

// IsNil reports whether the value is nil.
func (v Value) IsNil() bool { return v.kind == KindNil }

// IsNilSlice reports whether the value is nil because [ValueOf] made it from a nil slice of a type
// that it converts to a list. Package querylang uses it to expand a nil slice as an empty list.
func (v Value) IsNilSlice() bool { return v.kind == KindNil && v.sub == nilSliceSub }

// Err returns the reason why a value of KindInvalid can't be used, and nil for all other values.
// [InvalidValue] makes such values, and so does [ValueOf] for a Go value that can't be stored.
func (v Value) Err() error {
	if v.kind != KindInvalid {
		return nil
	}
	return *(*error)(v.ptr)
}

// Int returns the integer, and whether the value is one.
func (v Value) Int() (int64, bool) { return int64(v.num), v.kind == KindInt }

// Uint returns the integer as an unsigned one, and whether the value is an integer that is not
// negative.
func (v Value) Uint() (uint64, bool) {
	return v.num, v.kind == KindUint || v.kind == KindInt && int64(v.num) >= 0
}

// Float returns the floating-point number, and whether the value is one.
func (v Value) Float() (float64, bool) {
	return math.Float64frombits(v.num), v.kind == KindFloat
}

// IsFloat32 reports whether the value is a float that is stored in four bytes.
func (v Value) IsFloat32() bool { return v.kind == KindFloat && v.sub == float32Sub }

// Bool returns the boolean, and whether the value is one.
func (v Value) Bool() (b, ok bool) { return v.num != 0, v.kind == KindBool }

// Text returns the text of a string or GeoJSON value, and whether the value is one.
func (v Value) Text() (string, bool) {
	if v.kind != KindString && v.kind != KindGeoJSON {
		return "", false
	}
	return v.text(), true
}

func (v Value) text() string { return unsafe.String((*byte)(v.ptr), int(v.num)) }

// Bytes returns the bytes of a blob or HyperLogLog value, and whether the value is one. It does not
// copy the bytes.
func (v Value) Bytes() ([]byte, bool) {
	if v.kind != KindBlob && v.kind != KindHLL {
		return nil, false
	}
	return v.bytes(), true
}

func (v Value) bytes() []byte {
	if v.ptr == nil {
		return []byte{}
	}
	return unsafe.Slice((*byte)(v.ptr), int(v.num))
}

// List returns the elements of a list, and whether the value is one. It does not copy the elements.
func (v Value) List() ([]Value, bool) {
	if v.kind != KindList {
		return nil, false
	}
	return v.list(), true
}

func (v Value) list() []Value { return unsafe.Slice((*Value)(v.ptr), int(v.num)) }

// Map returns the pairs of a map in their order, and whether the value is one. It does not copy the
// pairs.
func (v Value) Map() ([]Pair, bool) {
	if v.kind != KindMap {
		return nil, false
	}
	return v.pairs(), true
}

func (v Value) pairs() []Pair { return unsafe.Slice((*Pair)(v.ptr), int(v.num)) }

// Order returns the order of a list or map, and Unordered for other kinds.
func (v Value) Order() Order {
	if v.kind == KindList || v.kind == KindMap {
		return Order(v.sub)
	}
	return Unordered
}

// Len returns the number of bytes of a string, GeoJSON, blob or HyperLogLog value, of elements of a
// list, or of pairs of a map. It returns 0 for other kinds.
func (v Value) Len() int {
	switch v.kind {
	case KindString, KindGeoJSON, KindBlob, KindHLL, KindList, KindMap:
		return int(v.num)
	}
	return 0
}

// Particle returns the particle type of the value in a bin. It returns ParticleNull for a value
// that no bin can hold.
func (v Value) Particle() ParticleType {
	switch v.kind {
	case KindInt:
		return ParticleInteger
	case KindFloat:
		return ParticleFloat
	case KindString:
		return ParticleString
	case KindBlob, KindHLL:
		return ParticleType(v.sub)
	case KindBool:
		return ParticleBool
	case KindList:
		return ParticleList
	case KindMap:
		return ParticleMap
	case KindGeoJSON:
		return ParticleGeoJSON
	}
	return ParticleNull
}
