package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A rowLimit is the number of rows that the operators above need: limit plus offset. The zero value
// means all.
type rowLimit struct{ limit, offset bind.Expr }

// pushLimit sets the limits of the scans below a node whose rows all reach the top, which needs the
// given number of rows.
func pushLimit(n Node, need rowLimit) {
	switch n := n.(type) {
	case *Scan:
		n.Limit, n.Offset = need.limit, need.offset
	case *Limit:
		pushLimit(n.Input, limitOf(n))
	case *Project:
		pushLimit(n.Input, need)
	case *Derived:
		if len(n.Conditions) == 0 && need.limit != nil {
			pushLimit(n.Query.Root, need)
		}
	case *Join:
		pushLimit(n.Right, rowLimit{})
		pushLimit(n.Left, need.onlyIf(n.Outer)) // each left row gives at least one
	case *Unnest:
		if n.Input != nil {
			pushLimit(n.Input, need.onlyIf(n.Outer))
		}
	case *SetOperation:
		need = need.onlyIf(n.Op == ast.Union && n.All)
		pushLimit(n.Left, need)
		pushLimit(n.Right, need)
	default:
		for _, input := range n.Inputs() {
			pushLimit(input, rowLimit{})
		}
	}
}

func (l rowLimit) onlyIf(ok bool) rowLimit {
	if !ok {
		return rowLimit{}
	}
	return l
}

// limitOf returns the number of rows that a Limit reads at most.
func limitOf(n *Limit) rowLimit {
	if n.Limit == nil || !isFixed(n.Limit) || n.Offset != nil && !isFixed(n.Offset) {
		return rowLimit{}
	}
	return rowLimit{limit: n.Limit, offset: n.Offset}
}
