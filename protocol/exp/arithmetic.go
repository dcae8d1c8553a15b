package exp

// Arithmetic is unknown if an operand is unknown. Integers wrap around at 64 bits, floats follow
// IEEE 754.

// Add returns the sum of one or more operands.
//
// Needs server 5.6.
func Add[T Number](operands ...T) T { return typed[T](nodeOfAll(OpAdd, operands)) }

// Sub returns the first operand minus all others. With a single operand it returns the negative.
//
// Needs server 5.6.
func Sub[T Number](operands ...T) T { return typed[T](nodeOfAll(OpSub, operands)) }

// Mul returns the product of one or more operands.
//
// Needs server 5.6.
func Mul[T Number](operands ...T) T { return typed[T](nodeOfAll(OpMul, operands)) }

// Div returns the first operand divided by the product of all others. With a single operand it
// returns the reciprocal. An integer division by 0 is unknown.
//
// Warning: math.MinInt64 divided by -1 ends a real server: its process dies by SIGFPE (8.1.2). In a
// filter of a query that ends every node which holds such a record. Unless the operands can't have
// these values, guard the division; the negative of math.MinInt64 wraps around to itself:
//
//	exp.Cond(exp.When(exp.Eq(b, exp.IntVal(-1)), exp.Sub(a))).Else(exp.Div(a, b))
//
// Needs server 5.6.
func Div[T Number](operands ...T) T { return typed[T](nodeOfAll(OpDiv, operands)) }

// Pow returns base raised to exponent.
//
// Needs server 5.6.
func Pow(base, exponent Float) Float { return typed[Float](node(OpPow, base, exponent)) }

// Log returns the logarithm of n to the given base.
//
// Needs server 5.6.
func Log(n, base Float) Float { return typed[Float](node(OpLog, n, base)) }

// Mod returns the remainder of an integer division. It is unknown if the denominator is 0.
//
// Warning: as with [Div], a numerator of math.MinInt64 and a denominator of -1 end a real server
// (8.1.2). A guard, as every remainder of -1 is 0:
//
//	exp.Cond(exp.When(exp.Eq(b, exp.IntVal(-1)), exp.IntVal(0))).Else(exp.Mod(a, b))
//
// Needs server 5.6.
func Mod(numerator, denominator Int) Int { return typed[Int](node(OpMod, numerator, denominator)) }

// Abs returns the absolute value.
//
// Needs server 5.6.
func Abs[T Number](n T) T { return typed[T](node(OpAbs, n)) }

// Floor returns the greatest whole number less than or equal to n, as a float.
//
// Needs server 5.6.
func Floor(n Float) Float { return typed[Float](node(OpFloor, n)) }

// Ceil returns the least whole number greater than or equal to n, as a float.
//
// Needs server 5.6.
func Ceil(n Float) Float { return typed[Float](node(OpCeil, n)) }

// ToInt converts a float to an integer and drops the fraction.
//
// Needs server 5.6.
func ToInt(n Float) Int { return typed[Int](node(OpToInt, n)) }

// ToFloat converts an integer to a float.
//
// Needs server 5.6.
func ToFloat(n Int) Float { return typed[Float](node(OpToFloat, n)) }

// Min returns the smallest of one or more operands.
//
// Needs server 5.6.
func Min[T Number](operands ...T) T { return typed[T](nodeOfAll(OpMin, operands)) }

// Max returns the greatest of one or more operands.
//
// Needs server 5.6.
func Max[T Number](operands ...T) T { return typed[T](nodeOfAll(OpMax, operands)) }
