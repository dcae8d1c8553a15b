package protocol

import (
	"math"
	"unsafe"
)

// Kind says which of its types a [Value] holds.
type Kind uint8

// The kinds of a value. Integers, floats, strings, blobs, booleans, lists, maps,
// GeoJSON and HyperLogLog can be stored in a bin; nil in a bin means "no bin".
const (
	KindNil     Kind = iota
	KindInvalid      // not a storable value; [Value.Err] says why
	KindInt
	KindUint // an unsigned integer above math.MaxInt64; exists inside collections only
	KindFloat
	KindString
	KindBlob
	KindBool
	KindList
	KindMap
	KindGeoJSON
	KindHLL
	KindInfinity // greater than every value; an argument of collection operations, never stored
	KindWildcard // equal to every value; an argument of collection operations, never stored
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

// Order tells how the server keeps a list or a map. It travels with a
// collection as the flags of its leading metadata element.
type Order uint8

// The orders of collections, as they stand on the wire.
const (
	Unordered       Order = 0x00 // lists and maps as clients write them by default
	Ordered         Order = 0x01 // a list kept sorted by value, a map by key
	KeyValueOrdered Order = 0x03 // a map kept sorted by key, with its values indexed
	PreserveOrder   Order = 0x08 // a result of key-value pairs whose sequence has a meaning
	PersistIndex    Order = 0x10 // the server stores the offset index; never in an answer
)

// A Value is what a bin holds, or a part of it: one tagged struct of 24 bytes
// in the manner of log/slog.Value, so that numbers, strings and blobs are carried
// without an allocation. The zero Value is nil.
//
// A Value keeps a reference to the bytes, elements or pairs that it was made
// from; whoever changes them afterwards changes the value.
type Value struct {
	ptr unsafe.Pointer
	num uint64 // the number itself, or a length
	tag
}

// tag is a struct of its own because the compiler keeps a struct in registers only if it
// has at most four fields, which makes values twice as fast to pass on.
type tag struct {
	_    [0]func() // values are compared with Equal, not with ==
	kind Kind
	// sub refines the kind: a collection's Order, a blob's ParticleType, float32Sub for a float of
	// four bytes, or nilSliceSub for the nil of a slice.
	sub uint8
}

// float32Sub marks a float that is kept in four bytes inside a collection. The
// server never changes that width, so neither do we.
const float32Sub = 1

// nilSliceSub marks a nil that ValueOf made of a nil slice.
const nilSliceSub = 1

// A Pair is one entry of a map.
type Pair struct {
	Key, Value Value
}

// Nil returns the value that stands for no value at all. Written to a bin it removes the bin.
func Nil() Value { return Value{} }

// Int returns a signed 64-bit integer.
func Int(n int64) Value { return Value{tag: tag{kind: KindInt}, num: uint64(n)} }

// Uint returns an unsigned integer. One that fits in 63 bits is the same as
// Int; a larger one can only live inside a list or a map.
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

// GeoJSON returns a GeoJSON value: a Point, Polygon, MultiPolygon, AeroCircle or a Feature of
// one of them, as text. Its content is checked by the server.
func GeoJSON(json string) Value { return stringValue(KindGeoJSON, json) }

func stringValue(k Kind, s string) Value {
	return Value{tag: tag{kind: k}, ptr: unsafe.Pointer(unsafe.StringData(s)), num: uint64(len(s))}
}

// Blob returns a value of raw bytes. It keeps a reference to b.
func Blob(b []byte) Value { return blobValue(KindBlob, b, ParticleBlob) }

// HLL returns a HyperLogLog value in the server's own layout, as an earlier
// read returned it. It keeps a reference to b.
func HLL(b []byte) Value { return blobValue(KindHLL, b, ParticleHLL) }

// BlobOf returns raw bytes under one of the language-specific blob particle
// types (Java, C#, Python, Ruby, PHP, Erlang, vector), which the server keeps and
// returns as they are. It keeps a reference to b.
func BlobOf(t ParticleType, b []byte) Value { return blobValue(KindBlob, b, t) }

func blobValue(k Kind, b []byte, t ParticleType) Value {
	return Value{tag: tag{kind: k, sub: uint8(t)}, ptr: unsafe.Pointer(unsafe.SliceData(b)), num: uint64(len(b))}
}

// List returns an unordered list. It keeps a reference to elements.
func List(elements ...Value) Value { return ListWithOrder(Unordered, elements) }

// ListWithOrder returns a list with its order flags; an Ordered list that is
// not sorted by [Compare] is refused by the server, and [SortList] sorts it. It keeps a reference to elements.
func ListWithOrder(o Order, elements []Value) Value {
	return Value{tag: tag{kind: KindList, sub: uint8(o)}, ptr: unsafe.Pointer(unsafe.SliceData(elements)), num: uint64(len(elements))}
}

// Map returns an unordered map. It keeps a reference to pairs. Keys must be
// integers, strings or blobs, each once.
func Map(pairs ...Pair) Value { return MapWithOrder(Unordered, pairs) }

// MapWithOrder returns a map with its order flags. It keeps a reference to pairs.
func MapWithOrder(o Order, pairs []Pair) Value {
	return Value{tag: tag{kind: KindMap, sub: uint8(o)}, ptr: unsafe.Pointer(unsafe.SliceData(pairs)), num: uint64(len(pairs))}
}

// Infinity returns the upper end of an unbounded interval in collection operations.
func Infinity() Value { return Value{tag: tag{kind: KindInfinity}} }

// Wildcard returns the value that equals everything from its position on in
// a comparison made by collection operations.
func Wildcard() Value { return Value{tag: tag{kind: KindWildcard}} }

// InvalidValue returns a value of KindInvalid that carries the reason why something
// could not become a Value; whoever encodes it reports that reason.
func InvalidValue(err error) Value {
	return Value{tag: tag{kind: KindInvalid}, ptr: unsafe.Pointer(&err)}
}

// Kind returns what the value holds.
func (v Value) Kind() Kind { return v.kind }

// IsNil reports whether the value is nil.
func (v Value) IsNil() bool { return v.kind == KindNil }

// IsNilSlice reports whether the value is nil because [ValueOf] made it of a nil slice that would
// be a list if it had elements. Package querylang takes it for an empty list where it expands lists.
func (v Value) IsNilSlice() bool { return v.kind == KindNil && v.sub == nilSliceSub }

// Err returns why the value can't be used, or nil. Only values made by [InvalidValue], or by
// [ValueOf] from something unsupported, have one.
func (v Value) Err() error {
	if v.kind != KindInvalid {
		return nil
	}
	return *(*error)(v.ptr)
}

// Int returns the integer and whether the value is one.
func (v Value) Int() (int64, bool) { return int64(v.num), v.kind == KindInt }

// Uint returns the number as an unsigned one and whether it is an integer that is not negative.
func (v Value) Uint() (uint64, bool) {
	return v.num, v.kind == KindUint || v.kind == KindInt && int64(v.num) >= 0
}

// Float returns the floating-point number and whether the value is one.
func (v Value) Float() (float64, bool) {
	return math.Float64frombits(v.num), v.kind == KindFloat
}

// IsFloat32 reports whether the value is a float that is kept in four bytes.
func (v Value) IsFloat32() bool { return v.kind == KindFloat && v.sub == float32Sub }

// Bool returns the boolean and whether the value is one.
func (v Value) Bool() (b, ok bool) { return v.num != 0, v.kind == KindBool }

// Text returns the text of a string or GeoJSON value and whether the value is one of the two.
func (v Value) Text() (string, bool) {
	if v.kind != KindString && v.kind != KindGeoJSON {
		return "", false
	}
	return v.text(), true
}

func (v Value) text() string { return unsafe.String((*byte)(v.ptr), int(v.num)) }

// Bytes returns the bytes of a blob or HyperLogLog value, which are shared with
// the value, and whether the value is one of the two.
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

// List returns the elements, which are shared with the value, and whether the value is a list.
func (v Value) List() ([]Value, bool) {
	if v.kind != KindList {
		return nil, false
	}
	return v.list(), true
}

func (v Value) list() []Value { return unsafe.Slice((*Value)(v.ptr), int(v.num)) }

// Map returns the pairs in their order, which are shared with the value, and
// whether the value is a map.
func (v Value) Map() ([]Pair, bool) {
	if v.kind != KindMap {
		return nil, false
	}
	return v.pairs(), true
}

func (v Value) pairs() []Pair { return unsafe.Slice((*Pair)(v.ptr), int(v.num)) }

// Order returns the order flags of a list or map, Unordered for anything else.
func (v Value) Order() Order {
	if v.kind == KindList || v.kind == KindMap {
		return Order(v.sub)
	}
	return Unordered
}

// Len returns the number of bytes, elements or pairs of a value that has them, else 0.
func (v Value) Len() int {
	switch v.kind {
	case KindString, KindGeoJSON, KindBlob, KindHLL, KindList, KindMap:
		return int(v.num)
	}
	return 0
}

// Particle returns the particle type that the value has as a bin; a value that
// no bin can hold gives ParticleNull.
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
