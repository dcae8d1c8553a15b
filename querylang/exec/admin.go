package exec

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/plan"
)

// An administration runs a statement that administers the cluster. Each statement is a call of
// package cluster/admin, and none of them can be rolled back.
type administration struct {
	ctx    context.Context
	engine *Engine
	plan   *plan.Command
	client *cluster.Client
	admin  *admin.Client
	policy *cluster.Policies
	value  protocol.Value
	values []protocol.Value
}

// administer runs a statement that administers the cluster.
func (s *Session) administer(ctx context.Context, stmt *Statement, p *plan.Command, args []protocol.Value, value protocol.Value, values []protocol.Value) (*Result, error) {
	a := &administration{ctx: ctx, engine: s.engine, plan: p, policy: &s.engine.options.Policies, value: value, values: values}
	var ok bool
	if a.client, ok = s.engine.client.(*cluster.Client); !ok {
		return nil, a.fail(p.Statement.Position(), ast.ErrUnsupported, "the statement needs a cluster")
	}
	a.admin = admin.New(a.client)
	switch statement := p.Statement.(type) {
	case *ast.Execute:
		return a.execute(s.engine.execution(ctx, stmt, args), statement)
	case *ast.Kill:
		return &Result{}, a.kill(statement)
	case *ast.Analyze:
		return a.analyze(statement)
	}
	if cluster.TxnFrom(ctx) != nil {
		err := a.fail(p.Statement.Position(), ast.ErrUnsupported, "the statement can't be part of a transaction: it takes effect at once")
		err.Cause = cluster.ErrTxnQuery
		return nil, err
	}
	return &Result{}, a.run(s.engine.execution(ctx, stmt, args))
}

// run runs a statement without rows.
func (a *administration) run(x *execution) error {
	switch s := a.plan.Statement.(type) {
	case *ast.User:
		return a.user(s)
	case *ast.Role:
		return a.role(s)
	case *ast.Grant:
		return a.grant(s)
	case *ast.Module:
		return a.module(s)
	case *ast.AlterSystem:
		return a.alterSystem(s)
	case *ast.AlterXDR:
		return a.alterXDR(x, s)
	case *ast.TruncateNamespace:
		return a.truncateNamespace(s)
	}
	return ast.Errorf(ast.ErrUnsupported, "statements of %T can't run", a.plan.Statement)
}

// fail returns an error at a position of the statement.
func (a *administration) fail(pos ast.Pos, kind error, format string, args ...any) *ast.Error {
	return ast.ErrorAt(a.plan.Text, pos, kind, format, args...)
}

// named returns an error of the servers with the code as an error at a name in the statement, or
// nil if lenient is set. Other errors are returned as they are.
func (a *administration) named(err error, code protocol.ResultCode, lenient bool, pos ast.Pos, kind error, format string, args ...any) error {
	if !errors.Is(err, code) {
		return err
	}
	if lenient {
		return nil
	}
	e := a.fail(pos, kind, format, args...)
	e.Cause = err
	return e
}

// text returns the value of the statement, which must be a string. It does not show the value.
func (a *administration) text(what string, pos ast.Pos) (string, error) {
	text, ok := a.value.Text()
	if !ok || a.value.Kind() != protocol.KindString {
		return "", a.fail(pos, ast.ErrType, "%s must be a string", what)
	}
	return text, nil
}
