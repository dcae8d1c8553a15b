package plan

import "github.com/aerosql/aerosql/querylang/bind"

// substitute returns an expression in which f has replaced columns of the block's own relations. It
// returns false if the expression has parts that can't be moved to another block: subqueries,
// columns of enclosing blocks, and volatile functions.
func substitute(e bind.Expr, f func(*bind.Column) bind.Expr) (bind.Expr, bool) {
	if n := natureOf(e); n.subquery || n.outer || n.volatile {
		return nil, false
	}
	return rewrite(e, f), true
}

// rewrite returns a copy of an expression with its columns replaced.
func rewrite(e bind.Expr, f func(*bind.Column) bind.Expr) bind.Expr {
	return replace(e, func(x bind.Expr) bind.Expr {
		if c, ok := x.(*bind.Column); ok {
			return f(c)
		}
		return nil
	})
}

// replace returns a copy of an expression in which the parts for which f returns an expression are
// replaced by it. It leaves comparisons with subqueries as they are.
func replace(e bind.Expr, f func(bind.Expr) bind.Expr) bind.Expr {
	if x := f(e); x != nil {
		return x
	}
	all := func(list []bind.Expr) []bind.Expr {
		result := make([]bind.Expr, len(list))
		for i, x := range list {
			result[i] = replace(x, f)
		}
		return result
	}
	one := func(x bind.Expr) bind.Expr {
		if x == nil {
			return nil
		}
		return replace(x, f)
	}
	switch e := e.(type) {
	case *bind.Not:
		return &bind.Not{X: one(e.X), Pos: e.Pos}
	case *bind.Negate:
		return &bind.Negate{X: one(e.X), Bits: e.Bits, Pos: e.Pos}
	case *bind.Logic:
		return &bind.Logic{Op: e.Op, Operands: all(e.Operands)}
	case *bind.Compare:
		return &bind.Compare{Op: e.Op, X: one(e.X), Y: one(e.Y), ByKey: e.ByKey, Key: rewriteKey(e.Key, f), Other: rewriteKey(e.Other, f)}
	case *bind.Arithmetic:
		c := *e
		c.X, c.Y, c.Can = one(e.X), one(e.Y), 0
		return &c
	case *bind.In:
		c := *e
		c.X, c.List, c.Key = one(e.X), all(e.List), rewriteKey(e.Key, f)
		return &c
	case *bind.Between:
		return &bind.Between{X: one(e.X), Low: one(e.Low), High: one(e.High), Not: e.Not}
	case *bind.Match:
		c := *e
		c.X, c.Pattern, c.Escape = one(e.X), one(e.Pattern), one(e.Escape)
		return &c
	case *bind.Is:
		return &bind.Is{X: one(e.X), Test: e.Test, Not: e.Not}
	case *bind.Case:
		return rewriteCase(e, one)
	case *bind.Call:
		c := *e
		c.Args = all(e.Args)
		return &c
	case *bind.Cast:
		c := *e
		c.X = one(e.X)
		return &c
	case *bind.Path:
		return &bind.Path{X: one(e.X), Steps: all(e.Steps), Through: e.Through}
	case *bind.Array:
		return &bind.Array{Elements: all(e.Elements), Pos: e.Pos}
	case *bind.MapLiteral:
		return &bind.MapLiteral{Keys: all(e.Keys), Values: all(e.Values), Pos: e.Pos}
	}
	return e
}

// rewriteKey returns a copy with another column of the digest, or nil if that is not a column.
func rewriteKey(k *bind.KeyColumn, f func(bind.Expr) bind.Expr) *bind.KeyColumn {
	if k == nil {
		return nil
	}
	c, ok := replace(k.Digest, f).(*bind.Column)
	if !ok {
		return nil
	}
	return &bind.KeyColumn{Digest: c, ID: k.ID}
}

func rewriteCase(e *bind.Case, one func(bind.Expr) bind.Expr) bind.Expr {
	c := *e
	c.Operand, c.Else = one(e.Operand), one(e.Else)
	c.Whens = make([]bind.When, len(e.Whens))
	for i, w := range e.Whens {
		c.Whens[i] = bind.When{When: one(w.When), Then: one(w.Then)}
	}
	return &c
}
