package exec

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// fillColumn stores the default value of a new column in the records that do not have its bin, by a
// job of the servers, and waits for it. The records keep their time to live. See
// catalog.Options.FillColumn.
func (e *Engine) fillColumn(ctx context.Context, namespace, set string, column *bind.TableColumn) error {
	client, ok := e.client.(*cluster.Client)
	if !ok {
		return ast.Errorf(ast.ErrUnsupported, "a column with a DEFAULT needs a cluster")
	}
	v, err := e.constant(ctx, column.Default)
	if err == nil {
		v, err = stored(column.Name, column.Type, column.NotNull, v)
	}
	if err != nil || v.IsNil() {
		return err
	}
	policy := e.options.Policies.Background
	policy.Filter, policy.TTL = exp.Filter(exp.Not(exp.BinExists(column.Bin))), cluster.TTLDontUpdate
	task, err := client.QueryOperate(ctx, &policy, cluster.Statement{Namespace: namespace, Set: set}, protocol.PutBin(column.Bin, v))
	if err != nil {
		return err
	}
	if err := task.Wait(ctx); err != nil {
		return err
	}
	progress, err := task.Progress(ctx)
	if err == nil && progress.Failed > 0 {
		err = fmt.Errorf("the servers could not change %d records", progress.Failed)
	}
	return err
}

// constant returns the value of an expression without columns.
func (e *Engine) constant(ctx context.Context, x ast.Expr) (protocol.Value, error) {
	values := &ast.Values{Rows: []ast.ValueRow{{Values: []ast.Expr{x}}}}
	bound, err := bind.Bind(ctx, &ast.Query{Body: values}, e.catalog, bind.Options{Namespace: e.options.Namespace})
	if err != nil {
		return protocol.Value{}, err
	}
	run := &bind.Run{}
	e.initRun(run, &Statement{}, nil)
	v := bound.Query.Body.(*bind.Values).Rows[0][0].Eval(&bind.Env{Run: run})
	return v, run.Err
}
