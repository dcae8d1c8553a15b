package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// maxUnpacked is the maximum number of values that unpack returns.
const maxUnpacked = 100_000

// tableLibrary returns the functions of table.
func tableLibrary(m *machine) library {
	return library{
		"insert": m.tableInsert, "remove": m.tableRemove, "concat": m.tableConcat, "sort": m.tableSort,
		"unpack": tableUnpack, "pack": m.tablePack, "move": m.tableMove,
	}
}

func (m *machine) tableInsert(c call) int {
	t := c.table(1)
	end := border(t) + 1
	at, v := end, c.Get(2)
	switch c.GetTop() {
	case 2:
	case 3:
		at, v = c.integer(2), c.Get(3)
		if at < 1 || at > end {
			c.argumentError(2, "position out of bounds")
		}
	default:
		c.RaiseError("wrong number of arguments to 'insert'")
	}
	c.spend(valueCost)
	c.work(int(end-at) / 8)
	for i := end; i > at; i-- {
		m.setElement(c.LState, t, i, element(t, i-1))
	}
	m.setElement(c.LState, t, at, v)
	return 0
}

func (m *machine) tableRemove(c call) int {
	t := c.table(1)
	size := border(t)
	at := c.optional(2, size)
	if c.GetTop() > 1 && size+1 != at && (at < 1 || at > size+1) && (size != 0 || at != 0) {
		c.argumentError(2, "position out of bounds")
	}
	v := element(t, at)
	c.work(int(max(size-at, 0)) / 8)
	for ; at < size; at++ {
		m.setElement(c.LState, t, at, element(t, at+1))
	}
	if at >= 1 && at <= size {
		m.setElement(c.LState, t, at, lua.LNil)
	}
	return c.push(v)
}

func (m *machine) tableConcat(c call) int {
	t := c.table(1)
	separator := ""
	if !c.missing(2) {
		separator = c.text(2)
	}
	first, last := c.optional(3, 1), c.optional(4, border(t))
	var b strings.Builder
	for i := first; i <= last; i++ {
		v := element(t, i)
		text, ok := asText(v)
		if !ok {
			c.RaiseError("invalid value (%s) at index %d in table for 'concat'", typeName(c.LState, v), i)
		}
		c.work(1)
		c.spend(len(text) + len(separator))
		b.WriteString(text)
		if i < last {
			b.WriteString(separator)
		}
	}
	return c.push(lua.LString(b.String()))
}

func tableUnpack(c call) int {
	first := c.optional(2, 1)
	t, isTable := c.Get(1).(*lua.LTable)
	if !isTable {
		c.typeError(1, "table")
	}
	last := c.optional(3, border(t))
	if first > last {
		return 0
	}
	if uint64(last)-uint64(first) >= maxUnpacked {
		c.RaiseError("too many results to unpack")
	}
	for i := first; ; i++ {
		c.Push(element(t, i))
		if i == last {
			return int(last-first) + 1
		}
	}
}

func (m *machine) tablePack(c call) int {
	t := m.state.NewTable()
	n := c.GetTop()
	c.spend(n * valueCost)
	for i := 1; i <= n; i++ {
		m.setElement(c.LState, t, int64(i), c.Get(i))
	}
	t.RawSetString("n", lua.LNumber(n))
	return c.push(t)
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
		c.spend(int(last-first+1) * valueCost)
		backwards := at > first && at <= last && to == from
		for i := int64(0); i <= last-first; i++ {
			k := i
			if backwards {
				k = last - first - i
			}
			c.work(1)
			m.setElement(c.LState, to, at+k, element(from, first+k))
		}
	}
	return c.push(to)
}
