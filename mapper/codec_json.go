package mapper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
)

// unmarshalJSON returns json.Unmarshal for variables of type t, with one difference: in an any, an
// integer that a float64 would round becomes an int64 or uint64, or a json.Number if it is larger.
func unmarshalJSON(t reflect.Type) func(text []byte, p reflect.Value) error {
	if !containsInterface(t, map[reflect.Type]bool{}) {
		return func(text []byte, p reflect.Value) error { return json.Unmarshal(text, p.Interface()) }
	}
	return func(text []byte, p reflect.Value) error {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(p.Interface()); err != nil {
			return err
		}
		if _, err := decoder.Token(); err != io.EOF {
			return fmt.Errorf("data after the JSON value, at byte %d", decoder.InputOffset())
		}
		replaceNumbers(p.Elem())
		return nil
	}
}

var jsonUnmarshalerType = reflect.TypeFor[json.Unmarshaler]()

// containsInterface reports whether a t contains an interface, whose content encoding/json chooses.
func containsInterface(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] || hasUnmarshaler(t) {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return containsInterface(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if containsInterface(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}

func hasUnmarshaler(t reflect.Type) bool {
	return t.Kind() != reflect.Interface && (reflect.PointerTo(t).Implements(jsonUnmarshalerType) || reflect.PointerTo(t).Implements(textUnmarshalerType))
}

// replaceNumbers replaces each json.Number in an any of a value that was just decoded.
func replaceNumbers(v reflect.Value) {
	if hasUnmarshaler(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() && v.CanSet() {
			if v.Elem().Kind() == reflect.Pointer {
				return // it was there before and is not from encoding/json
			}
			v.Set(reflect.ValueOf(plainNumbers(v.Interface())))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			replaceNumbers(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			replaceNumbers(v.Index(i))
		}
	case reflect.Map:
		replaceNumbersInMap(v)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				replaceNumbers(f)
			}
		}
	}
}

// replaceNumbersInMap works on copies of the elements, because map elements can't be changed in
// place.
func replaceNumbersInMap(v reflect.Value) {
	if !containsInterface(v.Type().Elem(), map[reflect.Type]bool{}) {
		return
	}
	for it := v.MapRange(); it.Next(); {
		element := reflect.New(v.Type().Elem()).Elem()
		element.Set(it.Value())
		replaceNumbers(element)
		v.SetMapIndex(it.Key(), element)
	}
}

// plainNumbers replaces the numbers in a value that encoding/json has decoded into an any.
func plainNumbers(x any) any {
	switch x := x.(type) {
	case json.Number:
		return plainNumber(x)
	case []any:
		for i := range x {
			x[i] = plainNumbers(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = plainNumbers(x[k])
		}
	}
	return x
}

// plainNumber returns a float64 like encoding/json, unless that would round an integer.
func plainNumber(n json.Number) any {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil && (i > maxExact || i < -maxExact) {
		return i
	}
	if u, err := strconv.ParseUint(string(n), 10, 64); err == nil && u > maxExact {
		return u
	}
	f, err := n.Float64()
	if err != nil || isLargeInteger(string(n)) {
		return n
	}
	return f
}

// isLargeInteger reports whether the number is an integer that doesn't fit in 64 bits.
func isLargeInteger(n string) bool {
	_, err := strconv.ParseInt(n, 10, 64)
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}
