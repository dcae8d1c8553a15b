package plan

import "github.com/aerosql/aerosql/querylang/bind"

// operandsOf calls f for each operand of an expression. The queries of subqueries are no operands.
func operandsOf(e bind.Expr, f func(bind.Expr)) {
	all := func(list []bind.Expr) {
		for _, x := range list {
			f(x)
		}
	}
	switch e := e.(type) {
	case *bind.Not:
		f(e.X)
	case *bind.Negate:
		f(e.X)
	case *bind.Logic:
		all(e.Operands)
	case *bind.Compare:
		f(e.X)
		f(e.Y)
	case *bind.Arithmetic:
		f(e.X)
		f(e.Y)
	case *bind.In:
		f(e.X)
		all(e.List)
	case *bind.InQuery:
		f(e.X)
	case *bind.Between:
		f(e.X)
		f(e.Low)
		f(e.High)
	case *bind.Match:
		f(e.X)
		f(e.Pattern)
		if e.Escape != nil {
			f(e.Escape)
		}
	case *bind.Is:
		f(e.X)
	case *bind.Case:
		caseOperands(e, f)
	case *bind.Call:
		all(e.Args)
	case *bind.Cast:
		f(e.X)
	case *bind.Path:
		f(e.X)
		all(e.Steps)
	case *bind.Array:
		all(e.Elements)
	case *bind.MapLiteral:
		all(e.Keys)
		all(e.Values)
	}
}

func caseOperands(e *bind.Case, f func(bind.Expr)) {
	if e.Operand != nil {
		f(e.Operand)
	}
	for i := range e.Whens {
		f(e.Whens[i].When)
		f(e.Whens[i].Then)
	}
	if e.Else != nil {
		f(e.Else)
	}
}

// walkExpr calls f for an expression and all expressions in it.
func walkExpr(e bind.Expr, f func(bind.Expr)) {
	f(e)
	operandsOf(e, func(x bind.Expr) { walkExpr(x, f) })
}

// subqueryOf returns the query in an expression, or nil.
func subqueryOf(e bind.Expr) *bind.Subquery {
	switch e := e.(type) {
	case *bind.InQuery:
		return e.Query
	case *bind.Scalar:
		return e.Query
	case *bind.Exists:
		return e.Query
	}
	return nil
}

// eachColumn calls f for each column of a block's relations that an expression of the block reads,
// itself or in a subquery.
func eachColumn(e bind.Expr, f func(*bind.Column)) {
	own := func(c *bind.Column) {
		if c.Depth == 0 && c.Relation != nil {
			f(c)
		}
	}
	walkExpr(e, func(x bind.Expr) {
		if c, ok := x.(*bind.Column); ok {
			own(c)
		}
		if q := subqueryOf(x); q != nil {
			for _, c := range q.Outer {
				own(c)
			}
		}
	})
}

// A nature is what the evaluation of an expression depends on.
type nature struct {
	volatile bool // two evaluations can differ
	subquery bool // it runs a query
	outer    bool // it reads a block around
	row      bool // it reads a slot of the block, or of its groups or output
}

// natureOf returns what an expression depends on.
func natureOf(e bind.Expr) nature {
	var n nature
	column := func(c *bind.Column) {
		if c.Depth == 0 {
			n.row = true
		} else {
			n.outer = true
		}
	}
	walkExpr(e, func(x bind.Expr) {
		switch x := x.(type) {
		case *bind.Column:
			column(x)
		case *bind.Call:
			n.volatile = n.volatile || x.Function != nil && x.Function.Volatile
		}
		if q := subqueryOf(x); q != nil {
			n.subquery = true
			for _, c := range q.Outer {
				column(c)
			}
		}
	})
	return n
}

// isFixed reports whether an expression has one value for all rows of a block in one run.
func isFixed(e bind.Expr) bool {
	n := natureOf(e)
	return !n.row && !n.volatile
}
