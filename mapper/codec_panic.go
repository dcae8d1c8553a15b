package mapper

import (
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
)

// guarded makes a panic in a program's own methods or functions for type t an error.
func guarded(t reflect.Type, c *codec) *codec {
	encode, decode := c.encode, c.decode
	c.encode = func(at place, depth int) (v protocol.Value, err error) {
		defer recovered(t, &err)
		return encode(at, depth)
	}
	c.decode = func(at place, v protocol.Value) (err error) {
		defer recovered(t, &err)
		return decode(at, v)
	}
	return c
}

// recovered sets err if the function that deferred it panics. The panic is in the code of type t.
func recovered(t reflect.Type, err *error) {
	switch r := recover().(type) {
	case nil:
	case error:
		*err = fmt.Errorf("%w of %s: %w", ErrPanic, t, r)
	default:
		*err = fmt.Errorf("%w of %s: %v", ErrPanic, t, r)
	}
}

// zero reports whether the variable is zero. The type's own method decides if it has one.
func (c *codec) zero(at place) (isZero bool, err error) {
	if !c.zeroMethod {
		return c.isZero(at), nil
	}
	defer recovered(c.typ, &err)
	return c.isZero(at), nil
}
