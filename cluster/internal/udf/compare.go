package udf

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// compareNumbers orders two numbers by their mathematical value, also an integer
// and a float; ok is false if one is not a number.
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

// compareBy gives an operator that compares a with b. Metamethods are asked with
// the operands swapped if the operator is one of greater.
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

// compareValues gives what an operator says, or why there is no answer.

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

// lessThan is the < of the libraries, whose errors have no place.
func (c call) lessThan(a, b lua.LValue) bool {
	less, failure := compareValues(c.LState, a, b, func(order int) bool { return order < 0 }, "__lt", false)
	if failure != "" {
		c.Error(lua.LString(failure), 0)
	}
	return less
}

// equals is ==, with metamethods.
func equals(L *lua.LState, v1, v2 lua.LValue) bool {
	if equal, decided := equalNumbers(v1, v2); decided {
		return equal
	}
	return L.Equal(v1, v2)
}

// rawEquals is == without metamethods.
func rawEquals(L *lua.LState, v1, v2 lua.LValue) bool {
	if equal, decided := equalNumbers(v1, v2); decided {
		return equal
	}
	return L.RawEqual(v1, v2)
}

// equalNumbers decides where one of the values is a number: nothing else equals a number.
func equalNumbers(v1, v2 lua.LValue) (equal, decided bool) {
	a, okA := numberOf(v1)
	b, okB := numberOf(v2)
	if !okA || !okB {
		return false, okA || okB
	}
	order, ok := compareNumbers(a, b)
	return ok && order == 0, true
}
