package bind

import (
	"slices"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// compositeKey is the function that makes a user key of several columns.
const compositeKey = "COMPOSITE_KEY"

// withKeys returns a condition of WHERE, with a condition on the key for each table whose PRIMARY KEY
// has several columns, if the condition gives all of them: PK = COMPOSITE_KEY(1, 'a'). So the rows
// are found by their keys.
func (b *binder) withKeys(s *scope, where ast.Expr) ast.Expr {
	for _, t := range s.tables {
		if t.relation == nil || t.relation.Table == nil || t.relation.Table.KeyColumns == nil || t.output {
			continue
		}
		if key := b.keyOf(t, where, len(s.tables) > 1); key != nil {
			where = &ast.Binary{Op: ast.OpAnd, X: where, Y: key, Pos: where.Position()}
		}
	}
	return where
}

// keyOf returns the condition on the key of a table, or nil if a condition does not give it.
func (b *binder) keyOf(t *table, where ast.Expr, qualified bool) ast.Expr {
	declared := t.relation.Table
	parts := make([]ast.Expr, len(declared.KeyColumns))
	for _, e := range conjuncts(where, nil) {
		equal, ok := e.(*ast.Binary)
		if !ok || equal.Op != ast.OpEqual {
			continue
		}
		column, value := equal.X, equal.Y
		if _, ok := column.(*ast.Column); !ok {
			column, value = value, column
		}
		if at := t.keyPart(column, qualified); at >= 0 && isKeyValue(value) {
			parts[at] = keyValue(value, declared.Columns[declared.KeyColumns[at]].Type)
		}
	}
	if slices.Contains(parts, nil) {
		return nil
	}
	pos := where.Position()
	key := &ast.Column{Parts: []ast.Name{{Text: pseudoNames[PrimaryKey], Pos: pos}}}
	if qualified {
		key.Parts = slices.Insert(key.Parts, 0, ast.Name{Text: t.name, Quote: '`', Pos: pos})
	}
	return &ast.Binary{Op: ast.OpEqual, X: key, Y: &ast.Call{Name: ast.Name{Text: compositeKey, Pos: pos}, Args: parts}, Pos: pos}
}

// conjuncts appends the operands of AND.
func conjuncts(e ast.Expr, list []ast.Expr) []ast.Expr {
	if and, ok := e.(*ast.Binary); ok && and.Op == ast.OpAnd {
		return conjuncts(and.Y, conjuncts(and.X, list))
	}
	return append(list, e)
}

// keyPart returns the place of a column in the key of the table, or -1.
func (t *table) keyPart(e ast.Expr, qualified bool) int {
	c, ok := e.(*ast.Column)
	if !ok || len(c.Parts) > 2 || qualified && len(c.Parts) == 1 || len(c.Parts) == 2 && c.Parts[0].Text != t.name {
		return -1
	}
	name := c.Parts[len(c.Parts)-1]
	return slices.IndexFunc(t.relation.Table.KeyColumns, func(i int) bool {
		column := t.relation.Table.Columns[i].Name
		return column == name.Text || name.Quote == 0 && strings.EqualFold(column, name.Text)
	})
}

// isKeyValue reports whether an expression is a constant or a parameter, perhaps converted.
func isKeyValue(e ast.Expr) bool {
	fixed := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.Literal, *ast.Param, *ast.Cast, *ast.Unary:
		default:
			fixed = false
		}
		return fixed
	})
	return fixed
}

// keyValue converts a value to what a column of a type stores.
func keyValue(e ast.Expr, t function.Type) ast.Expr {
	switch t.Family {
	case function.Timestamps, function.Dates, function.Decimals:
		return &ast.Cast{X: e, Type: typeName(t), Pos: e.Position()}
	}
	return e
}

// typeName returns the name of a type with its arguments.
func typeName(t function.Type) ast.TypeName {
	switch t.Family {
	case function.Decimals:
		return ast.TypeName{Name: "DECIMAL", Args: []int64{int64(t.Precision), int64(t.Scale)}}
	case function.Dates:
		return ast.TypeName{Name: "DATE"}
	}
	return ast.TypeName{Name: "TIMESTAMP"}
}

// compositeInsert makes the values of the columns of a PRIMARY KEY the key.
func (i *insertBinder) compositeInsert(declared *Table) {
	if declared.KeyColumns == nil || i.err != nil {
		return
	}
	if i.w.Key >= 0 {
		i.fail(i.w.Columns[i.w.Key].Pos, ast.ErrUnsupported, "the key can't be given: it is made from the columns of the PRIMARY KEY")
		return
	}
	for at := range i.w.Columns {
		c := &i.w.Columns[at]
		c.KeyPart = 1 + slices.IndexFunc(declared.KeyColumns, func(k int) bool { return declared.Columns[k].Bin == c.Bin })
	}
}

// isKeyPart reports whether a bin is that of a column of a PRIMARY KEY of several columns.
func isKeyPart(t *Table, bin string) bool {
	return t != nil && slices.ContainsFunc(t.KeyColumns, func(k int) bool { return t.Columns[k].Bin == bin })
}
