package exp

// And is false if any operand is false, otherwise unknown if any is unknown, otherwise true. It
// needs at least two operands; with fewer the expression cannot be packed.
//
// Needs server 5.2.
func And(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpAnd, operands)) }

// Or is true if any operand is true, otherwise unknown if any is unknown, otherwise false. It needs
// at least two operands; with fewer the expression cannot be packed.
//
// Needs server 5.2.
func Or(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpOr, operands)) }

// Not negates its operand. It is unknown if the operand is unknown.
//
// Needs server 5.2.
func Not(operand Bool) Bool { return typed[Bool](node(OpNot, operand)) }

// Exclusive reports whether exactly one operand is true. It is unknown if any operand is unknown.
// It needs at least two operands; with fewer the expression cannot be packed.
//
// Needs server 5.6.
func Exclusive(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpExclusive, operands)) }
