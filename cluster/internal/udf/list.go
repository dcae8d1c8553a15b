package udf

import (
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// maxElements is the maximum size of a list. Without it, an assignment far beyond the end would
// fill memory with nils.
const maxElements = 1 << 22

// A list is a List object. Containers hold it by reference.
type list struct {
	machine  *machine
	elements []lua.LValue
	order    protocol.Order
	// fixed is the maximum size of a list that was created with a step of 0. It is negative for
	// other lists.
	fixed int
}

func (m *machine) listOf(elements []lua.LValue) *list {
	return &list{machine: m, elements: elements, fixed: -1}
}

func (*list) class() string { return "List" }

func (m *machine) newList(v protocol.Value) *list {
	elements, _ := v.List()
	l := m.listOf(make([]lua.LValue, len(elements)))
	l.order = v.Order()
	for i, e := range elements {
		l.elements[i] = m.fromValue(e)
	}
	return l
}

func (l *list) size() int { return len(l.elements) }

func (l *list) value(depth int) protocol.Value {
	l.machine.chargeElements(len(l.elements))
	elements := make([]protocol.Value, len(l.elements))
	for i, e := range l.elements {
		elements[i] = toValue(e, depth)
	}
	return protocol.List(elements...)
}

// stored returns the list as a bin stores it: sorted, if it was read from a bin with an ordered
// list. Elsewhere the order is lost.
func (l *list) stored() protocol.Value {
	v := l.value(1)
	if l.order&protocol.Ordered == 0 {
		return v
	}
	elements, _ := v.List()
	slices.SortStableFunc(elements, protocol.Compare)
	return protocol.ListWithOrder(l.order, elements)
}

func (l *list) text(depth int) string {
	l.machine.chargeElements(len(l.elements))
	var b strings.Builder
	b.WriteByte('[')
	for i, e := range l.elements {
		if i > 0 {
			b.WriteString(", ")
		}
		text, ok := elementText(e, depth)
		if !ok {
			text = "<NULL>"
		}
		b.WriteString(text)
	}
	b.WriteByte(']')
	return b.String()
}

// String returns the list as tostring formats it.
func (l *list) String() string { return l.text(0) }

// get returns an element by its index, or nil if the index is out of range.
func (l *list) get(c call, key lua.LValue) lua.LValue {
	i := uint32(keyInteger(c, key))
	if i == 0 || int(i) > len(l.elements) {
		return lua.LNil
	}
	return l.machine.unbox(l.elements[i-1])
}

// keyInteger returns a key as an integer, 0 for nil. It raises an error for anything else.
func keyInteger(c call, key lua.LValue) int64 {
	if key == lua.LNil {
		return 0
	}
	n, ok := toNumber(key)
	if !ok {
		c.argumentError(2, "number expected, got "+typeName(c.LState, key))
	}
	i, ok := n.asInteger()
	if !ok {
		c.argumentError(2, "number has no integer representation")
	}
	return i
}

// set stores an element. If the index is beyond the end, it fills the gap with nils.
func (l *list) set(c call, key, v lua.LValue) {
	i := uint32(keyInteger(c, key))
	if i == 0 || !isStorable(v) || isRecord(v) || !l.takes(int(i)) {
		return
	}
	l.extend(c, int(i))
	l.elements[i-1] = toElement(v)
}

// takes reports whether the list may have the given size.
func (l *list) takes(size int) bool { return l.fixed < 0 || size <= l.fixed }

// extend appends nils until the list has the given size.
func (l *list) extend(c call, size int) {
	if size > maxElements {
		failMemory(c.LState)
	}
	if more := size - len(l.elements); more > 0 {
		c.spend(more * valueCost)
	}
	for len(l.elements) < size {
		l.elements = append(l.elements, lua.LNil)
	}
}

func (l *list) insert(c call, at int, v lua.LValue) {
	if !isStorable(v) || isRecord(v) || !l.takes(max(at, len(l.elements))+1) {
		return
	}
	c.spend(valueCost)
	l.extend(c, at)
	l.elements = slices.Insert(l.elements, at, toElement(v))
}

// listLibrary returns the functions of the global table list (docs/wire-cdt-exp.md#10.5).
func (m *machine) listLibrary() library {
	return library{
		"new": m.listCreate, "create": m.listCreate, "insert": listInsert, "append": listAppend, "prepend": listPrepend,
		"remove": listRemove, "concat": listConcat, "trim": listTrim, "take": m.listTake, "drop": m.listDrop,
		"size": listSize, "nbytes": listBytes, "iterator": m.listIterator, "tostring": listText,
		"clone": m.listClone, "merge": m.listMerge,
	}
}

// listConstruct implements list{...}. Its first argument is the library table.
func (m *machine) listConstruct(c call) int {
	l := m.listOf(nil)
	if t, ok := c.Get(2).(*lua.LTable); ok && c.GetTop() == 2 {
		t.ForEach(func(key, v lua.LValue) {
			if _, isNumber := numberOf(key); isNumber {
				if !isStorable(v) {
					v = lua.LNil
				}
				l.elements = append(l.elements, toElement(v))
			}
		})
	}
	return c.push(m.box(l))
}

func (m *machine) listCreate(c call) int {
	n := c.GetTop()
	if n < 1 || n > 2 {
		return 0
	}
	l, capacity := m.listOf(nil), c.optional(1, -1)
	if capacity < 0 {
		return 0
	}
	switch step := c.optional(2, 10); {
	case step < 0:
		return 0
	case uint32(step) == 0:
		l.fixed = int(uint32(capacity))
	}
	return c.push(m.box(l))
}

func listInsert(c call) int {
	l := objectAt[*list](c, 1)
	if i := c.optional(2, 0); i > 0 {
		l.insert(c, int(uint32(i)-1), c.Get(3))
	}
	return 0
}

func listAppend(c call) int {
	l := objectAt[*list](c, 1)
	l.insert(c, len(l.elements), c.Get(2))
	return 0
}

func listPrepend(c call) int {
	objectAt[*list](c, 1).insert(c, 0, c.Get(2))
	return 0
}

func listRemove(c call) int {
	l := objectAt[*list](c, 1)
	if i := c.optional(2, 0); i > 0 && uint32(i) > 0 && int(uint32(i)) <= len(l.elements) {
		l.elements = slices.Delete(l.elements, int(uint32(i))-1, int(uint32(i)))
	}
	return 0
}

func listConcat(c call) int {
	l, other := objectAt[*list](c, 1), objectAt[*list](c, 2)
	c.spend(len(other.elements) * valueCost)
	if l.takes(len(l.elements) + len(other.elements)) {
		l.elements = append(l.elements, other.elements...)
	}
	return 0
}

func listTrim(c call) int {
	l := objectAt[*list](c, 1)
	if i := c.optional(2, 0); i > 0 && int(uint32(i)-1) < len(l.elements) {
		l.elements = slices.Clip(l.elements[:uint32(i)-1])
	}
	return 0
}

// part reads the arguments of take and drop: the list and a number of elements. some is false if
// the number is not positive.
func part(c call) (l *list, n int, some bool) {
	l = objectAt[*list](c, 1)
	count := c.optional(2, 0)
	return l, int(min(int64(uint32(count)), int64(len(l.elements)))), count > 0
}

func (m *machine) listTake(c call) int {
	l, n, some := part(c)
	if !some {
		return c.push(lua.LNil)
	}
	return c.push(m.box(m.listOf(slices.Clone(l.elements[:n]))))
}

func (m *machine) listDrop(c call) int {
	l, n, some := part(c)
	if !some {
		return c.push(lua.LNil)
	}
	return c.push(m.box(m.listOf(slices.Clone(l.elements[n:]))))
}

func listSize(c call) int { return c.push(lua.LNumber(objectAt[*list](c, 1).size())) }

func listText(c call) int { return c.push(lua.LString(objectAt[*list](c, 1).String())) }

func listBytes(c call) int { return c.push(packedSize(objectAt[*list](c, 1).value(0))) }

// packedSize returns the length of a value in the server's msgpack encoding.
func packedSize(v protocol.Value) lua.LValue {
	packed, err := protocol.AppendMsgpack(nil, v)
	if err != nil {
		return lua.LNumber(0)
	}
	return lua.LNumber(len(packed))
}

// listIterator returns an iterator over the elements. A nil element ends a loop.
func (m *machine) listIterator(c call) int {
	l, i := objectAt[*list](c, 1), 0
	return c.push(m.function("iterator", func(c call) int {
		if i >= len(l.elements) {
			return 0
		}
		i++
		return c.push(m.unbox(l.elements[i-1]))
	}))
}

// untilNil returns the elements before the first nil, where iterators end.
func (l *list) untilNil() []lua.LValue {
	if i := slices.Index(l.elements, lua.LNil); i >= 0 {
		return l.elements[:i]
	}
	return l.elements
}

func (m *machine) listClone(c call) int {
	l := luaObjectAt[*list](c, 1, 6, "iterator")
	c.spend(len(l.elements) * valueCost)
	return c.push(m.box(m.listOf(slices.Clone(l.untilNil()))))
}

func (m *machine) listMerge(c call) int {
	l, other := luaObjectAt[*list](c, 1, 13, "iterator"), luaObjectAt[*list](c, 2, 16, "iterator")
	c.spend((len(l.elements) + len(other.elements)) * valueCost)
	return c.push(m.box(m.listOf(slices.Concat(l.untilNil(), other.untilNil()))))
}

// formatDigits formats a float with 16 digits, as in the text of lists and maps.
func formatDigits(f float64) string {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return formatFloat(f)
	}
	return trimFloat(f, 16)
}
