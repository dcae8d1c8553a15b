package expression

import (
	"math"

	"github.com/aerosql/aerosql/protocol/exp"
)

// Not a number has a sign and digits that are seen in answers. What the server's
// processors make of an invalid operation has its sign set; an operand that is no number is handed on, the first one
// if both are. Other processors differ, so it is written out here.
var (
	invalid  = math.Float64frombits(0xfff8_0000_0000_0000)
	quietBit = uint64(1) << 51
)

func isNaN(x float64) bool { return x != x }

func quiet(x float64) float64 { return math.Float64frombits(math.Float64bits(x) | quietBit) }

// settle returns the result of an operation on two numbers.
func settle(a, b, result float64) float64 {
	switch {
	case isNaN(a):
		return quiet(a)
	case isNaN(b):
		return quiet(b)
	case isNaN(result):
		return invalid
	}
	return result
}

func floatUnary(op exp.Op, a float64) value {
	switch op {
	case exp.OpSub:
		a = settle(0, a, 0-a)
	case exp.OpDiv:
		a = settle(1, a, 1/a)
	case exp.OpAbs:
		a = math.Abs(a)
	case exp.OpFloor:
		a = settle(a, a, math.Floor(a))
	case exp.OpCeil:
		a = settle(a, a, math.Ceil(a))
	}
	return float(a)
}

func floatBinary(op exp.Op, a, b float64) float64 {
	switch op {
	case exp.OpAdd:
		return settle(a, b, a+b)
	case exp.OpSub:
		return settle(a, b, a-b)
	case exp.OpMul:
		return settle(a, b, a*b)
	case exp.OpDiv:
		return settle(a, b, a/b)
	case exp.OpPow:
		return power(a, b)
	case exp.OpLog:
		return floatBinary(exp.OpDiv, logarithm(a), logarithm(b))
	case exp.OpMin:
		if a > b {
			return b
		}
	case exp.OpMax:
		if a < b {
			return b
		}
	}
	return a
}

func logarithm(x float64) float64 {
	switch {
	case isNaN(x):
		return quiet(x)
	case x < 0:
		return invalid
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	l := preciseLog(x)
	return l.hi + l.lo
}

func power(x, y float64) float64 {
	odd := math.Abs(math.Mod(y, 2)) == 1
	switch {
	case y == 0, x == 1:
		return 1
	case isNaN(x) && !isNaN(y) && math.Signbit(x) && odd:
		return -quiet(x) // the C library takes off the sign before it looks at the number
	case isNaN(x), isNaN(y):
		return settle(x, y, 0)
	case x == 0, math.IsInf(x, 0), math.IsInf(y, 0):
		return math.Pow(x, y)
	case x < 0 && y != math.Floor(y):
		return invalid
	}
	logarithm := preciseLog(math.Abs(x)).times(double{y, 0})
	var result float64
	switch {
	case logarithm.hi > 710:
		result = math.Inf(1)
	case logarithm.hi < -746:
		result = 0
	default:
		result = preciseExp(logarithm)
	}
	if x < 0 && odd {
		return -result
	}
	return result
}
