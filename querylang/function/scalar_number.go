package function

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
)

const groupNumber = "Numbers"

var (
	numberIn    = Parameter{Name: "x", Kinds: Number}
	scaledIn    = Parameter{Name: "x", Kinds: Number, Stored: FamiliesOf(Decimals)}
	floatResult = fixed(Floats, floatKind|Null)
)

// onFloat returns a function of one number that computes a float.
func onFloat(name, doc, example, result string, f func(float64) float64, aliases ...string) *Function {
	return &Function{Name: name, Aliases: aliases, Group: groupNumber, Strict: true, Params: []Parameter{numberIn}, Result: floatResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return protocol.Float(f(asFloat(args[0])))
		},
		Doc: doc, Example: example, ExampleResult: result}
}

// onFraction returns a function that changes the fraction of floats and keeps integers.
func onFraction(name, doc, example, result string, f func(float64) float64, lower func([]Lowered) (Lowered, bool), aliases ...string) *Function {
	return &Function{Name: name, Aliases: aliases, Group: groupNumber, Strict: true, Params: []Parameter{numberIn}, Result: numberLike,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			if x, ok := args[0].Float(); ok {
				return protocol.Float(f(x))
			}
			return args[0]
		},
		Lower: lower, Doc: doc, Example: example, ExampleResult: result}
}

var numberFunctions = []*Function{
	{Name: "ABS", Group: groupNumber, Strict: true, Params: []Parameter{scaledIn}, Result: numberLike, Eval: abs, Lower: lowerAbs,
		Doc: "The number without its sign.", Example: "ABS(-5)", ExampleResult: "5"},
	{Name: "SIGN", Group: groupNumber, Strict: true, Params: []Parameter{scaledIn}, Result: countResult, Eval: sign, Lower: lowerSign,
		Doc: "-1, 0 or 1: the sign of a number.", Example: "SIGN(-2.5)", ExampleResult: "-1"},
	{Name: "ROUND", Group: groupNumber, Strict: true, Params: []Parameter{numberIn, {Name: "digits", Kinds: Integer, Optional: true}}, Result: floatResult, Eval: round, Lower: lowerRound,
		Doc: "The float rounded to a number of digits after the point, none by default, half away from zero.", Example: "ROUND(-2.5)", ExampleResult: "-3.0"},
	onFraction("FLOOR", "The largest whole number that is not larger; a float of a float.", "FLOOR(-1.5)", "-2.0", math.Floor, lowerFraction(exp.OpFloor)),
	onFraction("CEIL", "The smallest whole number that is not smaller; a float of a float.", "CEIL(1.2)", "2.0", math.Ceil, lowerFraction(exp.OpCeil), "CEILING"),
	onFraction("TRUNC", "The number without its fraction; a float of a float.", "TRUNC(-1.7)", "-1.0", math.Trunc, lowerTrunc),
	{Name: "MOD", Group: groupNumber, Strict: true, Params: []Parameter{numberIn, {Name: "y", Kinds: Number}}, Result: modType, Eval: mod, Lower: lowerMod,
		Doc: "The remainder of x / y, with the sign of x, or NULL if an integer is divided by 0.", Example: "MOD(-7, 3)", ExampleResult: "-1"},
	{Name: "POWER", Aliases: []string{"POW"}, Group: groupNumber, Strict: true, Params: []Parameter{numberIn, {Name: "y", Kinds: Number}}, Result: floatResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return protocol.Float(math.Pow(asFloat(args[0]), asFloat(args[1])))
		},
		Doc: "x to the power of y, a float.", Example: "POWER(2, 10)", ExampleResult: "1024.0"},
	onFloat("SQRT", "The square root, NaN of a negative number.", "SQRT(16)", "4.0", math.Sqrt),
	onFloat("EXP", "e to the power of x.", "EXP(0)", "1.0", math.Exp),
	onFloat("LN", "The natural logarithm.", "LN(1)", "0.0", math.Log),
	{Name: "LOG", Group: groupNumber, Strict: true, Params: []Parameter{numberIn, {Name: "y", Kinds: Number, Optional: true}}, Result: floatResult, Eval: logarithm,
		Doc: "The logarithm of x to base 10, or of y to base x.", Example: "LOG(2, 8)", ExampleResult: "3.0"},
	onFloat("LOG10", "The logarithm to base 10.", "LOG10(1000)", "3.0", math.Log10),
	onFloat("LOG2", "The logarithm to base 2.", "LOG2(8)", "3.0", math.Log2),
	onFloat("SIN", "The sine of an angle in radians.", "SIN(0)", "0.0", math.Sin),
	onFloat("COS", "The cosine of an angle in radians.", "COS(0)", "1.0", math.Cos),
	onFloat("TAN", "The tangent of an angle in radians.", "TAN(0)", "0.0", math.Tan),
	onFloat("ASIN", "The angle whose sine is x.", "ASIN(0)", "0.0", math.Asin),
	onFloat("ACOS", "The angle whose cosine is x.", "ACOS(1)", "0.0", math.Acos),
	onFloat("ATAN", "The angle whose tangent is x.", "ATAN(0)", "0.0", math.Atan),
	{Name: "ATAN2", Group: groupNumber, Strict: true, Params: []Parameter{{Name: "y", Kinds: Number}, numberIn}, Result: floatResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return protocol.Float(math.Atan2(asFloat(args[0]), asFloat(args[1])))
		},
		Doc: "The angle of the point (x, y).", Example: "ATAN2(0, 1)", ExampleResult: "0.0"},
	onFloat("RADIANS", "An angle in radians from degrees.", "RADIANS(0)", "0.0", func(x float64) float64 { return x * math.Pi / 180 }),
	onFloat("DEGREES", "An angle in degrees from radians.", "DEGREES(PI())", "180.0", func(x float64) float64 { return x * 180 / math.Pi }),
	{Name: "PI", Group: groupNumber, Result: fixed(Floats, floatKind),
		Eval: func(*Context, []protocol.Value) protocol.Value { return protocol.Float(math.Pi) },
		Doc:  "The number pi.", Example: "PI()", ExampleResult: "3.141592653589793"},
	{Name: "RANDOM", Group: groupNumber, Volatile: true, Result: fixed(Integers, Integer),
		Eval: func(*Context, []protocol.Value) protocol.Value { return protocol.Int(int64(rand.Uint64())) },
		Doc:  "A random integer of 64 bits.", Example: "RANDOM()"},
	{Name: "RAND", Group: groupNumber, Volatile: true, Result: fixed(Floats, floatKind),
		Eval: func(*Context, []protocol.Value) protocol.Value { return protocol.Float(rand.Float64()) },
		Doc:  "A random float that is at least 0 and less than 1.", Example: "RAND()"},
}

