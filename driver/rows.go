package driver

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"io"
	"math"
	"reflect"
	"time"

	"github.com/aerosql/aerosql/internal/textslab"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec"
	"github.com/aerosql/aerosql/querylang/function"
)

// Rows are the rows of a result. They are read from the cluster on demand.
type Rows struct {
	rows        *exec.Rows // nil for a statement that returns none, and once they are closed
	columns     []bind.OutputColumn
	names       []string
	values      []protocol.Value // of the current row
	kinds       []columnKind     // nil until they are asked for
	typed       bool             // a column is declared with a type that changes how its values are returned
	collections Collections
	texts       textslab.Slab
	next        *nextResults // nil if the text has no other statement
	watch       *watch       // ends with the rows; nil if the statement is not observed
	returned    int64        // the number of rows that were read
	affected    int64        // the number of records that were written
	failed      error        // of reading a row
}

// A columnKind is what is known about a column before the first row.
type columnKind struct {
	kind    protocol.Kind
	certain bool // every row has a value of this kind
}

var (
	_ driver.Rows                           = (*Rows)(nil)
	_ driver.RowsColumnTypeDatabaseTypeName = (*Rows)(nil)
	_ driver.RowsColumnTypeScanType         = (*Rows)(nil)
	_ driver.RowsColumnTypeNullable         = (*Rows)(nil)
	_ driver.RowsColumnTypeLength           = (*Rows)(nil)
	_ driver.RowsColumnTypePrecisionScale   = (*Rows)(nil)
	_ driver.RowsNextResultSet              = (*Rows)(nil)
)

// reset starts the rows of a result. The names are those of its columns.
func (r *Rows) reset(rows *exec.Rows, names []string) {
	r.rows, r.columns, r.names, r.values, r.kinds, r.typed = rows, nil, names, nil, nil, false
	if rows == nil {
		return
	}
	r.columns = rows.Columns()
	for i := range r.columns {
		switch r.columns[i].Type.Family {
		case function.Timestamps, function.Dates, function.Decimals:
			r.typed = true
		}
	}
}

// kind returns what is known about a column. If no row has been read yet it reads the first one
// ahead.
func (r *Rows) kind(index int) columnKind {
	if r.kinds == nil {
		r.kinds = make([]columnKind, len(r.columns))
		for i := range r.kinds {
			if r.rows != nil {
				r.kinds[i] = columnKind{r.rows.Kind(i), r.rows.KindIsCertain(i)}
			}
		}
	}
	return r.kinds[index]
}

// Columns returns the names of the columns.
func (r *Rows) Columns() []string { return r.names }

// Close stops the work on the cluster. Further statements of the text do not run.
func (r *Rows) Close() error {
	r.next = nil
	err := r.closeRows()
	r.watch.end(r.returned, r.affected, cmp.Or(r.failed, err))
	r.watch = nil
	return err
}

// closeRows closes the rows of the current statement and forgets them: the session uses their
// memory again.
func (r *Rows) closeRows() error {
	rows := r.rows
	if r.rows, r.values = nil, nil; rows == nil {
		return nil
	}
	return rows.Close()
}

// Next stores the next row in dest. It returns io.EOF after the last row. Any other error means
// that the result is incomplete.
func (r *Rows) Next(dest []driver.Value) error {
	if err := r.read(); err != nil {
		return err
	}
	for i := range r.values {
		native, err := r.native(i, dest[i])
		if err != nil {
			return err
		}
		dest[i] = native
	}
	return nil
}

// read reads the next row into values.
func (r *Rows) read() error {
	if r.rows == nil {
		return io.EOF
	}
	values, err := r.rows.Row()
	if err != nil {
		if err != io.EOF {
			r.failed = err
		}
		return err
	}
	r.values = values
	if r.returned == 0 {
		r.reserve()
	}
	r.returned++
	return nil
}

// reserve makes room for the strings of the first row, which is often the only one.
func (r *Rows) reserve() {
	n := 0
	for i := range r.values {
		if r.values[i].Kind() == protocol.KindString {
			text, _ := r.values[i].Text()
			n += len(text)
		}
	}
	r.texts.Reserve(n)
}

// value returns a value of the current row. Decimals become text.
func (r *Rows) value(index int) protocol.Value {
	v := r.values[index]
	if r.typed {
		if t := &r.columns[index].Type; t.Family == function.Decimals {
			if n, ok := v.Int(); ok {
				return protocol.String(function.FormatDecimal(n, t.Scale))
			}
		}
	}
	return v
}

// isTime reports whether a column is declared as a timestamp or a date.
func (r *Rows) isTime(index int) bool {
	if !r.typed {
		return false
	}
	family := r.columns[index].Type.Family
	return family == function.Timestamps || family == function.Dates
}

