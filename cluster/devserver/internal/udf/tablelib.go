package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// maxUnpacked is the largest number of values that unpack gives.
const maxUnpacked = 100_000

// tableLibrary is the functions of table.
func tableLibrary(m *machine) library {
	return library{
		"insert": m.tableInsert, "remove": tableRemove, "concat": m.tableConcat, "sort": m.tableSort,
		"unpack": tableUnpack, "pack": m.tablePack, "move": m.tableMove,
	}
}

func (m *machine) tableInsert(c call) int {
	t := c.table(1)
	end := t.Len() + 1
	at, v := int64(end), c.Get(2)
	switch c.GetTop() {
	case 2:
	case 3:
		at, v = c.integer(2), c.Get(3)
		if at < 1 || at > int64(end) {
			c.argumentError(2, "position out of bounds")
		}
	default:
		c.RaiseError("wrong number of arguments to 'insert'")
	}
	m.spend(c.LState, valueCost)
	for i := end; int64(i) > at; i-- {
		t.RawSetInt(i, t.RawGetInt(i-1))
	}
	t.RawSetInt(int(at), v)
	return 0
}

func tableRemove(c call) int {
	t := c.table(1)
	size := int64(t.Len())
	at := c.optional(2, size)
	if c.GetTop() > 1 && size+1 != at && (at < 1 || at > size+1) && (size != 0 || at != 0) {
		c.argumentError(2, "position out of bounds")
	}
	v := t.RawGet(luaInteger(at))
	for ; at < size; at++ {
		t.RawSetInt(int(at), t.RawGetInt(int(at)+1))
	}
	if at >= 1 && at <= size {
		t.RawSetInt(int(at), lua.LNil)
	}
	return c.give(v)
}

func (m *machine) tableConcat(c call) int {
	t := c.table(1)
	separator := ""
	if !c.missing(2) {
		separator = c.text(2)
	}
	first, last := c.optional(3, 1), c.optional(4, int64(t.Len()))
	var b strings.Builder
	for i := first; i <= last; i++ {
		v := t.RawGet(luaInteger(i))
		text, ok := asText(v)
		if !ok {
			c.RaiseError("invalid value (at index %d) in table for 'concat'", i)
		}
		m.spend(c.LState, len(text)+len(separator))
		b.WriteString(text)
		if i < last {
			b.WriteString(separator)
		}
	}
	return c.give(lua.LString(b.String()))
}

func tableUnpack(c call) int {
	first := c.optional(2, 1)
	t, isTable := c.Get(1).(*lua.LTable)
	if !isTable {
		c.typeError(1, "table")
	}
	last := c.optional(3, int64(t.Len()))
	if first > last {
		return 0
	}
	if uint64(last)-uint64(first) >= maxUnpacked {
		c.RaiseError("too many results to unpack")
	}
	for i := first; ; i++ {
		c.Push(t.RawGet(luaInteger(i)))
		if i == last {
			return int(last-first) + 1
		}
	}
}

func (m *machine) tablePack(c call) int {
	t := m.state.NewTable()
	n := c.GetTop()
	m.spend(c.LState, n*valueCost)
	for i := 1; i <= n; i++ {
		t.RawSetInt(i, c.Get(i))
	}
	t.RawSetString("n", lua.LNumber(n))
	return c.give(t)
}

func (m *machine) tableMove(c call) int {
	from, first, last, at := c.table(1), c.integer(2), c.integer(3), c.integer(4)
	to := from
	if !c.missing(5) {
		to = c.table(5)
	}
	if last >= first {
		if last-first < 0 || last-first >= maxElements {
			c.argumentError(3, "too many elements to move")
		}
		m.spend(c.LState, int(last-first+1)*valueCost)
		backwards := at > first && at <= last && to == from
		for i := int64(0); i <= last-first; i++ {
			k := i
			if backwards {
				k = last - first - i
			}
			to.RawSet(luaInteger(at+k), from.RawGet(luaInteger(first+k)))
		}
	}
	return c.give(to)
}
