package run

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

var aggregates = map[string]bool{"COUNT": true, "SUM": true, "MIN": true, "MAX": true, "AVG": true}

func (b *testBinder) exprs(list []ast.Expr, s *testScope) []bind.Expr {
	var result []bind.Expr
	for _, e := range list {
		result = append(result, b.expr(e, s))
	}
	return result
}

func (b *testBinder) subquery(q *ast.Query, s *testScope) *bind.Subquery {
	sub := &bind.Subquery{ID: b.ids}
	b.ids++
	s.block.Subqueries = append(s.block.Subqueries, sub)
	sub.Query = b.query(q, s, s.ctes)
	return sub
}

// isKey reports whether an expression is the user key of a set beside a fixed value.
func isKey(x bind.Expr) bool {
	c, ok := x.(*bind.Column)
	return ok && c.Depth == 0 && c.Relation != nil && c.Relation.Columns[c.Index].Pseudo == bind.PrimaryKey
}

func (b *testBinder) expr(e ast.Expr, s *testScope) bind.Expr {
	if s.grouped && e != nil {
		for i, text := range s.groupText {
			if text == e.String() {
				return &bind.Column{Slot: i, Name: text, Can: function.Any}
			}
		}
	}
	switch e := e.(type) {
	case nil:
		return nil
	case *ast.Literal:
		return &bind.Const{Value: e.Value}
	case *ast.Param:
		return &bind.Param{Index: e.Index, Text: e.Text}
	case *ast.Column:
		return s.name(e.Parts)
	case *ast.Path:
		p := &bind.Path{X: b.expr(e.X, s)}
		for _, step := range e.Steps {
			if step.Index != nil {
				p.Steps = append(p.Steps, b.expr(step.Index, s))
			} else {
				p.Steps = append(p.Steps, &bind.Const{Value: protocol.String(step.Name.Text)})
			}
		}
		return p
	case *ast.Unary:
		if e.Op == ast.OpNot {
			return &bind.Not{X: b.expr(e.X, s)}
		}
		return &bind.Negate{X: b.expr(e.X, s)}
	case *ast.Binary:
		return b.binary(e, s)
	case *ast.In:
		x := b.expr(e.X, s)
		if e.Query != nil {
			return &bind.InQuery{X: x, Query: b.subquery(e.Query, s), Not: e.Not, ByKey: isKey(x)}
		}
		return &bind.In{X: x, List: b.exprs(e.List, s), Not: e.Not, ByKey: isKey(x)}
	case *ast.Between:
		return &bind.Between{X: b.expr(e.X, s), Low: b.expr(e.Low, s), High: b.expr(e.High, s), Not: e.Not}
	case *ast.Match:
		return &bind.Match{Op: e.Op, X: b.expr(e.X, s), Pattern: b.expr(e.Pattern, s), Escape: b.expr(e.Escape, s), Not: e.Not}
	case *ast.Is:
		return &bind.Is{X: b.expr(e.X, s), Test: e.Test, Not: e.Not}
	case *ast.Call:
		return b.call(e, s)
	case *ast.Exists:
		return &bind.Exists{Query: b.subquery(e.Query, s)}
	case *ast.Subquery:
		return &bind.Scalar{Query: b.subquery(e.Query, s)}
	case *ast.Array:
		return &bind.Array{Elements: b.exprs(e.Elements, s)}
	}
	panic(fmt.Sprintf("%T", e))
}

func (b *testBinder) binary(e *ast.Binary, s *testScope) bind.Expr {
	x, y := b.expr(e.X, s), b.expr(e.Y, s)
	switch {
	case e.Op == ast.OpAnd || e.Op == ast.OpOr:
		return &bind.Logic{Op: e.Op, Operands: []bind.Expr{x, y}}
	case e.Op <= ast.OpContains:
		return &bind.Compare{Op: e.Op, X: x, Y: y, ByKey: e.Op <= ast.OpNotEqual && (isKey(x) || isKey(y))}
	}
	return &bind.Arithmetic{Op: e.Op, X: x, Y: y}
}

func (b *testBinder) call(e *ast.Call, s *testScope) bind.Expr {
	name := strings.ToUpper(e.Name.Text)
	if !aggregates[name] {
		return &bind.Call{Function: function.Lookup(name), Args: b.exprs(e.Args, s), Can: function.Any}
	}
	for i, c := range s.block.Aggregates {
		if c.Name == e.String() {
			return &bind.Column{Slot: len(s.block.Groups) + i, Name: c.Name, Can: function.Any}
		}
	}
	c := &bind.AggregateCall{Function: function.LookupAggregate(name), Star: e.Star, Distinct: e.Distinct, Name: e.String()}
	s.grouped = false
	if len(e.Args) > 0 {
		c.Arg = b.expr(e.Args[0], s)
	}
	if e.Filter != nil {
		c.Filter = b.expr(e.Filter, s)
	}
	s.grouped = true
	s.block.Aggregates = append(s.block.Aggregates, c)
	return &bind.Column{Slot: len(s.block.Groups) + len(s.block.Aggregates) - 1, Name: c.Name, Can: function.Any}
}
