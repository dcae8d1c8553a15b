package exp

// And is false if any operand is false, else unknown if any is unknown, else
// true. It takes at least two operands; with fewer the expression can't be packed.
//
// Needs server 5.2.
func And(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpAnd, operands)) }

// Or is true if any operand is true, else unknown if any is unknown, else
// false. It takes at least two operands; with fewer the expression can't be packed.
//
// Needs server 5.2.
func Or(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpOr, operands)) }

// Not is the opposite of its operand; unknown stays unknown.
//
// Needs server 5.2.
func Not(operand Bool) Bool { return typed[Bool](node(OpNot, operand)) }

// Exclusive is whether exactly one operand is true; unknown if any is unknown.
// It takes at least two operands; with fewer the expression can't be packed.
//
// Needs server 5.6.
func Exclusive(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpExclusive, operands)) }
