package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/parse"
	"github.com/aerosql/aerosql/querylang/plan"
)

// statement prepares a statement for tests.
func statement(t testing.TB, client Client, sql string) *Statement {
	one, err := parse.One(sql, parse.Standard)
	require.NoError(t, err, sql)
	b := &testBinder{}
	p, err := b.statement(client, one.Statement)
	require.NoError(t, err, sql)
	return &Statement{Plan: p, Sets: 20, Patterns: 20}
}

func (b *testBinder) statement(client Client, s ast.Statement) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.Query:
		if sel, ok := s.Body.(*ast.Select); ok && len(sel.From) > 0 {
			b.bins = map[string][]string{}
			seen := map[string]bool{}
			if t, ok := sel.From[0].(*ast.Table); ok && client != nil {
				samples := newSamples(client, cluster.QueryPolicy{})
				names, _, err := samples.Sample(context.Background(), "test", t.Name.Set.Text)
				if err != nil {
					return nil, err
				}
				for _, n := range names {
					if !seen[n] {
						b.bins[t.Name.Set.Text] = append(b.bins[t.Name.Set.Text], n)
					}
				}
			}
		}
		return plan.Query(b.query(s, nil, nil))
	case *ast.Explain:
		inner, err := b.statement(client, s.Statement)
		return &plan.Explain{Statement: inner, Analyze: s.Analyze}, err
	case *ast.Truncate:
		return plan.PlanTruncate(&bind.Truncate{Namespace: "test", Set: s.Table.Set.Text})
	case *ast.Delete:
		scope := b.target(s.Table)
		d := &bind.Delete{Relation: scope.block.Relations[0], Where: b.expr(s.Where, scope), Limit: b.expr(s.Limit, scope)}
		d.Order = b.order(s.Order, scope)
		d.Returning = b.returning(s.Returning, scope)
		b.selected(scope, s.Order, s.Limit)
		scope.finish()
		d.Width, d.Subqueries = scope.block.Width, scope.block.Subqueries
		return plan.PlanDelete(d)
	case *ast.Update:
		scope := b.target(s.Table)
		u := &bind.Update{Relation: scope.block.Relations[0], Where: b.expr(s.Where, scope), Limit: b.expr(s.Limit, scope)}
		u.Order = b.order(s.Order, scope)
		u.Set = b.assignments(s.Set, scope)
		u.Returning = b.returning(s.Returning, scope)
		b.selected(scope, s.Order, s.Limit)
		scope.finish()
		u.Width, u.Subqueries = scope.block.Width, scope.block.Subqueries
		return plan.PlanUpdate(u)
	case *ast.Insert:
		return b.insert(s)
	}
	return nil, fmt.Errorf("%T", s)
}

func (b *testBinder) insert(s *ast.Insert) (plan.Statement, error) {
	scope := b.target(s.Table)
	existing := scope.block.Relations[0]
	excluded := &bind.Relation{Name: "excluded", IsSet: true, Namespace: "test", Set: s.Table.Set.Text}
	scope.block.Relations = append(scope.block.Relations, excluded)
	i := &bind.Insert{Verb: s.Verb, Existing: existing, NewRow: excluded}
	for at, c := range s.Columns {
		col := bind.InsertColumn{Name: c.Text, Bin: c.Text, From: at}
		if c.Text == "PK" {
			col.Bin, i.Key = "", at
		}
		i.Columns = append(i.Columns, col)
	}
	if v, ok := s.Source.Body.(*ast.Values); ok {
		for _, row := range v.Rows {
			own := &testScope{block: &bind.Block{}}
			i.Rows = append(i.Rows, b.exprs(row.Values, own))
			i.Subqueries = append(i.Subqueries, own.block.Subqueries...)
		}
	} else {
		i.Source = b.query(s.Source, nil, nil)
	}
	if s.Conflict != nil {
		scope.block.Relations = scope.block.Relations[:1]
		set := b.assignmentsOf(s.Conflict.Set, scope, excluded)
		i.Conflict = &bind.Conflict{Set: set, Where: b.expr(s.Conflict.Where, scope)}
	}
	i.Returning = b.returning(s.Returning, &testScope{block: &bind.Block{Relations: []*bind.Relation{existing}}})
	if i.Returning != nil {
		for at := range existing.Columns {
			i.Returning.Items[at].(*bind.Column).Slot = at
		}
	}
	scope.block.Relations = []*bind.Relation{existing, excluded}
	scope.finish()
	if s.Conflict != nil || i.Returning != nil {
		i.Width = scope.block.Width
	}
	return plan.PlanInsert(i)
}

func (b *testBinder) target(name ast.TableName) *testScope {
	r := &bind.Relation{Name: name.Set.Text, IsSet: true, Namespace: "test", Set: name.Set.Text}
	if name.Namespace.Text != "" {
		r.Namespace = name.Namespace.Text
	}
	return &testScope{block: &bind.Block{Relations: []*bind.Relation{r}}}
}

func (b *testBinder) selected(scope *testScope, order []ast.OrderItem, limit ast.Expr) {
	if len(order) > 0 || limit != nil {
		scope.column(scope.block.Relations[0], "__digest", 0)
		scope.column(scope.block.Relations[0], "PK", 0)
	}
}

func (b *testBinder) order(items []ast.OrderItem, scope *testScope) (keys []bind.OrderKey) {
	for _, o := range items {
		keys = append(keys, orderKey(o, b.expr(o.Expr, scope)))
	}
	return keys
}

