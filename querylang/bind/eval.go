package bind

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// Matches reports whether a condition is true, that is neither false nor unknown.
func Matches(condition Expr, env *Env) bool {
	return function.Truth(condition.Eval(env)) == function.True
}

// Eval returns the constant.
func (e *Const) Eval(*Env) protocol.Value { return e.Value }

// Eval returns the argument. A missing argument is NULL.
func (e *Param) Eval(env *Env) protocol.Value {
	if e.Index < len(env.Run.Args) {
		return env.Run.Args[e.Index]
	}
	return protocol.Nil()
}

// Eval returns the slot's value. A value that could not be decoded is reported with Run.Fail.
func (e *Column) Eval(env *Env) protocol.Value {
	for range e.Depth {
		env = env.Outer
	}
	v := env.Row[e.Slot]
	if v.Kind() == protocol.KindInvalid {
		env.Run.Fail(v.Err())
		return protocol.Nil()
	}
	return v
}

// Eval returns the negation. A value of another kind than boolean is unknown.
func (e *Not) Eval(env *Env) protocol.Value { return function.Truth(e.X.Eval(env)).Not().Value() }

// Eval returns -x or ~x.
func (e *Negate) Eval(env *Env) protocol.Value {
	if e.Bits {
		return function.BitNot(e.X.Eval(env))
	}
	return function.Negate(e.X.Eval(env))
}

// Eval stops at the first operand that decides the result.
func (e *Logic) Eval(env *Env) protocol.Value {
	decides, result := function.False, function.True
	if e.Op == ast.OpOr {
		decides, result = function.True, function.False
	}
	for _, operand := range e.Operands {
		switch t := function.Truth(operand.Eval(env)); t {
		case decides:
			return decides.Value()
		case function.Unknown:
			result = function.Unknown
		}
	}
	return result.Value()
}

// Eval compares in three-valued logic.
func (e *Compare) Eval(env *Env) protocol.Value {
	if e.Key != nil {
		return e.compareKey(env).NegatedIf(e.Op == ast.OpNotEqual).Value()
	}
	return function.Compare(e.Op, e.X.Eval(env), e.Y.Eval(env)).Value()
}

// Eval returns x op y.
func (e *Arithmetic) Eval(env *Env) protocol.Value {
	if e.Op == ast.OpConcat {
		return e.concat(env)
	}
	return function.Arithmetic(e.Op, e.X.Eval(env), e.Y.Eval(env))
}

// concat joins the operands of a || b || c at once. Joining them two by two would copy the first
// one each time.
func (e *Arithmetic) concat(env *Env) protocol.Value {
	var inline [8]protocol.Value
	values := inline[:0]
	for next := Expr(e); next != nil; {
		a, ok := next.(*Arithmetic)
		if !ok || a.Op != ast.OpConcat {
			values = append(values, next.Eval(env))
			break
		}
		values = append(values, a.Y.Eval(env))
		next = a.X
	}
	slices.Reverse(values)
	return function.ConcatAll(values)
}

// Eval compares with the values of the list. The set of a list without columns is built once.
func (e *In) Eval(env *Env) protocol.Value {
	x := e.X.Eval(env)
	if e.Key != nil {
		return e.containsKey(env, x).NegatedIf(e.Not).Value()
	}
	return e.set(env).Contains(x).NegatedIf(e.Not).Value()
}

// set returns the set of the list's values, from Run.Sets if it does not depend on a row.
func (e *In) set(env *Env) *function.Set {
	return env.Run.set(e.ID, func() *function.Set { return function.NewSet(e.Values(env)) })
}

// set returns the set in a slot, which build returns on first use. Without a slot it is built each
// time.
func (r *Run) set(id int, build func() *function.Set) *function.Set {
	if id < 0 {
		return build()
	}
	set := *slot(&r.Sets, id)
	if set == nil {
		set = build() // which may make the list longer
		*slot(&r.Sets, id) = set
	}
	return set
}

// slot returns an element of a list, which it makes long enough.
func slot[T any](list *[]T, i int) *T {
	if i >= len(*list) {
		*list = append(*list, make([]T, i+1-len(*list))...)
	}
	return &(*list)[i]
}

