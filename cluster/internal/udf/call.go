package udf

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// A call is one call of a library function. Its methods check the arguments and raise errors with
// the messages of Lua 5.4.
type call struct {
	*lua.LState
	machine *machine
	name    string
}

// argumentError raises an error about argument n.
func (c call) argumentError(n int, message string) {
	name, from := c.name, place(c.LState, 1)
	if from == "" {
		name = "?" // only Lua code names the functions that it calls
	}
	c.Error(lua.LString(fmt.Sprintf("%sbad argument #%d to '%s' (%s)", from, n, name, message)), 0)
}

func (c call) typeError(n int, expected string) {
	got := "no value"
	if n <= c.GetTop() {
		got = typeName(c.LState, c.Get(n))
	}
	c.argumentError(n, expected+" expected, got "+got)
}

// RaiseError raises an error, prefixed with the caller's position if the caller is a Lua function.
func (c call) RaiseError(format string, args ...any) {
	c.Error(lua.LString(place(c.LState, 1)+fmt.Sprintf(format, args...)), 0)
}

// spend charges memory that the function is about to allocate. work charges steps.
func (c call) spend(bytes int) { c.machine.spend(c.LState, bytes) }

func (c call) work(steps int) { c.machine.work(c.LState, steps) }

// missing reports whether an argument is absent or nil.
func (c call) missing(n int) bool { return c.Get(n) == lua.LNil }

// required returns an argument. It raises an error if the argument is absent; nil is accepted.
func (c call) required(n int) lua.LValue {
	if c.GetTop() < n {
		c.argumentError(n, "value expected")
	}
	return c.Get(n)
}

func (c call) text(n int) string {
	s, ok := asText(c.Get(n))
	if !ok {
		c.typeError(n, "string")
	}
	return s
}

func (c call) number(n int) number {
	v, ok := toNumber(c.Get(n))
	if !ok {
		c.typeError(n, "number")
	}
	return v
}

func (c call) integer(n int) int64 {
	i, ok := c.number(n).asInteger()
	if !ok {
		c.argumentError(n, "number has no integer representation")
	}
	return i
}

// optional returns an integer argument, or otherwise if it is missing.
func (c call) optional(n int, otherwise int64) int64 {
	if c.missing(n) {
		return otherwise
	}
	return c.integer(n)
}

func (c call) table(n int) *lua.LTable {
	t, ok := c.Get(n).(*lua.LTable)
	if !ok {
		c.typeError(n, "table")
	}
	return t
}

func (c call) function(n int) *lua.LFunction {
	f, ok := c.Get(n).(*lua.LFunction)
	if !ok {
		c.typeError(n, "function")
	}
	return f
}

// push pushes results and returns their number.
func (c call) push(values ...lua.LValue) int {
	for _, v := range values {
		c.Push(v)
	}
	return len(values)
}

// objectAt returns the object of type T in argument n. It raises an error if there is none.
func objectAt[T object](c call, n int) T {
	if n > c.GetTop() {
		c.typeError(n, "userdata")
	}
	o, message := objectIn[T](c.LState, c.Get(n))
	if message != "" {
		c.argumentError(n, message)
	}
	return o
}

// objectIn returns the object of type T that v holds. If v does not hold one, message is the error.
func objectIn[T object](L *lua.LState, v lua.LValue) (o T, message string) {
	u, ok := v.(*lua.LUserData)
	if !ok {
		return o, "userdata expected, got " + typeName(L, v)
	}
	if o, ok = u.Value.(T); !ok {
		return o, o.class() + " expected, got " + typeName(L, v)
	}
	return o, ""
}

// A library maps the names of a table's functions to their implementations.
type library map[string]func(call) int

// table returns a new table with the functions of a library.
func (m *machine) table(functions library) *lua.LTable {
	t := m.state.NewTable()
	for name, f := range functions {
		t.RawSetString(name, m.function(name, f))
	}
	return t
}

func (m *machine) function(name string, f func(call) int) *lua.LFunction {
	return m.state.NewFunction(func(L *lua.LState) int { return f(call{L, m, name}) })
}

// typeName returns the type of a value for messages. For the server's own objects that is the
// class.
func typeName(L *lua.LState, v lua.LValue) string {
	switch v := v.(type) {
	case *lua.LUserData:
		if o, ok := v.Value.(object); ok {
			return o.class()
		}
	case *lua.LTable:
		if name, ok := L.GetMetaField(v, "__name").(lua.LString); ok {
			return string(name)
		}
	}
	return v.Type().String()
}

// toText formats any value as tostring does.
func toText(L *lua.LState, v lua.LValue) string {
	if s, ok := asText(v); ok {
		return s
	}
	switch v := v.(type) {
	case *lua.LNilType, lua.LBool:
		return v.String()
	case *lua.LUserData:
		if o, ok := v.Value.(fmt.Stringer); ok {
			return cString(o.String())
		}
	}
	if f := L.GetMetaField(v, "__tostring"); f != lua.LNil {
		result, _ := callMetamethod(L, "__tostring", v, v)
		s, ok := asText(result)
		if !ok {
			L.RaiseError("'__tostring' must return a string")
		}
		return s
	}
	return fmt.Sprintf("%s: %p", typeName(L, v), v)
}
