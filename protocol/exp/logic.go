package exp

// And is false if any operand is false, else unknown if any is unknown, else
// true. It takes at least two operands; with fewer the expression can't be packed.
//
// Server 5.2; wire-cdt-exp.md 7.3, 7.5.
func And(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpAnd, operands)) }

// Or is true if any operand is true, else unknown if any is unknown, else
// false. It takes at least two operands; with fewer the expression can't be packed.
//
// Server 5.2; wire-cdt-exp.md 7.3, 7.5.
func Or(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpOr, operands)) }

// Not is the opposite of its operand; unknown stays unknown.
//
// Server 5.2; wire-cdt-exp.md 7.3, 7.5.
func Not(operand Bool) Bool { return typed[Bool](node(OpNot, operand)) }

// Exclusive is whether exactly one operand is true; unknown if any is unknown.
// It takes at least two operands; with fewer the expression can't be packed.
//
// Server 5.6; wire-cdt-exp.md 7.3, 7.5.
func Exclusive(operands ...Bool) Bool { return typed[Bool](nodeOfAll(OpExclusive, operands)) }
