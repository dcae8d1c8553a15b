package plan

import (
	"math"
	"math/rand/v2"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// universe are values of all kinds, with neighbors.
var universe = []protocol.Value{
	{}, protocol.Int(0), protocol.Int(1), protocol.Int(2), protocol.Int(3), protocol.Int(-1), protocol.Int(math.MaxInt64),
	protocol.Int(math.MinInt64), protocol.Float(1), protocol.Float(1.5), protocol.Float(2.5), protocol.Float(math.NaN()),
	protocol.Float(math.Inf(1)), protocol.String(""), protocol.String("a"), protocol.String("ab"), protocol.String("b"),
	protocol.Blob([]byte{1}), protocol.Blob([]byte("a")), protocol.Bool(true), protocol.Bool(false),
	protocol.List(protocol.Int(1), protocol.String("a")), protocol.List(protocol.Float(1)),
}

var declaredUniverse = []protocol.Value{{}, protocol.Int(0), protocol.Int(1), protocol.Int(2), protocol.Int(3), protocol.Int(math.MaxInt64), protocol.Int(math.MinInt64)}

// A generator makes random conditions.
type generator struct {
	*rand.Rand
	relation *bind.Relation
	sets     int
}

func (g *generator) value() bind.Expr { return constOf(universe[g.IntN(len(universe))]) }

func (g *generator) column() bind.Expr {
	return columnOf(g.relation, [...]int{columnA, columnA, columnB, columnD}[g.IntN(4)])
}

var comparisonOperators = []ast.Operator{
	ast.OpEqual, ast.OpEqual, ast.OpNotEqual, ast.OpLess, ast.OpLessEqual, ast.OpGreater, ast.OpGreaterEqual,
	ast.OpDistinctFrom, ast.OpNotDistinctFrom,
}

func (g *generator) condition(depth int) bind.Expr {
	if depth > 0 && g.IntN(3) > 0 {
		switch g.IntN(5) {
		case 0:
			return &bind.Not{X: g.condition(depth - 1)}
		case 1, 2:
			return &bind.Logic{Op: ast.OpAnd, Operands: g.conditions(depth - 1)}
		default:
			return &bind.Logic{Op: ast.OpOr, Operands: g.conditions(depth - 1)}
		}
	}
	switch g.IntN(10) {
	case 0:
		return &bind.Between{X: g.column(), Low: g.value(), High: g.value(), Not: g.IntN(3) == 0}
	case 1, 2:
		g.sets++
		in := &bind.In{ID: g.sets, X: g.column(), Not: g.IntN(3) == 0}
		for range g.IntN(4) {
			in.List = append(in.List, g.value())
		}
		return in
	case 3:
		return &bind.Is{X: g.column(), Test: ast.IsNull, Not: g.IntN(2) == 0}
	case 4:
		return &bind.Is{X: g.condition(0), Test: []ast.Test{ast.IsTrue, ast.IsFalse}[g.IntN(2)], Not: g.IntN(2) == 0}
	case 5:
		g.sets++
		pattern := []string{"a", "a%", "%", "_", "ab", "a_"}[g.IntN(6)]
		return &bind.Match{ID: g.sets, Op: ast.Like, X: g.column(), Pattern: constOf(protocol.String(pattern)), Not: g.IntN(3) == 0}
	case 6:
		return &bind.Compare{Op: comparisonOperators[g.IntN(len(comparisonOperators))], X: g.value(), Y: g.column()}
	}
	return &bind.Compare{Op: comparisonOperators[g.IntN(len(comparisonOperators))], X: g.column(), Y: g.value()}
}

func (g *generator) conditions(depth int) []bind.Expr {
	list := make([]bind.Expr, 2+g.IntN(2))
	for i := range list {
		list[i] = g.condition(depth)
	}
	return list
}
