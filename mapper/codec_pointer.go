package mapper

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// pointer stores what the pointer points to, and nil as NULL. A pointer to a pointer is an error:
// it would have two kinds of NULL.
func (c *compiler) pointer(t reflect.Type, f form) (*codec, error) {
	if t.Elem().Kind() == reflect.Pointer {
		return nil, fmt.Errorf("a pointer to a pointer can't be stored")
	}
	f.keepZero = t.Elem() == timeType
	elem, err := c.codec(t.Elem(), f)
	if err != nil {
		return nil, err
	}
	return &codec{
		encode: func(at place, depth int) (protocol.Value, error) {
			if isNilPointer(at) {
				return protocol.Nil(), nil
			}
			depth, err := nextDepth(depth)
			if err != nil {
				return protocol.Nil(), err
			}
			return elem.encode(pointee(at), depth)
		},
		decode: func(at place, v protocol.Value) error {
			// Allocate a new variable: the caller may still use the old one.
			target := reflect.New(t.Elem()).Elem()
			if err := elem.decode(placeAt(target), v); err != nil {
				return err
			}
			storePointer(at, target)
			return nil
		},
		clear:    clearPointer,
		isZero:   isNilPointer,
		isEmpty:  isNilPointer,
		nullable: true,
	}, nil
}

var sqlPackage = reflect.TypeFor[sql.NullString]().PkgPath()

// isSQLNull reports whether t is a type like sql.NullString or sql.Null[T]: a value and a field
// Valid.
func isSQLNull(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == sqlPackage && strings.HasPrefix(t.Name(), "Null") &&
		t.NumField() == 2 && t.Field(1).Name == "Valid"
}

// sqlNull stores the value of an sql.Null type, or NULL if it is not valid.
func (c *compiler) sqlNull(t reflect.Type, f form) (*codec, error) {
	typ, value, valid := t.Field(0).Type, locate(t.Field(0)), locate(t.Field(1))
	f.keepZero = typ == timeType
	elem, err := c.codec(typ, f)
	if err != nil {
		return nil, err
	}
	isValid := func(at place) *bool { return variable[bool](valid.of(at)) }
	return &codec{
		encode: func(at place, depth int) (protocol.Value, error) {
			if !*isValid(at) {
				return protocol.Nil(), nil
			}
			return elem.encode(value.of(at), depth)
		},
		decode: func(at place, v protocol.Value) error {
			*isValid(at) = true
			return elem.decode(value.of(at), v)
		},
		isZero:   func(at place) bool { return !*isValid(at) },
		isEmpty:  func(at place) bool { return !*isValid(at) },
		nullable: true,
	}, nil
}
