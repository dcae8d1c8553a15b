package udf

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/cluster/internal/udf/syntax"
)

// operators returns the operators in the order in which a chunk takes them.
func (m *machine) operators() []lua.LValue {
	functions := map[string]lua.LGFunction{
		"unm": negate, "bnot": complement, "len": m.length,
		"lt": compareBy(func(order int) bool { return order < 0 }, "__lt", false),
		"le": compareBy(func(order int) bool { return order <= 0 }, "__le", false),
		"gt": compareBy(func(order int) bool { return order > 0 }, "__lt", true),
		"ge": compareBy(func(order int) bool { return order >= 0 }, "__le", true),
		"eq": func(L *lua.LState) int {
			L.Push(lua.LBool(equals(L, L.Get(1), L.Get(2))))
			return 1
		},
		"concat": m.concat, "index": m.index, "set": m.set, "key": tableKey, "callable": m.callable, "receiver": m.receiver,
		"iterate": m.iterate, "limit": loopLimit, "range": loopRange, "fill": m.fill,
		"float": floatConstant, "integer": integerConstant,
	}
	for i := range binaryOperators {
		functions[binaryOperators[i].name] = binaryOperators[i].function()
	}
	list := make([]lua.LValue, len(syntax.Operators))
	for i, name := range syntax.Operators {
		list[i] = m.state.NewFunction(functions[name])
	}
	return list
}

func floatConstant(L *lua.LState) int {
	f, _ := syntax.ParseFloat(string(L.Get(1).(lua.LString)))
	L.Push(luaFloat(f))
	return 1
}

func integerConstant(L *lua.LState) int {
	n, _ := syntax.ParseInteger(string(L.Get(1).(lua.LString)))
	L.Push(luaInteger(n))
	return 1
}

// length implements #.
func (m *machine) length(L *lua.LState) int {
	switch v := L.Get(1).(type) {
	case lua.LString:
		L.Push(lua.LNumber(len(v)))
		return 1
	case *lua.LUserData:
		if o, ok := v.Value.(sized); ok {
			L.Push(lua.LNumber(o.size()))
			return 1
		}
	case *lua.LTable:
		if L.GetMetaField(v, "__len") == lua.LNil {
			L.Push(lua.LNumber(border(v)))
			return 1
		}
	}
	v := L.Get(1)
	result, ok := callMetamethod(L, "__len", v, v)
	if !ok {
		L.RaiseError("attempt to get length of a %s value%s", typeName(L, v), operandName(L, 2, 0))
	}
	L.Push(result)
	return 1
}

// concat joins a chain of operands from right to left, pair by pair.
func (m *machine) concat(L *lua.LState) int {
	last := L.GetTop()
	result := L.Get(last)
	for i := last - 1; i >= 2; i-- {
		left := L.Get(i)
		a, okA := asText(left)
		b, okB := asText(result)
		if okA && okB {
			m.spend(L, len(a)+len(b))
			result = lua.LString(a + b)
			continue
		}
		if v, ok := callMetamethod(L, "__concat", left, result); ok {
			result = v
			continue
		}
		culprit, name := left, operandName(L, 1, i-2)
		if okA {
			culprit, name = result, ""
			if i == last-1 { // else it is an intermediate result, which has no name
				name = operandName(L, 1, i-1)
			}
		}
		L.RaiseError("attempt to concatenate a %s value%s", typeName(L, culprit), name)
	}
	L.Push(result)
	return 1
}

// asText returns a string as it is, and a number formatted.
func asText(v lua.LValue) (string, bool) {
	if s, ok := v.(lua.LString); ok {
		return string(s), true
	}
	if _, ok := numberOf(v); ok {
		return formatNumber(v), true
	}
	return "", false
}

