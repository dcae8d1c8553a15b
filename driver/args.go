package driver

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// CheckNamedValue converts an argument to the value that is stored; see the package comment.
func (c *Conn) CheckNamedValue(nv *driver.NamedValue) error {
	if question, ok := nv.Value.(*txQuestion); ok {
		return c.answer(question)
	}
	if o, ok := nv.Value.(Options); ok {
		return c.give(o)
	}
	if isPlain(nv.Value) {
		return nil
	}
	if question, ok := nv.Value.(sessionQuestion); ok {
		question.AnswerTx(c, c.tx.within)
		return driver.ErrRemoveArgument
	}
	v, err := valueOf(nv.Value)
	if err != nil {
		c.given = nil // the statement does not run
		return fmt.Errorf("argument %s: %w", argumentName(nv), err)
	}
	nv.Value = v
	return nil
}

// isPlain reports whether an argument can be stored as it is. It is converted when the statement is
// bound, because a protocol.Value in an interface takes memory.
func isPlain(arg any) bool {
	switch arg.(type) {
	case nil, string, []byte, int, int64, int32, float64, bool:
		return true
	}
	return false
}

func argumentName(nv *driver.NamedValue) string {
	if nv.Name != "" {
		return nv.Name
	}
	return fmt.Sprint(nv.Ordinal)
}

// fewArgs are the arguments of most statements, which need no allocation. maxKeptArgs is the number
// of arguments for which a connection keeps space, 160 KiB.
const (
	fewArgs     = 4
	maxKeptArgs = 4096
)

// bind appends the values that a run of a statement needs.
func (c *Conn) bind(s *statement, args []driver.NamedValue, space []protocol.Value) ([]protocol.Value, error) {
	if len(args) > fewArgs {
		return c.bindMany(s, args, space)
	}
	var inline [fewArgs]querylang.Arg
	bound, err := c.appendArgs(inline[:0], args)
	if err != nil {
		return nil, err
	}
	return s.AppendArgs(space, bound, s.literals)
}

// bindMany is bind for many arguments.
func (c *Conn) bindMany(s *statement, args []driver.NamedValue, space []protocol.Value) ([]protocol.Value, error) {
	bound, err := c.appendArgs(slices.Grow(c.bound[:0], len(args)), args)
	if err != nil {
		return nil, err
	}
	values, err := s.AppendArgs(space, bound, s.literals)
	clear(bound)
	if c.bound = nil; cap(bound) <= maxKeptArgs {
		c.bound = bound[:0]
	}
	return values, err
}

// appendArgs appends the arguments that are values.
func (c *Conn) appendArgs(bound []querylang.Arg, args []driver.NamedValue) ([]querylang.Arg, error) {
	for i := range args {
		v, ok := args[i].Value.(protocol.Value)
		switch {
		case ok:
		case isPlain(args[i].Value):
			v = protocol.ValueOf(args[i].Value)
		default: // a driver that wraps this one did not call CheckNamedValue
			err := c.CheckNamedValue(&args[i])
			if errors.Is(err, driver.ErrRemoveArgument) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if v, ok = args[i].Value.(protocol.Value); !ok {
				v = protocol.ValueOf(args[i].Value)
			}
		}
		bound = append(bound, querylang.Arg{Name: args[i].Name, Value: v})
	}
	return bound, nil
}

// A ValueConverter converts arguments as the driver does, but to plain Go values. It is for
// packages that replace a driver in tests, such as sqlmock.
type ValueConverter struct{}

var _ driver.ValueConverter = ValueConverter{}

// ConvertValue returns the value that a row has for a stored argument: an int64 for a time.Time, a
// []any for a slice, and so on.
func (ValueConverter) ConvertValue(v any) (driver.Value, error) {
	value, err := valueOf(v)
	if err != nil {
		return nil, err
	}
	return nativeValue(value), nil
}

// maxArgDepth is how deep lists and maps may be nested in an argument. Deeper is most likely a
// cycle.
const maxArgDepth = protocol.MaxDepth

// valueOf converts an argument. Errors are of kind querylang.ErrArguments.
func valueOf(arg any) (protocol.Value, error) {
	v, err := convert(arg, 0)
	if err == nil && v.Kind() == protocol.KindUint {
		err = fmt.Errorf("%w: %v is above 2^63-1, the largest integer that can be stored", protocol.ErrInvalidValue, v)
	}
	if err != nil {
		return v, &querylang.Error{Kind: querylang.ErrArguments, Message: err.Error(), Cause: err}
	}
	return v, nil
}

// convert converts an argument or a part of one. The value is never of KindInvalid.
func convert(arg any, depth int) (protocol.Value, error) {
	switch x := arg.(type) {
	case protocol.Value:
		return x, checkValue(x, 0)
	case nil, string, []byte, int, int64, int32, float64, bool, []string, []int, []int64, []float64:
		return protocol.ValueOf(x), nil
	case time.Time:
		return timeValue(x)
	}
	if depth > maxArgDepth {
		return protocol.Value{}, fmt.Errorf("nested more than %d levels deep, or it contains itself", maxArgDepth)
	}
	rv := reflect.ValueOf(arg)
	if rv.Kind() == reflect.Pointer && !rv.IsNil() && isSQLNull(rv.Type().Elem()) {
		rv = rv.Elem()
	}
	if isSQLNull(rv.Type()) {
		if !rv.FieldByName("Valid").Bool() {
			return protocol.Nil(), nil
		}
		return convert(rv.Field(0).Interface(), depth+1)
	}
	if x, ok := arg.(driver.Valuer); ok {
		return convertValuer(x, depth)
	}
	if reflect.PointerTo(rv.Type()).Implements(binMarshalerType) {
		return convertMarshaler(rv, depth)
	}
	switch rv.Kind() {
	case reflect.Pointer:
		if rv.IsNil() {
			return protocol.Nil(), nil
		}
		return convert(rv.Elem().Interface(), depth+1)
	case reflect.Slice, reflect.Array:
		return convertList(rv, depth)
	case reflect.Map:
		return convertMap(rv, depth)
	}
	v := protocol.ValueOf(arg)
	return v, v.Err()
}