// Values returns the values of the list. A parameter that is bound to a list is replaced by the
// list's elements; a nil slice has no elements.
func (e *In) Values(env *Env) []protocol.Value {
	values := make([]protocol.Value, 0, len(e.List))
	for _, item := range e.List {
		v := item.Eval(env)
		elements, isList := v.List()
		if _, isParam := item.(*Param); isParam && (isList || v.IsNilSlice()) {
			values = append(values, elements...)
			continue
		}
		values = append(values, v)
	}
	return values
}

// Eval runs the query.
func (e *InQuery) Eval(env *Env) protocol.Value {
	var found protocol.Value
	if e.Key != nil {
		found = env.Run.Subqueries.ContainsKey(e.Query, env, e.Key.Digest.Relation, e.Key.Digest.Eval(env))
	} else {
		found = env.Run.Subqueries.Contains(e.Query, env, e.X.Eval(env))
	}
	return function.Truth(found).NegatedIf(e.Not).Value()
}

// Eval compares with both ends.
func (e *Between) Eval(env *Env) protocol.Value {
	x := e.X.Eval(env)
	above := function.Compare(ast.OpGreaterEqual, x, e.Low.Eval(env))
	below := function.Compare(ast.OpLessEqual, x, e.High.Eval(env))
	return above.And(below).NegatedIf(e.Not).Value()
}

// Eval compares a string with a pattern. Values that are not strings are unknown. A pattern that
// can't be compiled is reported with Run.Fail.
func (e *Match) Eval(env *Env) protocol.Value {
	text, ok := textOf(e.X.Eval(env))
	pattern := e.pattern(env)
	if !ok || pattern == nil {
		return protocol.Nil()
	}
	return function.TrileanOf(pattern.Match(text)).NegatedIf(e.Not).Value()
}

// pattern returns the compiled pattern, from Run.Patterns if it does not depend on a row, or nil if
// it is NULL or not a string.
func (e *Match) pattern(env *Env) *function.Pattern {
	if e.ID >= 0 {
		if kept := *slot(&env.Run.Patterns, e.ID); kept != nil {
			return kept
		}
	}
	text, ok := textOf(e.Pattern.Eval(env))
	if !ok {
		return nil
	}
	escape := function.NoEscape
	if e.Escape != nil {
		s, ok := textOf(e.Escape.Eval(env))
		if !ok {
			return nil
		}
		var err error
		if escape, err = function.Escape(s); err != nil {
			env.Run.Fail(patternError(e.Escape, err))
			return nil
		}
	}
	compiled, err := function.NewPattern(e.Op, text, escape)
	if err != nil {
		env.Run.Fail(patternError(e.Pattern, err))
		return nil
	}
	if e.ID >= 0 {
		*slot(&env.Run.Patterns, e.ID) = compiled
	}
	return compiled
}

// patternError returns the error of a pattern: it is the text that is wrong, unless the pattern is
// an argument.
func patternError(pattern Expr, err error) error {
	kind := ast.ErrType
	if p, ok := pattern.(*Param); ok && p.Can == 0 {
		kind = ast.ErrArguments
	}
	return &ast.Error{Kind: kind, Message: err.Error(), Cause: err}
}

func textOf(v protocol.Value) (string, bool) {
	if v.Kind() != protocol.KindString {
		return "", false
	}
	return v.Text()
}

// Eval tests for NULL, TRUE or FALSE. The result is never NULL.
func (e *Is) Eval(env *Env) protocol.Value {
	v := e.X.Eval(env)
	holds := false
	switch e.Test {
	case ast.IsNull:
		holds = v.IsNil()
	case ast.IsTrue:
		holds = function.Truth(v) == function.True
	case ast.IsFalse:
		holds = function.Truth(v) == function.False
	}
	return protocol.Bool(holds != e.Not)
}

// Eval returns the value of the first branch that applies.
func (e *Case) Eval(env *Env) protocol.Value {
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
			return w.Then.Eval(env)
		}
	}
	if e.Else == nil {
		return protocol.Nil()
	}
	return e.Else.Eval(env)
}

// Eval runs the query.
func (e *Scalar) Eval(env *Env) protocol.Value { return env.Run.Subqueries.Scalar(e.Query, env) }

// Eval runs the query.
func (e *Exists) Eval(env *Env) protocol.Value {
	return protocol.Bool(env.Run.Subqueries.Exists(e.Query, env))
}

// Eval returns the value as another type, or NULL if it has no form of that type.
func (e *Cast) Eval(env *Env) protocol.Value { return function.CastFrom(e.X.Eval(env), e.From, e.To) }
