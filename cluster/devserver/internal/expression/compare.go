package expression

import (
	"bytes"
	"cmp"

	"github.com/aerosql/aerosql/protocol/exp"
)

// comparison builds a comparison of two operands of the same type. Geometries and HyperLogLogs
// cannot be compared (docs/wire-cdt-exp.md#7.3).
func (b *builder) comparison(op exp.Op) (operand, bool) {
	left, okLeft := b.next()
	if !okLeft {
		return operand{}, false
	}
	right, ok := b.next()
	if !ok || left.typ != right.typ || left.typ == exp.TypeGeo || left.typ == exp.TypeHLL {
		return operand{}, false
	}
	return operand{node: comparison{op, left.node, right.node}, typ: exp.TypeBool}, true
}

type comparison struct {
	op          exp.Op
	left, right node
}

func (n comparison) eval(f *frame) value {
	a := n.left.eval(f)
	if a.kind == kindUnknown {
		return unknown
	}
	b := n.right.eval(f)
	if b.kind == kindUnknown {
		return unknown
	}
	order, ok := 0, true
	switch {
	case isPacked(a.kind) && isPacked(b.kind):
		var unordered bool
		order, unordered, ok = comparePacked(a.data, b.data)
		ok = ok && !unordered
	case a.kind != b.kind:
		ok = false
	case a.kind == kindInt:
		order = cmp.Compare(a.int(), b.int())
	case a.kind == kindFloat:
		return n.floats(a.float(), b.float())
	case a.kind == kindBool:
		order = cmp.Compare(a.num, b.num)
	case a.kind == kindString, a.kind == kindBlob:
		order = bytes.Compare(a.data, b.data)
	case a.kind != kindNil:
		ok = false
	}
	if !ok {
		return unknown
	}
	return boolean(n.holds(order))
}

func isPacked(k kind) bool { return k == kindList || k == kindMap || k == kindSentinel }

func (n comparison) holds(order int) bool {
	switch n.op {
	case exp.OpEq:
		return order == 0
	case exp.OpNe:
		return order != 0
	case exp.OpGt:
		return order > 0
	case exp.OpGe:
		return order >= 0
	case exp.OpLt:
		return order < 0
	}
	return order <= 0
}

// floats compares as in IEEE 754: for a NaN only "not equal" is true.
func (n comparison) floats(a, b float64) value {
	if a != a || b != b {
		return boolean(n.op == exp.OpNe)
	}
	return boolean(n.holds(cmp.Compare(a, b)))
}
