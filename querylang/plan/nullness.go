package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// rejectsNull reports whether a condition is never true if all columns of some relations are NULL.
func rejectsNull(e bind.Expr, relations relationSet) bool {
	switch e := e.(type) {
	case *bind.Logic:
		for _, x := range e.Operands {
			if rejectsNull(x, relations) != (e.Op == ast.OpOr) {
				return e.Op == ast.OpAnd
			}
		}
		return e.Op == ast.OpOr
	case *bind.In:
		return !e.Not && isNullWith(e.X, relations) // NULL NOT IN () is true
	case *bind.InQuery:
		return !e.Not && isNullWith(e.X, relations)
	case *bind.Is:
		switch {
		case e.Test == ast.IsNull:
			return e.Not && isNullWith(e.X, relations)
		case e.Not:
			return false
		case e.Test == ast.IsTrue:
			return rejectsNull(e.X, relations)
		}
		return isNullWith(e.X, relations)
	}
	return isNullWith(e, relations)
}

// isNullWith reports whether a value is NULL if all columns of some relations are NULL.
func isNullWith(e bind.Expr, relations relationSet) bool {
	switch e := e.(type) {
	case *bind.Column:
		return e.Depth == 0 && relations[e.Relation]
	case *bind.Not:
		return isNullWith(e.X, relations)
	case *bind.Negate:
		return isNullWith(e.X, relations)
	case *bind.Cast:
		return isNullWith(e.X, relations)
	case *bind.Path:
		return isNullWith(e.X, relations)
	case *bind.Compare:
		if e.Op == ast.OpDistinctFrom || e.Op == ast.OpNotDistinctFrom {
			return false
		}
		return isNullWith(e.X, relations) || isNullWith(e.Y, relations)
	case *bind.Arithmetic:
		return isNullWith(e.X, relations) || isNullWith(e.Y, relations)
	case *bind.Between:
		return isNullWith(e.X, relations)
	case *bind.Match:
		return isNullWith(e.X, relations) || isNullWith(e.Pattern, relations)
	case *bind.Call:
		if e.Function == nil || !e.Function.Strict {
			return false
		}
		for _, x := range e.Args {
			if isNullWith(x, relations) {
				return true
			}
		}
	}
	return false
}
