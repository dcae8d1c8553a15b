package udf

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/cluster/internal/udf/syntax"
)

// openStandard opens the standard libraries of Lua. Those that reach the machine are missing: io,
// package, everything in os except the time functions, and the functions that load files.
func (m *machine) openStandard() {
	for name, f := range m.baseLibrary() {
		m.state.SetGlobal(name, m.function(name, f))
	}
	m.state.SetGlobal("_G", m.state.Get(lua.GlobalsIndex))
	m.state.SetGlobal("_ENV", m.state.Get(lua.GlobalsIndex))
	m.state.SetGlobal("_VERSION", lua.LString("Lua 5.4"))
	m.stringMethods = m.table(m.stringLibrary())
	m.state.SetGlobal("string", m.stringMethods)
	texts := m.state.NewTable()
	texts.RawSetString("__index", m.stringMethods)
	m.state.SetMetatable(lua.LString(""), texts)
	m.state.SetGlobal("table", m.table(tableLibrary(m)))
	m.state.SetGlobal("math", m.mathTable())
	m.state.SetGlobal("os", m.table(m.timeLibrary()))
	m.state.SetGlobal("utf8", m.utf8Table())
	m.openCoroutines()
}

func (m *machine) baseLibrary() library {
	return library{
		"assert": baseAssert, "error": baseError, "type": baseType, "tostring": baseToString, "tonumber": baseToNumber,
		"ipairs": m.baseIpairs, "pairs": m.basePairs, "next": baseNext, "select": baseSelect,
		"rawget": baseRawGet, "rawset": m.baseRawSet, "rawequal": baseRawEqual, "rawlen": baseRawLen,
		"setmetatable": baseSetMetatable, "getmetatable": baseGetMetatable,
		"pcall": m.basePcall, "xpcall": m.baseXpcall, "load": m.baseLoad, "print": func(call) int { return 0 },
		"collectgarbage": func(c call) int { return c.push(lua.LNumber(0)) },
	}
}

func baseAssert(c call) int {
	if lua.LVAsBool(c.required(1)) {
		return c.GetTop()
	}
	if c.GetTop() == 1 {
		c.RaiseError("assertion failed!")
	}
	v := c.Get(2)
	if text, ok := v.(lua.LString); ok {
		v = lua.LString(place(c.LState, 1)) + text
	}
	c.Error(v, 0)
	return 0
}

// baseError raises any value. A string gets the position of the function at the given level as a
// prefix.
func baseError(c call) int {
	level, v := c.optional(2, 1), c.Get(1)
	if text, ok := v.(lua.LString); ok && level > 0 {
		v = lua.LString(place(c.LState, int(min(level, maxCallDepth)))) + text
	}
	c.Error(v, 0)
	return 0
}

func baseType(c call) int { return c.push(lua.LString(c.required(1).Type().String())) }

func baseToString(c call) int { return c.push(lua.LString(toText(c.LState, c.required(1)))) }

func baseToNumber(c call) int {
	if c.missing(2) {
		if n, ok := toNumber(c.required(1)); ok {
			return c.push(n.value())
		}
		return c.push(lua.LNil)
	}
	base := c.integer(2)
	text, ok := c.Get(1).(lua.LString)
	if !ok {
		c.typeError(1, "string")
	}
	if base < 2 || base > 36 {
		c.argumentError(2, "base out of range")
	}
	if n, ok := parseInBase(string(text), int(base)); ok {
		return c.push(luaInteger(n))
	}
	return c.push(lua.LNil)
}

func (m *machine) baseIpairs(c call) int {
	next := m.function("ipairs_aux", func(c call) int {
		i := c.integer(2) + 1
		c.SetTop(1)
		c.Push(luaInteger(i))
		c.Push(lua.LString("field '?'"))
		m.index(c.LState)
		if v := c.Get(-1); v != lua.LNil {
			return c.push(luaInteger(i), v)
		}
		return c.push(lua.LNil)
	})
	return c.push(next, c.required(1), lua.LNumber(0))
}

func (m *machine) basePairs(c call) int {
	v := c.required(1)
	if f := c.GetMetaField(v, "__pairs"); f != lua.LNil {
		c.Push(f)
		c.Push(v)
		c.Call(1, 3)
		return 3
	}
	return c.push(m.function("for iterator", baseNext), v, lua.LNil)
}

func baseNext(c call) int {
	t := c.table(1)
	key, v := t.Next(normalKey(c.Get(2)))
	if key == lua.LNil {
		return c.push(lua.LNil)
	}
	if n, ok := key.(wideInteger); ok { // see maxArrayKey
		key = luaInteger(int64(n))
	}
	return c.push(key, v)
}

