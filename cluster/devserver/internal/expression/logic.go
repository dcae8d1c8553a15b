package expression

import "github.com/aerosql/aerosql/protocol/exp"

// logic builds and, or, exclusive and not (docs/wire-cdt-exp.md#7.5).
func (b *builder) logic(op exp.Op, args int) (operand, bool) {
	if op != exp.OpNot && args < 2 {
		return operand{}, false
	}
	nodes, ok := b.operands(args, exp.TypeBool)
	if !ok {
		return operand{}, false
	}
	var n node
	switch op {
	case exp.OpAnd:
		n = junction{nodes, false}
	case exp.OpOr:
		n = junction{nodes, true}
	case exp.OpExclusive:
		n = exclusive{nodes}
	default:
		n = not{nodes[0]}
	}
	return operand{node: n, typ: exp.TypeBool}, true
}

// A junction is an and or an or. The first operand with the deciding value ends it. Unknown
// operands matter only if no operand decides.
type junction struct {
	nodes    []node
	decisive bool
}

func (n junction) eval(f *frame) value {
	result := boolean(!n.decisive)
	for _, operand := range n.nodes {
		switch v := operand.eval(f); {
		case v.kind != kindBool:
			result = unknown
		case v.isTrue() == n.decisive:
			return v
		}
	}
	return result
}

// exclusive is true if exactly one operand is true.
type exclusive struct{ nodes []node }

func (n exclusive) eval(f *frame) value {
	found := false
	for _, operand := range n.nodes {
		switch v := operand.eval(f); {
		case v.kind != kindBool:
			return unknown
		case v.isTrue() && found:
			return boolean(false)
		case v.isTrue():
			found = true
		}
	}
	return boolean(found)
}

type not struct{ node node }

func (n not) eval(f *frame) value {
	v := n.node.eval(f)
	if v.kind != kindBool {
		return unknown
	}
	return boolean(v.isFalse())
}
