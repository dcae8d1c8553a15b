package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// NamesKey reports whether a condition names the user key of each record of a relation for which it
// is true: it compares the key by =, or by IN, with a value that does not come from the user key.
// So the user key is known even if the record was stored without it.
func NamesKey(e Expr, r *Relation) bool { return namesKey(e, r, true) }

// namesKey is NamesKey for the records for which the condition is true, or false.
func namesKey(e Expr, r *Relation, truth bool) bool {
	switch x := e.(type) {
	case *Not:
		return namesKey(x.X, r, !truth)
	case *Logic:
		any := (x.Op == ast.OpAnd) == truth
		for _, operand := range x.Operands {
			if namesKey(operand, r, truth) == any {
				return any
			}
		}
		return !any
	case *Compare:
		return truth == (x.Op == ast.OpEqual) && (x.Key.isOf(r) || x.Other.isOf(r))
	case *In:
		return truth != x.Not && x.Key.isOf(r)
	case *InQuery:
		return truth != x.Not && x.Key.isOf(r)
	}
	return false
}

// isOf reports whether k is the key of a relation of the block. The nil KeyColumn is of none.
func (k *KeyColumn) isOf(r *Relation) bool {
	return k != nil && k.Digest.Depth == 0 && k.Digest.Relation == r
}

// NamedKey returns the user key of the record in the frame by the values that a condition compares
// it with, or NULL if it is none of them.
func NamedKey(e Expr, r *Relation, env *Env) protocol.Value {
	switch x := e.(type) {
	case *Not:
		return NamedKey(x.X, r, env)
	case *Logic:
		for _, operand := range x.Operands {
			if v := NamedKey(operand, r, env); !v.IsNil() {
				return v
			}
		}
	case *Compare:
		if v := x.namedBy(x.Key, x.Y, r, env); !v.IsNil() {
			return v
		}
		return x.namedBy(x.Other, x.X, r, env)
	case *In:
		return x.namedKey(r, env)
	case *InQuery:
		if x.Key.isOf(r) {
			return env.Run.Subqueries.KeyIn(x.Query, env, r, x.Key.Digest.Eval(env))
		}
	}
	return protocol.Nil()
}

// namedBy returns the value of y if it is the user key of the record of r.
func (e *Compare) namedBy(k *KeyColumn, y Expr, r *Relation, env *Env) protocol.Value {
	if !k.isOf(r) {
		return protocol.Nil()
	}
	v := y.Eval(env)
	if v.IsNil() || k.hasKey(env, v) != function.True {
		return protocol.Nil()
	}
	return v
}

func (e *In) namedKey(r *Relation, env *Env) protocol.Value {
	if !e.Key.isOf(r) || e.containsKey(env, protocol.Nil()) != function.True {
		return protocol.Nil()
	}
	digest := e.Key.Digest.Eval(env)
	for _, v := range e.Values(env) {
		if function.Compare(ast.OpEqual, digest, DigestOf(r, v)) == function.True {
			return v
		}
	}
	return protocol.Nil()
}

// ReadsKey reports whether an expression reads the user key of a relation other than to compare it
// by digests, so that its value depends on whether the user key is known.
func ReadsKey(e Expr, r *Relation) bool {
	reads := func(x Expr) bool {
		c, ok := x.(*Column)
		if ok {
			return c.Depth == 0 && c.Relation == r && r.IsSet && r.Columns[c.Index].Pseudo == PrimaryKey
		}
		return ReadsKey(x, r)
	}
	found := false
	Operands(e, func(x Expr) {
		switch e := e.(type) {
		case *Compare:
			if x == e.X && e.Key.isOf(r) || x == e.Y && e.Other.isOf(r) {
				return
			}
		case *In:
			if x == e.X && e.Key.isOf(r) {
				return
			}
		case *InQuery:
			if x == e.X && e.Key.isOf(r) {
				return
			}
		}
		found = found || reads(x)
	})
	return found || subqueryReads(e, reads)
}

// subqueryReads reports whether the subquery of an expression reads a column of the block.
func subqueryReads(e Expr, reads func(Expr) bool) bool {
	var q *Subquery
	switch e := e.(type) {
	case *InQuery:
		q = e.Query
	case *Scalar:
		q = e.Query
	case *Exists:
		q = e.Query
	default:
		return false
	}
	for _, c := range q.Outer {
		if reads(c) {
			return true
		}
	}
	return false
}
