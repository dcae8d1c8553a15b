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
	rows        *exec.Rows // nil for a statement that returns none
	columns     []bind.OutputColumn
	names       []string
	values      []protocol.Value
	kinds       []columnKind // nil until they are asked for
	collections Collections
	texts       textslab.Slab
	next        *nextResults // nil if the text has no other statement
	watch       *watch       // ends with the rows; nil if the statement is not observed
	returned    int64        // the number of rows that were read
	affected    int64        // the number of records that were written
	failed      error        // of reading a row

	// args and inline are the memory of the arguments and of the values of a row, if they are few.
	args   [4]protocol.Value
	inline [8]protocol.Value
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
	r.rows, r.columns, r.names, r.values, r.kinds = rows, nil, names, nil, nil
	if rows == nil {
		return
	}
	r.columns = rows.Columns()
	if n := len(r.columns); n <= len(r.inline) {
		r.values = r.inline[:n:n]
	} else {
		r.values = make([]protocol.Value, n)
	}
}

// kind returns what is known about a column. If no row has been read yet it reads the first one
// ahead.
func (r *Rows) kind(index int) columnKind {
	if r.kinds == nil {
		r.kinds = make([]columnKind, len(r.columns))
		for i := range r.kinds {
			r.kinds[i] = columnKind{r.rows.Kind(i), r.rows.KindIsCertain(i)}
		}
	}
	return r.kinds[index]
}

// Columns returns the names of the columns.
func (r *Rows) Columns() []string { return r.names }

// Close stops the work on the cluster. Further statements of the text do not run.
func (r *Rows) Close() error {
	r.next = nil
	var err error
	if r.rows != nil {
		err = r.rows.Close()
	}
	r.watch.end(r.returned, r.affected, cmp.Or(r.failed, err))
	r.watch = nil
	return err
}

// Next stores the next row in dest. It returns io.EOF after the last row. Any other error means
// that the result is incomplete.
func (r *Rows) Next(dest []driver.Value) error {
	if err := r.read(); err != nil {
		return err
	}
	for i := range r.values {
		native, err := r.native(i)
		if err != nil {
			return err
		}
		dest[i] = native
	}
	return nil
}

// read reads the next row into values. Decimals become text.
func (r *Rows) read() error {
	if r.rows == nil {
		return io.EOF
	}
	if err := r.rows.Next(r.values); err != nil {
		if err != io.EOF {
			r.failed = err
		}
		return err
	}
	r.returned++
	for i := range r.columns {
		if t := &r.columns[i].Type; t.Family == function.Decimals {
			if n, ok := r.values[i].Int(); ok {
				r.values[i] = protocol.String(function.FormatDecimal(n, t.Scale))
			}
		}
	}
	return nil
}

// isTime reports whether a column is declared as a timestamp or a date.
func (r *Rows) isTime(index int) bool {
	family := r.columns[index].Type.Family
	return family == function.Timestamps || family == function.Dates
}

// native returns a value of the current row as database/sql gets it.
func (r *Rows) native(index int) (driver.Value, error) {
	v := r.values[index]
	if n, ok := v.Int(); ok && r.isTime(index) {
		return time.Unix(0, n).UTC(), nil
	}
	if v.Kind() == protocol.KindString {
		text, _ := v.Text()
		return r.texts.Clone(text), nil
	}
	native := nativeValue(v)
	if r.collections != CollectionsJSON || v.Kind() != protocol.KindList && v.Kind() != protocol.KindMap {
		return native, nil
	}
	text, err := jsonText(native)
	if err != nil {
		return nil, fmt.Errorf("column %s: %w", r.columns[index].Name, err)
	}
	return string(text), nil
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
