package exec

import (
	"cmp"
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// With returns an Engine with other options that shares with e what is known of the cluster:
// declarations, samples and indexes. change sets fields of a copy of the options. The options
// Refresh, IntegersOnly, DisabledRules and Environment can't be changed. Only e is closed.
func (e *Engine) With(change func(*Options)) *Engine {
	changed := *e
	change(&changed.options)
	changed.batchRead = changed.options.Policies.Batch
	changed.batchRead.MaxRetries = cmp.Or(changed.options.Policies.Read.MaxRetries, changed.batchRead.MaxRetries)
	return &changed
}

// Options returns the options of the Engine.
func (e *Engine) Options() Options { return e.options }

// Access decides how a query that reads one set would find its records now, without running it. A
// query of another form is an error of kind [ast.ErrUnsupported].
func (e *Engine) Access(ctx context.Context, stmt *Statement, args []protocol.Value) (*plan.Access, error) {
	return e.access(ctx, stmt, args, func(s *plan.Scan, env *bind.Env, _ plan.Environment) (*plan.Access, error) {
		// The caller may write with the filter.
		checked := *s
		checked.OnlyQueried = false
		return e.lowerAllowed(&checked, env)
	})
}

// Filter is like Access for records whose keys are known: the result has only what the servers and
// the client check of the query's condition.
func (e *Engine) Filter(ctx context.Context, stmt *Statement, args []protocol.Value) (*plan.Access, error) {
	return e.access(ctx, stmt, args, e.lowerLookup)
}

func (e *Engine) access(
	ctx context.Context, stmt *Statement, args []protocol.Value,
	lower func(*plan.Scan, *bind.Env, plan.Environment) (*plan.Access, error),
) (*plan.Access, error) {
	x := e.execution(ctx, stmt, args)
	defer x.close()
	scan := onlyScan(stmt.Plan)
	if scan == nil {
		return nil, ast.Errorf(ast.ErrUnsupported, "the query must read one set, without subqueries")
	}
	access, err := lower(scan, &bind.Env{Run: x.run}, e.environment)
	if err == nil {
		err = x.run.Err
	}
	return access, err
}

// onlyScan returns the scan of a query that does no more than filter and project one set, or nil.
func onlyScan(s plan.Statement) *plan.Scan {
	block, ok := s.(*plan.Block)
	if !ok || len(block.Subqueries) > 0 {
		return nil
	}
	n := block.Root
	for {
		switch at := n.(type) {
		case *plan.Project:
			n = at.Input
		case *plan.Scan:
			return at
		default:
			return nil
		}
	}
}
