package udf

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// compareNumbers compares two numbers by their mathematical value, even an integer with a float. ok
// is false if either is NaN.
func compareNumbers(a, b number) (order int, ok bool) {
	switch {
	case !a.isFloat && !b.isFloat:
		return sign(a.i < b.i, a.i > b.i), true
	case a.isFloat && b.isFloat:
		return sign(a.f < b.f, a.f > b.f), !math.IsNaN(a.f) && !math.IsNaN(b.f)
	case a.isFloat:
		order, ok = compareNumbers(b, a)
		return -order, ok
	}
	switch {
	case math.IsNaN(b.f):
		return 0, false
	case b.f >= -math.MinInt64:
		return -1, true
	case b.f < math.MinInt64:
		return 1, true
	}
	whole := math.Floor(b.f)
	if i := int64(whole); a.i != i {
		return sign(a.i < i, a.i > i), true
	}
	return sign(whole < b.f, false), true
}

func sign(less, greater bool) int {
	switch {
	case less:
		return -1
	case greater:
		return 1
	}
	return 0
}

// compareBy returns a comparison operator. If swapped is true, as for > and >=, the metamethod is
// called with its operands swapped.
func compareBy(accept func(order int) bool, event string, swapped bool) lua.LGFunction {
	return func(L *lua.LState) int {
		result, failure := compareValues(L, L.Get(1), L.Get(2), accept, event, swapped)
		if failure != "" {
			L.RaiseError("%s", failure)
		}
		L.Push(lua.LBool(result))
		return 1
	}
}

// compareValues returns the result of a comparison, or the error message if the values cannot be
// compared.

func compareValues(L *lua.LState, v1, v2 lua.LValue, accept func(int) bool, event string, swapped bool) (result bool, failure string) {
	a, okA := numberOf(v1)
	b, okB := numberOf(v2)
	if okA && okB {
		order, ok := compareNumbers(a, b)
		return ok && accept(order), ""
	}
	s1, text1 := v1.(lua.LString)
	s2, text2 := v2.(lua.LString)
	if text1 && text2 {
		return accept(sign(s1 < s2, s1 > s2)), ""
	}
	if swapped {
		v1, v2 = v2, v1
	}
	if v, ok := callMetamethod(L, event, v1, v2); ok {
		return lua.LVAsBool(v), ""
	}
	t1, t2 := typeName(L, v1), typeName(L, v2)
	if t1 == t2 {
		return false, fmt.Sprintf("attempt to compare two %s values", t1)
	}
	return false, fmt.Sprintf("attempt to compare %s with %s", t1, t2)
}

// lessThan implements < for library functions. Its errors have no position.
func (c call) lessThan(a, b lua.LValue) bool {
	less, failure := compareValues(c.LState, a, b, func(order int) bool { return order < 0 }, "__lt", false)
	if failure != "" {
		c.Error(lua.LString(failure), 0)
	}
	return less
}

// equals implements ==, with metamethods.
func equals(L *lua.LState, v1, v2 lua.LValue) bool {
	if equal, decided := equalNumbers(v1, v2); decided {
		return equal
	}
	return L.Equal(v1, v2)
}

// rawEquals implements == without metamethods.
func rawEquals(L *lua.LState, v1, v2 lua.LValue) bool {
	if equal, decided := equalNumbers(v1, v2); decided {
		return equal
	}
	return L.RawEqual(v1, v2)
}

// equalNumbers compares v1 and v2 if at least one is a number: a number equals only numbers.
// decided is false if neither is a number.
func equalNumbers(v1, v2 lua.LValue) (equal, decided bool) {
	a, okA := numberOf(v1)
	b, okB := numberOf(v2)
	if !okA || !okB {
		return false, okA || okB
	}
	order, ok := compareNumbers(a, b)
	return ok && order == 0, true
}
