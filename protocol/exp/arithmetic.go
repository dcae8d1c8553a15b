package exp

// Arithmetic is unknown if an operand is. Integers wrap around at 64 bits,
// floats follow IEEE 754.

// Add is the sum of one or more operands.
//
// Needs server 5.6.
func Add[T Number](operands ...T) T { return typed[T](nodeOfAll(OpAdd, operands)) }

// Sub is the first operand without all others, or the negative of a single one.
//
// Needs server 5.6.
func Sub[T Number](operands ...T) T { return typed[T](nodeOfAll(OpSub, operands)) }

// Mul is the product of one or more operands.
//
// Needs server 5.6.
func Mul[T Number](operands ...T) T { return typed[T](nodeOfAll(OpMul, operands)) }

// Div is the first operand divided by the product of all others, or the
// reciprocal of a single one. The division of an integer by 0 is unknown.
//
// Needs server 5.6.
func Div[T Number](operands ...T) T { return typed[T](nodeOfAll(OpDiv, operands)) }

// Pow is base raised to exponent.
//
// Needs server 5.6.
func Pow(base, exponent Float) Float { return typed[Float](node(OpPow, base, exponent)) }

// Log is the logarithm of n to a base.
//
// Needs server 5.6.
func Log(n, base Float) Float { return typed[Float](node(OpLog, n, base)) }

// Mod is the remainder of an integer division, unknown if the denominator is 0.
//
// Needs server 5.6.
func Mod(numerator, denominator Int) Int { return typed[Int](node(OpMod, numerator, denominator)) }

// Abs is the absolute value.
//
// Needs server 5.6.
func Abs[T Number](n T) T { return typed[T](node(OpAbs, n)) }

// Floor rounds down to a whole number, which is a float still.
//
// Needs server 5.6.
func Floor(n Float) Float { return typed[Float](node(OpFloor, n)) }

// Ceil rounds up to a whole number, which is a float still.
//
// Needs server 5.6.
func Ceil(n Float) Float { return typed[Float](node(OpCeil, n)) }

// ToInt makes an integer of a float, dropping what is behind the point.
//
// Needs server 5.6.
func ToInt(n Float) Int { return typed[Int](node(OpToInt, n)) }

// ToFloat makes a float of an integer.
//
// Needs server 5.6.
func ToFloat(n Int) Float { return typed[Float](node(OpToFloat, n)) }

// Min is the smallest of one or more operands.
//
// Needs server 5.6.
func Min[T Number](operands ...T) T { return typed[T](nodeOfAll(OpMin, operands)) }

// Max is the greatest of one or more operands.
//
// Needs server 5.6.
func Max[T Number](operands ...T) T { return typed[T](nodeOfAll(OpMax, operands)) }
