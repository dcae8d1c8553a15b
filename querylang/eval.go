package querylang

import "github.com/aerosql/aerosql/protocol"

// A Row provides the values of a record to expressions.
type Row interface {
	// Bin returns a bin's value, or the nil value if the bin is missing.
	Bin(name string) protocol.Value
	// Pseudo returns the value of a pseudo column.
	Pseudo(p Pseudo) protocol.Value
}

// An Env holds the arguments and the record of an evaluation. A missing argument is NULL. Without a
// Row all columns are NULL.
type Env struct {
	Args []protocol.Value
	Row  Row
}

// Eval returns the value of an expression. NULL and unknown are the nil value. Eval does not fail:
// a value that can't be computed is unknown, see the package comment.
func Eval(e Expr, env *Env) protocol.Value {
	switch e := e.(type) {
	case *Literal:
		return e.Value
	case *Param:
		return env.arg(e.Index)
	case *Column:
		return env.column(e)
	case *Unary:
		return evalUnary(e, env)
	case *Binary:
		return evalBinary(e, env)
	case *In:
		return evalIn(e, env)
	case *Between:
		return evalBetween(e, env)
	case *Like:
		return evalLike(e, env)
	case *IsNull:
		return protocol.Bool(Eval(e.X, env).IsNil() != e.Not)
	case *Call:
		return evalCall(e, env)
	}
	return protocol.Nil()
}

// Matches reports whether a condition is true, that is neither false nor unknown.
func Matches(condition Expr, env *Env) bool {
	return truth(Eval(condition, env)) == yes
}

func (env *Env) arg(index int) protocol.Value {
	if index < len(env.Args) {
		return env.Args[index]
	}
	return protocol.Nil()
}

func (env *Env) column(c *Column) protocol.Value {
	switch {
	case env.Row == nil:
		return protocol.Nil()
	case c.Pseudo != NoPseudo:
		return env.Row.Pseudo(c.Pseudo)
	}
	return env.Row.Bin(c.Name)
}

// trilean is a truth value of three-valued logic.
type trilean uint8

const (
	unknown trilean = iota
	no
	yes
)

func trileanOf(b bool) trilean {
	if b {
		return yes
	}
	return no
}

// truth returns the truth value of a boolean. Other values are unknown.
func truth(v protocol.Value) trilean {
	b, ok := v.Bool()
	if !ok {
		return unknown
	}
	return trileanOf(b)
}

// value returns t as a boolean, or NULL for unknown.
func (t trilean) value() protocol.Value {
	if t == unknown {
		return protocol.Nil()
	}
	return protocol.Bool(t == yes)
}

// not swaps yes and no.
func (t trilean) not() trilean {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

// negatedIf returns t.not() if the condition holds, otherwise t.
func (t trilean) negatedIf(condition bool) trilean {
	if condition {
		return t.not()
	}
	return t
}

// and returns yes if both are yes, no if one is no, and otherwise unknown.
func (t trilean) and(u trilean) trilean {
	switch {
	case t == no || u == no:
		return no
	case t == unknown || u == unknown:
		return unknown
	}
	return yes
}

func evalUnary(e *Unary, env *Env) protocol.Value {
	x := Eval(e.X, env)
	if e.Op == OpNot {
		return truth(x).not().value()
	}
	return negate(x)
}

func evalBinary(e *Binary, env *Env) protocol.Value {
	switch e.Op {
	case OpAnd:
		return evalAnd(e, env).value()
	case OpOr:
		return evalOr(e, env).value()
	case OpConcat:
		return concat(Eval(e.X, env), Eval(e.Y, env))
	}
	x, y := Eval(e.X, env), Eval(e.Y, env)
	if e.Op.isComparison() {
		return compareWith(e.Op, x, y).value()
	}
	return arithmetic(e.Op, x, y)
}

func evalAnd(e *Binary, env *Env) trilean {
	x := truth(Eval(e.X, env))
	if x == no {
		return no
	}
	return x.and(truth(Eval(e.Y, env)))
}

func evalOr(e *Binary, env *Env) trilean {
	x := truth(Eval(e.X, env))
	if x == yes {
		return yes
	}
	// x OR y is NOT (NOT x AND NOT y), in three-valued logic too.
	return x.not().and(truth(Eval(e.Y, env)).not()).not()
}

// evalIn is true if an element equals x, otherwise unknown if a comparison is unknown, otherwise
// false.
func evalIn(e *In, env *Env) protocol.Value {
	x := Eval(e.X, env)
	found := no
	for _, element := range ExpandList(e.List, env) {
		switch compareWith(OpEqual, x, element) {
		case yes:
			return yes.negatedIf(e.Not).value()
		case unknown:
			found = unknown
		}
	}
	return found.negatedIf(e.Not).value()
}

// ExpandList returns the values in the list of an IN. A parameter that is bound to a list is
// replaced by the list's elements; a nil slice has no elements.
func ExpandList(list []Expr, env *Env) []protocol.Value {
	values := make([]protocol.Value, 0, len(list))
	for _, item := range list {
		v := Eval(item, env)
		elements, isList := v.List()
		if _, isParam := item.(*Param); isParam && (isList || v.IsNilSlice()) {
			values = append(values, elements...)
			continue
		}
		values = append(values, v)
	}
	return values
}

func evalBetween(e *Between, env *Env) protocol.Value {
	x := Eval(e.X, env)
	above := compareWith(OpGreaterEqual, x, Eval(e.Low, env))
	below := compareWith(OpLessEqual, x, Eval(e.High, env))
	return above.and(below).negatedIf(e.Not).value()
}

func evalCall(e *Call, env *Env) protocol.Value {
	if e.Name != "CONCAT" || len(e.Args) == 0 {
		return protocol.Nil()
	}
	v := Eval(e.Args[0], env)
	for _, arg := range e.Args[1:] {
		v = concat(v, Eval(arg, env))
	}
	return v
}