func baseSelect(c call) int {
	if c.Get(1) == lua.LString("#") {
		return c.push(lua.LNumber(c.GetTop() - 1))
	}
	n, count := c.integer(1), int64(c.GetTop())
	switch {
	case n < 0:
		n += count
	case n > count:
		n = count
	}
	if n < 1 {
		c.argumentError(1, "index out of range")
	}
	return int(count - n)
}

func baseRawGet(c call) int { return c.push(c.table(1).RawGet(normalKey(c.required(2)))) }

func (m *machine) baseRawSet(c call) int {
	m.store(c.LState, c.table(1), checkKey(c.LState, c.required(2)), c.required(3))
	return c.push(c.Get(1))
}

func baseRawEqual(c call) int {
	return c.push(lua.LBool(rawEquals(c.LState, c.required(1), c.required(2))))
}

func baseRawLen(c call) int {
	switch v := c.Get(1).(type) {
	case *lua.LTable:
		return c.push(lua.LNumber(border(v)))
	case lua.LString:
		return c.push(lua.LNumber(len(v)))
	}
	c.argumentError(1, "table or string expected")
	return 0
}

func baseSetMetatable(c call) int {
	t := c.table(1)
	if _, isTable := c.Get(2).(*lua.LTable); !isTable && c.Get(2) != lua.LNil || c.GetTop() < 2 {
		c.typeError(2, "nil or table")
	}
	if c.GetMetaField(t, "__metatable") != lua.LNil {
		c.RaiseError("cannot change a protected metatable")
	}
	t.Metatable = c.Get(2)
	return c.push(t)
}

func baseGetMetatable(c call) int {
	v := c.required(1)
	if protected := c.GetMetaField(v, "__metatable"); protected != lua.LNil {
		return c.push(protected)
	}
	return c.push(c.GetMetatable(v))
}

func (m *machine) basePcall(c call) int {
	f, ok := m.resolveCall(c.LState, c.required(1))
	if !ok {
		return c.push(lua.LFalse, lua.LString("attempt to call a "+typeName(c.LState, f)+" value"))
	}
	c.Replace(1, f)
	if err := m.protected(c); err != nil {
		return c.push(lua.LFalse, failureValue(err))
	}
	c.Insert(lua.LTrue, 1)
	return c.GetTop()
}

// protected calls a function in protected mode. Such calls nest Go calls, as they nest C calls on a
// real server.
func (m *machine) protected(c call) error {
	defer m.nest(c)()
	return c.PCall(c.GetTop()-1, lua.MultRet, nil)
}

func (m *machine) baseXpcall(c call) int {
	handler := c.function(2)
	c.Remove(2)
	if err := m.protected(c); err != nil {
		c.SetTop(0)
		c.Push(handler)
		c.Push(failureValue(err))
		if err := c.PCall(1, 1, nil); err != nil {
			return c.push(lua.LFalse, lua.LString("error in error handling"))
		}
		return c.push(lua.LFalse, c.Get(-1))
	}
	c.Insert(lua.LTrue, 1)
	return c.GetTop()
}

func parseInBase(text string, base int) (int64, bool) {
	digits := trimSpace(text)
	negative := false
	if digits != "" && digits[0] == '-' {
		negative, digits = true, digits[1:]
	}
	n := int64(0)
	for i := range len(digits) {
		d := 0
		switch c := digits[i]; {
		case '0' <= c && c <= '9':
			d = int(c - '0')
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			d = int(c|0x20-'a') + 10
		default:
			return 0, false
		}
		if d >= base {
			return 0, false
		}
		n = n*int64(base) + int64(d)
	}
	if negative {
		n = -n
	}
	return n, digits != ""
}

// mathTable returns the math library.
func (m *machine) mathTable() *lua.LTable {
	t := m.table(mathLibrary())
	t.RawSetString("pi", luaFloat(math.Pi))
	t.RawSetString("huge", luaFloat(math.Inf(1)))
	t.RawSetString("maxinteger", luaInteger(math.MaxInt64))
	t.RawSetString("mininteger", luaInteger(math.MinInt64))
	return t
}

// utf8Table returns the utf8 library, without offset and codes.
func (m *machine) utf8Table() *lua.LTable {
	t := m.table(library{"char": utf8Char, "len": utf8Length, "codepoint": utf8Codepoint})
	t.RawSetString("charpattern", lua.LString("[\x00-\x7F\xC2-\xFD][\x80-\xBF]*"))
	return t
}

func utf8Char(c call) int {
	var text []byte
	for i := 1; i <= c.GetTop(); i++ {
		n := c.integer(i)
		if n < 0 || n > 0x7FFFFFFF {
			c.argumentError(i, "value out of range")
		}
		text = syntax.AppendUTF8(text, uint64(n))
	}
	return c.push(lua.LString(text))
}
