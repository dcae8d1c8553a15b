package driver

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// JSON is a destination for Scan that takes any column as JSON text: a list or
// map as an array or object, everything else as the value it is. NULL gives nil. Keys of maps become
// text, blobs as 0x and hexadecimal digits, and their values base64. A map with two keys that are the
// same text, a string that is not UTF-8 and a float that JSON does not have are errors, the first two
// [ErrJSON].
type JSON []byte

var _ sql.Scanner = (*JSON)(nil)

// Scan takes the column's value.
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

// A Document is a destination for Scan that takes a list or a map as a Go type
// of the caller's choice:
//
//	var tags driver.Document[[]string]
//	err := row.Scan(&tags)
//
// If V can hold what the driver gives (an any, a []any, a map[string]any or a map[any]any), it does:
// integers are int64, floats float64 and blobs []byte, strings have their bytes, and a map that Go
// can't hold is a []protocol.Pair in an any. Any other type
// is filled by the rules of encoding/json from the column as [JSON] text, where an any still gets
// integers as int64. What JSON can't hold without a loss is [ErrJSON].
//
// A string or []byte column is taken for JSON text, in which integers without a fraction become
// int64 in an any, uint64 or json.Number if they are larger. NULL gives the zero V, and Valid is false.
type Document[T any] struct {
	V     T
	Valid bool
}

// Scan takes the column's value.
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

// Time is a destination for Scan, and an argument, for times that are stored as
// this driver does: as nanoseconds since 1970. NULL is the zero time.
type Time struct{ time.Time }

var (
	_ sql.Scanner   = (*Time)(nil)
	_ driver.Valuer = Time{}
)

// Scan takes an integer as a time in UTC.
func (t *Time) Scan(src any) error {
	switch x := src.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.Unix(0, x).UTC()
	case time.Time:
		t.Time = x
	default:
		return fmt.Errorf("a time is stored as an integer, not as %T", src)
	}
	return nil
}

// Value returns the time.
func (t Time) Value() (driver.Value, error) { return t.Time, nil }
