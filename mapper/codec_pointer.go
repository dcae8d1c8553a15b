package mapper

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

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
		encode: func(at unsafe.Pointer, depth int) (protocol.Value, error) {
			target := *(*unsafe.Pointer)(at)
			if target == nil {
				return protocol.Nil(), nil
			}
			depth, err := nextDepth(depth)
			if err != nil {
				return protocol.Nil(), err
			}
			return elem.encode(target, depth)
		},
		decode: func(at unsafe.Pointer, v protocol.Value) error {
			// Allocate a new variable: the caller may still use the old one.
			target := reflect.New(t.Elem()).UnsafePointer()
			if err := elem.decode(target, v); err != nil {
				return err
			}
			*(*unsafe.Pointer)(at) = target
			return nil
		},
		clear:    func(at unsafe.Pointer) { *(*unsafe.Pointer)(at) = nil },
		isZero:   func(at unsafe.Pointer) bool { return *(*unsafe.Pointer)(at) == nil },
		isEmpty:  func(at unsafe.Pointer) bool { return *(*unsafe.Pointer)(at) == nil },
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
	value, valid := t.Field(0), t.Field(1)
	f.keepZero = value.Type == timeType
	elem, err := c.codec(value.Type, f)
	if err != nil {
		return nil, err
	}
	isValid := func(at unsafe.Pointer) *bool { return (*bool)(unsafe.Add(at, valid.Offset)) }
	return &codec{
		encode: func(at unsafe.Pointer, depth int) (protocol.Value, error) {
			if !*isValid(at) {
				return protocol.Nil(), nil
			}
			return elem.encode(unsafe.Add(at, value.Offset), depth)
		},
		decode: func(at unsafe.Pointer, v protocol.Value) error {
			*isValid(at) = true
			return elem.decode(unsafe.Add(at, value.Offset), v)
		},
		isZero:   func(at unsafe.Pointer) bool { return !*isValid(at) },
		isEmpty:  func(at unsafe.Pointer) bool { return !*isValid(at) },
		nullable: true,
	}, nil
}
