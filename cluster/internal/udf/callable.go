package udf

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
)

func isCallable(L *lua.LState, v lua.LValue) bool {
	_, ok := v.(*lua.LFunction)
	if !ok {
		_, ok = L.GetMetaField(v, "__call").(*lua.LFunction)
	}
	return ok
}

// maxCallChain is the maximum length of a chain of __call metamethods that are not functions.
const maxCallChain = 100

// resolveCall returns a value that gopher-lua can call in place of v. gopher-lua does not call a
// value whose __call is a callable table. resolveCall reports false if v is not callable.
func (m *machine) resolveCall(L *lua.LState, v lua.LValue) (lua.LValue, bool) {
	var objects []lua.LValue
	for !isCallable(L, v) {
		handler := L.GetMetaField(v, "__call")
		if handler == lua.LNil {
			return v, false
		}
		if objects = append(objects, v); len(objects) > maxCallChain {
			L.RaiseError("stack overflow")
		}
		v = handler
	}
	for i := len(objects) - 1; i >= 0; i-- {
		v = m.bind(L, v, objects[i], 0)
	}
	return v, true
}

// callable returns a function to call, or raises an error that names it.
func (m *machine) callable(L *lua.LState) int {
	f, ok := m.resolveCall(L, L.Get(1))
	if !ok {
		L.RaiseError("attempt to call a %s value%s", typeName(L, f), inParentheses(lua.LVAsString(L.Get(2))))
	}
	L.Push(f)
	return 1
}

// receiver checks that an object has a method, and returns the receiver of the call. gopher-lua
// looks the method up once more. If the lookup called an __index function, or if gopher-lua cannot
// call the method, the receiver is a table that has the method bound to the object.
func (m *machine) receiver(L *lua.LState) int {
	o, name, calls := L.Get(1), L.Get(2), m.indexCalls
	m.index(L)
	method := L.Get(-1)
	f, ok := m.resolveCall(L, method)
	if !ok {
		L.RaiseError("attempt to call a %s value (method '%s')", typeName(L, f), name)
	}
	if m.indexCalls == calls && f == method {
		L.Push(o)
		return 1
	}
	bound := L.NewTable()
	bound.RawSet(name, m.bind(L, f, o, 1))
	L.Push(bound)
	return 1
}

// iterate checks the values of a generic for.
func (m *machine) iterate(L *lua.LState) int {
	L.SetTop(3)
	f, ok := m.resolveCall(L, L.Get(1))
	if !ok {
		L.RaiseError("attempt to call a %s value", typeName(L, f))
	}
	L.Replace(1, f)
	return 3
}

// binders returns the chunk with the functions of bind. The last call is a tail call, so that the
// stack does not grow and positions in messages stay the same.
var binders = sync.OnceValue(func() *lua.FunctionProto {
	code, failure := compile(`return function(f, o) return function(...) return f(o, ...) end end,
function(f, o) return function(_, ...) return f(o, ...) end end`, "=[bind]", nil, 0)
	if failure != nil {
		panic(failure) // the source is a constant of this package
	}
	return code
})

// bind returns a function that calls f with o in place of the first drop arguments, 0 or 1.
func (m *machine) bind(L *lua.LState, f, o lua.LValue, drop int) lua.LValue {
	if g, ok := f.(*lua.LFunction); ok && g.IsG {
		bound := *g
		bound.GFunction = func(L *lua.LState) int {
			if drop == 0 {
				L.Insert(o, 1)
			} else {
				L.Replace(1, o)
			}
			return g.GFunction(L)
		}
		return &bound
	}
	if m.binders[0] == nil {
		L.Push(m.load(L, binders()))
		L.Call(0, 2)
		m.binders = [2]lua.LValue{L.Get(-2), L.Get(-1)}
		L.Pop(2)
	}
	L.Push(m.binders[drop])
	L.Push(f)
	L.Push(o)
	L.Call(2, 1)
	bound := L.Get(-1)
	L.Pop(1)
	return bound
}
