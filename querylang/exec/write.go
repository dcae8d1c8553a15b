package exec

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
	if e.options.background || e.options.wait {
		return e.execution(ctx, stmt, args).write(stmt.Plan)
	}
	if p, ok := stmt.Plan.(*plan.Insert); ok && isPointInsert(p) {
		return e.runPointInsert(ctx, stmt, p, args)
	}
	if c := changeOf(stmt.Plan); c != nil && isPointWrite(c) {
		result, cause, err := e.runPointWrite(ctx, stmt, c, args)
		if result != nil || err != nil {
			return result, err
		}
		x := e.execution(ctx, stmt, args)
		x.cause = cause
		return x.write(stmt.Plan)
	}
	return e.execution(ctx, stmt, args).write(stmt.Plan)
}

// changeOf returns the change of an UPDATE or a DELETE, or nil.
func changeOf(s plan.Statement) *plan.Change {
	switch s := s.(type) {
	case *plan.Update:
		return &s.Change
	case *plan.Delete:
		return &s.Change
	}
	return nil
}

// write runs a statement that changes records.
func (x *execution) write(s plan.Statement) (*Result, error) {
	if err := x.applyOptions(s); err != nil {
		return nil, err
	}
	if err := checkWait(&x.engine.options); err != nil {
		return nil, err
	}
	switch s := s.(type) {
	case *plan.Insert:
		return x.insert(s)
	case *plan.Update:
		return x.change(&s.Change)
	case *plan.Delete:
		return x.change(&s.Change)
	case *plan.Truncate:
		return x.truncate(s)
	}
	return nil, ast.Errorf(ast.ErrUnsupported, "statements of %T can't run", s)
}

// lowerWrite lowers the scans of a statement without running it.
func (x *execution) lowerWrite(s plan.Statement) error {
	if p, ok := s.(*plan.Insert); ok && p.Source != nil {
		return x.lowerAll(p.Source)
	}
	c := changeOf(s)
	switch {
	case c == nil:
		return nil
	case c.Keys != nil:
		return x.lowerAll(c.Keys)
	}
	if isPointWrite(c) {
		return nil
	}
	_, err := x.newWriter(c).lower()
	return err
}

// truncate runs a TRUNCATE. The server does not report the number of records.
func (x *execution) truncate(p *plan.Truncate) (*Result, error) {
	if cluster.TxnFrom(x.ctx) != nil {
		err := ast.Errorf(ast.ErrUnsupported, "TRUNCATE can't be done in a transaction; run it outside the transaction")
		err.Cause = cluster.ErrTxnQuery
		return nil, err
	}
	var before time.Time
	if p.Before != nil {
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
	return &Result{}, x.engine.client.Truncate(x.ctx, &x.engine.options.Policies.Info, p.Namespace, p.Set, before)
}
