package querylang

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// command binds and plans a statement that concerns the session.
func (p *Prepared) command(ctx context.Context, s ast.Statement, catalog bind.Catalog, o bind.Options) (plan.Statement, error) {
	c := &plan.Command{Statement: s, Namespace: o.Namespace, Text: o.Text, AQL: o.AQL}
	value, values := valuesOf(s)
	var err error
	if value != nil {
		if c.Value, err = p.value(ctx, value, catalog, o); err != nil {
			return nil, err
		}
	}
	for _, e := range values {
		if e == nil {
			return nil, ast.ErrorAt(o.Text, s.Position(), ast.ErrSyntax, "an option of a role needs a value")
		}
		v, err := p.value(ctx, e, catalog, o)
		if err != nil {
			return nil, err
		}
		c.Values = append(c.Values, v)
	}
	switch s := s.(type) {
	case *ast.Declare:
		err = p.declare(ctx, c, s, catalog, o)
	case *ast.Execute:
		err = p.records(ctx, c, s.Table, s.Where, catalog, o)
	case *ast.AlterXDR:
		if s.Filter != nil {
			unnamed := ast.TableName{Namespace: s.Namespace, Set: ast.Name{Text: ast.NullSet, Pos: s.Namespace.Pos}}
			err = p.records(ctx, c, unnamed, s.Filter, catalog, o)
		}
	}
	return c, err
}

// valuesOf returns the value and the list of values of a command.
func valuesOf(s ast.Statement) (value ast.Expr, values []ast.Expr) {
	switch s := s.(type) {
	case *ast.Set:
		return settingWord(s.Value), nil
	case *ast.Show:
		return s.Like, nil
	case *ast.Fetch:
		return s.Count, nil
	case *ast.Declare:
		return s.From, nil
	case *ast.User:
		return s.Password, nil
	case *ast.Role:
		for _, o := range s.Options {
			values = append(values, o.Value)
		}
	case *ast.Module:
		if s.File != nil {
			return s.File, nil
		}
		return s.Source, nil
	case *ast.Kill:
		return s.Job, nil
	case *ast.AlterSystem:
		return settingWord(s.Value), nil
	case *ast.TruncateNamespace:
		if s.Before != nil {
			value = &ast.Cast{X: s.Before, Type: ast.TypeName{Name: "TIMESTAMP"}, Pos: s.Before.Position()}
		}
	case *ast.Execute:
		values = s.Args
	}
	return value, values
}

// records plans the records of a table that a command works on.
func (p *Prepared) records(ctx context.Context, c *plan.Command, table ast.TableName, where ast.Expr, catalog bind.Catalog, o bind.Options) error {
	pos := table.Position()
	one := &ast.Literal{Value: protocol.Int(1), Pos: pos}
	query := &ast.Query{Pos: pos, Body: &ast.Select{
		Items: []ast.SelectItem{{Expr: one}}, From: []ast.TableExpr{&ast.Table{Name: table}}, Where: where, Pos: pos,
	}}
	bound, err := bind.Bind(ctx, query, catalog, o)
	if err != nil {
		return err
	}
	p.needs = bound.Needs
	c.Query, err = plan.Query(bound.Query)
	return err
}

// settingWord returns the value of a SET. A word, as in SET replica = any, is a string.
func settingWord(e ast.Expr) ast.Expr {
	if c, ok := e.(*ast.Column); ok && len(c.Parts) == 1 {
		return &ast.Literal{Value: protocol.String(c.Parts[0].Text), Pos: c.Parts[0].Pos}
	}
	return e
}

// value binds an expression that reads no table.
func (p *Prepared) value(ctx context.Context, e ast.Expr, catalog bind.Catalog, o bind.Options) (bind.Expr, error) {
	row := ast.ValueRow{Values: []ast.Expr{e}, Pos: e.Position()}
	bound, err := bind.Bind(ctx, &ast.Query{Body: &ast.Values{Rows: []ast.ValueRow{row}, Pos: e.Position()}, Pos: e.Position()}, catalog, o)
	if err != nil {
		return nil, err
	}
	if n := &bound.Needs; len(n.TypedArgs)+len(n.KeyArgs)+len(n.CheckedArgs) > 0 {
		return nil, ast.ErrorAt(o.Text, e.Position(), ast.ErrUnsupported, "only a constant or a parameter is supported here")
	}
	values, ok := bound.Query.Body.(*bind.Values)
	if !ok {
		return nil, ast.ErrorAt(o.Text, e.Position(), ast.ErrUnsupported, "only a constant or a parameter is supported here")
	}
	switch x := values.Rows[0][0].(type) {
	case *bind.Const, *bind.Param, *bind.Call, *bind.Arithmetic, *bind.Negate:
		return x, nil
	}
	return nil, ast.ErrorAt(o.Text, e.Position(), ast.ErrUnsupported, "only a constant or a parameter is supported here")
}

// declare plans the query of a DECLARE.
func (p *Prepared) declare(ctx context.Context, c *plan.Command, s *ast.Declare, catalog bind.Catalog, o bind.Options) error {
	if s.Query == nil {
		return ast.ErrorAt(o.Text, s.Pos, ast.ErrUnsupported,
			"a token holds a position but no query; write DECLARE %s CURSOR FROM token FOR and the query that it belongs to", s.Name)
	}
	bound, err := bind.Bind(ctx, s.Query, catalog, o)
	if err != nil {
		return err
	}
	p.needs = bound.Needs
	if c.Query, err = plan.Query(bound.Query); err != nil {
		return err
	}
	c.QueryText, c.QueryArgs = identity(s.Query)
	return nil
}

// identity returns the text of a query, in which all parameters are the same, and the indexes of
// their arguments.
func identity(q *ast.Query) (text string, args []int) {
	var params []*ast.Param
	var texts []string
	ast.Inspect(q, func(n ast.Node) bool {
		if param, ok := n.(*ast.Param); ok {
			params, texts, args = append(params, param), append(texts, param.Text), append(args, param.Index)
			param.Text = "?"
		}
		return true
	})
	text = q.String()
	for i, param := range params {
		param.Text = texts[i]
	}
	return text, args
}