func abs(_ *Context, args []protocol.Value) protocol.Value {
	if f, ok := args[0].Float(); ok {
		return protocol.Float(math.Abs(f))
	}
	if n, ok := args[0].Int(); ok && n < 0 {
		return protocol.Int(-n) // the smallest integer stays negative, as in all arithmetic
	}
	return args[0]
}

func sign(_ *Context, args []protocol.Value) protocol.Value {
	switch x := args[0]; {
	case isNaN(x):
		return protocol.Nil()
	default:
		return protocol.Int(int64(compareNumbers(x, protocol.Int(0))))
	}
}

// round is ROUND with SQLite's results: a negative number of digits is 0, and more than 30 are 30.
// The digits are those of the shortest text of the float, so that 2.675 is 2.68 with two digits.
func round(_ *Context, args []protocol.Value) protocol.Value {
	x, digits := asFloat(args[0]), int64(0)
	if len(args) > 1 {
		digits, _ = args[1].Int()
		digits = min(max(digits, 0), 30)
	}
	if math.IsNaN(x) || math.Abs(x) >= 1<<52 {
		return protocol.Float(x) // it has no fraction
	}
	if digits == 0 {
		if x = math.Round(x); x == 0 {
			x = 0 // not -0
		}
		return protocol.Float(x)
	}
	text := strconv.FormatFloat(math.Abs(x), 'f', -1, 64)
	point := strings.IndexByte(text, '.')
	if point < 0 || len(text)-point-1 <= int(digits) {
		return protocol.Float(x)
	}
	return protocol.Float(math.Copysign(roundText(text, point+1+int(digits)), x))
}

// roundText returns the number that a text is if it is cut at an index, half rounded up.
func roundText(text string, end int) float64 {
	digits := []byte(text[:end])
	up := text[end] >= '5'
	for i := end - 1; i >= 0 && up; i-- {
		switch {
		case digits[i] == '.':
		case digits[i] == '9':
			digits[i] = '0'
		default:
			digits[i]++
			up = false
		}
	}
	rounded := string(digits)
	if up {
		rounded = "1" + rounded
	}
	f, _ := strconv.ParseFloat(rounded, 64) // always a number
	return f
}

func modType(args []Type) (Type, Kinds) {
	x, y := args[0].Family, args[1].Family
	switch {
	case x == Integers && y == Integers:
		return Type{Family: Integers}, Integer | Null
	case x == Floats || y == Floats:
		return Type{Family: Floats}, floatKind | Null
	}
	return Type{}, Number | Null
}

func mod(_ *Context, args []protocol.Value) protocol.Value {
	_, xInt := args[0].Int()
	_, yInt := args[1].Int()
	if xInt && yInt {
		return Arithmetic(ast.OpRemainder, args[0], args[1])
	}
	if isInteger(args[0]) && isInteger(args[1]) {
		return modUnsigned(args[0], args[1])
	}
	return protocol.Float(math.Mod(asFloat(args[0]), asFloat(args[1])))
}

// modUnsigned is mod for integers of which one is above the largest signed one.
func modUnsigned(x, y protocol.Value) protocol.Value {
	divisor := bigInteger(y)
	if divisor.Sign() == 0 {
		return protocol.Nil()
	}
	r := new(big.Int).Rem(bigInteger(x), divisor)
	if r.IsInt64() {
		return protocol.Int(r.Int64())
	}
	return protocol.Uint(r.Uint64())
}

func bigInteger(v protocol.Value) *big.Int {
	if n, ok := v.Int(); ok {
		return big.NewInt(n)
	}
	u, _ := v.Uint()
	return new(big.Int).SetUint64(u)
}

func logarithm(_ *Context, args []protocol.Value) protocol.Value {
	x := asFloat(args[0])
	if len(args) == 1 {
		return protocol.Float(math.Log10(x))
	}
	switch y := asFloat(args[1]); x {
	case 2:
		return protocol.Float(math.Log2(y))
	case 10:
		return protocol.Float(math.Log10(y))
	default:
		return protocol.Float(math.Log(y) / math.Log(x))
	}
}
