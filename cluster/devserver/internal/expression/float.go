package expression

import (
	"math"

	"github.com/aerosql/aerosql/protocol/exp"
)

// The sign and payload of a NaN are visible in responses. The server's processors set the sign of a
// NaN that results from an invalid operation. A NaN operand is returned as it is, the first one if
// both are NaN. Other processors differ, so the rules are written out here.
var (
	invalid  = math.Float64frombits(0xfff8_0000_0000_0000)
	quietBit = uint64(1) << 51
)

func isNaN(x float64) bool { return x != x }

func quiet(x float64) float64 { return math.Float64frombits(math.Float64bits(x) | quietBit) }

// propagateNaN returns the result of an operation on two numbers with the server's NaN.
func propagateNaN(a, b, result float64) float64 {
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
		a = propagateNaN(0, a, 0-a)
	case exp.OpDiv:
		a = propagateNaN(1, a, 1/a)
	case exp.OpAbs:
		a = math.Abs(a)
	case exp.OpFloor:
		a = propagateNaN(a, a, math.Floor(a))
	case exp.OpCeil:
		a = propagateNaN(a, a, math.Ceil(a))
	}
	return float(a)
}

func floatBinary(op exp.Op, a, b float64) float64 {
	switch op {
	case exp.OpAdd:
		return propagateNaN(a, b, a+b)
	case exp.OpSub:
		return propagateNaN(a, b, a-b)
	case exp.OpMul:
		return propagateNaN(a, b, a*b)
	case exp.OpDiv:
		return propagateNaN(a, b, a/b)
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
		return -quiet(x) // the C library removes the sign first
	case isNaN(x), isNaN(y):
		return propagateNaN(x, y, 0)
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
