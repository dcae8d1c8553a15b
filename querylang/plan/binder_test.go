package plan

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A testBinder binds queries for the tests of planning. It is the catalog, too.
type testBinder struct {
	tables map[string]*bind.Table // by set; another set is undeclared
	bins   map[string][]string    // of * of undeclared sets
}

func (b *testBinder) Table(_ context.Context, _, set string) (*bind.Table, error) {
	return b.tables[set], nil
}

func (b *testBinder) Sample(_ context.Context, _, set string) ([]string, uint64, error) {
	return b.bins[set], 1, nil
}

func (b *testBinder) Version() uint64 { return 1 }

func (b *testBinder) parse(text string) (*bind.Query, error) {
	one, err := parse.One(text, parse.Standard)
	if err != nil {
		return nil, err
	}
	q, ok := one.Statement.(*ast.Query)
	if !ok {
		return nil, fmt.Errorf("%T", one.Statement)
	}
	bound, err := bind.Bind(context.Background(), q, b, bind.Options{Namespace: "test", Text: text, Args: one.Params.Count})
	if err != nil {
		return nil, err
	}
	return bound.Query, nil
}
