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

// ValueOf converts a Go value to a Value: nil, a bool, a number, a string, a []byte, a Value, a
// []Value or a []Pair, any slice, array or map of values that it converts, a pointer to one, and
// any type whose underlying type is one of these. Slices and arrays with elements of kind uint8
// become blobs. Nil pointers, nil slices except []Value, and nil maps become nil. Maps and []Pair
// are sorted by key, so that equal maps have equal bytes. The Value keeps a reference to a []byte
// or []Value.
//
// If v can't be stored, ValueOf returns a value of KindInvalid whose Err wraps [ErrInvalidValue]
// and names the element or the key. A command with such a value fails with that error before it is
// sent. Examples are a struct, a channel, an unsigned integer above math.MaxInt64, a map key that
// is not an integer, a string or a blob, and a map with two keys that are stored as the same value,
// such as 1 and int64(1). Package mapper stores structs. [Uint] makes unsigned integers of any size
// for lists and maps.
func ValueOf(v any) Value { return valueOf(v, 0) }

// valueOf converts common types without reflection. depth is the number of lists and maps around v.
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

// nilSlice returns a nil for which [Value.IsNilSlice] is true.
func nilSlice() Value { return Value{tag: tag{kind: KindNil, sub: nilSliceSub}} }

// tooDeep returns the invalid value for a Go value that is nested too deep or contains itself.
func tooDeep() Value {
	return InvalidValue(errNestedTooDeep)
}

// invalidAt adds the index of an element of a list to the error of the element.
func invalidAt(i int, v Value) Value {
	return invalidWithin("["+strconv.Itoa(i)+"]", v)
}

// invalidWithin adds a step to the path in the error of an invalid value. There is no path if the
// value is nested too deep: it would be too long.
func invalidWithin(step string, v Value) Value {
	if errors.Is(v.Err(), errNestedTooDeep) {
		return v
	}
	if inner, ok := v.Err().(*elementError); ok {
		return InvalidValue(&elementError{step + inner.path, inner.err})
	}
	return InvalidValue(&elementError{step, v.Err()})
}

// An elementError is the error for one element of a list or map, with its path.
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

// pairsValue returns a map with a copy of pairs.
func pairsValue(pairs []Pair) Value {
	if pairs == nil {
		return Nil()
	}
	return mapOfPairs(slices.Clone(pairs))
}

// mapOfPairs sorts pairs and returns them as a map, or an invalid value if they can't be stored.
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

// quoted returns the text of a value, with quotes if it is a string.
func quoted(v Value) string {
	var b strings.Builder
	v.format(&b)
	return b.String()
}

// CanBeMapKey reports whether the value can be a key of a stored map: whether it is an integer, a
// string or a blob of type ParticleBlob.
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

// reflectBytes returns a copy of a slice or array with elements of kind uint8.
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

// storableUint returns an integer, or an invalid value above 2^63-1. A list or map could hold a
// larger one, but expressions and many clients could not read it.
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

// Any returns the value as a Go value:
//
//	nil                       nil
//	integer                   int64, or uint64 above math.MaxInt64
//	float                     float64
//	boolean                   bool
//	string, GeoJSON           string
//	blob, HyperLogLog         []byte, not copied
//	list                      []any
//	map                       map[string]any if all keys are strings or there are none,
//	                          otherwise map[any]any, or []Pair if that is not possible
//	infinity, wildcard,
//	invalid value             the Value itself
//
// A Go map is not possible if a key is a blob, a list, a map, a NaN, an infinity or a wildcard, or
// if two keys are equal in Go.
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

// mapAny checks the keys before it converts anything. Otherwise nested maps could be converted
// twice at each level, which takes exponential time.
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

// goMap returns pairs as a Go map, or unchanged if two keys are equal in Go.
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

// canBeGoKey reports whether the value can be a key of a map[any]any and be found again.
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

// Equal reports whether two values have the same kind and the same content. It ignores the order
// flags of lists and maps. A NaN equals itself. An invalid value equals nothing.
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
