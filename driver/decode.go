package driver

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

var (
	timeType        = reflect.TypeFor[time.Time]()
	scannerType     = reflect.TypeFor[sql.Scanner]()
	unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
)

// A decodeError reports a value that does not fit a variable.
func decodeError(v protocol.Value, into reflect.Type) error {
	return fmt.Errorf("%s %.40s does not fit a %v", v.Kind(), v, into)
}

// decodeValue stores a value in a variable of any type: numbers and strings if they fit, times from
// integers of nanoseconds, lists in slices and arrays, maps in maps and structs. NULL is the zero
// value. Fields of structs are found by their json tag or name, as encoding/json does.
func decodeValue(v protocol.Value, into reflect.Value) error {
	t := into.Type()
	if reflect.PointerTo(t).Implements(scannerType) && !isSQLNull(t) {
		return into.Addr().Interface().(sql.Scanner).Scan(nativeValue(v))
	}
	if v.IsNil() {
		into.SetZero()
		return nil
	}
	switch {
	case t == timeType:
		n, ok := v.Int()
		if !ok {
			return decodeError(v, t)
		}
		into.Set(reflect.ValueOf(time.Unix(0, n).UTC()))
		return nil
	case isSQLNull(t):
		into.FieldByName("Valid").SetBool(true)
		return decodeValue(v, into.Field(0))
	case reflect.PointerTo(t).Implements(unmarshalerType):
		return decodeNative(nativeValue(v), into.Addr().Interface())
	}
	return decodeKind(v, into)
}

// decodeKind is decodeValue for types without a meaning of their own.
func decodeKind(v protocol.Value, into reflect.Value) error {
	t := into.Type()
	switch t.Kind() {
	case reflect.Pointer:
		target := reflect.New(t.Elem())
		if err := decodeValue(v, target.Elem()); err != nil {
			return err
		}
		into.Set(target)
		return nil
	case reflect.Interface:
		native := reflect.ValueOf(nativeValue(v))
		if !native.Type().AssignableTo(t) {
			return decodeError(v, t)
		}
		into.Set(native)
		return nil
	case reflect.Slice, reflect.Array:
		return decodeList(v, into)
	case reflect.Map:
		return decodeMap(v, into)
	case reflect.Struct:
		return decodeStruct(v, into)
	}
	return decodeScalar(v, into)
}

// decodeScalar stores a number, string or boolean.
func decodeScalar(v protocol.Value, into reflect.Value) error {
	t := into.Type()
	n, isInt := v.Int()
	f, isFloat := v.Float()
	switch {
	case into.CanInt() && isInt && !into.OverflowInt(n):
		into.SetInt(n)
	case into.CanUint() && isInt && n >= 0 && !into.OverflowUint(uint64(n)):
		into.SetUint(uint64(n))
	case into.CanFloat() && isInt:
		into.SetFloat(float64(n))
	case into.CanFloat() && isFloat:
		into.SetFloat(f)
	case t.Kind() == reflect.Bool && v.Kind() == protocol.KindBool:
		b, _ := v.Bool()
		into.SetBool(b)
	case t.Kind() == reflect.String && (v.Kind() == protocol.KindString || v.Kind() == protocol.KindGeoJSON):
		s, _ := v.Text()
		into.SetString(strings.Clone(s))
	default:
		if u, ok := v.Uint(); ok && into.CanUint() && !into.OverflowUint(u) {
			into.SetUint(u)
			return nil
		}
		return decodeError(v, t)
	}
	return nil
}

// decodeList stores a list in a slice or array, or bytes in a slice of bytes.
func decodeList(v protocol.Value, into reflect.Value) error {
	t := into.Type()
	if b, ok := v.Bytes(); ok && t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
		into.Set(reflect.ValueOf(append([]byte{}, b...)).Convert(t))
		return nil
	}
	elements, ok := v.List()
	if !ok {
		return decodeError(v, t)
	}
	target := into
	if t.Kind() == reflect.Slice {
		target = reflect.MakeSlice(t, len(elements), len(elements))
	} else if t.Len() != len(elements) {
		return fmt.Errorf("a list of %d elements does not fit a %v", len(elements), t)
	}
	for i, e := range elements {
		if err := decodeValue(e, target.Index(i)); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	into.Set(target)
	return nil
}

// decodeMap stores a map in a Go map. Two keys that are equal in Go are an error.
func decodeMap(v protocol.Value, into reflect.Value) error {
	t := into.Type()
	pairs, ok := v.Map()
	if !ok {
		return decodeError(v, t)
	}
	target := reflect.MakeMapWithSize(t, len(pairs))
	for _, p := range pairs {
		key, item := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := decodeValue(p.Key, key); err != nil {
			return fmt.Errorf("key %.40s: %w", p.Key, err)
		}
		if err := decodeValue(p.Value, item); err != nil {
			return fmt.Errorf("value of key %.40s: %w", p.Key, err)
		}
		if !key.Comparable() {
			return fmt.Errorf("key %.40s can't be a key of a Go map", p.Key)
		}
		target.SetMapIndex(key, item)
	}
	if target.Len() != len(pairs) {
		return fmt.Errorf("two keys of the map are equal in a %v", t)
	}
	into.Set(target)
	return nil
}

// decodeStruct stores a map with text keys in a struct. Keys without a field are ignored, and
// fields without a key become zero.
func decodeStruct(v protocol.Value, into reflect.Value) error {
	pairs, ok := v.Map()
	if !ok {
		return decodeError(v, into.Type())
	}
	into.SetZero()
	fields := fieldsOf(into.Type())
	for _, p := range pairs {
		name, isText := p.Key.Text()
		index, known := fields[name]
		if !known {
			index, known = fields[strings.ToLower(name)]
		}
		if !isText || !known {
			continue
		}
		if err := decodeValue(p.Value, into.Field(index)); err != nil {
			return fmt.Errorf("field %s: %w", into.Type().Field(index).Name, err)
		}
	}
	return nil
}

var structFields sync.Map // reflect.Type to map[string]int

// fieldsOf returns the indexes of a struct's exported fields, by their name in JSON and by that
// name in lower case.
func fieldsOf(t reflect.Type) map[string]int {
	if known, ok := structFields.Load(t); ok {
		return known.(map[string]int)
	}
	fields := make(map[string]int)
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if lower := strings.ToLower(name); fields[lower] == 0 {
			fields[lower] = i
		}
		fields[name] = i
	}
	structFields.Store(t, fields)
	return fields
}
