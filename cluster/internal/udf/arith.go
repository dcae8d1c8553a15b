package udf

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/cluster/internal/udf/syntax"
)

// A binaryOperator is an arithmetic operator. If integers is nil, the result is always a float. If
// floats is nil, both operands must have an integer representation.
type binaryOperator struct {
	name     string // name of the metamethod without the two underscores
	integers func(a, b int64) (int64, string)
	floats   func(a, b float64) float64
}

var binaryOperators = []binaryOperator{
	{"add", plain(func(a, b int64) int64 { return a + b }), func(a, b float64) float64 { return a + b }},
	{"sub", plain(func(a, b int64) int64 { return a - b }), func(a, b float64) float64 { return a - b }},
	{"mul", plain(func(a, b int64) int64 { return a * b }), func(a, b float64) float64 { return a * b }},
	{"div", nil, func(a, b float64) float64 { return a / b }},
	{"mod", integerModulo, floatModulo},
	{"pow", nil, math.Pow},
	{"idiv", integerDivide, func(a, b float64) float64 { return math.Floor(a / b) }},
	{"band", plain(func(a, b int64) int64 { return a & b }), nil},
	{"bor", plain(func(a, b int64) int64 { return a | b }), nil},
	{"bxor", plain(func(a, b int64) int64 { return a ^ b }), nil},
	{"shl", plain(shiftLeft), nil},
	{"shr", plain(func(a, b int64) int64 { return shiftLeft(a, -b) }), nil},
}

// plain adapts an integer operation that cannot fail.
func plain(f func(a, b int64) int64) func(a, b int64) (int64, string) {
	return func(a, b int64) (int64, string) { return f(a, b), "" }
}

func integerDivide(a, b int64) (int64, string) {
	switch b {
	case 0:
		return 0, "attempt to divide by zero"
	case -1:
		return -a, ""
	}
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q, ""
}

func integerModulo(a, b int64) (int64, string) {
	switch b {
	case 0:
		return 0, "attempt to perform 'n%0'"
	case -1:
		return 0, ""
	}
	m := a % b
	if m != 0 && (m < 0) != (b < 0) {
		m += b
	}
	return m, ""
}

func floatModulo(a, b float64) float64 {
	m := math.Mod(a, b)
	if m*b < 0 {
		m += b
	}
	return m
}

// shiftLeft shifts a left by n bits, or right if n is negative, and fills with zeros.
func shiftLeft(a, n int64) int64 {
	switch {
	case n <= -64 || n >= 64:
		return 0
	case n >= 0:
		return int64(uint64(a) << n)
	}
	return int64(uint64(a) >> -n)
}

// on computes the result for two numbers. If the operation fails, message is the error.
func (o *binaryOperator) on(a, b number) (result number, message string) {
	switch {
	case o.floats == nil:
		x, okX := a.asInteger()
		y, okY := b.asInteger()
		if !okX || !okY {
			return number{}, "number has no integer representation"
		}
		result.i, message = o.integers(x, y)
	case o.integers != nil && !a.isFloat && !b.isFloat:
		result.i, message = o.integers(a.i, b.i)
	default:
		result = number{isFloat: true, f: o.floats(a.asFloat(), b.asFloat())}
	}
	return result, message
}

// function returns the operator as a function of gopher-lua.
func (o *binaryOperator) function() lua.LGFunction {
	return func(L *lua.LState) int {
		v1, v2 := L.Get(1), L.Get(2)
		a, okA := numberOf(v1)
		b, okB := numberOf(v2)
		if okA && okB {
			result, message := o.on(a, b)
			if message != "" {
				L.RaiseError("%s", o.nameOperand(L, message, a))
			}
			L.Push(result.value())
			return 1
		}
		L.Push(o.fallback(L, v1, v2))
		return 1
	}
}

// nameOperand adds the operand's name to the message about a float without an integer
// representation.
func (o *binaryOperator) nameOperand(L *lua.LState, message string, a number) string {
	if o.floats != nil {
		return message
	}
	at := 1
	if _, ok := a.asInteger(); !ok {
		at = 0
	}
	return strings.Replace(message, "number", "number"+operandName(L, 3, at), 1)
}

// fallback handles operands that are not both numbers.
func (o *binaryOperator) fallback(L *lua.LState, v1, v2 lua.LValue) lua.LValue {
	if v, ok := callMetamethod(L, "__"+o.name, v1, v2); ok {
		return v
	}
	_, text1 := v1.(lua.LString)
	_, text2 := v2.(lua.LString)
	if o.floats != nil && (text1 || text2) {
		a, okA := toNumber(v1)
		b, okB := toNumber(v2)
		if !okA || !okB {
			L.RaiseError("attempt to %s a '%s' with a '%s'", o.name, v1.Type(), v2.Type())
		}
		result, message := o.on(a, b)
		if message != "" {
			L.RaiseError("%s", message)
		}
		return result.value()
	}
	action := "perform arithmetic on"
	if o.floats == nil {
		action = "perform bitwise operation on"
	}
	culprit, at := v1, 0
	if _, ok := numberOf(v1); ok {
		culprit, at = v2, 1
	}
	L.RaiseError("attempt to %s a %s value%s", action, typeName(L, culprit), operandName(L, 3, at))
	return lua.LNil
}

// operandName returns the name of an operand for a message. The argument holds the names of all
// operands.
func operandName(L *lua.LState, argument, operand int) string {
	names := strings.Split(lua.LVAsString(L.Get(argument)), syntax.NameSeparator)
	if operand >= len(names) {
		return ""
	}
	return inParentheses(names[operand])
}

func inParentheses(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

// callMetamethod calls the metamethod of a, or of b if a does not have it.
func callMetamethod(L *lua.LState, event string, a, b lua.LValue) (lua.LValue, bool) {
	f := L.GetMetaField(a, event)
	if f == lua.LNil {
		f = L.GetMetaField(b, event)
	}
	if f == lua.LNil {
		return nil, false
	}
	L.Push(f)
	L.Push(a)
	L.Push(b)
	L.Call(2, 1)
	v := L.Get(-1)
	L.Pop(1)
	return v, true
}

// negate implements unary minus.
func negate(L *lua.LState) int {
	v := L.Get(1)
	n, ok := toNumber(v)
	if !ok {
		if result, ok := callMetamethod(L, "__unm", v, v); ok {
			L.Push(result)
			return 1
		}
		if _, isText := v.(lua.LString); isText {
			L.RaiseError("attempt to unm a 'string' with a 'string'")
		}
		L.RaiseError("attempt to perform arithmetic on a %s value%s", typeName(L, v), operandName(L, 2, 0))
	}
	n.i, n.f = -n.i, -n.f
	L.Push(n.value())
	return 1
}

// complement implements unary ~.
func complement(L *lua.LState) int {
	v := L.Get(1)
	n, ok := numberOf(v)
	if !ok {
		if result, ok := callMetamethod(L, "__bnot", v, v); ok {
			L.Push(result)
			return 1
		}
		L.RaiseError("attempt to perform bitwise operation on a %s value%s", typeName(L, v), operandName(L, 2, 0))
	}
	i, ok := n.asInteger()
	if !ok {
		L.RaiseError("number%s has no integer representation", operandName(L, 2, 0))
	}
	L.Push(luaInteger(^i))
	return 1
}
