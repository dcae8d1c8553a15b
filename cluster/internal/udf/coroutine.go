package udf

import (
	"context"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

const (
	// maxNested is the maximum number of active protected calls and coroutines. Each nests Go
	// calls.
	maxNested     = 198
	coroutineCost = 16 << 10 // bytes, for its registers
	nestedTooDeep = "C stack overflow"
)

// openCoroutines opens the library coroutine. The functions are those of gopher-lua, with two
// exceptions: functions that create coroutines give each its own watch, and functions that resume
// them count as nested calls and use the messages of Lua 5.4.
func (m *machine) openCoroutines() {
	m.state.Push(m.state.NewFunction(lua.OpenCoroutine))
	m.state.Call(0, 1)
	library := m.state.Get(-1).(*lua.LTable)
	m.state.Pop(1)
	m.state.SetGlobal("coroutine", library)
	create, resume := library.RawGetString("create"), library.RawGetString("resume")
	begin := func(c call) *lua.LState {
		c.spend(coroutineCost)
		c.Push(create)
		c.Push(c.function(1))
		c.Call(1, 1)
		return m.withWatch(c.Get(-1).(*lua.LState))
	}
	library.RawSetString("create", m.function("create", func(c call) int { return c.push(begin(c)) }))
	library.RawSetString("yield", m.yield())
	library.RawSetString("resume", m.function("resume", func(c call) int {
		thread, ok := c.Get(1).(*lua.LState)
		if !ok {
			c.typeError(1, "thread")
		}
		c.Remove(1)
		return c.resume(resume, thread)
	}))
	library.RawSetString("wrap", m.function("wrap", func(c call) int {
		thread := begin(c)
		return c.push(m.function("wrap", func(c call) int {
			c.resume(resume, thread)
			if !lua.LVAsBool(c.Get(1)) {
				c.rethrow(c.Get(2))
			}
			return c.GetTop() - 1
		}))
	}))
}

// yieldChunk is a chunk that returns coroutine.yield. gopher-lua panics if a coroutine yields in a
// tail call, so the function that yields is called by one that is not in Go.
var yieldChunk = sync.OnceValue(func() *lua.FunctionProto {
	code, failure := compile("local yield, results = ... return function(...) return results(yield(...)) end", "=[C]", nil, 0)
	if failure != nil {
		panic(failure) // the source is a constant of this package
	}
	return code
})

// yield returns the function coroutine.yield.
func (m *machine) yield() lua.LValue {
	m.state.Push(m.load(m.state, yieldChunk()))
	m.state.Push(m.function("yield", func(c call) int {
		if c.LState == m.state {
			c.Error(lua.LString("attempt to yield from outside a coroutine"), 0)
		}
		return -1 // gopher-lua's marker for a yield
	}))
	m.state.Push(m.function("results", func(c call) int { return c.GetTop() }))
	m.state.Call(2, 1)
	f := m.state.Get(-1)
	m.state.Pop(1)
	return f
}

// resume resumes a coroutine with the arguments of the call, through gopher-lua's own function. The
// results stay on the stack.
func (c call) resume(by lua.LValue, thread *lua.LState) int {
	if status := c.Status(thread); status != "suspended" {
		if status != "dead" {
			status = "non-suspended"
		}
		c.SetTop(0)
		return c.push(lua.LFalse, lua.LString("cannot resume "+status+" coroutine"))
	}
	defer c.machine.nest(c)()
	c.Insert(by, 1)
	c.Insert(thread, 2)
	c.Call(c.GetTop()-1, lua.MultRet)
	return c.GetTop()
}

// rethrow raises the error that a coroutine failed with. A string is prefixed with the position of
// the code that resumed the coroutine.
func (c call) rethrow(v lua.LValue) {
	if text, ok := v.(lua.LString); ok && text != noMemory {
		v = lua.LString(place(c.LState, 1)) + text
	}
	c.Error(v, 0)
}

// withWatch attaches a watch to a coroutine. gopher-lua would attach a context that counts nothing.
func (m *machine) withWatch(thread *lua.LState) *lua.LState {
	thread.SetContext(&watch{context.Background(), m, thread})
	return thread
}

// nest counts one more level of nested Go calls until end is called.
func (m *machine) nest(c call) (end func()) {
	if m.nested >= maxNested {
		c.RaiseError(nestedTooDeep)
	}
	m.nested++
	return func() { m.nested-- }
}