func (b *testBinder) returning(items []ast.SelectItem, scope *testScope) *bind.Returning {
	if items == nil {
		return nil
	}
	r := &bind.Returning{}
	for _, item := range items {
		x := b.expr(item.Expr, scope)
		r.Items, r.Columns = append(r.Items, x), append(r.Columns, bind.OutputColumn{Name: x.String(), Kinds: x.Kinds()})
	}
	return r
}

func (b *testBinder) assignments(list []ast.Assignment, scope *testScope) (set []bind.Assignment) {
	return b.assignmentsOf(list, scope, nil)
}

func (b *testBinder) assignmentsOf(list []ast.Assignment, scope *testScope, excluded *bind.Relation) (set []bind.Assignment) {
	for _, x := range list {
		target := x.Target
		var path []bind.Expr
		if p, ok := target.(*ast.Path); ok {
			target = p.X
			for _, step := range p.Steps {
				path = append(path, b.expr(step.Index, scope))
			}
		}
		c := b.expr(target, scope).(*bind.Column)
		a := bind.Assignment{Name: c.Name, Bin: c.Name, Target: c, Path: path}
		if excluded != nil {
			scope.block.Relations = append(scope.block.Relations, excluded)
		}
		if col, ok := x.Value.(*ast.Column); ok && len(col.Parts) == 1 {
			a.Value = scope.column(scope.block.Relations[0], col.Parts[0].Text, 0)
		} else if excluded != nil {
			one := scope.block.Relations
			scope.block.Relations = one[:1]
			a.Value = b.withExcluded(x.Value, scope, excluded)
			scope.block.Relations = one
		} else {
			a.Value = b.expr(x.Value, scope)
		}
		if excluded != nil {
			scope.block.Relations = scope.block.Relations[:1]
		}
		set = append(set, a)
	}
	return set
}

func (b *testBinder) withExcluded(e ast.Expr, scope *testScope, excluded *bind.Relation) bind.Expr {
	switch e := e.(type) {
	case *ast.Column:
		if len(e.Parts) == 2 {
			return scope.column(excluded, e.Parts[1].Text, 0)
		}
		return scope.column(scope.block.Relations[0], e.Parts[0].Text, 0)
	case *ast.Binary:
		return &bind.Arithmetic{Op: e.Op, X: b.withExcluded(e.X, scope, excluded), Y: b.withExcluded(e.Y, scope, excluded)}
	}
	return b.expr(e, scope)
}

// A session runs statements for a test.
type session struct {
	t      testing.TB
	ctx    context.Context // of statements
	client *cluster.Client
	engine *Engine
}

// openSession starts a cluster of two nodes and opens a session on it.
func openSession(t testing.TB, options Options) *session {
	return openSessionOn(t, devserver.Options{Nodes: 2}, options)
}

// openSessionOn starts a cluster with options and opens a session on it.
func openSessionOn(t testing.TB, servers devserver.Options, options Options) *session {
	server, err := devserver.Start(servers)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, TendInterval: 50 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	options.Policies.Write.SendKey = true
	options.Policies.Batch.SendKey = true
	s := &session{t: t, ctx: context.Background(), client: client, engine: New(client, options)}
	t.Cleanup(s.engine.Close)
	return s
}

func argsOf(args []any) []protocol.Value {
	out := make([]protocol.Value, len(args))
	for i, a := range args {
		out[i] = protocol.ValueOf(a)
	}
	return out
}

// exec runs a statement that must succeed and returns the affected rows.
func (s *session) exec(sql string, args ...any) int64 {
	s.t.Helper()
	n, err := s.try(sql, args...)
	require.NoError(s.t, err, sql)
	return n
}

// try runs a statement to its end.
func (s *session) try(sql string, args ...any) (int64, error) {
	s.t.Helper()
	r, err := s.engine.NewSession().Run(s.ctx, statement(s.t, s.client, sql), argsOf(args))
	if err != nil {
		return 0, err
	}
	if r.Rows != nil {
		return r.Affected, drain(r.Rows)
	}
	return r.Affected, nil
}

// query runs a statement that must succeed and returns its columns and rows as text.
func (s *session) query(sql string, args ...any) (columns []string, rows [][]string) {
	s.t.Helper()
	result, err := s.engine.NewSession().Run(s.ctx, statement(s.t, s.client, sql), argsOf(args))
	require.NoError(s.t, err, sql)
	r := result.Rows
	defer r.Close()
	for _, c := range r.Columns() {
		columns = append(columns, c.Name)
	}
	dest := make([]protocol.Value, len(columns))
	for {
		err := r.Next(dest)
		if errors.Is(err, io.EOF) {
			return columns, rows
		}
		require.NoError(s.t, err, sql)
		row := make([]string, len(dest))
		for i, v := range dest {
			row[i] = v.String()
		}
		rows = append(rows, row)
	}
}

// rows returns the rows of a statement that must succeed.
func (s *session) rows(sql string, args ...any) [][]string {
	s.t.Helper()
	_, rows := s.query(sql, args...)
	return rows
}

// one returns the value of a statement with one row and one column.
func (s *session) one(sql string, args ...any) string {
	s.t.Helper()
	rows := s.rows(sql, args...)
	require.Len(s.t, rows, 1, sql)
	require.Len(s.t, rows[0], 1, sql)
	return rows[0][0]
}
