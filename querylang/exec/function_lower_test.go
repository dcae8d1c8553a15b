//go:build !race

package exec

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// callOf returns a call as the binder makes it of arguments without a declared type.
func callOf(f *function.Function, args ...bind.Expr) *bind.Call {
	types := make([]function.Type, len(args))
	of, can := f.Result(append(types, function.Type{})[:len(args)])
	return &bind.Call{Function: f, Args: args, Of: of, Can: can}
}

// TestLoweredFunctions: each function that has a server expression selects the same records on the
// servers as on the client, compared with several values. Most of these conditions must really be
// left to the servers.
func TestLoweredFunctions(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	table := newFilterTable(t, client, rand.New(rand.NewPCG(7, 0)))
	column := func(i int) bind.Expr {
		return &bind.Column{Relation: table.relation, Index: i, Slot: i, Can: function.Any}
	}
	seconds := map[string][]any{
		"MOD": {1, 7, -1, 0, -3, math.MinInt64, 2.5}, "BIT_GET": {0, 3, 900, -1}, "ROUND": {0},
	}
	pushed, tested := map[string]int{}, 0
	for _, f := range function.All() {
		if f.Lower == nil {
			continue
		}
		tested++
		for i, name := range filterColumns {
			var calls []*bind.Call
			if len(f.Params) == 1 {
				calls = append(calls, callOf(f, column(i)))
			}
			for _, second := range seconds[f.Name] {
				calls = append(calls, callOf(f, column(i), &bind.Const{Value: protocol.ValueOf(second)}))
			}
			require.NotEmpty(t, calls, "%s needs second arguments in this test", f.Name)
			for _, call := range calls {
				for _, value := range []any{2, -1, 1.5, "a"} {
					for _, op := range []ast.Operator{ast.OpEqual, ast.OpLess} {
						condition := bind.Expr(&bind.Compare{Op: op, X: call, Y: &bind.Const{Value: protocol.ValueOf(value)}})
						for _, c := range []bind.Expr{condition, &bind.Not{X: condition}, &bind.Is{X: call, Test: ast.IsNull}} {
							how, problem := table.check(t.Context(), []bind.Expr{c}, &filterGenerator{}, function.Version{8, 1, 2})
							require.Empty(t, problem, "%s of the bin %s", c, name)
							if how == "exact" || how == "superset" {
								pushed[f.Name]++
							}
						}
					}
				}
			}
		}
		require.Positive(t, pushed[f.Name], "%s is never left to the servers", f.Name)
	}
	require.Positive(t, tested)
	t.Log(pushed)
}
