package driver

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// JSON is a destination for Scan that takes any column as JSON text: a list or
// map as an array or object, everything else as the value it is. NULL gives nil.
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
// of the caller's choice, by the rules of encoding/json:
//
//	var tags driver.Document[[]string]
//	err := row.Scan(&tags)
//
// A string or []byte column is taken for JSON text. NULL gives the zero V, and Valid is false.
type Document[T any] struct {
	V     T
	Valid bool
}

// Scan takes the column's value.
func (d *Document[T]) Scan(src any) error {
	*d = Document[T]{}
	var text []byte
	var err error
	switch x := src.(type) {
	case nil:
		return nil
	case string:
		text = []byte(x)
	case []byte:
		text = x
	default:
		if text, err = jsonText(src); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(text, &d.V); err != nil {
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
