package mapper

import (
	"reflect"

	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// table returns the table that queries see: a column for each bin, and the key. Its types are those
// without which indexes could not be used. Bins that are read in several forms have none.
func (s *store) table(namespace string) *bind.Table {
	t := &bind.Table{Namespace: namespace, Set: s.set, Key: -1}
	if f := s.plan.key; f != nil {
		if name := s.keyColumn(); name != "" {
			t.Key = 0
			t.Columns = append(t.Columns, bind.TableColumn{Name: name, Type: keyTypeOf(f)})
		}
	}
	for i := range s.plan.fields {
		f := &s.plan.fields[i]
		typ := s.typeOf(f)
		switch typ.Family {
		case function.Floats, function.Booleans, function.Blobs:
			typ = function.Type{}
		case function.Decimals:
			typ = integerType // conditions have the stored integers
		}
		if isByteArray(f.typ) {
			typ = function.Type{}
		}
		t.Columns = append(t.Columns, bind.TableColumn{Name: f.bin, Bin: f.bin, Type: typ})
		if alias := f.tag.alias; alias != "" {
			t.Columns = append(t.Columns, bind.TableColumn{Name: alias, Bin: alias, Type: typ})
		}
	}
	return t
}

// keyColumn returns the name of the key's column, or "" if a bin has that name.
func (s *store) keyColumn() string {
	name := s.plan.key.bin
	if name == "" {
		name = s.plan.key.path
	}
	if _, taken := s.plan.index[name]; taken {
		return ""
	}
	return name
}

var (
	integerType   = function.Type{Family: function.Integers, Name: "INTEGER"}
	timestampType = function.Type{Family: function.Timestamps, Name: "TIMESTAMP"}
	textType      = function.Type{Family: function.Strings, Name: "VARCHAR"}
	blobType      = function.Type{Family: function.Blobs, Name: "BLOB"}
	booleanType   = function.Type{Family: function.Booleans, Name: "BOOLEAN"}
	doubleType    = function.Type{Family: function.Floats, Name: "DOUBLE"}
	listType      = function.Type{Family: function.Lists, Name: "LIST"}
	mapType       = function.Type{Family: function.Maps, Name: "MAP"}
	geoType       = function.Type{Family: function.Points, Name: "GEOJSON"}
)

// decimalPrecision is the greatest number of digits of a declared DECIMAL.
const decimalPrecision = 18

// keyTypeOf returns the type of the column of a key field.
func keyTypeOf(f *field) function.Type {
	switch {
	case f.tag.form.text || f.typ.Kind() == reflect.String && !f.tag.form.blob || f.typ.Kind() == reflect.Struct:
		return textType
	case isInteger(f.typ) && !f.tag.form.blob:
		return integerType
	}
	return blobType
}

// typeOf returns the type that SQL declares for what the mapper stores for a field. It is the zero
// Type if the field can be stored as values of several kinds.
func (s *store) typeOf(f *field) function.Type {
	t, form := f.typ, f.tag.form
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case form.scale > 0:
		return function.Type{Family: function.Decimals, Name: "DECIMAL", Precision: decimalPrecision, Scale: form.scale - 1}
	case f.codec.custom || form.codec != "" || form.list:
		return function.Type{}
	case form.json && form.blob:
		return blobType
	case form.json:
		return textType
	case t == reflect.TypeFor[GeoJSON]():
		return geoType
	case t.Implements(reflect.TypeFor[referrer]()):
		return reflect.New(t).Elem().Interface().(referrer).declaredType()
	case hasMethods(t, binMarshalerType, binUnmarshalerType):
		return function.Type{}
	case form.text:
		return textType
	case t == timeType && form.unix == 0:
		return timestampType
	case t == timeType:
		return integerType
	case isSQLNull(t) || t == valueType:
		return function.Type{}
	}
	return s.typeByKind(t, form)
}

func (s *store) typeByKind(t reflect.Type, form form) function.Type {
	switch k := t.Kind(); {
	case form.blob:
		return blobType
	case k >= reflect.Int && k <= reflect.Uint64:
		return integerType
	case k == reflect.Float32 || k == reflect.Float64:
		return doubleType
	case k == reflect.String:
		return textType
	case k == reflect.Bool && (form.boolean == boolNative || form.boolean == boolDefault && s.native):
		return booleanType
	case k == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return blobType
	case k == reflect.Array && t.Elem().Kind() == reflect.Uint8:
		if s.native {
			return blobType
		}
		return listType
	case k == reflect.Slice || k == reflect.Array:
		return listType
	case k == reflect.Map:
		return mapType
	case k == reflect.Struct && !s.newCompiler().isOpaque(t):
		return mapType
	}
	return function.Type{}
}

func isByteArray(t reflect.Type) bool {
	return t.Kind() == reflect.Array && t.Elem().Kind() == reflect.Uint8
}

// A referrer is a Ref.
type referrer interface{ declaredType() function.Type }
