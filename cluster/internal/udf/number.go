package udf

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/cluster/internal/udf/syntax"
)

// Lua 5.4 has integers of 64 bits and floats; gopher-lua has floats alone. Most
// numbers of either kind tell by their value which kind they are of, and stay what
// gopher-lua's libraries expect: an LNumber that is whole and of at most 53 bits is
// an integer, any other LNumber a float. What does not fit that rule has a type of
// its own, which for Lua is a number too.
type (
	wideInteger int64   // an integer of more than 53 bits
	wholeFloat  float64 // a float that is a whole number of at most 53 bits, or -0
)

// exact is the largest magnitude up to which a float holds every integer.
const exact = 1 << 53

// Type tells gopher-lua that the value is a number.
func (wideInteger) Type() lua.LValueType { return lua.LTNumber }

// Type tells gopher-lua that the value is a number.
func (wholeFloat) Type() lua.LValueType { return lua.LTNumber }

// String gives the number as tostring does.
func (n wideInteger) String() string { return strconv.FormatInt(int64(n), 10) }

// String gives the number as tostring does.
func (f wholeFloat) String() string { return formatFloat(float64(f)) }

// A number is an operand: an integer, or a float.
type number struct {
	isFloat bool
	i       int64
	f       float64
}

// asFloat gives the number as a float, which may round an integer.
func (n number) asFloat() float64 {
	if n.isFloat {
		return n.f
	}
	return float64(n.i)
}

// asInteger gives the number as an integer if it is a whole one of 64 bits.
func (n number) asInteger() (int64, bool) {
	if !n.isFloat {
		return n.i, true
	}
	return floatToInteger(n.f)
}

// value gives the number as Lua keeps it.
func (n number) value() lua.LValue {
	if n.isFloat {
		return luaFloat(n.f)
	}
	return luaInteger(n.i)
}

func luaInteger(n int64) lua.LValue {
	if -exact <= n && n <= exact {
		return lua.LNumber(n)
	}
	return wideInteger(n)
}

func luaFloat(f float64) lua.LValue {
	if math.Trunc(f) == f && math.Abs(f) <= exact {
		return wholeFloat(f)
	}
	return lua.LNumber(f)
}

func isSmallInteger(n lua.LNumber) bool {
	return float64(n) == math.Trunc(float64(n)) && math.Abs(float64(n)) <= exact
}

// numberOf takes a number apart; ok is false for anything else.
func numberOf(v lua.LValue) (n number, ok bool) {
	switch v := v.(type) {
	case lua.LNumber:
		if isSmallInteger(v) {
			return number{i: int64(v)}, true
		}
		return number{isFloat: true, f: float64(v)}, true
	case wideInteger:
		return number{i: int64(v)}, true
	case wholeFloat:
		return number{isFloat: true, f: float64(v)}, true
	}
	return number{}, false
}

// toNumber takes numbers, and texts of them.
func toNumber(v lua.LValue) (n number, ok bool) {
	if text, isText := v.(lua.LString); isText {
		return parseNumber(string(text))
	}
	return numberOf(v)
}

func parseNumber(text string) (n number, ok bool) {
	if n.i, ok = syntax.ParseInteger(text); ok {
		return n, true
	}
	n.isFloat = true
	n.f, ok = syntax.ParseFloat(text)
	return n, ok
}

func floatToInteger(f float64) (int64, bool) {
	if math.Trunc(f) != f || f < math.MinInt64 || f >= -math.MinInt64 {
		return 0, false
	}
	return int64(f), true
}

// normalKey gives the key under which a table keeps a value: floats that are whole
// numbers are the same key as the integer.
func normalKey(v lua.LValue) lua.LValue {
	switch k := v.(type) {
	case wholeFloat:
		return elementKey(int64(k))
	case lua.LNumber:
		if n, ok := floatToInteger(float64(k)); ok {
			return elementKey(n)
		}
	}
	return v
}

// formatNumber gives a number as tostring does.
func formatNumber(v lua.LValue) string {
	n, _ := numberOf(v)
	if n.isFloat {
		return formatFloat(n.f)
	}
	return strconv.FormatInt(n.i, 10)
}

// formatFloat writes a float with 14 digits, as %.14g does, and so that it can't be
// mistaken for an integer.
func formatFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f) && math.Signbit(f):
		return "-nan"
	case math.IsNaN(f):
		return "nan"
	}
	text := strconv.FormatFloat(f, 'g', 14, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}
