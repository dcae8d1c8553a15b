package driver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
)

// ErrJSON means that JSON can't represent a value: a string is not UTF-8, or two keys of a map have
// the same text, such as 1 and "1".
var ErrJSON = errors.New("the value has no JSON form")

// jsonText returns a value of a row as JSON. Blobs become base64, keys of maps text. NaN and
// infinite floats are an error, and other values without a JSON form are ErrJSON.
func jsonText(native any) ([]byte, error) {
	form, err := jsonable(native, plainFloats)
	if err != nil {
		return nil, err
	}
	return json.Marshal(form)
}

// floatForm is how floats without a fraction are written.
type floatForm bool

const (
	plainFloats  floatForm = false // as encoding/json writes them: 1
	markedFloats floatForm = true  // different from integers: 1.0
)

// jsonable replaces values that encoding/json does not accept. It returns an error for values that
// encoding/json would change.
func jsonable(native any, floats floatForm) (any, error) {
	switch x := native.(type) {
	case string:
		return x, checkText(x)
	case float64:
		if floats == markedFloats && x == math.Trunc(x) && math.Abs(x) < 1e21 { // encoding/json writes larger ones with an exponent
			return json.Number(strconv.FormatFloat(x, 'f', 1, 64)), nil
		}
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			form, err := jsonable(e, floats)
			if err != nil {
				return nil, err
			}
			list[i] = form
		}
		return list, nil
	case map[string]any:
		object := jsonObject{members: make(map[string]any, len(x)), floats: floats}
		for k, e := range x {
			if err := object.add(k, e); err != nil {
				return nil, err
			}
		}
		return object.members, nil
	case map[any]any:
		object := jsonObject{members: make(map[string]any, len(x)), floats: floats}
		for k, e := range x {
			if err := object.add(fmt.Sprint(k), e); err != nil {
				return nil, err
			}
		}
		return object.members, nil
	case []protocol.Pair:
		object := jsonObject{members: make(map[string]any, len(x)), floats: floats}
		for _, p := range x {
			if err := object.add(p.Key.String(), nativeValue(p.Value)); err != nil {
				return nil, err
			}
		}
		return object.members, nil
	}
	return native, nil
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: the string %.40q is not UTF-8", ErrJSON, s)
	}
	return nil
}

// A jsonObject collects the members of a map.
type jsonObject struct {
	members map[string]any
	floats  floatForm
}

func (o *jsonObject) add(key string, native any) error {
	if err := checkText(key); err != nil {
		return err
	}
	if _, twice := o.members[key]; twice {
		return fmt.Errorf("%w: two keys of a map have the text %.40q", ErrJSON, key)
	}
	form, err := jsonable(native, o.floats)
	o.members[key] = form
	return err
}

// decodeNative decodes a list or a map into the variable that into points to. Integers and text
// keep their exact value. The variable may be changed even if decodeNative returns an error.
func decodeNative(native, into any) error {
	marked, err := jsonable(native, markedFloats)
	if err != nil {
		return err
	}
	text, err := json.Marshal(marked)
	if err != nil {
		return err
	}
	if decodeJSON(text, into) == nil {
		return nil
	}
	// An integer variable accepts 1 but not 1.0.
	if text, err = jsonText(native); err != nil {
		return err
	}
	reflect.ValueOf(into).Elem().SetZero()
	return decodeJSON(text, into)
}

// decodeJSON is json.Unmarshal with two differences: in an any, integers that fit become int64, and
// text that is not UTF-8 is an error.
func decodeJSON(text []byte, into any) error {
	if !utf8.Valid(text) {
		return fmt.Errorf("%w: the text is not UTF-8", ErrJSON)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("text after the JSON value")
	}
	settleNumbers(reflect.ValueOf(into))
	return nil
}

// settleNumbers replaces each json.Number in an interface within v.
func settleNumbers(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			settleNumbers(v.Elem())
		}
	case reflect.Interface:
		if v.NumMethod() == 0 && v.CanSet() && !v.IsNil() {
			v.Set(reflect.ValueOf(settled(v.Interface())))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous && f.Type.Kind() == reflect.Struct {
				settleNumbers(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			settleNumbers(v.Index(i))
		}
	case reflect.Map:
		settleMap(v)
	}
}

// settleMap is settleNumbers for a map, whose values are not addressable.
func settleMap(m reflect.Value) {
	for it := m.MapRange(); it.Next(); {
		item := reflect.New(m.Type().Elem()).Elem()
		item.Set(it.Value())
		settleNumbers(item)
		m.SetMapIndex(it.Key(), item)
	}
}

// settled returns the decoder's value of an any with each json.Number replaced.
func settled(x any) any {
	switch x := x.(type) {
	case json.Number:
		return number(x)
	case []any:
		for i, e := range x {
			x[i] = settled(e)
		}
	case map[string]any:
		for k, e := range x {
			x[k] = settled(e)
		}
	}
	return x
}

// number returns an int64, uint64 or float64, the first that can hold the number. An integer that
// is too large for a uint64 stays a json.Number.
func number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if u, err := strconv.ParseUint(n.String(), 10, 64); err == nil {
		return u
	}
	if f, err := n.Float64(); err == nil && !isDigits(n) {
		return f
	}
	return n
}

// isDigits reports whether a number has neither a fraction nor an exponent.
func isDigits(n json.Number) bool {
	for _, c := range n {
		if c == '.' || c == 'e' || c == 'E' {
			return false
		}
	}
	return true
}
