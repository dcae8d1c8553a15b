//go:build go1.27

package driver

import (
	"database/sql"
	"database/sql/driver"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
)

var _ driver.RowsColumnScanner = (*Rows)(nil)

// NextRow reads the next row. It returns io.EOF after the last one. From Go 1.27 on database/sql
// calls it instead of Next.
func (r *Rows) NextRow() error { return r.read() }

// ScanColumn stores a column of the current row in the variable that dest points to. In addition to
// what database/sql can convert it stores integers of nanoseconds in a time.Time, and lists and
// maps in slices, arrays, maps and structs, also inside an sql.Null and behind a pointer.
func (r *Rows) ScanColumn(scan driver.ScanContext, index int, dest any) error {
	v := r.value(index)
	if r.scanPlain(v, dest) {
		return nil
	}
	target := reflect.ValueOf(dest)
	if target.Kind() == reflect.Pointer && !target.IsNil() && r.decodes(v, target.Type().Elem()) {
		return decodeValue(v, target.Elem())
	}
	if null, ok := dest.(*sql.NullTime); ok && v.Kind() == protocol.KindInt {
		null.Valid = true
		return decodeValue(v, reflect.ValueOf(&null.Time).Elem())
	}
	native, err := r.native(index, nil)
	if err != nil {
		return err
	}
	return sql.ConvertAssign(scan, dest, native)
}

// scanPlain stores a value in a variable of the same type. It reports whether it did.
func (r *Rows) scanPlain(v protocol.Value, dest any) (done bool) {
	switch d := dest.(type) {
	case *int64:
		if n, ok := v.Int(); ok {
			*d = n
			return true
		}
	case *int:
		if n, ok := v.Int(); ok && int64(int(n)) == n {
			*d = int(n)
			return true
		}
	case *float64:
		if f, ok := v.Float(); ok {
			*d = f
			return true
		}
	case *bool:
		if b, ok := v.Bool(); ok {
			*d = b
			return true
		}
	case *string:
		if v.Kind() == protocol.KindString {
			s, _ := v.Text()
			*d = r.texts.Clone(s)
			return true
		}
	}
	return false
}

// decodes reports whether decodeValue stores the value in a variable of type t, rather than
// database/sql.
func (r *Rows) decodes(v protocol.Value, t reflect.Type) bool {
	if isSQLNull(t) {
		return v.IsNil() || r.decodes(v, t.Field(0).Type)
	}
	if reflect.PointerTo(t).Implements(scannerType) {
		return false
	}
	switch t.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && r.decodes(v, t.Elem())
	case reflect.Struct:
		return t == timeType && v.Kind() == protocol.KindInt || v.Kind() == protocol.KindMap
	case reflect.Slice, reflect.Array:
		return v.Kind() == protocol.KindList && t.Elem().Kind() != reflect.Uint8 ||
			v.IsNil() && t.Elem().Kind() != reflect.Uint8
	case reflect.Map:
		return v.Kind() == protocol.KindMap || v.IsNil()
	}
	return false
}