// native returns a value of the current row as database/sql gets it. If it equals before, which is
// the column's value in an earlier row or nil, it returns that: a value in an interface takes
// memory.
func (r *Rows) native(index int, before driver.Value) (driver.Value, error) {
	v := r.value(index)
	switch v.Kind() {
	case protocol.KindInt:
		n, _ := v.Int()
		if r.isTime(index) {
			return time.Unix(0, n).UTC(), nil
		}
		if same, ok := before.(int64); ok && same == n {
			return before, nil
		}
		return n, nil
	case protocol.KindFloat:
		f, _ := v.Float()
		if same, ok := before.(float64); ok && math.Float64bits(same) == math.Float64bits(f) {
			return before, nil
		}
		return f, nil
	case protocol.KindString:
		text, _ := v.Text()
		if same, ok := before.(string); ok && same == text {
			return before, nil
		}
		return r.texts.Clone(text), nil
	case protocol.KindList, protocol.KindMap:
		if r.collections == CollectionsJSON {
			text, err := jsonText(nativeValue(v))
			if err != nil {
				return nil, fmt.Errorf("column %s: %w", r.columns[index].Name, err)
			}
			return string(text), nil
		}
	}
	return nativeValue(v), nil
}

// A columnType is the name of a column's type and the Go type of its values that are not NULL.
type columnType struct {
	name   string
	goType reflect.Type
}

var anyType = reflect.TypeFor[any]()

func (r *Rows) columnType(index int) columnType {
	switch r.columns[index].Type.Family {
	case function.Timestamps:
		return columnType{"TIMESTAMP", timeType}
	case function.Dates:
		return columnType{"DATE", timeType}
	case function.Decimals:
		return columnType{"DECIMAL", reflect.TypeFor[string]()}
	}
	switch r.kind(index).kind {
	case protocol.KindInt:
		return columnType{"INTEGER", reflect.TypeFor[int64]()}
	case protocol.KindFloat:
		return columnType{"DOUBLE", reflect.TypeFor[float64]()}
	case protocol.KindString:
		return columnType{"STRING", reflect.TypeFor[string]()}
	case protocol.KindGeoJSON:
		return columnType{"GEOJSON", reflect.TypeFor[string]()}
	case protocol.KindBlob:
		return columnType{"BLOB", reflect.TypeFor[[]byte]()}
	case protocol.KindHLL:
		return columnType{"HLL", reflect.TypeFor[[]byte]()}
	case protocol.KindBool:
		return columnType{"BOOLEAN", reflect.TypeFor[bool]()}
	case protocol.KindList:
		return columnType{"LIST", r.collectionType(reflect.TypeFor[[]any]())}
	case protocol.KindMap:
		return columnType{"MAP", r.collectionType(anyType)}
	}
	return columnType{"", anyType}
}

func (r *Rows) collectionType(native reflect.Type) reflect.Type {
	if r.collections == CollectionsJSON {
		return reflect.TypeFor[string]()
	}
	return native
}

// ColumnTypeDatabaseTypeName returns INTEGER, DOUBLE, STRING, BLOB, BOOLEAN, LIST, MAP, GEOJSON,
// HLL, or TIMESTAMP, DATE or DECIMAL for declared columns. Without a declaration it is the type in
// the first row, or "" if no row has been read.
func (r *Rows) ColumnTypeDatabaseTypeName(index int) string { return r.columnType(index).name }

// ColumnTypeScanType returns a type that can hold every value of the column. That is any for a bin,
// which can be missing or have another type in the next row. Columns such as __generation and
// COUNT(*) have a more specific type.
func (r *Rows) ColumnTypeScanType(index int) reflect.Type {
	if !r.kind(index).certain {
		return anyType
	}
	return r.columnType(index).goType
}

// ColumnTypeNullable reports whether the column can be NULL. Bins and PK can.
func (r *Rows) ColumnTypeNullable(index int) (nullable, ok bool) {
	return !r.kind(index).certain, true
}

// ColumnTypeLength returns the declared length of a string in characters, or math.MaxInt64 for
// other strings and blobs. Values are not checked against the declared length and can be longer.
func (r *Rows) ColumnTypeLength(index int) (length int64, ok bool) {
	if n := r.columns[index].Type.Length; n > 0 {
		return int64(n), true
	}
	switch r.kind(index).kind {
	case protocol.KindString, protocol.KindGeoJSON, protocol.KindBlob, protocol.KindHLL:
		return math.MaxInt64, true
	}
	return 0, false
}

// ColumnTypePrecisionScale returns the numbers of digits of a DECIMAL.
func (r *Rows) ColumnTypePrecisionScale(index int) (precision, scale int64, ok bool) {
	t := &r.columns[index].Type
	return int64(t.Precision), int64(t.Scale), t.Family == function.Decimals
}
