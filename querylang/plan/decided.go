package plan

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// undecided returns the conditions that must be checked on the records that the index ranges of the
// access find: those that are not true for all of them.
func (l *lowerer) undecided(conditions []bind.Expr) []bind.Expr {
	a := l.access
	if !l.scan.OnlyQueried || a.Method != IndexScan || len(a.Both) > 0 || l.env.Run == nil {
		return conditions
	}
	return slices.DeleteFunc(slices.Clone(conditions), l.decided)
}

// decided reports whether a condition is true for all records in the ranges. An index has the
// integers of a bin, and servers check that a record still has one in the range. A comparison of
// the bin with a constant that is true at both ends of a range is true for all integers between
// them.
func (l *lowerer) decided(e bind.Expr) bool {
	c := l.comparedColumn(e)
	if c == nil {
		return false
	}
	bin, ok := l.binOf(c)
	if !ok {
		return false
	}
	env := &bind.Env{Row: make([]protocol.Value, c.Slot+1), Outer: l.env.Outer, Run: l.env.Run}
	holds := func(v protocol.Value) bool {
		env.Row[c.Slot] = v
		b, isBool := e.Eval(env).Bool()
		return isBool && b
	}
	for i := range l.access.Ranges {
		r := &l.access.Ranges[i]
		x := &r.Index
		if x.Type != NumericIndex || x.Collection != protocol.IndexDefault || x.Expression != nil || len(x.Context) > 0 || x.Bin != bin ||
			!holds(r.Begin) || !holds(r.End) {
			return false
		}
	}
	return true
}

// comparedColumn returns the column that a condition compares with constants, so that the condition
// is true for one interval of integers, or nil for another condition.
func (l *lowerer) comparedColumn(e bind.Expr) *bind.Column {
	switch x := e.(type) {
	case *bind.Compare:
		switch x.Op {
		case ast.OpEqual, ast.OpLess, ast.OpLessEqual, ast.OpGreater, ast.OpGreaterEqual:
		default:
			return nil
		}
		if x.ByKey {
			return nil
		}
		if c, ok := x.X.(*bind.Column); ok && isFixed(x.Y) {
			return c
		}
		if c, ok := x.Y.(*bind.Column); ok && isFixed(x.X) {
			return c
		}
	case *bind.Between:
		if c, ok := x.X.(*bind.Column); ok && !x.Not && isFixed(x.Low) && isFixed(x.High) {
			return c
		}
	}
	return nil
}
