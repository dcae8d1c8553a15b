package bind_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// Whatever is bound can be planned.
func TestRandomQueriesArePlanned(t *testing.T) {
	catalog := bind.NewGoldenCatalog(t)
	for seed := range uint64(10_000) {
		text := bind.RandomQuery(seed)
		bound, err := bind.BindText(t.Context(), catalog, text)
		if err != nil {
			continue
		}
		if _, err = plan.Query(bound.Query); err != nil {
			require.ErrorAs(t, err, new(*ast.Error), text)
		}
	}
}
