package protocol

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ValueOf makes a Value of a Go value: nil, any integer, float, string, bool,
// []byte, Value, []Value, []Pair, []any, []string, []int, []int64, []float64, map[string]any,
// map[any]any, and by reflection any other slice, array, map or named form of
// those. Slices and arrays whose elements are of kind uint8 become blobs; nil slices (but for
// []Value) and nil maps become nil. Maps, and []Pair too, are sorted by key, so that equal maps give
// equal bytes.
//
// What can't be stored gives a value of KindInvalid whose Err wraps [ErrInvalidValue]: a struct, a
// channel, an unsigned integer above math.MaxInt64, a map key that is not an integer, a string or a
// blob, and two keys of a map that are stored as the same value, for example 1 and int64(1). The
// error names the element or the key. Whatever writes such a value reports that error before
// anything is sent. Package mapper stores structs. [Uint] makes an unsigned integer of any size,
// which a list or a map can hold.
func ValueOf(v any) Value { return valueOf(v, 0) }

// valueOf goes by types that are common before it goes by reflection. depth counts
// the collections around v.
func valueOf(v any, depth int) Value {
	switch x := v.(type) {
	case nil:
		return Nil()
	case Value:
		return x
	case string:
		return String(x)
	case []byte:
		if x == nil {
			return Nil()
		}
		return Blob(x)
	case int:
		return Int(int64(x))
	case int64:
		return Int(x)
	case int32:
		return Int(int64(x))
	case float64:
		return Float(x)
	case bool:
		return Bool(x)
	case []Value:
		return List(x...)
	case []Pair:
		return pairsValue(x)
	case []any:
		return listOf(x, depth)
	case []string:
		return listOf(x, depth)
	case []int:
		return listOf(x, depth)
	case []int64:
		return listOf(x, depth)
	case []float64:
		return listOf(x, depth)
	case map[string]any:
		return mapOf(x, depth)
	case map[any]any:
		return mapOf(x, depth)
	}
	return reflectValue(reflect.ValueOf(v), depth)
}

// nilSlice is nil that [Value.IsNilSlice] knows.
func nilSlice() Value { return Value{tag: tag{kind: KindNil, sub: nilSliceSub}} }

// tooDeep is the value of what is nested without an end, or nearly so.
func tooDeep() Value {
	return InvalidValue(errNestedTooDeep)
}

// invalidAt adds the index of a list's element to the reason why it is invalid.
func invalidAt(i int, v Value) Value {
	return invalidWithin("["+strconv.Itoa(i)+"]", v)
}

// invalidWithin adds a step to the path of an invalid value. One that is nested too deep has no
// path worth reading.
func invalidWithin(step string, v Value) Value {
	if errors.Is(v.Err(), errNestedTooDeep) {
		return v
	}
	if inner, ok := v.Err().(*elementError); ok {
		return InvalidValue(&elementError{step + inner.path, inner.err})
	}
	return InvalidValue(&elementError{step, v.Err()})
}

// An elementError says which part of a collection can't be stored.
type elementError struct {
	path string // for example "[3][2]"
	err  error
}

func (e *elementError) Error() string { return "element " + e.path + ": " + e.err.Error() }
func (e *elementError) Unwrap() error { return e.err }

var errNestedTooDeep = fmt.Errorf("%w: nested more than %d levels deep, or a cycle", ErrInvalidValue, MaxDepth)

func listOf[T any](xs []T, depth int) Value {
	switch {
	case xs == nil:
		return nilSlice()
	case depth > MaxDepth:
		return tooDeep()
	}
	elements := make([]Value, len(xs))
	for i, x := range xs {
		elements[i] = valueOf(x, depth+1)
		if elements[i].kind == KindInvalid {
			return invalidAt(i, elements[i])
		}
	}
	return List(elements...)
}

func mapOf[K comparable](m map[K]any, depth int) Value {
	switch {
	case m == nil:
		return Nil()
	case depth > MaxDepth:
		return tooDeep()
	}
	pairs := make([]Pair, 0, len(m))
	for k, x := range m {
		pairs = append(pairs, Pair{valueOf(k, depth+1), valueOf(x, depth+1)})
	}
	return mapOfPairs(pairs)
}

// pairsValue makes a map of pairs, which it does not change.
func pairsValue(pairs []Pair) Value {
	if pairs == nil {
		return Nil()
	}
	return mapOfPairs(slices.Clone(pairs))
}

// mapOfPairs sorts and checks pairs that need not be storable.
func mapOfPairs(pairs []Pair) Value {
	for _, p := range pairs {
		switch {
		case p.Key.kind == KindInvalid:
			return invalidWithin("[key]", p.Key)
		case !p.Key.CanBeMapKey():
			return InvalidValue(fmt.Errorf("%w: a map key must be an integer, a string or a blob, not %s", ErrInvalidValue, p.Key.kind))
		case p.Value.kind == KindInvalid:
			return invalidWithin("["+quoted(p.Key)+"]", p.Value)
		}
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return Compare(a.Key, b.Key) })
	for i := 1; i < len(pairs); i++ {
		if Compare(pairs[i-1].Key, pairs[i].Key) == 0 {
			return InvalidValue(fmt.Errorf("%w: two keys of a map are both stored as %s", ErrInvalidValue, quoted(pairs[i].Key)))
		}
	}
	return Map(pairs...)
}

// quoted returns a value as it stands inside a collection, strings in quotes.
func quoted(v Value) string {
	var b strings.Builder
	v.format(&b)
	return b.String()
}

