package expression

import (
	"math/bits"

	"github.com/aerosql/aerosql/protocol/exp"
)

// arithmetic builds a numeric operator (docs/wire-cdt-exp.md#7.3).
func (b *builder) arithmetic(op exp.Op, args int) (operand, bool) {
	switch op {
	case exp.OpPow, exp.OpLog, exp.OpFloor, exp.OpCeil:
		nodes, ok := b.operands(args, exp.TypeFloat)
		return operand{node: floatNode{op, nodes}, typ: exp.TypeFloat}, ok
	case exp.OpToInt:
		n, ok := b.one(exp.TypeFloat)
		return operand{node: toInt{n}, typ: exp.TypeInt}, ok
	case exp.OpToFloat:
		n, ok := b.one(exp.TypeInt)
		return operand{node: toFloat{n}, typ: exp.TypeFloat}, ok
	case exp.OpIntLScan, exp.OpIntRScan:
		return b.scan(op)
	case exp.OpAdd, exp.OpSub, exp.OpMul, exp.OpDiv, exp.OpMin, exp.OpMax, exp.OpAbs:
		return b.number(op, args)
	}
	if args == 0 {
		return operand{}, false
	}
	nodes, ok := b.operands(args, exp.TypeInt)
	return operand{node: intNode{op, nodes}, typ: exp.TypeInt}, ok
}

// number builds an operator whose operands are all integers or all floats.
func (b *builder) number(op exp.Op, args int) (operand, bool) {
	if args == 0 {
		return operand{}, false
	}
	first, ok := b.next()
	if !ok || first.typ != exp.TypeInt && first.typ != exp.TypeFloat {
		return operand{}, false
	}
	rest, ok := b.operands(args-1, first.typ)
	nodes := append([]node{first.node}, rest...)
	if first.typ == exp.TypeInt {
		return operand{node: intNode{op, nodes}, typ: exp.TypeInt}, ok
	}
	return operand{node: floatNode{op, nodes}, typ: exp.TypeFloat}, ok
}

// intNode is an operator on one or more integers. Results wrap around.
type intNode struct {
	op    exp.Op
	nodes []node
}

func (n intNode) eval(f *frame) value {
	first := n.nodes[0].eval(f)
	if first.kind != kindInt {
		return unknown
	}
	a := first.int()
	if len(n.nodes) == 1 {
		return intUnary(n.op, a)
	}
	if n.op == exp.OpDiv {
		return n.quotient(f, a)
	}
	for _, operand := range n.nodes[1:] {
		v := operand.eval(f)
		if v.kind != kindInt {
			return unknown
		}
		var ok bool
		if a, ok = intBinary(n.op, a, v.int()); !ok {
			return unknown
		}
	}
	return integer(a)
}

// quotient divides the first operand by the product of the others.
func (n intNode) quotient(f *frame, a int64) value {
	product := int64(1)
	for _, operand := range n.nodes[1:] {
		v := operand.eval(f)
		if v.kind != kindInt {
			return unknown
		}
		product *= v.int()
	}
	if product == 0 {
		return unknown
	}
	// math.MinInt64 / -1 and math.MinInt64 % -1 crash a real server 8.1.2: its processor traps.
	// Here the quotient wraps around like a sum, and the remainder is 0.
	return integer(a / product)
}

func intUnary(op exp.Op, a int64) value {
	switch op {
	case exp.OpSub:
		a = -a
	case exp.OpDiv:
		if a == 0 {
			return unknown
		}
		a = 1 / a
	case exp.OpAbs:
		if a < 0 {
			a = -a
		}
	case exp.OpIntNot:
		a = ^a
	case exp.OpIntCount:
		a = int64(bits.OnesCount64(uint64(a)))
	}
	return integer(a)
}

// shiftMask is the part of a shift count that the processor uses.
const shiftMask = 63

func intBinary(op exp.Op, a, b int64) (int64, bool) {
	switch op {
	case exp.OpAdd:
		return a + b, true
	case exp.OpSub:
		return a - b, true
	case exp.OpMul:
		return a * b, true
	case exp.OpMod:
		if b == 0 {
			return 0, false
		}
		return a % b, true
	case exp.OpMin:
		return min(a, b), true
	case exp.OpMax:
		return max(a, b), true
	case exp.OpIntAnd:
		return a & b, true
	case exp.OpIntOr:
		return a | b, true
	case exp.OpIntXor:
		return a ^ b, true
	case exp.OpIntLShift:
		return a << (b & shiftMask), true
	case exp.OpIntRShift:
		return int64(uint64(a) >> (b & shiftMask)), true
	}
	return a >> (b & shiftMask), true
}

// floatNode is an operator on one or more floats.
type floatNode struct {
	op    exp.Op
	nodes []node
}

func (n floatNode) eval(f *frame) value {
	first := n.nodes[0].eval(f)
	if first.kind != kindFloat {
		return unknown
	}
	a, product := first.float(), 1.0
	if len(n.nodes) == 1 {
		return floatUnary(n.op, a)
	}
	for _, operand := range n.nodes[1:] {
		v := operand.eval(f)
		if v.kind != kindFloat {
			return unknown
		}
		if n.op == exp.OpDiv {
			product = floatBinary(exp.OpMul, product, v.float())
		} else {
			a = floatBinary(n.op, a, v.float())
		}
	}
	if n.op == exp.OpDiv {
		a = floatBinary(exp.OpDiv, a, product)
	}
	return float(a)
}
