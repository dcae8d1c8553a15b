package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol/exp"
)

// geometry builds the comparison of two geometries: whether one is a point within the other.
func (b *builder) geometry() (operand, bool) {
	nodes, ok := b.operands(2, exp.TypeGeo)
	if !ok {
		return operand{}, false
	}
	return operand{node: geometry{nodes[0], nodes[1]}, typ: exp.TypeBool}, true
}

type geometry struct{ left, right node }

func (n geometry) eval(f *frame) value {
	a := n.left.eval(f)
	if a.kind != kindGeo {
		return unknown
	}
	b := n.right.eval(f)
	if b.kind != kindGeo {
		return unknown
	}
	left, okLeft := a.geometry()
	right, okRight := b.geometry()
	if !okLeft || !okRight {
		return unknown
	}
	return boolean(geo.Match(left, right))
}
