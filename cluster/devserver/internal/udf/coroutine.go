package udf

import (
	"context"

	lua "github.com/yuin/gopher-lua"
)

const (
	// maxNested is how many protected calls and coroutines may be under way, each of which nests calls of Go.
	maxNested     = 198
	coroutineCost = 16 << 10 // bytes, of its registers
	nestedTooDeep = "C stack overflow"
)

// openCoroutines opens the library coroutine. Its functions are gopher-lua's, but for those that begin coroutines, which get a watch of
// their own, and those that continue them, which nest.
func (m *machine) openCoroutines() {
	m.state.Push(m.state.NewFunction(lua.OpenCoroutine))
	m.state.Call(0, 1)
	library := m.state.Get(-1).(*lua.LTable)
	m.state.Pop(1)
	m.state.SetGlobal("coroutine", library)
	create, wrap, resume := library.RawGetString("create"), library.RawGetString("wrap"), library.RawGetString("resume")
	library.RawSetString("create", m.function("create", func(c call) int {
		return c.give(m.watched(m.begin(c, create).(*lua.LState)))
	}))
	library.RawSetString("wrap", m.function("wrap", func(c call) int {
		next := m.begin(c, wrap).(*lua.LFunction)
		m.watched(next.Upvalues[0].Value().(*lua.LState))
		return c.give(m.nesting("wrap", next))
	}))
	library.RawSetString("resume", m.nesting("resume", resume))
}

// begin makes a coroutine by a function of gopher-lua.
func (m *machine) begin(c call, by lua.LValue) lua.LValue {
	m.spend(c.LState, coroutineCost)
	c.Push(by)
	c.Push(c.function(1))
	c.Call(1, 1)
	return c.Get(-1)
}

// watched gives a coroutine a watch, which gopher-lua would make one that is asked for nothing.
func (m *machine) watched(thread *lua.LState) *lua.LState {
	thread.SetContext(&watch{context.Background(), m, thread})
	return thread
}

// nest counts what nests calls of Go until the returned function is called.
func (m *machine) nest(c call) (end func()) {
	if m.nested >= maxNested {
		c.RaiseError(nestedTooDeep)
	}
	m.nested++
	return func() { m.nested-- }
}

// nesting is a function that continues a coroutine.
func (m *machine) nesting(name string, f lua.LValue) *lua.LFunction {
	return m.function(name, func(c call) int {
		defer m.nest(c)()
		c.Insert(f, 1)
		c.Call(c.GetTop()-1, lua.MultRet)
		return c.GetTop()
	})
}