// index reads a field.
func (m *machine) index(L *lua.LState) int {
	key := L.Get(2)
	switch o := L.Get(1).(type) {
	case *lua.LTable:
		key = normalKey(key)
		v := o.RawGet(key)
		if v == lua.LNil && o.Metatable != lua.LNil {
			v = m.indexMetatable(L, o, key)
		}
		L.Push(v)
		return 1
	case *lua.LUserData:
		if object, ok := o.Value.(indexed); ok {
			L.Push(object.get(call{L, m, "index"}, key))
			return 1
		}
	case lua.LString:
		L.Push(m.stringMethods.RawGet(key))
		return 1
	}
	o := L.Get(1)
	if L.GetMetaField(o, "__index") == lua.LNil {
		L.RaiseError("attempt to index a %s value%s", typeName(L, o), inParentheses(lua.LVAsString(L.Get(3))))
	}
	L.Push(L.GetTable(o, key))
	return 1
}

// maxMetatableChain is the maximum length of a chain of metatables.
const maxMetatableChain = 2000

// indexMetatable reads a field that a table does not have itself.
func (m *machine) indexMetatable(L *lua.LState, t *lua.LTable, key lua.LValue) lua.LValue {
	for range maxMetatableChain {
		next := L.GetMetaField(t, "__index")
		if next == lua.LNil {
			return lua.LNil
		}
		inner, ok := next.(*lua.LTable)
		if !ok {
			return m.indexThrough(L, t, next, key)
		}
		if v := inner.RawGet(key); v != lua.LNil {
			return v
		}
		t = inner
	}
	L.RaiseError("'__index' chain too long; possible loop")
	return lua.LNil
}

// indexThrough reads a field through an __index that is not a table. A function is called.
func (m *machine) indexThrough(L *lua.LState, t *lua.LTable, from, key lua.LValue) lua.LValue {
	if _, ok := from.(*lua.LFunction); !ok {
		L.Push(L.NewFunction(m.index))
		L.Push(from)
		L.Push(key)
		L.Call(2, 1)
	} else {
		m.indexCalls++
		L.Push(from)
		L.Push(t)
		L.Push(key)
		L.Call(2, 1)
	}
	v := L.Get(-1)
	L.Pop(1)
	return v
}

// set stores a field.
func (m *machine) set(L *lua.LState) int {
	key, value := L.Get(2), L.Get(3)
	switch o := L.Get(1).(type) {
	case *lua.LTable:
		if o.Metatable != lua.LNil && o.RawGet(normalKey(key)) == lua.LNil {
			if o = m.newIndexTarget(L, o, key, value); o == nil {
				return 0
			}
		}
		m.store(L, o, checkKey(L, key), value)
		return 0
	case *lua.LUserData:
		if object, ok := o.Value.(assignable); ok {
			object.set(call{L, m, "newindex"}, key, value)
			return 0
		}
	}
	o := L.Get(1)
	if L.GetMetaField(o, "__newindex") == lua.LNil {
		L.RaiseError("attempt to index a %s value%s", typeName(L, o), inParentheses(lua.LVAsString(L.Get(4))))
	}
	L.SetTable(o, key, value)
	return 0
}

// newIndexTarget returns the table that must store a field that t does not have. It returns nil if
// a metamethod has stored the field.
func (m *machine) newIndexTarget(L *lua.LState, t *lua.LTable, key, value lua.LValue) *lua.LTable {
	for range maxMetatableChain {
		next := L.GetMetaField(t, "__newindex")
		switch next := next.(type) {
		case *lua.LNilType:
			return t
		case *lua.LTable:
			if t = next; t.RawGet(normalKey(key)) != lua.LNil {
				return t
			}
			continue
		case *lua.LFunction:
			L.Push(next)
			L.Push(t)
		default:
			L.Push(L.NewFunction(m.set))
			L.Push(next)
		}
		L.Push(key)
		L.Push(value)
		L.Call(3, 0)
		return nil
	}
	L.RaiseError("'__newindex' chain too long; possible loop")
	return nil
}

// checkKey returns the key for a new field of a table. It raises an error for nil and NaN.
func checkKey(L *lua.LState, key lua.LValue) lua.LValue {
	if key == lua.LNil {
		L.RaiseError("table index is nil")
	}
	if n, ok := key.(lua.LNumber); ok && math.IsNaN(float64(n)) {
		L.RaiseError("table index is NaN")
	}
	return normalKey(key)
}

