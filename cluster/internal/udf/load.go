package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// baseLoad compiles a string, or the pieces that a function returns. The fourth argument is the
// environment of the chunk: the table of its global variables.
func (m *machine) baseLoad(c call) int {
	source, isText := asText(c.Get(1))
	name := source
	if !isText {
		name = "=(load)"
		source = pieces(c, c.function(1))
	}
	if !c.missing(2) {
		name = c.text(2)
	}
	if mode := "bt"; !c.missing(3) {
		if mode = c.text(3); !strings.Contains(mode, "t") {
			return c.push(lua.LNil, lua.LString("attempt to load a text chunk (mode is '"+mode+"')"))
		}
	}
	c.spend(2 * len(source))
	compiler := compile
	var environment lua.LValue
	if c.GetTop() > 3 {
		compiler, environment = compileIn, c.Get(4)
	}
	chunk, err := compiler(source, chunkName(name), &guard{c}, 1+m.nested)
	if err != nil {
		return c.push(lua.LNil, lua.LString(err.inChunk(chunkName(name))))
	}
	return c.push(m.loadIn(c.LState, chunk, environment))
}

// globalsIn returns the table of the global variables of a chunk. If v is not a table, the
// accesses to the returned table act on v.
func (m *machine) globalsIn(v lua.LValue) *lua.LTable {
	if t, ok := v.(*lua.LTable); ok {
		return t
	}
	access := func(f lua.LGFunction) lua.LValue {
		return m.state.NewFunction(func(L *lua.LState) int {
			L.Replace(1, v)
			L.Push(lua.LString("upvalue '_ENV'"))
			return f(L)
		})
	}
	meta, t := m.state.NewTable(), m.state.NewTable()
	meta.RawSetString("__index", access(m.index))
	meta.RawSetString("__newindex", access(m.set))
	t.Metatable = meta
	return t
}

// pieces calls read and joins its results until it returns nil or an empty string.
func pieces(c call, read lua.LValue) string {
	var b strings.Builder
	for {
		c.Push(read)
		c.Call(0, 1)
		piece := c.Get(-1)
		c.Pop(1)
		text, ok := piece.(lua.LString)
		if !ok && piece != lua.LNil {
			c.Error(lua.LString("reader function must return a string"), 0)
		}
		if text == "" {
			return b.String()
		}
		c.spend(2 * len(text))
		b.WriteString(string(text))
	}
}
