package catalog

import (
	"context"
	"strings"

	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
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
	table := &ast.CreateTable{Table: name, Checks: t.Checks, Comment: t.Comment}
	for i, c := range t.Columns {
		key := i == t.Key
		table.Columns = append(table.Columns, ast.ColumnDef{
			Name: ast.Name{Text: c.Name}, Type: ast.TypeName{Name: typeText(c.Type)}, Key: key, NotNull: c.NotNull && !key, Unique: c.UniqueKey,
			AutoIncrement: key && t.GeneratedKey, Default: c.Default, Comment: c.Comment,
		})
	}
	for _, i := range t.KeyColumns {
		table.Key = append(table.Key, ast.Name{Text: t.Columns[i].Name})
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

// indexTypeNames are the words of CREATE INDEX for the types of indexes.
var indexTypeNames = map[admin.IndexType]string{
	admin.IndexNumeric: "NUMERIC", admin.IndexString: "STRING", admin.IndexBlob: "BLOB", admin.IndexGeo: "GEO2DSPHERE",
}

// IndexTypeName returns the word of CREATE INDEX for a type of indexes.
func IndexTypeName(t admin.IndexType) string { return indexTypeNames[t] }

// IndexStatement returns the statement that creates an index again, for SHOW CREATE INDEX. That of an
// index of an expression, or of a path that SQL can't write, is an error.
func (c *Catalog) IndexStatement(ctx context.Context, index *admin.IndexInfo) (string, error) {
	s := &ast.CreateIndex{Name: ast.Name{Text: index.Name}, Table: ast.TableName{Set: ast.Name{Text: index.Set}}, SetIndex: index.OfSet}
	if index.OfSet {
		return s.String(), nil
	}
	if index.Expression != nil {
		return "", ast.Errorf(ast.ErrUnsupported, "the index %s is of an expression, which the servers keep in their own form only", index.Name)
	}
	table, err := c.declared(ctx, index.Namespace, index.Set)
	if err != nil {
		return "", err
	}
	s.Type = indexTypeNames[index.Type]
	if index.Collection != protocol.IndexDefault {
		s.Collection = strings.ToUpper(index.Collection.String())
	}
	e := ast.Expr(&ast.Column{Parts: []ast.Name{{Text: table.columnOfBin(index.Bin)}}})
	if len(index.Context) > 0 {
		path := &ast.Path{X: e}
		for _, step := range index.Context {
			at, ok := stepText(step)
			if !ok {
				return "", ast.Errorf(ast.ErrUnsupported, "the index %s has a path that SQL can't write", index.Name)
			}
			path.Steps = append(path.Steps, ast.Step{Index: at})
		}
		e = path
	}
	s.Parts = []ast.IndexPart{{Expr: e}}
	return s.String(), nil
}

// stepText returns what stands in the brackets of a step of an index. An integer in brackets is an
// index of a list.
func stepText(step cdt.Step) (ast.Expr, bool) {
	_, isInt := step.Value.Int()
	ok := step.Type == cdt.StepListIndex || step.Type == cdt.StepMapKey && !isInt
	return &ast.Literal{Value: step.Value}, ok
}

// columnOfBin returns the name of the column that is stored in a bin, or the bin. The declaration may
// be nil.
func (d *declaration) columnOfBin(bin string) string {
	if d != nil {
		for i := range d.columns {
			if d.columns[i].bin == bin {
				return d.columns[i].name
			}
		}
	}
	return bin
}
