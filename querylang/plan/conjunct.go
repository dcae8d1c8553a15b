package plan

import (
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A relationSet is a set of relations of one block.
type relationSet map[*bind.Relation]bool

// within reports whether all relations of the set are in another one.
func (s relationSet) within(other relationSet) bool {
	for r := range s {
		if !other[r] {
			return false
		}
	}
	return true
}

// meets reports whether the sets have a relation in common.
func (s relationSet) meets(other relationSet) bool {
	for r := range s {
		if other[r] {
			return true
		}
	}
	return false
}

func (s relationSet) union(other relationSet) relationSet {
	u := make(relationSet, len(s)+len(other))
	for r := range s {
		u[r] = true
	}
	for r := range other {
		u[r] = true
	}
	return u
}

// relationsOf returns the relations of the block that an expression reads.
func relationsOf(e bind.Expr) relationSet {
	s := make(relationSet)
	EachColumn(e, func(c *bind.Column) { s[c.Relation] = true })
	return s
}

// A conjunct is an operand of the AND that a condition is.
type conjunct struct {
	e         bind.Expr
	relations relationSet
	nature    nature
	used      bool // an operator has it
	// left and right are the relations of the two sides, if the conjunct is an equality that a hash
	// or a lookup can serve.
	left, right relationSet
}

// conjunctsOf splits conditions at their ANDs. Conjuncts that are the constant TRUE are dropped.
func conjunctsOf(conditions ...bind.Expr) []*conjunct {
	var result []*conjunct
	for _, e := range split(nil, conditions, ast.OpAnd, true) {
		if isConst(e, true) {
			continue
		}
		c := &conjunct{e: e, relations: relationsOf(e), nature: natureOf(e)}
		c.setSides()
		result = append(result, c)
	}
	return result
}

// split appends the operands of nested ANDs, or ORs, of expressions. NOT of the other operator is
// split too, and NOT NOT x is x, as conditions are the same for that. If truth is false the
// expressions stand for their negations.
func split(dst, list []bind.Expr, op ast.Operator, truth bool) []bind.Expr {
	for _, e := range list {
		switch x := e.(type) {
		case *bind.Logic:
			if (x.Op == op) == truth {
				dst = split(dst, x.Operands, op, truth)
				continue
			}
		case *bind.Not:
			if _, ok := x.X.(*bind.Logic); ok {
				dst = split(dst, []bind.Expr{x.X}, op, !truth)
				continue
			}
			if n, ok := x.X.(*bind.Not); ok {
				dst = split(dst, []bind.Expr{n.X}, op, truth)
				continue
			}
		case nil:
			continue
		}
		if !truth {
			e = negate(e)
		}
		dst = append(dst, e)
	}
	return dst
}

// negate returns NOT e.
func negate(e bind.Expr) bind.Expr {
	if n, ok := e.(*bind.Not); ok {
		return n.X
	}
	return &bind.Not{X: e, Pos: e.Position()}
}

// isConst reports whether an expression is the constant TRUE, or FALSE.
func isConst(e bind.Expr, want bool) bool {
	c, ok := e.(*bind.Const)
	if !ok {
		return false
	}
	b, isBool := c.Value.Bool()
	return isBool && b == want
}

// take returns the expressions of the unused conjuncts that f selects, and marks them as used.
// Cheap ones come first: those without subqueries.
func take(list []*conjunct, f func(*conjunct) bool) []bind.Expr {
	var result, costly []bind.Expr
	for _, c := range list {
		if c.used || !f(c) {
			continue
		}
		c.used = true
		if c.nature.subquery {
			costly = append(costly, c.e)
		} else {
			result = append(result, c.e)
		}
	}
	return slices.Concat(result, costly)
}

// conjunction joins conditions with AND. It returns nil if there are none.
func conjunction(conditions []bind.Expr) bind.Expr {
	switch len(conditions) {
	case 0:
		return nil
	case 1:
		return conditions[0]
	}
	return &bind.Logic{Op: ast.OpAnd, Operands: conditions}
}