func tableKey(L *lua.LState) int {
	L.Push(checkKey(L, L.Get(1)))
	return 1
}

// loopLimit returns the limit of a loop over integers, rounded to an integer that the loop can
// reach.
func loopLimit(L *lua.LState) int {
	v := L.Get(1)
	n, ok := toNumber(v)
	if !ok {
		badFor(L, v, "limit")
	}
	step, _ := L.Get(2).(lua.LNumber)
	f := math.Max(-exact, math.Min(exact, n.asFloat()))
	switch {
	case math.IsNaN(f):
		f = math.Inf(int(-step))
	case step > 0:
		f = math.Floor(f)
	default:
		f = math.Ceil(f)
	}
	L.Push(lua.LNumber(f))
	return 1
}

func badFor(L *lua.LState, v lua.LValue, what string) {
	L.RaiseError("bad 'for' %s (number expected, got %s)", what, typeName(L, v))
}

// loopRange returns an iterator for a numeric for. It counts in integers if start and step are
// integers, else in floats.
func loopRange(L *lua.LState) int {
	start, okStart := numberOf(L.Get(1))
	step, okStep := numberOf(L.Get(3))
	if okStart && okStep && !start.isFloat && !step.isFloat {
		L.Push(integerRange(L, start.i, step.i))
		return 1
	}
	var limit number
	for i, n := range map[int]*number{2: &limit, 3: &step, 1: &start} {
		var ok bool
		if *n, ok = toNumber(L.Get(i)); !ok {
			badFor(L, L.Get(i), []string{"initial value", "limit", "step"}[i-1])
		}
	}
	at, by, end := start.asFloat(), step.asFloat(), limit.asFloat()
	if by == 0 {
		L.RaiseError("'for' step is zero")
	}
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if by > 0 && at > end || by < 0 && at < end || math.IsNaN(at) || math.IsNaN(end) {
			return 0
		}
		L.Push(luaFloat(at))
		at += by
		return 1
	}))
	return 1
}

func integerRange(L *lua.LState, start, step int64) lua.LValue {
	if step == 0 {
		L.RaiseError("'for' step is zero")
	}
	v := L.Get(2)
	n, ok := toNumber(v)
	if !ok {
		badFor(L, v, "limit")
	}
	limit, some := integerLimit(n, step)
	if !some || step > 0 && start > limit || step < 0 && start < limit {
		return L.NewFunction(func(*lua.LState) int { return 0 })
	}
	var left uint64
	if step > 0 {
		left = (uint64(limit) - uint64(start)) / uint64(step)
	} else {
		left = (uint64(start) - uint64(limit)) / (uint64(-(step + 1)) + 1)
	}
	at, ended := start, false
	return L.NewFunction(func(L *lua.LState) int {
		if ended {
			return 0
		}
		L.Push(luaInteger(at))
		if ended = left == 0; !ended {
			at += step
			left--
		}
		return 1
	})
}

// integerLimit rounds a limit to an integer. some is false if the loop does not run.
func integerLimit(n number, step int64) (limit int64, some bool) {
	if !n.isFloat {
		return n.i, true
	}
	f := math.Floor(n.f)
	if step < 0 {
		f = math.Ceil(n.f)
	}
	switch {
	case math.IsNaN(f):
		return 0, false
	case f >= -math.MinInt64:
		return math.MaxInt64, step > 0
	case f < math.MinInt64:
		return math.MinInt64, step < 0
	}
	return int64(f), true
}

// cString cuts a string at its first NUL, where the server's own strings end.
func cString(s string) string {
	before, _, _ := strings.Cut(s, "\x00")
	return before
}

// fill stores elements of a table constructor.
func (m *machine) fill(L *lua.LState) int {
	t, n := L.CheckTable(1), L.CheckInt(2)
	for i := 3; i <= L.GetTop(); i++ {
		m.store(L, t, elementKey(int64(n+i-2)), L.Get(i))
	}
	return 0
}
