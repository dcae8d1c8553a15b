package exec

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// lostValue returns an error if the value of an assignment is NULL only because a bin is missing,
// or because an operator can't be applied to the values: storing the NULL would remove a value that
// the statement did not mean to remove. NULL itself, arguments that are NULL, the results of
// COALESCE, CASE and subqueries, and divisions by zero are meant as they are. The columns of a
// declared table can be NULL, but a value that a function can't change is not NULL.
func lostValue(c *plan.Change, s *plan.BinChange, env *bind.Env) error {
	var err *ast.Error
	if !c.Declared {
		err = lost(s.Value, env)
	} else if call, ok := s.Value.(*bind.Call); ok && call.Function.Change != nil && !call.Args[0].Eval(env).IsNil() {
		err = lostCollection(call, env)
	}
	if err == nil {
		return nil
	}
	err.Message = "the value for the column " + s.Name + " would be NULL: " + err.Message
	return err
}

// lost returns why an expression is NULL, or nil if the NULL is meant.
func lost(e bind.Expr, env *bind.Env) *ast.Error {
	switch e := e.(type) {
	case *bind.Column:
		if r := e.Relation; r != nil && (!r.IsSet || r.Columns[e.Index].Pseudo != bind.NoPseudo) {
			return nil
		}
		name := ast.QuoteName(e.String())
		if e.Relation != nil {
			name = ast.QuoteName(e.Relation.Columns[e.Index].Name)
		}
		return ast.Errorf(ast.ErrUnknownName, "the record has no bin %s; use COALESCE(%s, NULL) if NULL is meant", name, name)
	case *bind.Negate:
		return lostOperand(env, e.X)
	case *bind.Not:
		return lostOperand(env, e.X)
	case *bind.Arithmetic:
		return lostArithmetic(e, env)
	case *bind.Compare:
		return lostOperand(env, e.X, e.Y)
	case *bind.Logic:
		return lostOperand(env, e.Operands...)
	case *bind.Between:
		return lostOperand(env, e.X, e.Low, e.High)
	case *bind.In:
		return lostOperand(env, e.X)
	case *bind.InQuery:
		return lostOperand(env, e.X)
	case *bind.Match:
		return lostOperand(env, e.X, e.Pattern)
	case *bind.Cast:
		return lostOperand(env, e.X)
	case *bind.Path:
		return lostOperand(env, e.X)
	case *bind.Call:
		if e.Function != nil && e.Function.Change != nil {
			return lostCollection(e, env)
		}
		if e.Function != nil && e.Function.Strict {
			return lostOperand(env, e.Args...)
		}
	case *bind.Case:
		return lostCase(e, env)
	}
	return nil
}

// lostOperand returns why the first operand that is NULL and not meant to be is NULL.
func lostOperand(env *bind.Env, operands ...bind.Expr) *ast.Error {
	for _, x := range operands {
		if x.Eval(env).IsNil() {
			if err := lost(x, env); err != nil {
				return err
			}
		}
	}
	return nil
}

// lostCollection returns why a changed value is NULL.
func lostCollection(e *bind.Call, env *bind.Env) *ast.Error {
	for _, x := range e.Args {
		if v := x.Eval(env); v.IsNil() {
			if err := lost(x, env); err != nil {
				return err
			}
		}
	}
	if kind := e.Args[0].Eval(env).Kind(); e.Function.Params[0].Kinds&(1<<kind) == 0 {
		return ast.Errorf(ast.ErrType, "%s can't be applied to %v", e.Function.Name, kind)
	}
	return ast.Errorf(ast.ErrType, "%s has no result for these arguments", e.Function.Name)
}

func lostArithmetic(e *bind.Arithmetic, env *bind.Env) *ast.Error {
	x, y := e.X.Eval(env), e.Y.Eval(env)
	if x.IsNil() || y.IsNil() {
		return lostOperand(env, e.X, e.Y)
	}
	if (e.Op == ast.OpDivide || e.Op == ast.OpRemainder) && isNumber(x) && isNumber(y) {
		return nil
	}
	return ast.Errorf(ast.ErrType, "%s can't be applied to %v and %v", e.Op, x.Kind(), y.Kind())
}

// lostCase looks at the branch that was taken.
func lostCase(e *bind.Case, env *bind.Env) *ast.Error {
	var operand protocol.Value
	if e.Operand != nil {
		operand = e.Operand.Eval(env)
	}
	for _, w := range e.Whens {
		when := w.When.Eval(env)
		applies := function.Truth(when) == function.True
		if e.Operand != nil {
			applies = function.Compare(ast.OpEqual, operand, when) == function.True
		}
		if applies {
			return lost(w.Then, env)
		}
	}
	if e.Else == nil {
		return nil
	}
	return lost(e.Else, env)
}