// isSQLNull reports whether a type is an sql.Null[T]. Its Value method fails for lists and maps, so
// convert does not call it. Other types, such as sql.NullString, don't have this problem.
func isSQLNull(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == "database/sql" && strings.HasPrefix(t.Name(), "Null[")
}

// checkValue returns an error if a protocol.Value from the caller can't be stored.
func checkValue(v protocol.Value, depth int) error {
	switch v.Kind() {
	case protocol.KindInvalid:
		return v.Err()
	case protocol.KindInfinity, protocol.KindWildcard:
		return fmt.Errorf("%w: %v can't be stored", protocol.ErrInvalidValue, v.Kind())
	}
	if depth > maxArgDepth {
		return fmt.Errorf("nested more than %d levels deep", maxArgDepth)
	}
	elements, _ := v.List()
	for i, e := range elements {
		if err := checkValue(e, depth+1); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	pairs, _ := v.Map()
	for _, p := range pairs {
		if !p.Key.CanBeMapKey() {
			return fmt.Errorf("%w: a map key must be an integer, a string or a blob, not %s", protocol.ErrInvalidValue, p.Key.Kind())
		}
		if err := checkValue(p.Value, depth+1); err != nil {
			return fmt.Errorf("entry %v: %w", p.Key, err)
		}
	}
	return nil
}

// convertValuer converts the result of an argument's Value method. A nil pointer to a type that has
// the method on its value is NULL, as in database/sql.
func convertValuer(x driver.Valuer, depth int) (protocol.Value, error) {
	if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && rv.IsNil() &&
		rv.Type().Elem().Implements(reflect.TypeFor[driver.Valuer]()) {
		return protocol.Nil(), nil
	}
	v, err := x.Value()
	if err != nil {
		return protocol.Value{}, err
	}
	if _, again := v.(driver.Valuer); again || depth > maxArgDepth {
		return protocol.Value{}, fmt.Errorf("the Value method of %T returned another driver.Valuer", x)
	}
	return convert(v, depth+1)
}

// A binMarshaler is a type that package mapper stores as what MarshalBin returns, such as
// mapper.GeoJSON. As there, the method counts only if a read has its opposite.
type binMarshaler interface {
	MarshalBin() (protocol.Value, error)
	UnmarshalBin(v protocol.Value) error
}

var binMarshalerType = reflect.TypeFor[binMarshaler]()

// convertMarshaler returns what an argument's MarshalBin method returns.
func convertMarshaler(rv reflect.Value, depth int) (protocol.Value, error) {
	variable := reflect.New(rv.Type()) // the method may need a pointer
	variable.Elem().Set(rv)
	v, err := variable.Interface().(binMarshaler).MarshalBin()
	if err != nil {
		return protocol.Value{}, err
	}
	return v, checkValue(v, depth)
}

func convertList(rv reflect.Value, depth int) (protocol.Value, error) {
	if rv.Type().Elem().Kind() == reflect.Uint8 || rv.Kind() == reflect.Slice && rv.IsNil() {
		return protocol.ValueOf(rv.Interface()), nil
	}
	if pairs, ok := rv.Interface().([]protocol.Pair); ok {
		v := protocol.ValueOf(pairs)
		return v, checkValue(v, 0)
	}
	elements := make([]protocol.Value, rv.Len())
	for i := range elements {
		v, err := convert(rv.Index(i).Interface(), depth+1)
		if err != nil {
			return v, fmt.Errorf("element %d: %w", i, err)
		}
		elements[i] = v
	}
	return protocol.ValueOf(elements), nil
}

func convertMap(rv reflect.Value, depth int) (protocol.Value, error) {
	if rv.IsNil() {
		return protocol.Nil(), nil
	}
	m := make(map[any]any, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		v, err := convert(it.Value().Interface(), depth+1)
		if err != nil {
			return v, fmt.Errorf("entry %v: %w", it.Key(), err)
		}
		m[it.Key().Interface()] = v
	}
	v := protocol.ValueOf(m)
	return v, v.Err()
}

// The range of times that 64 bits of nanoseconds since 1970 can express.
var (
	minTime = time.Unix(0, -1<<63).UTC()
	maxTime = time.Unix(0, 1<<63-1).UTC()
)

// timeValue returns a time as nanoseconds since 1970, or NULL for the zero time.
func timeValue(t time.Time) (protocol.Value, error) {
	switch {
	case t.IsZero():
		return protocol.Nil(), nil
	case t.Before(minTime) || t.After(maxTime):
		return protocol.Value{}, fmt.Errorf("the time %s can't be stored: the year must be from %d to %d", t.Format(time.RFC3339), minTime.Year(), maxTime.Year())
	}
	return protocol.Int(t.UnixNano()), nil
}
