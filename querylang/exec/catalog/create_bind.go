package catalog

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// bindDefault returns an error if the expression of a DEFAULT can't be computed, for example
// because there is no such function: no row could be inserted.
func (d *definition) bindDefault(value ast.Expr) error {
	pos := value.Position()
	return d.bindStored(&ast.Values{Rows: []ast.ValueRow{{Values: []ast.Expr{value}, Pos: pos}}, Pos: pos}, d.Catalog)
}

// bindCheck returns an error if the condition of a CHECK of a table can't be computed.
func (d *definition) bindCheck(next *declaration, check ast.Expr) error {
	complete := next.clone()
	complete.setBins()
	table, err := complete.load()
	if err != nil {
		return err
	}
	from := &ast.Table{Name: ast.TableName{Namespace: ast.Name{Text: next.namespace}, Set: ast.Name{Text: next.set}}}
	return d.bindStored(&ast.Select{
		Items: []ast.SelectItem{{Expr: &ast.Literal{Pos: check.Position()}}}, From: []ast.TableExpr{from}, Where: check, Pos: check.Position(),
	}, catalogWith{d.Catalog, table})
}

// bindStored binds a query with the expression of a definition.
func (d *definition) bindStored(body ast.Body, tables bind.Catalog) error {
	_, err := bind.Bind(d.ctx, &ast.Query{Body: body}, tables, bind.Options{Namespace: d.namespace, AQL: d.aql, Text: d.text})
	return err
}
