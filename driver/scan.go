package driver

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// JSON is a destination for Scan that holds any column as JSON text. A list becomes an array, a map
// an object, a blob base64, and NULL a nil JSON. Keys of maps become text; a blob as a key becomes
// 0x and hexadecimal digits. A string that is not UTF-8, and a map with two keys of the same text,
// are [ErrJSON]. NaN and infinite floats are errors too.
type JSON []byte

var _ sql.Scanner = (*JSON)(nil)

// Scan implements sql.Scanner.
func (j *JSON) Scan(src any) error {
	if src == nil {
		*j = nil
		return nil
	}
	text, err := jsonText(src)
	if err != nil {
		return err
	}
	*j = text
	return nil
}

// String returns the text.
func (j JSON) String() string { return string(j) }

// A Document is a destination for Scan that decodes a list or a map into a T, and an argument that
// stores what Scan decodes to the same T:
//
//	var tags driver.Document[[]string]
//	err := row.Scan(&tags)
//
// If T is the type that the driver returns for the column (any, []any, map[string]any or
// map[any]any), V is that value unchanged: integers are int64, floats float64, blobs []byte, and a
// map that no Go map can hold is a []protocol.Pair in an any.
//
// Any other T is decoded by encoding/json from the column's [JSON] text, except that integers in an
// any become int64. Values without a JSON form are [ErrJSON].
//
// A string or []byte column is decoded as JSON text. In an any, an integer becomes an int64, or a
// uint64 or json.Number if it is larger. For NULL, V is the zero T and Valid is false.
//
// As an argument a Document is NULL if Valid is false. A V that consists of slices, maps, numbers,
// text, booleans and bytes is stored as V is without the Document. Any other V, such as a struct,
// is stored as the list or the map that encoding/json writes for it, or as JSON text if it writes
// neither.
type Document[T any] struct {
	V     T
	Valid bool
}

// Scan implements sql.Scanner.
func (d *Document[T]) Scan(src any) error {
	*d = Document[T]{}
	var err error
	switch x := src.(type) {
	case nil:
		return nil
	case string:
		err = decodeJSON([]byte(x), &d.V)
	case []byte:
		err = decodeJSON(x, &d.V)
	default:
		if v, ok := src.(T); ok {
			d.V = v
			break
		}
		err = decodeNative(src, &d.V)
	}
	if err != nil {
		*d = Document[T]{}
		return err
	}
	d.Valid = true
	return nil
}

// Value implements driver.Valuer.
func (d Document[T]) Value() (driver.Value, error) {
	if !d.Valid {
		return nil, nil
	}
	if t := reflect.TypeOf(d.V); t == nil || isCollection(t) && storedAsIs(t, 0) {
		return d.V, nil
	}
	text, err := json.Marshal(d.V)
	if err != nil {
		return nil, err
	}
	var native any
	if err := decodeJSON(text, &native); err != nil {
		return nil, err
	}
	if native == nil || isCollection(reflect.TypeOf(native)) {
		return native, nil
	}
	return string(text), nil
}

// isCollection reports whether values of a type are stored as lists or maps.
func isCollection(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return t.Elem().Kind() != reflect.Uint8
	}
	return t.Kind() == reflect.Map
}

// storedAsIs reports whether encoding/json decodes values of a type from the JSON text of what the
// driver stores for them.
func storedAsIs(t reflect.Type, depth int) bool {
	if depth > maxArgDepth || t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return false
	}
	switch t.Kind() {
	case reflect.Map:
		return storedAsIs(t.Key(), depth+1) && storedAsIs(t.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		return storedAsIs(t.Elem(), depth+1)
	case reflect.Interface:
		return t.NumMethod() == 0
	}
	return t.Kind() == reflect.String || t.Kind() >= reflect.Bool && t.Kind() <= reflect.Float64 && t.Kind() != reflect.Uintptr
}

// Time is a destination for Scan, and an argument, for times. The driver stores a time as an
// integer, the nanoseconds since 1970 UTC. NULL is the zero time; use sql.Null[driver.Time] if the
// difference matters.
type Time struct{ time.Time }

var (
	_ sql.Scanner   = (*Document[any])(nil)
	_ driver.Valuer = Document[any]{}
	_ sql.Scanner   = (*Time)(nil)
	_ driver.Valuer = Time{}
)

// Scan converts an integer to a time in UTC. It implements sql.Scanner.
func (t *Time) Scan(src any) error {
	switch x := src.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.Unix(0, x).UTC()
	case time.Time:
		t.Time = x
	default:
		return fmt.Errorf("a %T can't be scanned into a driver.Time: times are stored as integers", src)
	}
	return nil
}

// Value returns the time. It implements driver.Valuer.
func (t Time) Value() (driver.Value, error) { return t.Time, nil }
