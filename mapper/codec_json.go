package mapper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
)

// unmarshalJSON returns json.Unmarshal for a variable of type t, with one difference: integers that
// a float64 would round are an int64 or uint64 where they go into an any, and a json.Number if they
// are larger still.
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
			return fmt.Errorf("JSON with something behind it, at byte %d", decoder.InputOffset())
		}
		replaceNumbers(p.Elem())
		return nil
	}
}

var jsonUnmarshalerType = reflect.TypeFor[json.Unmarshaler]()

// holdsAny reports whether encoding/json chooses types somewhere in a t.
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

// numbersIn replaces each json.Number in an any of a value that was decoded just now.
func replaceNumbers(v reflect.Value) {
	if hasUnmarshaler(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() && v.CanSet() {
			if v.Elem().Kind() == reflect.Pointer {
				return // not made by encoding/json
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

// numbersInMap works on copies of the elements, which can't be changed in their places.
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

// plainNumbers replaces the numbers in what encoding/json makes of any JSON.
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

// plainNumber is a float64, as encoding/json would have it, unless that would round an integer.
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

// isLargeInteger reports whether the number is an integer that no type of 64 bits has.
func isLargeInteger(n string) bool {
	_, err := strconv.ParseInt(n, 10, 64)
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}
