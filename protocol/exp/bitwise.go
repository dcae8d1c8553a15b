package exp

// Operators on the 64 bits of an integer are unknown if an operand is unknown. For the bits of
// blobs see the Bit functions.

// IntAnd returns the bitwise "and" of one or more integers.
//
// Needs server 5.6.
func IntAnd(operands ...Int) Int { return typed[Int](nodeOfAll(OpIntAnd, operands)) }

// IntOr returns the bitwise "or" of one or more integers.
//
// Needs server 5.6.
func IntOr(operands ...Int) Int { return typed[Int](nodeOfAll(OpIntOr, operands)) }

// IntXor returns the bitwise "exclusive or" of one or more integers.
//
// Needs server 5.6.
func IntXor(operands ...Int) Int { return typed[Int](nodeOfAll(OpIntXor, operands)) }

// IntNot inverts every bit.
//
// Needs server 5.6.
func IntNot(n Int) Int { return typed[Int](node(OpIntNot, n)) }

// IntLShift shifts the bits to the left.
//
// Needs server 5.6.
func IntLShift(n, shift Int) Int { return typed[Int](node(OpIntLShift, n, shift)) }

// IntRShift shifts the bits to the right and fills with zeros.
//
// Needs server 5.6.
func IntRShift(n, shift Int) Int { return typed[Int](node(OpIntRShift, n, shift)) }

// IntARShift shifts the bits to the right and keeps the sign.
//
// Needs server 5.6.
func IntARShift(n, shift Int) Int { return typed[Int](node(OpIntARShift, n, shift)) }

// IntCount returns the number of bits that are set.
//
// Needs server 5.6.
func IntCount(n Int) Int { return typed[Int](node(OpIntCount, n)) }

// IntLScan returns the position of the first bit from the left that equals search, or -1 if there
// is none. Position 0 is the most significant bit.
//
// Needs server 5.6.
func IntLScan(n Int, search Bool) Int { return typed[Int](node(OpIntLScan, n, search)) }

// IntRScan returns the position of the first bit from the right that equals search, or -1 if there
// is none. Position 0 is the most significant bit.
//
// Needs server 5.6.
func IntRScan(n Int, search Bool) Int { return typed[Int](node(OpIntRScan, n, search)) }
