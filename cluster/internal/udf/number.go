package udf

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/cluster/internal/udf/syntax"
)

// Lua 5.4 has 64-bit integers and floats; gopher-lua has only floats. For most numbers the value
// determines the kind, so that gopher-lua's own libraries can handle them: an LNumber that is a
// whole number of at most 53 bits is an integer, and any other LNumber is a float. Numbers that do
// not fit this rule have their own types. Lua sees them as numbers too.
type (
	wideInteger int64   // an integer of more than 53 bits
	wholeFloat  float64 // a float that is a whole number of at most 53 bits, or -0
)

// exact is the largest magnitude up to which a float represents every integer.
const exact = 1 << 53

// Type returns the type of numbers.
func (wideInteger) Type() lua.LValueType { return lua.LTNumber }

// Type returns the type of numbers.
func (wholeFloat) Type() lua.LValueType { return lua.LTNumber }

// String returns the number as tostring formats it.
func (n wideInteger) String() string { return strconv.FormatInt(int64(n), 10) }

// String returns the number as tostring formats it.
func (f wholeFloat) String() string { return formatFloat(float64(f)) }

// A number is an integer or a float.
type number struct {
	isFloat bool
	i       int64
	f       float64
}

// asFloat returns the number as a float. It may round an integer.
func (n number) asFloat() float64 {
	if n.isFloat {
		return n.f
	}
	return float64(n.i)
}

// asInteger returns the number as an integer. It reports false if the number is not whole or needs
// more than 64 bits.
func (n number) asInteger() (int64, bool) {
	if !n.isFloat {
		return n.i, true
	}
	return floatToInteger(n.f)
}

// value returns the number as a Lua value.
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

// numberOf returns the number that v is. ok is false if v is not a number.
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

// toNumber converts a number, or a string that contains one.
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

// normalKey returns the key under which a table stores a value. A float that is a whole number is
// the same key as the integer.
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

// formatNumber formats a number as tostring does.
func formatNumber(v lua.LValue) string {
	n, _ := numberOf(v)
	if n.isFloat {
		return formatFloat(n.f)
	}
	return strconv.FormatInt(n.i, 10)
}

// formatFloat formats a float with 14 digits, as %.14g does, and makes sure that it does not look
// like an integer.
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
