package exp

import "github.com/aerosql/aerosql/protocol"

// NewNode returns an operator applied to operands whose types are known only at run time, for
// programs that translate another language to expressions. It supports the operators whose operands
// are all expressions, from [OpUnknown] to [OpCond].
//
// Unlike the typed functions it can't rely on the compiler: if the operands do not have the number
// and the types that the server requires, the result can't be packed.
func NewNode(op Op, operands ...Node) Node {
	info := op.info()
	if info.shape != shapeArgs {
		return *failed("%s is not an operator of expressions only", op)
	}
	n := Node{Op: op, Args: operands}
	if len(operands) < info.min || len(operands) > info.max {
		return *failed("%s with %d operands", op, len(operands))
	}
	for i := range operands {
		if err := operands[i].literalError(); err != nil {
			return *failure(err)
		}
	}
	if problem := n.misfit(); problem != "" {
		return *failed("%s %s", op, problem)
	}
	return n
}

// literalError returns the reason why a literal can't be packed.
func (n *Node) literalError() error {
	if n.Op != OpValue {
		return nil
	}
	return n.Value.Err()
}

// NewLiteral returns the node of a literal of any value. Lists are quoted.
func NewLiteral(v protocol.Value) Node { return *literal(v) }

// NewBin returns the node that reads a bin as a value of type t; see [BinOf].
func NewBin(t Type, name string) Node { return *bin(t, name) }

// NewExpression returns the tree as an expression of the Go type of its result. It does not check
// the tree; packing does.
func NewExpression(n Node) Expression { return expressionOf(&n) }

// misfit returns what is wrong with the types of the operands, or "".
func (n *Node) misfit() string {
	switch op := n.Op; {
	case op >= OpEq && op <= OpLe:
		return n.misfitComparison()
	case op == OpGeo:
		return n.want(TypeGeo)
	case op == OpInList:
		if n.Args[1].ResultType() != TypeList {
			return "in a value that is not a list"
		}
	case op >= OpAnd && op <= OpExclusive:
		return n.want(TypeBool)
	case op >= OpAdd && op <= OpDiv, op == OpMin, op == OpMax, op == OpAbs:
		if t := n.Args[0].ResultType(); t == TypeFloat {
			return n.want(TypeFloat)
		}
		return n.want(TypeInt)
	case op == OpPow, op == OpLog, op == OpFloor, op == OpCeil, op == OpToInt:
		return n.want(TypeFloat)
	case op == OpMod, op == OpToFloat, op >= OpIntAnd && op <= OpIntCount:
		return n.want(TypeInt)
	case op == OpMapKeys, op == OpMapValues:
		return n.want(TypeMap)
	case op == OpCond:
		return n.misfitCond()
	}
	return ""
}

// want returns "" if all operands have the type. An operand without a type fits everywhere, as
// unknown does.
func (n *Node) want(t Type) string {
	for i := range n.Args {
		if got := n.Args[i].ResultType(); got != t && n.Args[i].Op != OpUnknown {
			return "of " + got.String() + " instead of " + t.String()
		}
	}
	return ""
}

func (n *Node) misfitComparison() string {
	left, right := n.Args[0].ResultType(), n.Args[1].ResultType()
	switch {
	case left != right:
		return "of " + left.String() + " and " + right.String()
	case left == TypeGeo || left == TypeHLL:
		return "of " + left.String()
	}
	return ""
}

func (n *Node) misfitCond() string {
	last := len(n.Args) - 1
	if last%2 != 0 {
		return "without a default"
	}
	result := n.condType()
	for i := range n.Args {
		want := result
		if i%2 == 0 && i < last {
			want = TypeBool
		}
		if got := n.Args[i].ResultType(); got != want && n.Args[i].Op != OpUnknown {
			return "of " + got.String() + " instead of " + want.String()
		}
	}
	return ""
}
