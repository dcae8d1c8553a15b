package driver

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/exec"
)

// Rows are the rows of a result. They are read from the cluster on demand.
type Rows struct {
	rows        *exec.Rows
	values      []protocol.Value
	kinds       []columnKind
	collections Collections
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
)

func newRows(rows *exec.Rows, collections Collections) *Rows {
	r := &Rows{rows: rows, values: make([]protocol.Value, len(rows.Columns())), collections: collections}
	r.kinds = make([]columnKind, len(r.values))
	for i := range r.kinds {
		r.kinds[i] = columnKind{rows.Kind(i), rows.KindIsCertain(i)}
	}
	return r
}

// Columns returns the names of the columns.
func (r *Rows) Columns() []string { return r.rows.Columns() }

// Close stops the work on the cluster.
func (r *Rows) Close() error { return r.rows.Close() }

// Next stores the next row in dest. It returns io.EOF after the last row. Any other error means
// that the result is incomplete.
func (r *Rows) Next(dest []driver.Value) error {
	if err := r.rows.Next(r.values); err != nil {
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

// native returns a value of the current row as database/sql gets it.
func (r *Rows) native(index int) (driver.Value, error) {
	v := r.values[index]
	native := nativeValue(v)
	if r.collections != CollectionsJSON || v.Kind() != protocol.KindList && v.Kind() != protocol.KindMap {
		return native, nil
	}
	text, err := jsonText(native)
	if err != nil {
		return nil, fmt.Errorf("column %s: %w", r.Columns()[index], err)
	}
	return string(text), nil
}

// isPlain reports whether the column's values are returned as they are stored.
func (r *Rows) isPlain(int) bool { return true }

// A columnType is the name of a column's type and the Go type of its values that are not NULL.
type columnType struct {
	name   string
	goType reflect.Type
}

var anyType = reflect.TypeFor[any]()

func (r *Rows) columnType(index int) columnType {
	switch r.kinds[index].kind {
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

// ColumnTypeDatabaseTypeName returns INTEGER, DOUBLE, STRING, BLOB, BOOLEAN, LIST, MAP, GEOJSON or
// HLL. It is the type in the first rows, or "" if no row has been read.
func (r *Rows) ColumnTypeDatabaseTypeName(index int) string { return r.columnType(index).name }

// ColumnTypeScanType returns a type that can hold every value of the column. That is any for a bin,
// which can be missing or have another type in the next row. Columns such as __generation and
// COUNT(*) have a more specific type.
func (r *Rows) ColumnTypeScanType(index int) reflect.Type {
	if !r.kinds[index].certain {
		return anyType
	}
	return r.columnType(index).goType
}

// ColumnTypeNullable reports whether the column can be NULL. Bins and PK can.
func (r *Rows) ColumnTypeNullable(index int) (nullable, ok bool) {
	return !r.kinds[index].certain, true
}

// ColumnTypeLength returns math.MaxInt64 for strings and blobs, which have no declared length.
func (r *Rows) ColumnTypeLength(index int) (length int64, ok bool) {
	switch r.kinds[index].kind {
	case protocol.KindString, protocol.KindGeoJSON, protocol.KindBlob, protocol.KindHLL:
		return math.MaxInt64, true
	}
	return 0, false
}
