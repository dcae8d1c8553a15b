package udf

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// mathLibrary returns the functions of math, except the two that the server adds (see written).
func mathLibrary() library {
	l := library{
		"abs": mathAbs, "ceil": rounded(math.Ceil), "floor": rounded(math.Floor), "max": extreme(false), "min": extreme(true),
		"fmod": mathFmod, "modf": mathModf, "tointeger": mathToInteger, "type": mathType, "log": mathLog, "atan": mathAtan,
		"random": mathRandom, "randomseed": func(call) int { return 0 },
		"ult": func(c call) int { return c.push(lua.LBool(uint64(c.integer(1)) < uint64(c.integer(2)))) },
	}
	for name, f := range map[string]func(float64) float64{
		"sqrt": math.Sqrt, "exp": math.Exp, "sin": math.Sin, "cos": math.Cos, "tan": math.Tan, "asin": math.Asin, "acos": math.Acos,
		"deg": func(f float64) float64 { return f * (180 / math.Pi) },
		"rad": func(f float64) float64 { return f * (math.Pi / 180) },
	} {
		l[name] = func(c call) int { return c.push(luaFloat(f(c.number(1).asFloat()))) }
	}
	return l
}

func mathAbs(c call) int {
	n := c.number(1)
	if n.isFloat {
		n.f = math.Abs(n.f)
	} else if n.i < 0 {
		n.i = -n.i
	}
	return c.push(n.value())
}

// rounded returns the result as an integer if it fits one.
func rounded(f func(float64) float64) func(call) int {
	return func(c call) int {
		n := c.number(1)
		if !n.isFloat {
			return c.push(n.value())
		}
		whole := f(n.f)
		if i, ok := floatToInteger(whole); ok {
			return c.push(luaInteger(i))
		}
		return c.push(luaFloat(whole))
	}
}

func extreme(least bool) func(call) int {
	return func(c call) int {
		best := c.number(1)
		for i := 2; i <= c.GetTop(); i++ {
			n := c.number(i)
			order, ok := compareNumbers(n, best)
			if ok && (least && order < 0 || !least && order > 0) {
				best = n
			}
		}
		return c.push(best.value())
	}
}

func mathFmod(c call) int {
	a, b := c.number(1), c.number(2)
	if a.isFloat || b.isFloat {
		return c.push(luaFloat(math.Mod(a.asFloat(), b.asFloat())))
	}
	switch b.i {
	case 0:
		c.argumentError(2, "zero")
	case -1:
		return c.push(lua.LNumber(0))
	}
	return c.push(luaInteger(a.i % b.i))
}

func mathModf(c call) int {
	n := c.number(1)
	if !n.isFloat {
		return c.push(luaInteger(n.i), luaFloat(0))
	}
	whole := math.Trunc(n.f)
	fraction := n.f - whole
	if math.IsInf(n.f, 0) {
		fraction = 0
	}
	if i, ok := floatToInteger(whole); ok {
		return c.push(luaInteger(i), luaFloat(fraction))
	}
	return c.push(luaFloat(whole), luaFloat(fraction))
}

func mathToInteger(c call) int {
	n, ok := toNumber(c.required(1))
	if i, whole := n.asInteger(); ok && whole {
		return c.push(luaInteger(i))
	}
	return c.push(lua.LNil)
}

func mathType(c call) int {
	n, ok := numberOf(c.required(1))
	switch {
	case !ok:
		return c.push(lua.LNil)
	case n.isFloat:
		return c.push(lua.LString("float"))
	}
	return c.push(lua.LString("integer"))
}

func mathLog(c call) int {
	f := c.number(1).asFloat()
	if c.missing(2) {
		return c.push(luaFloat(math.Log(f)))
	}
	switch base := c.number(2).asFloat(); base {
	case 2:
		return c.push(luaFloat(math.Log2(f)))
	case 10:
		return c.push(luaFloat(math.Log10(f)))
	default:
		return c.push(luaFloat(math.Log(f) / math.Log(base)))
	}
}

func mathAtan(c call) int {
	y, x := c.number(1).asFloat(), 1.0
	if !c.missing(2) {
		x = c.number(2).asFloat()
	}
	return c.push(luaFloat(math.Atan2(y, x)))
}

func mathRandom(c call) int {
	low, high := int64(1), int64(0)
	switch c.GetTop() {
	case 0:
		return c.push(luaFloat(rand.Float64()))
	case 1:
		if high = c.integer(1); high == 0 {
			return c.push(luaInteger(int64(rand.Uint64())))
		}
	case 2:
		low, high = c.integer(1), c.integer(2)
	default:
		c.RaiseError("wrong number of arguments")
	}
	if low > high {
		c.argumentError(1, "interval is empty")
	}
	span := uint64(high) - uint64(low) + 1
	if span == 0 {
		return c.push(luaInteger(int64(rand.Uint64())))
	}
	return c.push(luaInteger(int64(uint64(low) + rand.Uint64N(span))))
}