// CanBeMapKey reports whether a stored map may have the value as a key: an integer, a
// string or a plain blob.
func (v Value) CanBeMapKey() bool {
	return v.kind == KindInt || v.kind == KindUint || v.kind == KindString ||
		v.kind == KindBlob && ParticleType(v.sub) == ParticleBlob
}

func reflectValue(rv reflect.Value, depth int) Value {
	if depth > MaxDepth {
		return tooDeep()
	}
	if rv.IsValid() && rv.CanInterface() {
		if v, ok := rv.Interface().(Value); ok {
			return v
		}
	}
	switch rv.Kind() {
	case reflect.Invalid:
		return Nil()
	case reflect.Bool:
		return Bool(rv.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Int(rv.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return storableUint(rv.Uint())
	case reflect.Float32, reflect.Float64:
		return Float(rv.Float())
	case reflect.String:
		return String(rv.String())
	case reflect.Pointer, reflect.Interface:
		if rv.IsNil() {
			return Nil()
		}
		return reflectValue(rv.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		return reflectList(rv, depth)
	case reflect.Map:
		return reflectMap(rv, depth)
	}
	return InvalidValue(fmt.Errorf("%w: a %s has no form in a bin; use a number, string, bool, []byte, slice or map (package mapper stores structs)",
		ErrInvalidValue, rv.Type()))
}

func reflectList(rv reflect.Value, depth int) Value {
	isBlob := rv.Type().Elem().Kind() == reflect.Uint8
	switch {
	case rv.Kind() == reflect.Slice && rv.IsNil():
		if isBlob {
			return Nil()
		}
		return nilSlice()
	case isBlob:
		return Blob(reflectBytes(rv))
	}
	elements := make([]Value, rv.Len())
	for i := range elements {
		elements[i] = reflectValue(rv.Index(i), depth+1)
		if elements[i].kind == KindInvalid {
			return invalidAt(i, elements[i])
		}
	}
	return List(elements...)
}

// reflectBytes copies a slice or an array whose elements are of kind uint8, of whatever type.
func reflectBytes(rv reflect.Value) []byte {
	if rv.Kind() == reflect.Slice || rv.CanAddr() {
		return slices.Concat([]byte{}, rv.Bytes())
	}
	b := make([]byte, rv.Len())
	for i := range b {
		b[i] = byte(rv.Index(i).Uint())
	}
	return b
}

// storableUint refuses what no bin can hold, in collections as well: the integers that other
// clients and expressions know have 63 bits and a sign.
func storableUint(n uint64) Value {
	if n > math.MaxInt64 {
		return InvalidValue(fmt.Errorf("%w: %d is above 2^63-1, the largest integer", ErrInvalidValue, n))
	}
	return Int(int64(n))
}

func reflectMap(rv reflect.Value, depth int) Value {
	if rv.IsNil() {
		return Nil()
	}
	pairs := make([]Pair, 0, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		pairs = append(pairs, Pair{reflectValue(it.Key(), depth+1), reflectValue(it.Value(), depth+1)})
	}
	return mapOfPairs(pairs)
}

// Any returns the value as a plain Go value: nil, int64, float64, string, []byte, bool, []any for a
// list, and uint64 for an integer above math.MaxInt64. A map is a map[string]any if all its keys are
// strings or it is empty, else a map[any]any. If Go's maps can't hold it, it is its []Pair: if a key
// is a blob, a list, a map, a NaN, an infinity or a wildcard, or if two keys are equal in Go. GeoJSON
// gives its text as a string, HyperLogLog its bytes. Infinity, wildcard and invalid values give
// themselves.
func (v Value) Any() any {
	switch v.kind {
	case KindNil:
		return nil
	case KindInt:
		return int64(v.num)
	case KindUint:
		return v.num
	case KindFloat:
		f, _ := v.Float()
		return f
	case KindString, KindGeoJSON:
		return v.text()
	case KindBlob, KindHLL:
		return v.bytes()
	case KindBool:
		return v.num != 0
	case KindList:
		list := make([]any, 0, v.num)
		for _, e := range v.list() {
			list = append(list, e.Any())
		}
		return list
	case KindMap:
		return mapAny(v.pairs())
	}
	return v
}

// mapAny looks at the keys before it converts anything: a nested map that was converted twice at
// each level would take exponential time.
func mapAny(pairs []Pair) any {
	texts := true
	for _, p := range pairs {
		if !p.Key.canBeGoKey() {
			return pairs
		}
		texts = texts && p.Key.kind == KindString
	}
	if texts {
		return goMap(pairs, Value.text)
	}
	return goMap(pairs, Value.Any)
}

// goMap returns the pairs themselves if two keys are equal in Go.
func goMap[K comparable](pairs []Pair, key func(Value) K) any {
	m := make(map[K]any, len(pairs))
	for _, p := range pairs {
		m[key(p.Key)] = p.Value.Any()
	}
	if len(m) != len(pairs) {
		return pairs
	}
	return m
}

// canBeGoKey reports whether a map[any]any can have the value as a key and find it again.
func (v Value) canBeGoKey() bool {
	switch v.kind {
	case KindNil, KindInt, KindUint, KindString, KindBool, KindGeoJSON:
		return true
	case KindFloat:
		f, _ := v.Float()
		return !math.IsNaN(f)
	}
	return false
}

// Equal reports whether both values are the same to the server: same kind,
// same content. The order flags of collections don't count, and a NaN equals itself.
func Equal(a, b Value) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case KindInvalid:
		return false
	case KindFloat:
		x, _ := a.Float()
		y, _ := b.Float()
		return cmp.Compare(x, y) == 0
	}
	return Compare(a, b) == 0
}
