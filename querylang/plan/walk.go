package plan

import "github.com/aerosql/aerosql/querylang/bind"

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

// EachColumn calls f for each column of a block's relations that an expression of the block reads,
// itself or in a subquery.
func EachColumn(e bind.Expr, f func(*bind.Column)) {
	own := func(c *bind.Column) {
		if c.Depth == 0 && c.Relation != nil {
			f(c)
		}
	}
	bind.Walk(e, func(x bind.Expr) {
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
	outer    bool // it reads an enclosing block
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
	bind.Walk(e, func(x bind.Expr) {
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
