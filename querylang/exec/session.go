package exec

import (
	"cmp"
	"context"
	"iter"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A Session runs statements, one at a time. It has settings and cursors, which Reset ends.
type Session struct {
	base         *Engine
	engine       *Engine // base with the settings of the session
	settings     map[string]protocol.Value
	cursors      map[string]*sessionCursor // by names in lower case
	transactions Transactions
	reuses       bool
	point        *pointRead // free memory, or nil
}

// Transactions begins and ends the transactions of a session, for BEGIN, COMMIT and ROLLBACK.
type Transactions interface {
	Begin(ctx context.Context, readOnly bool) error
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
}

// NewSession returns a session. The session has no resources until it declares a cursor.
func (e *Engine) NewSession() *Session { return &Session{base: e, engine: e} }

// SetTransactions sets what BEGIN, COMMIT and ROLLBACK call. Without it they are not supported.
func (s *Session) SetTransactions(t Transactions) { s.transactions = t }

// ReuseMemory makes the session use the memory of closed rows again, and of the results that they
// belong to. Rows must then not be used in any way once they are closed.
func (s *Session) ReuseMemory() { s.reuses = true }

// Reset closes the cursors and removes the settings of the session, which can be used again.
func (s *Session) Reset() {
	for _, c := range s.cursors {
		c.close()
	}
	s.engine, s.settings, s.cursors = s.base, nil, nil
}

// KeepSettings makes the settings of the session its defaults, to which RESET and Reset return.
func (s *Session) KeepSettings() { s.base, s.settings = s.engine, nil }

// RunWith is Run with options of this statement, by the names of the settings and of the options of
// WITH. Options of WITH have precedence over them, and they over the settings of the session.
func (s *Session) RunWith(ctx context.Context, stmt *Statement, args []protocol.Value, options map[string]protocol.Value) (*Result, error) {
	if command, ok := stmt.Plan.(*plan.Command); ok && command.Query == nil {
		return nil, ast.Errorf(ast.ErrUnsupported, "options can't be passed to a statement that concerns the session")
	}
	engine, err := s.engineFor(stmt, options)
	if err != nil {
		return nil, err
	}
	defer func(before *Engine) { s.engine = before }(s.engine)
	s.engine = engine
	return s.Run(ctx, stmt, args)
}

// CopyWith is Copy with options of this statement.
func (s *Session) CopyWith(ctx context.Context, stmt *Statement, args iter.Seq2[[]protocol.Value, error], options map[string]protocol.Value) (int64, error) {
	engine, err := s.engineFor(stmt, options)
	if err != nil {
		return 0, err
	}
	defer func(before *Engine) { s.engine = before }(s.engine)
	s.engine = engine.writing()
	return s.Copy(ctx, stmt, args)
}

// engineFor returns an engine for a statement with its options.
func (s *Session) engineFor(stmt *Statement, options map[string]protocol.Value) (*Engine, error) {
	if !plan.Writes(stmt.Plan) {
		for name := range options {
			if _, ofWrites := statementOptions[strings.ToLower(name)]; ofWrites {
				return nil, ast.Errorf(ast.ErrUnsupported, "the option %s is one of writes; it has no effect on other statements", name)
			}
		}
	}
	return s.engine.withOptions(options)
}

// HasCursors reports whether cursors are open.
func (s *Session) HasCursors() bool { return len(s.cursors) > 0 }

// EndTransaction closes the cursors that were declared in a transaction. The caller calls it before
// the transaction ends.
func (s *Session) EndTransaction(t *cluster.Txn) {
	for name, c := range s.cursors {
		if t != nil && c.txn == t {
			c.close()
			delete(s.cursors, name)
		}
	}
}

// Run runs a statement with its arguments. When the context ends the rows end with its error, so it
// must outlive them.
func (s *Session) Run(ctx context.Context, stmt *Statement, args []protocol.Value) (*Result, error) {
	switch p := stmt.Plan.(type) {
	case *plan.Block:
		if scan, project := pointOf(p); scan != nil {
			r := s.newPoint()
			r.rows.columns = p.Columns
			result, err := s.engine.runPoint(ctx, r, stmt, scan, project, args)
			if err != nil && r.session != nil {
				r.release()
			}
			return result, err
		}
		return s.engine.query(s.engine.execution(ctx, stmt, args), p)
	case *plan.Command:
		return s.command(ctx, stmt, p, args)
	case *plan.Definition:
		if cluster.TxnFrom(ctx) != nil {
			err := ast.Errorf(ast.ErrUnsupported, "definitions can't be part of a transaction; run them outside the transaction")
			err.Cause = cluster.ErrTxnQuery
			return nil, err
		}
		return &Result{}, s.define(ctx, p)
	case *plan.Explain:
		engine := s.engine
		if plan.Writes(p.Statement) {
			engine = engine.writing()
		}
		return engine.explain(engine.execution(ctx, stmt, args), p, len(args) >= stmt.Args)
	}
	if plan.Writes(stmt.Plan) {
		return s.engine.writing().write(ctx, stmt, args)
	}
	return nil, ast.Errorf(ast.ErrUnsupported, "statements of %T can't run", stmt.Plan)
}

// define runs a definition. It forgets the bins of a table that was dropped.
func (s *Session) define(ctx context.Context, p *plan.Definition) error {
	err := s.engine.catalog.Define(ctx, p)
	drop, ok := p.Statement.(*ast.DropTable)
	if err != nil || !ok {
		return err
	}
	for _, t := range drop.Tables {
		s.engine.samples.forget(setName{namespace: cmp.Or(t.Namespace.Text, p.Namespace), set: t.Set.Text})
	}
	return nil
}

// command runs a statement that concerns the session.
func (s *Session) command(ctx context.Context, stmt *Statement, p *plan.Command, args []protocol.Value) (*Result, error) {
	value, values, err := s.values(stmt, p, args)
	if err != nil {
		return nil, err
	}
	switch statement := p.Statement.(type) {
	case *ast.Transaction:
		return &Result{}, s.transact(ctx, p, statement)
	case *ast.Set:
		return &Result{}, s.set(p, statement, value)
	case *ast.Declare:
		return &Result{}, s.declare(ctx, stmt, p, statement, value, args)
	case *ast.Fetch:
		return s.fetch(ctx, p, statement, value)
	case *ast.Close:
		return &Result{}, s.closeCursor(p, statement)
	case *ast.Show:
		return s.show(ctx, p, statement, value)
	}
	return s.administer(ctx, stmt, p, args, value, values)
}

// values returns the value and the list of values of a command.
func (s *Session) values(stmt *Statement, p *plan.Command, args []protocol.Value) (value protocol.Value, values []protocol.Value, err error) {
	if p.Value == nil && p.Values == nil {
		return value, nil, nil
	}
	run := &bind.Run{}
	s.engine.initRun(run, stmt, args)
	env := &bind.Env{Run: run}
	if p.Value != nil {
		value = p.Value.Eval(env)
	}
	for _, e := range p.Values {
		values = append(values, e.Eval(env))
	}
	return value, values, run.Err
}

// transact runs BEGIN, COMMIT and ROLLBACK.
func (s *Session) transact(ctx context.Context, p *plan.Command, t *ast.Transaction) error {
	if s.transactions == nil {
		return ast.ErrorAt(p.Text, t.Pos, ast.ErrUnsupported, "BEGIN, COMMIT and ROLLBACK are supported by sessions of package driver only")
	}
	switch t.Verb {
	case ast.Begin:
		return s.transactions.Begin(ctx, t.ReadOnly)
	case ast.Commit:
		return s.transactions.Commit(ctx)
	default:
		return s.transactions.Rollback(ctx)
	}
}

// result returns rows that are in memory.
func result(columns []bind.OutputColumn, rows [][]protocol.Value) *Result {
	return &Result{Rows: &Rows{columns: columns, fixed: rows}}
}

// like returns a function that reports whether a name matches the pattern of a SHOW.
func like(p *plan.Command, statement *ast.Show, pattern protocol.Value) (func(name string) bool, error) {
	if statement.Like == nil {
		return func(string) bool { return true }, nil
	}
	text, ok := pattern.Text()
	if !ok {
		return nil, ast.ErrorAt(p.Text, statement.Like.Position(), ast.ErrType, "the pattern of LIKE must be a string, not %v", pattern)
	}
	compiled, err := newLike(text)
	if err != nil {
		return nil, ast.ErrorAt(p.Text, statement.Like.Position(), ast.ErrArguments, "%v", err)
	}
	return func(name string) bool { return compiled.Match(strings.ToLower(name)) }, nil
}
