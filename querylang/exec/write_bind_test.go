package exec

import (
	"context"
	"errors"
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

// A testCatalog knows some declared tables and the samples of the undeclared sets.
type testCatalog struct {
	tables  map[string]*bind.Table
	samples *Samples // nil if no * is used
}

func (c *testCatalog) Table(_ context.Context, _, set string) (*bind.Table, error) {
	return c.tables[set], nil
}

func (c *testCatalog) Sample(ctx context.Context, namespace, set string) ([]string, uint64, error) {
	return c.samples.Sample(ctx, namespace, set)
}

func (*testCatalog) Version() uint64 { return 1 }

// bindStatement binds and plans a statement.
func bindStatement(catalog bind.Catalog, s ast.Statement, options bind.Options) (plan.Statement, bind.Needs, error) {
	switch s := s.(type) {
	case *ast.Query:
		bound, err := bind.Bind(context.Background(), s, catalog, options)
		if err != nil {
			return nil, bind.Needs{}, err
		}
		p, err := plan.Query(bound.Query)
		return p, bound.Needs, err
	case *ast.Explain:
		inner, needs, err := bindStatement(catalog, s.Statement, options)
		return &plan.Explain{Statement: inner, Analyze: s.Analyze}, needs, err
	}
	bound, err := bind.BindWrite(context.Background(), s, catalog, options)
	if err != nil {
		return nil, bind.Needs{}, err
	}
	p, err := plan.Write(bound.Write)
	return p, bound.Needs, err
}

// prepare prepares a statement for tests.
func prepare(catalog bind.Catalog, sql string) (*Statement, *bind.Needs, error) {
	one, err := parse.One(sql, parse.Standard)
	if err != nil {
		return nil, nil, err
	}
	p, needs, err := bindStatement(catalog, one.Statement, bind.Options{Namespace: "test", Text: sql, Args: one.Params.Count})
	if err != nil {
		return nil, nil, err
	}
	return &Statement{Plan: p}, &needs, nil
}

// statement prepares a statement that must be right. The client may be nil if no * is used.
func statement(t testing.TB, client Client, sql string) *Statement {
	t.Helper()
	stmt, _, err := prepare(&testCatalog{samples: newSamples(client, cluster.QueryPolicy{})}, sql)
	require.NoError(t, err, sql)
	return stmt
}

// A session runs statements for a test.
type session struct {
	t      testing.TB
	ctx    context.Context // of statements
	client *cluster.Client
	engine *Engine
	tables map[string]*bind.Table // that are declared
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
	return openSessionAt(t, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, TendInterval: 50 * time.Millisecond}, options)
}

// openSessionAt opens a session on a cluster.
func openSessionAt(t testing.TB, config cluster.Config, options Options) *session {
	client, err := cluster.Open(t.Context(), config)
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

// run prepares and runs a statement.
func (s *session) run(sql string, args ...any) (*Result, error) {
	catalog := &testCatalog{tables: s.tables, samples: newSamples(s.client, cluster.QueryPolicy{})}
	stmt, needs, err := prepare(catalog, sql)
	if err != nil {
		return nil, err
	}
	values, err := needs.AppendArgs(argsOf(args))
	if err != nil {
		return nil, err
	}
	return s.engine.NewSession().Run(s.ctx, stmt, values)
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
	r, err := s.run(sql, args...)
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
	result, err := s.run(sql, args...)
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
