package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// rejectsNull reports whether a condition is never true if all columns of some relations are NULL.
func rejectsNull(e bind.Expr, relations relationSet) bool {
	return rejects(e, func(c *bind.Column) bool { return relations[c.Relation] })
}

// rejects reports whether a condition is never true if some columns of its block are NULL.
func rejects(e bind.Expr, null func(*bind.Column) bool) bool {
	switch e := e.(type) {
	case *bind.Logic:
		for _, x := range e.Operands {
			if rejects(x, null) != (e.Op == ast.OpOr) {
				return e.Op == ast.OpAnd
			}
		}
		return e.Op == ast.OpOr
	case *bind.In:
		return !e.Not && isNullWith(e.X, null) // NULL NOT IN () is true
	case *bind.InQuery:
		return !e.Not && isNullWith(e.X, null)
	case *bind.Is:
		switch {
		case e.Test == ast.IsNull:
			return e.Not && isNullWith(e.X, null)
		case e.Not:
			return false
		case e.Test == ast.IsTrue:
			return rejects(e.X, null)
		}
		return isNullWith(e.X, null)
	}
	return isNullWith(e, null)
}

// isNullWith reports whether a value is NULL if some columns of its block are.
func isNullWith(e bind.Expr, null func(*bind.Column) bool) bool {
	switch e := e.(type) {
	case *bind.Column:
		return e.Depth == 0 && null(e)
	case *bind.Not:
		return isNullWith(e.X, null)
	case *bind.Negate:
		return isNullWith(e.X, null)
	case *bind.Cast:
		return isNullWith(e.X, null)
	case *bind.Path:
		return isNullWith(e.X, null)
	case *bind.Compare:
		if e.Op == ast.OpDistinctFrom || e.Op == ast.OpNotDistinctFrom {
			return false
		}
		return isNullWith(e.X, null) || isNullWith(e.Y, null)
	case *bind.Arithmetic:
		return isNullWith(e.X, null) || isNullWith(e.Y, null)
	case *bind.Between:
		return isNullWith(e.X, null)
	case *bind.Match:
		return isNullWith(e.X, null) || isNullWith(e.Pattern, null)
	case *bind.Call:
		if e.Function == nil || !e.Function.Strict {
			return false
		}
		for _, x := range e.Args {
			if isNullWith(x, null) {
				return true
			}
		}
	}
	return false
}
