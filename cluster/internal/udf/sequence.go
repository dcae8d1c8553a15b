package udf

import lua "github.com/yuin/gopher-lua"

// gopher-lua keeps the elements with positive integer keys in an array, even if there are few. Keys
// above maxArrayKey are passed to it as wideInteger, which it keeps with the other keys.
const maxArrayKey = 1 << 18

// elementKey returns the key under which a table keeps the element n.
func elementKey(n int64) lua.LValue {
	if n > maxArrayKey {
		return wideInteger(n)
	}
	return luaInteger(n)
}

func element(t *lua.LTable, n int64) lua.LValue { return t.RawGet(elementKey(n)) }

// setElement stores an element. It charges the memory of the array up to that element.
func (m *machine) setElement(L *lua.LState, t *lua.LTable, n int64, v lua.LValue) {
	m.store(L, t, elementKey(n), v)
}

// store stores a field. The key must be normal (see normalKey).
func (m *machine) store(L *lua.LState, t *lua.LTable, key, v lua.LValue) {
	if n, ok := key.(lua.LNumber); ok && n > 1 && t.RawGetInt(int(n)-1) == lua.LNil {
		m.spend(L, int(n)*valueCost)
	}
	t.RawSet(key, v)
}

// border returns the length of a table as # does.
func border(t *lua.LTable) int64 {
	n := int64(t.Len())
	if n < maxArrayKey {
		return n
	}
	low, high := n, 2*n
	for element(t, high) != lua.LNil {
		low, high = high, 2*high
	}
	for high-low > 1 {
		if middle := (low + high) / 2; element(t, middle) != lua.LNil {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
