package bind

import (
	"context"

	"github.com/aerosql/aerosql/querylang/ast"
)

// Indexed binds the expression of an index on a set. It must not have parameters.
func Indexed(ctx context.Context, e ast.Expr, table ast.TableName, catalog Catalog, options Options) (Expr, *Relation, error) {
	b := newBinder(ctx, catalog, options)
	s := &scope{block: &Block{}, clause: "an index"}
	source, ok := b.table(s, &ast.Table{Name: table}).(*Source)
	x := b.expr(s, e)
	if b.err == nil && (!ok || source.Query != nil) {
		b.fail(table.Position(), ast.ErrUnsupported, "%s is not a set", table)
	}
	if b.err != nil {
		return nil, nil, b.err
	}
	s.finish()
	return x, source.Relation, nil
}
