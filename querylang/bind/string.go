package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// syntax returns the tree of the expression's SQL. A subquery is written as SUBQUERY(n), where n is
// its ID.
func syntax(e Expr) ast.Expr {
	switch e := e.(type) {
	case *Const:
		return &ast.Literal{Value: e.Value}
	case *Param:
		return &ast.Param{Index: e.Index, Text: e.Text}
	case *Column:
		return e.syntax()
	case *Not:
		return &ast.Unary{Op: ast.OpNot, X: syntax(e.X)}
	case *Negate:
		op := ast.OpNegate
		if e.Bits {
			op = ast.OpBitNot
		}
		return &ast.Unary{Op: op, X: syntax(e.X)}
	case *Logic:
		x := syntax(e.Operands[0])
		for _, operand := range e.Operands[1:] {
			x = &ast.Binary{Op: e.Op, X: x, Y: syntax(operand)}
		}
		return x
	case *Compare:
		return &ast.Binary{Op: e.Op, X: syntax(e.X), Y: syntax(e.Y)}
	case *Arithmetic:
		return &ast.Binary{Op: e.Op, X: syntax(e.X), Y: syntax(e.Y)}
	}
	return predicateSyntax(e)
}

// predicateSyntax is syntax for predicates and subqueries.
func predicateSyntax(e Expr) ast.Expr {
	switch e := e.(type) {
	case *In:
		return &ast.In{X: syntax(e.X), List: allSyntax(e.List), Not: e.Not}
	case *InQuery:
		return &ast.In{X: syntax(e.X), List: []ast.Expr{e.Query.syntax()}, Not: e.Not}
	case *Between:
		return &ast.Between{X: syntax(e.X), Low: syntax(e.Low), High: syntax(e.High), Not: e.Not}
	case *Match:
		m := &ast.Match{Op: e.Op, X: syntax(e.X), Pattern: syntax(e.Pattern), Not: e.Not}
		if e.Escape != nil {
			m.Escape = syntax(e.Escape)
		}
		return m
	case *Is:
		return &ast.Is{X: syntax(e.X), Test: e.Test, Not: e.Not}
	case *Scalar:
		return e.Query.syntax()
	case *Exists:
		return &ast.Call{Name: ast.Name{Text: "EXISTS"}, Args: []ast.Expr{e.Query.syntax()}}
	}
	return valueSyntax(e)
}

// valueSyntax is syntax for what computes other values.
func valueSyntax(e Expr) ast.Expr {
	switch e := e.(type) {
	case *Case:
		c := &ast.Case{}
		if e.Operand != nil {
			c.Operand = syntax(e.Operand)
		}
		for _, w := range e.Whens {
			c.Whens = append(c.Whens, ast.When{When: syntax(w.When), Then: syntax(w.Then)})
		}
		if e.Else != nil {
			c.Else = syntax(e.Else)
		}
		return c
	case *Call:
		return &ast.Call{Name: ast.Name{Text: e.Function.Name}, Args: allSyntax(e.Args)}
	case *Cast:
		return &ast.Cast{X: syntax(e.X), Type: ast.TypeName{Name: e.To.String()}}
	case *Extract:
		return syntax(e.X)
	case *Path:
		p := &ast.Path{X: syntax(e.X)}
		for _, s := range e.Steps {
			p.Steps = append(p.Steps, ast.Step{Index: syntax(s)})
		}
		return p
	case *Array:
		return &ast.Array{Elements: allSyntax(e.Elements)}
	case *MapLiteral:
		return &ast.Map{Keys: allSyntax(e.Keys), Values: allSyntax(e.Values)}
	}
	return &ast.Default{}
}

func allSyntax(exprs []Expr) []ast.Expr {
	all := make([]ast.Expr, len(exprs))
	for i, e := range exprs {
		all[i] = syntax(e)
	}
	return all
}

func (q *Subquery) syntax() ast.Expr {
	return &ast.Call{Name: ast.Name{Text: "SUBQUERY"}, Args: []ast.Expr{&ast.Literal{Value: protocol.Int(int64(q.ID))}}}
}

// syntax returns the column with its table, or the text of an aggregate or output column.
func (e *Column) syntax() ast.Expr {
	if e.Relation == nil || e.Name != "" {
		return &ast.Column{Parts: []ast.Name{{Text: e.Name}}}
	}
	column := ast.Name{Text: e.Relation.Columns[e.Index].Name}
	if e.Relation.Name == "" {
		return &ast.Column{Parts: []ast.Name{column}}
	}
	return &ast.Column{Parts: []ast.Name{{Text: e.Relation.Name}, column}}
}

// String returns SQL.
func (e *Const) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Param) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Column) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Not) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Negate) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Logic) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Compare) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Arithmetic) String() string { return syntax(e).String() }

// String returns SQL.
func (e *In) String() string { return syntax(e).String() }

// String returns SQL.
func (e *InQuery) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Between) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Match) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Is) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Case) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Call) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Cast) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Path) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Array) String() string { return syntax(e).String() }

// String returns SQL.
func (e *MapLiteral) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Scalar) String() string { return syntax(e).String() }

// String returns SQL.
func (e *Exists) String() string { return syntax(e).String() }
