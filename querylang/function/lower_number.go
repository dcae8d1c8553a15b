package function

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// since56 is the version that has arithmetic in expressions.
var since56 = Version{5, 6}

func literal(v protocol.Value) exp.Node { return exp.NewLiteral(v) }

func integerLiteral(n int64) exp.Node { return literal(protocol.Int(n)) }

// zeroOf returns the zero of a kind of number.
func zeroOf(k protocol.Kind) exp.Node {
	if k == protocol.KindFloat {
		return literal(protocol.Float(0))
	}
	return integerLiteral(0)
}

func lowerAbs(args []Lowered) (Lowered, bool) {
	return Lowered{Node: exp.NewNode(exp.OpAbs, args[0].Node), Kind: args[0].Kind, Since: since56, Total: true}, true
}

// lowerSign lowers SIGN, which is unknown for NaN.
func lowerSign(args []Lowered) (Lowered, bool) {
	x, zero := args[0].Node, zeroOf(args[0].Kind)
	node := exp.NewNode(exp.OpCond,
		exp.NewNode(exp.OpGt, x, zero), integerLiteral(1),
		exp.NewNode(exp.OpLt, x, zero), integerLiteral(-1),
		exp.NewNode(exp.OpEq, x, zero), integerLiteral(0),
		exp.NewNode(exp.OpUnknown))
	return Lowered{Node: node, Kind: protocol.KindInt, Since: since56, Total: args[0].Kind == protocol.KindInt}, true
}

// lowerFraction lowers FLOOR and CEIL. The servers have them for floats only.
func lowerFraction(op exp.Op) func([]Lowered) (Lowered, bool) {
	return func(args []Lowered) (Lowered, bool) {
		return onFloats(args[0], func(x exp.Node) exp.Node { return exp.NewNode(op, x) }), true
	}
}

// onFloats lowers a function that keeps integers.
func onFloats(x Lowered, f func(exp.Node) exp.Node) Lowered {
	x.Total = true
	if x.Kind == protocol.KindFloat {
		x.Node, x.Since = f(x.Node), since56
	}
	return x
}

// lowerTrunc lowers TRUNC.
func lowerTrunc(args []Lowered) (Lowered, bool) {
	return onFloats(args[0], func(x exp.Node) exp.Node {
		return exp.NewNode(exp.OpCond, exp.NewNode(exp.OpLt, x, zeroOf(protocol.KindFloat)),
			exp.NewNode(exp.OpCeil, x), exp.NewNode(exp.OpFloor, x))
	}), true
}

// lowerRound lowers ROUND to whole numbers. The difference of a float and its floor is exact, while
// floor(x + 0.5) would be 1 for the float below 0.5.
func lowerRound(args []Lowered) (Lowered, bool) {
	if len(args) > 1 && !isZero(args[1].Node) {
		return Lowered{}, false
	}
	result := Lowered{Kind: protocol.KindFloat, Since: since56, Total: true}
	x := args[0].Node
	if args[0].Kind == protocol.KindInt {
		result.Node = exp.NewNode(exp.OpToFloat, x)
		return result, true
	}
	half, one := literal(protocol.Float(0.5)), literal(protocol.Float(1))
	floor, ceil := exp.NewNode(exp.OpFloor, x), exp.NewNode(exp.OpCeil, x)
	result.Node = exp.NewNode(exp.OpCond,
		exp.NewNode(exp.OpLt, x, zeroOf(protocol.KindFloat)),
		exp.NewNode(exp.OpCond, exp.NewNode(exp.OpGe, exp.NewNode(exp.OpSub, ceil, x), half), exp.NewNode(exp.OpSub, ceil, one), ceil),
		exp.NewNode(exp.OpCond, exp.NewNode(exp.OpGe, exp.NewNode(exp.OpSub, x, floor), half), exp.NewNode(exp.OpAdd, floor, one), floor))
	return result, true
}

// isZero reports whether a node is the literal 0.
func isZero(n exp.Node) bool {
	v, ok := n.Value.Int()
	return n.Op == exp.OpValue && ok && v == 0
}

// lowerMod lowers MOD of integers. The servers have no remainder of floats. -1 has the remainders
// of 1, and that by 0 is unknown there too.
func lowerMod(args []Lowered) (Lowered, bool) {
	x, divisor := args[0].Node, args[1].Node
	if args[0].Kind != protocol.KindInt || args[1].Kind != protocol.KindInt {
		return Lowered{}, false
	}
	result := Lowered{Kind: protocol.KindInt, Since: since56}
	n, isConstant := divisor.Value.Int()
	switch {
	case divisor.Op != exp.OpValue || !isConstant:
		isMinusOne := exp.NewNode(exp.OpEq, divisor, integerLiteral(-1))
		divisor = exp.NewNode(exp.OpCond, isMinusOne, integerLiteral(1), divisor)
	case n == 0:
		result.Node = exp.NewNode(exp.OpUnknown)
		return result, true
	case n == -1:
		divisor = integerLiteral(1)
	}
	result.Node = exp.NewNode(exp.OpMod, x, divisor)
	return result, true
}
