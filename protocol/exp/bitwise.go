package exp

// Operators on the 64 bits of an integer are unknown if an operand is. The
// bits of blobs are the Bit functions' business.

// IntAnd is the bitwise "and" of one or more integers.
//
// Needs server 5.6.
func IntAnd(operands ...Int) Int { return typed[Int](nodeOfAll(OpIntAnd, operands)) }

// IntOr is the bitwise "or" of one or more integers.
//
// Needs server 5.6.
func IntOr(operands ...Int) Int { return typed[Int](nodeOfAll(OpIntOr, operands)) }

// IntXor is the bitwise "exclusive or" of one or more integers.
//
// Needs server 5.6.
func IntXor(operands ...Int) Int { return typed[Int](nodeOfAll(OpIntXor, operands)) }

// IntNot turns every bit round.
//
// Needs server 5.6.
func IntNot(n Int) Int { return typed[Int](node(OpIntNot, n)) }

// IntLShift shifts the bits to the left.
//
// Needs server 5.6.
func IntLShift(n, shift Int) Int { return typed[Int](node(OpIntLShift, n, shift)) }

// IntRShift shifts the bits to the right and fills up with zeros.
//
// Needs server 5.6.
func IntRShift(n, shift Int) Int { return typed[Int](node(OpIntRShift, n, shift)) }

// IntARShift shifts the bits to the right and keeps the sign.
//
// Needs server 5.6.
func IntARShift(n, shift Int) Int { return typed[Int](node(OpIntARShift, n, shift)) }

// IntCount is the number of bits that are set.
//
// Needs server 5.6.
func IntCount(n Int) Int { return typed[Int](node(OpIntCount, n)) }

// IntLScan is the place of the first bit from the left that is search; places
// count from 0 at the most significant bit. It is -1 if there is none.
//
// Needs server 5.6.
func IntLScan(n Int, search Bool) Int { return typed[Int](node(OpIntLScan, n, search)) }

// IntRScan is the place of the first bit from the right that is search; places
// count from 0 at the most significant bit. It is -1 if there is none.
//
// Needs server 5.6.
func IntRScan(n Int, search Bool) Int { return typed[Int](node(OpIntRScan, n, search)) }
