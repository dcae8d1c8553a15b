package exec

import (
	"context"

	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// plannedTypes are the types of indexes as package plan names them.
var plannedTypes = map[admin.IndexType]plan.IndexType{
	admin.IndexNumeric: plan.NumericIndex, admin.IndexString: plan.StringIndex, admin.IndexBlob: plan.BlobIndex, admin.IndexGeo: plan.GeoIndex,
}

// indexExpression returns the packed expression of an index, which conditions on the same
// expression use. See catalog.Options.IndexExpression.
func (e *Engine) indexExpression(ctx context.Context, namespace, set string, x ast.Expr, of admin.IndexType) ([]byte, error) {
	name := ast.TableName{Namespace: ast.Name{Text: namespace}, Set: ast.Name{Text: set, Quote: '"'}}
	bound, relation, err := bind.Indexed(ctx, x, name, e.catalog, bind.Options{Namespace: namespace})
	if err != nil {
		return nil, err
	}
	packed, ok := plan.IndexExpression(bound, relation, plannedTypes[of], e.environment.ServerVersion())
	if !ok {
		return nil, ast.Errorf(ast.ErrUnsupported,
			"the servers can't index %s: it needs a translation to an expression of the servers, and a numeric index needs columns declared as INTEGER", x)
	}
	return packed, nil
}
