package protocol

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// ValueOf makes a Value of a Go value: nil, any integer, float, string, bool,
// []byte, Value, []Value, []any, []string, []int, []int64, []float64, map[string]any,
// map[any]any, and by reflection any other slice, array, map or named form of
// those; [N]byte becomes a blob. Maps are sorted by key, so that equal maps give equal bytes.
//
// What has no form in a bin (a struct, a channel, an unsigned integer above
// math.MaxInt64 at the top) gives a value of KindInvalid whose Err wraps
// [ErrInvalidValue]; whatever writes it reports that error before anything is sent.
// Structs belong to package mapper.
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

// tooDeep is the value of what is nested without an end, or nearly so.
func tooDeep() Value {
	return InvalidValue(fmt.Errorf("%w: nested more than %d levels deep, or a cycle", ErrInvalidValue, MaxDepth))
}

func listOf[T any](xs []T, depth int) Value {
	switch {
	case xs == nil:
		return Nil()
	case depth > MaxDepth:
		return tooDeep()
	}
	elements := make([]Value, len(xs))
	for i, x := range xs {
		elements[i] = valueOf(x, depth+1)
		if elements[i].kind == KindInvalid {
			return elements[i]
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

// mapOfPairs sorts and checks the pairs that came from a Go map.
func mapOfPairs(pairs []Pair) Value {
	for _, p := range pairs {
		switch {
		case p.Key.kind == KindInvalid:
			return p.Key
		case p.Value.kind == KindInvalid:
			return p.Value
		case !p.Key.CanBeMapKey():
			return InvalidValue(fmt.Errorf("%w: a map key must be an integer, a string or a blob, not %s", ErrInvalidValue, p.Key.kind))
		}
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return Compare(a.Key, b.Key) })
	return Map(pairs...)
}

// CanBeMapKey reports whether a stored map may have the value as a key: an integer, a
// string or a plain blob (wire-cdt-exp.md 1.4).
func (v Value) CanBeMapKey() bool {
	return v.kind == KindInt || v.kind == KindUint || v.kind == KindString ||
		v.kind == KindBlob && ParticleType(v.sub) == ParticleBlob
}

func reflectValue(rv reflect.Value, depth int) Value {
	if depth > MaxDepth {
		return InvalidValue(fmt.Errorf("%w: nested more than %d levels deep, or a cycle", ErrInvalidValue, MaxDepth))
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
		return Uint(rv.Uint())
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
	if rv.Kind() == reflect.Slice && rv.IsNil() {
		return Nil()
	}
	if rv.Type().Elem().Kind() == reflect.Uint8 {
		b := make([]byte, rv.Len())
		reflect.Copy(reflect.ValueOf(b), rv)
		return Blob(b)
	}
	elements := make([]Value, rv.Len())
	for i := range elements {
		elements[i] = reflectValue(rv.Index(i), depth+1)
		if elements[i].kind == KindInvalid {
			return elements[i]
		}
	}
	return List(elements...)
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

// Any returns the value as a plain Go value: nil, int64, uint64, float64,
// string, []byte, bool, []any, map[any]any, or []Pair for a map that has a key which Go can't use
// as one. GeoJSON gives its text as a string, HyperLogLog its bytes. Infinity, wildcard
// and invalid values give themselves.
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

func mapAny(pairs []Pair) any {
	m := make(map[any]any, len(pairs))
	for _, p := range pairs {
		k := p.Key.Any()
		switch p.Key.kind {
		case KindList, KindMap, KindBlob, KindHLL:
			return pairs // these can't be keys of a Go map
		}
		m[k] = p.Value.Any()
	}
	return m
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
