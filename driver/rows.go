package driver

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/exec"
)

// Rows are the rows of a result, read from the cluster as they are asked for.
type Rows struct {
	rows        *exec.Rows
	values      []protocol.Value
	kinds       []columnKind
	collections Collections
}

// A columnKind is what is known of a column before the first row.
type columnKind struct {
	kind    protocol.Kind
	certain bool // that every row has a value of this kind
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

// Close ends the work on the cluster.
func (r *Rows) Close() error { return r.rows.Close() }

// Next puts the next row into dest. It returns io.EOF after the last one, and any other
// error where the result is not complete.
func (r *Rows) Next(dest []driver.Value) error {
	if err := r.rows.Next(r.values); err != nil {
		return err
	}
	for i, v := range r.values {
		native := nativeValue(v)
		if k := v.Kind(); r.collections == CollectionsJSON && (k == protocol.KindList || k == protocol.KindMap) {
			text, err := jsonText(native)
			if err != nil {
				return fmt.Errorf("column %s: %w", r.Columns()[i], err)
			}
			native = string(text)
		}
		dest[i] = native
	}
	return nil
}

// A columnType is what database/sql asks about a column: the name of its type, and the Go type of
// values that are not NULL.
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

// ColumnTypeDatabaseTypeName returns INTEGER, DOUBLE, STRING, BLOB, BOOLEAN, LIST, MAP, GEOJSON or HLL, as
// the first rows have it, or "" where that is not known.
func (r *Rows) ColumnTypeDatabaseTypeName(index int) string { return r.columnType(index).name }

// ColumnTypeScanType returns a type that takes every value of the column: any, because a bin can be
// missing or of another type in the next row, but for columns such as __generation and COUNT(*).
func (r *Rows) ColumnTypeScanType(index int) reflect.Type {
	if !r.kinds[index].certain {
		return anyType
	}
	return r.columnType(index).goType
}

// ColumnTypeNullable reports whether the column can be NULL, as bins and PK can.
func (r *Rows) ColumnTypeNullable(index int) (nullable, ok bool) {
	return !r.kinds[index].certain, true
}

// ColumnTypeLength says that strings and blobs have no declared length.
func (r *Rows) ColumnTypeLength(index int) (length int64, ok bool) {
	switch r.kinds[index].kind {
	case protocol.KindString, protocol.KindGeoJSON, protocol.KindBlob, protocol.KindHLL:
		return math.MaxInt64, true
	}
	return 0, false
}
