package run

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// write runs a statement that changes records.
func (e *Engine) write(ctx context.Context, stmt *Statement, args []protocol.Value) (*Result, error) {
	switch p := stmt.Plan.(type) {
	case *plan.Insert:
		return e.execution(ctx, stmt, args).insert(p)
	case *plan.Update:
		return e.change(ctx, stmt, &p.Change, args)
	case *plan.Delete:
		return e.change(ctx, stmt, &p.Change, args)
	case *plan.Truncate:
		return e.truncate(ctx, stmt, p, args)
	}
	return nil, ast.Errorf(ast.ErrUnsupported, "statements of %T can't run", stmt.Plan)
}

// change runs an UPDATE or a DELETE.
func (e *Engine) change(ctx context.Context, stmt *Statement, c *plan.Change, args []protocol.Value) (*Result, error) {
	if isPointWrite(c) {
		if result, err := e.runPointWrite(ctx, stmt, c, args); result != nil || err != nil {
			return result, err
		}
	}
	return e.execution(ctx, stmt, args).change(c)
}

// truncate runs a TRUNCATE. The server does not report the number of records.
func (e *Engine) truncate(ctx context.Context, stmt *Statement, p *plan.Truncate, args []protocol.Value) (*Result, error) {
	if cluster.TxnFrom(ctx) != nil {
		err := ast.Errorf(ast.ErrUnsupported, "TRUNCATE can't be done in a transaction; run it outside the transaction")
		err.Cause = cluster.ErrTxnQuery
		return nil, err
	}
	var before time.Time
	if p.Before != nil {
		x := e.execution(ctx, stmt, args)
		v := p.Before.Eval(&bind.Env{Run: x.run})
		n, ok := v.Int()
		if x.run.Err != nil {
			return nil, x.run.Err
		}
		if !ok {
			return nil, ast.Errorf(ast.ErrType, "TRUNCATE ... BEFORE needs a timestamp, not %v", v)
		}
		before = time.Unix(0, n)
	}
	return &Result{}, e.client.Truncate(ctx, &e.options.Policies.Info, p.Namespace, p.Set, before)
}
