package plan

import (
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// comparisons are the operators of the servers that compare.
var comparisons = map[ast.Operator]exp.Op{
	ast.OpEqual: exp.OpEq, ast.OpNotEqual: exp.OpNe, ast.OpLess: exp.OpLt, ast.OpLessEqual: exp.OpLe,
	ast.OpGreater: exp.OpGt, ast.OpGreaterEqual: exp.OpGe,
}

// mirrored are the operators with their sides exchanged.
var mirrored = map[exp.Op]exp.Op{
	exp.OpEq: exp.OpEq, exp.OpNe: exp.OpNe, exp.OpLt: exp.OpGt, exp.OpLe: exp.OpGe,
	exp.OpGt: exp.OpLt, exp.OpGe: exp.OpLe,
}

// comparable are the kinds that compare, with values of their own kind and, for numbers, with each
// other.
const comparable = function.Number | function.String | function.Blob | function.Bool | function.List | function.Map

func (l *lowering) compare(e *bind.Compare, w want) test {
	switch {
	case e.ByKey:
		return l.compareKey(e.X, []bind.Expr{e.Y}, w.oppositeIf(e.Op == ast.OpNotEqual))
	case e.Op == ast.OpDistinctFrom:
		return l.distinct(e, w)
	case e.Op == ast.OpNotDistinctFrom:
		return l.distinct(e, w.opposite())
	case e.Op == ast.OpContains:
		return l.contains(e, w)
	case isDigest(e.X):
		return l.compareDigest(e.X, []bind.Expr{e.Y}, e.Op, w)
	case isDigest(e.Y):
		return l.compareDigest(e.Y, []bind.Expr{e.X}, e.Op, w)
	}
	op, ok := comparisons[e.Op]
	if !ok || !sameUnit(e.X.Type(), e.Y.Type()) {
		return notPushed
	}
	return l.compareValues(op, e.X, e.Y, w)
}

// sameUnit reports whether values of two types can be compared as they are stored.
func sameUnit(x, y function.Type) bool {
	if x.Family == function.Decimals || y.Family == function.Decimals {
		return x.Family == y.Family && x.Scale == y.Scale
	}
	return true
}

// compareValues translates a comparison as the OR over the pairs of branches that compare.
func (l *lowering) compareValues(op exp.Op, x, y bind.Expr, w want) test {
	xKinds, yKinds := l.kindsOf(x), l.kindsOf(y)
	if l.isNull2(x) || l.isNull2(y) {
		return fails
	}
	xs, ok := l.operand(x, comparableWith(yKinds))
	if !ok {
		return notPushed
	}
	ys, ok := l.operand(y, comparableWith(xKinds))
	if !ok {
		return notPushed
	}
	var tests []test
	for i := range xs {
		for j := range ys {
			if t := compareBranches(op, &xs[i], &ys[j], w); t != nil {
				tests = append(tests, *t)
			}
		}
	}
	if len(tests) > maxBranches {
		return notPushed
	}
	return or(tests...)
}
