package catalog

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// Statement returns the statement that creates a table or view again, for SHOW CREATE TABLE. The
// bins of dropped columns are not part of it.
func Statement(t *bind.Table) ast.Statement {
	name := ast.TableName{Set: ast.Name{Text: t.Set}}
	if t.View != nil {
		view := &ast.CreateView{Name: name, Query: t.View}
		for _, c := range t.Columns {
			view.Columns = append(view.Columns, ast.Name{Text: c.Name})
		}
		return view
	}
	table := &ast.CreateTable{Table: name, Checks: t.Checks}
	for i, c := range t.Columns {
		key := i == t.Key
		table.Columns = append(table.Columns, ast.ColumnDef{
			Name: ast.Name{Text: c.Name}, Type: ast.TypeName{Name: typeText(c.Type)}, Key: key, NotNull: c.NotNull && !key, Unique: c.UniqueKey,
			AutoIncrement: key && t.GeneratedKey, Default: c.Default,
		})
	}
	return table
}

// typeText returns a type as SQL, "" for none.
func typeText(t function.Type) string {
	if t.Family == function.Undeclared {
		return ""
	}
	return t.String()
}
