package bind

import (
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// isRow reports whether an expression is a row of several values.
func isRow(e ast.Expr) bool {
	_, ok := e.(*ast.Row)
	return ok
}

// compareRows returns x op y, of which one is a row, as comparisons of their values.
func (b *binder) compareRows(e *ast.Binary) ast.Expr {
	x, y := b.rowAndRow(e.X, e.Y)
	var result ast.Expr
	for i := len(x) - 1; i >= 0; i-- {
		compare := func(op ast.Operator) ast.Expr { return &ast.Binary{Op: op, X: x[i], Y: y[i], Pos: e.Pos} }
		join := func(op ast.Operator, left, right ast.Expr) ast.Expr {
			return &ast.Binary{Op: op, X: left, Y: right, Pos: e.Pos}
		}
		switch {
		case result == nil:
			result = compare(e.Op)
		case e.Op == ast.OpEqual, e.Op == ast.OpNotDistinctFrom:
			result = join(ast.OpAnd, compare(e.Op), result)
		case e.Op == ast.OpNotEqual, e.Op == ast.OpDistinctFrom:
			result = join(ast.OpOr, compare(e.Op), result)
		case e.Op == ast.OpContains:
			b.noRow(e.X)
			return nil
		default: // the first values that differ decide
			result = join(ast.OpOr, compare(strict(e.Op)), join(ast.OpAnd, compare(ast.OpEqual), result))
		}
	}
	return result
}

// strict returns < for <= and > for >=.
func strict(op ast.Operator) ast.Operator {
	switch op {
	case ast.OpLessEqual:
		return ast.OpLess
	case ast.OpGreaterEqual:
		return ast.OpGreater
	}
	return op
}

// rowAndRow returns the values of two rows. It reports an error if x and y are not rows with the
// same number of values.
func (b *binder) rowAndRow(x, y ast.Expr) (left, right []ast.Expr) {
	r, ok := x.(*ast.Row)
	if !ok {
		x, y = y, x
		r = x.(*ast.Row)
	}
	other, isRow := y.(*ast.Row)
	_, isQuery := y.(*ast.Subquery)
	switch {
	case isQuery:
		b.fail(y.Position(), ast.ErrUnsupported, "a row of several values can't be compared with a subquery in this way; use IN")
	case !isRow:
		b.fail(y.Position(), ast.ErrType, "%s has %d values and must be compared with a row of as many, not with %s", r, len(r.Elements), y)
	case len(r.Elements) != len(other.Elements):
		b.fail(y.Position(), ast.ErrType, "%s and %s have different numbers of values", r, other)
	case ok:
		return r.Elements, other.Elements
	}
	return nil, nil
}

// rows binds the comparisons that stand for one of rows. They are nil after an error.
func (b *binder) rows(s *scope, comparisons, row ast.Expr) Expr {
	if comparisons == nil {
		return &Const{Value: protocol.Nil(), Pos: row.Position()}
	}
	return b.expr(s, comparisons)
}

// noRow reports a row in a place where it has no meaning.
func (b *binder) noRow(e ast.Expr) Expr {
	return b.fail(e.Position(), ast.ErrType, "the row %s can only be compared with another row, by =, <>, <, <=, >, >=, IN or BETWEEN", e)
}

// rowIn returns (a, b) IN (list or query) as comparisons of the values.
func (b *binder) rowIn(e *ast.In) ast.Expr {
	row := e.X.(*ast.Row)
	var result ast.Expr = &ast.Literal{Value: protocol.Bool(false), Pos: row.Pos}
	switch {
	case e.Query != nil && !b.hasColumns(e.Query, len(row.Elements)):
		return nil
	case e.Query != nil:
		result = rowInQuery(row, e.Query)
	case len(e.List) > 0:
		result = nil
		for _, item := range e.List {
			one := b.compareRows(&ast.Binary{Op: ast.OpEqual, X: row, Y: item, Pos: item.Position()})
			if one == nil {
				return nil
			}
			if result != nil {
				one = &ast.Binary{Op: ast.OpOr, X: result, Y: one, Pos: row.Pos}
			}
			result = one
		}
	}
	if e.Not {
		return &ast.Unary{Op: ast.OpNot, X: result, Pos: row.Pos}
	}
	return result
}

// hasColumns reports whether a query can have n columns, and otherwise an error.
func (b *binder) hasColumns(q *ast.Query, n int) bool {
	body, ok := q.Body.(*ast.Select)
	if !ok || len(body.Items) == n || slices.ContainsFunc(body.Items, func(i ast.SelectItem) bool { return i.Star }) {
		return true
	}
	b.fail(q.Pos, ast.ErrSyntax, "the subquery must have %d columns, like the row before IN, not %d", n, len(body.Items))
	return false
}

// rowInQuery returns (a, b) IN (query): true if a row of the query is equal, otherwise unknown if a
// row may be equal.
func rowInQuery(row *ast.Row, q *ast.Query) ast.Expr {
	const table = "the subquery" // a name for messages and plans, which no statement has
	derived := &ast.Derived{Query: q, Alias: ast.Name{Text: table, Quote: '`', Pos: q.Pos}, Pos: q.Pos}
	var equal ast.Expr
	for i, x := range row.Elements {
		name := ast.Name{Text: fmt.Sprint("column ", i+1), Quote: '`', Pos: q.Pos}
		derived.Columns = append(derived.Columns, name)
		one := ast.Expr(&ast.Binary{Op: ast.OpEqual, X: x, Y: &ast.Column{Parts: []ast.Name{derived.Alias, name}}, Pos: x.Position()})
		if equal != nil {
			one = &ast.Binary{Op: ast.OpAnd, X: equal, Y: one, Pos: row.Pos}
		}
		equal = one
	}
	exists := func(where ast.Expr) ast.Expr {
		one := ast.SelectItem{Expr: &ast.Literal{Value: protocol.Int(1), Pos: q.Pos}, Text: "1", Pos: q.Pos}
		body := &ast.Select{Items: []ast.SelectItem{one}, From: []ast.TableExpr{derived}, Where: where, Pos: q.Pos}
		return &ast.Exists{Query: &ast.Query{Body: body, Pos: q.Pos}, Pos: row.Pos}
	}
	truth := func(v bool) ast.Expr { return &ast.Literal{Value: protocol.Bool(v), Pos: row.Pos} }
	return &ast.Case{Whens: []ast.When{
		{When: exists(equal), Then: truth(true)},
		{When: exists(&ast.Is{X: equal}), Then: &ast.Cast{X: &ast.Literal{Pos: row.Pos}, Type: ast.TypeName{Name: "BOOLEAN", Pos: row.Pos}, Pos: row.Pos}},
	}, Else: truth(false), Pos: row.Pos}
}

// rowBetween returns (a, b) BETWEEN (c, d) AND (e, f) as comparisons of the rows.
func rowBetween(e *ast.Between) ast.Expr {
	low := &ast.Binary{Op: ast.OpGreaterEqual, X: e.X, Y: e.Low, Pos: e.Low.Position()}
	high := &ast.Binary{Op: ast.OpLessEqual, X: e.X, Y: e.High, Pos: e.High.Position()}
	var both ast.Expr = &ast.Binary{Op: ast.OpAnd, X: low, Y: high, Pos: e.Position()}
	if e.Not {
		return &ast.Unary{Op: ast.OpNot, X: both, Pos: e.Position()}
	}
	return both
}
