package exec_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A session runs statements for a test.
type session struct {
	t      testing.TB
	ctx    context.Context // of statements
	client *cluster.Client
	runner *exec.Runner
}

// open starts a cluster of two nodes and opens a session on it.
func open(t testing.TB, options exec.Options) *session {
	return openOn(t, devserver.Options{Nodes: 2}, options)
}

// openOn starts a cluster with options and opens a session on it.
func openOn(t testing.TB, servers devserver.Options, options exec.Options) *session {
	server, err := devserver.Start(servers)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, TendInterval: 50 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	options.Policies.Write.SendKey = true
	options.Policies.Batch.SendKey = true
	return &session{t: t, ctx: context.Background(), client: client, runner: exec.New(client, options)}
}

func prepare(t testing.TB, sql string) querylang.Plan {
	plan, err := querylang.Prepare(sql, querylang.Options{Namespace: "test"})
	require.NoError(t, err, sql)
	return plan
}

func values(args []any) []protocol.Value {
	out := make([]protocol.Value, len(args))
	for i, a := range args {
		out[i] = protocol.ValueOf(a)
	}
	return out
}

// exec runs a statement that must succeed and returns the affected rows.
func (s *session) exec(sql string, args ...any) int64 {
	n, err := s.try(sql, args...)
	require.NoError(s.t, err, sql)
	return n
}

func (s *session) try(sql string, args ...any) (int64, error) {
	return s.runner.Exec(s.ctx, prepare(s.t, sql), values(args))
}

// query runs a statement that must succeed and returns its columns and rows as text.
func (s *session) query(sql string, args ...any) (columns []string, rows [][]string) {
	r, err := s.runner.Query(s.ctx, prepare(s.t, sql), values(args))
	require.NoError(s.t, err, sql)
	defer r.Close()
	dest := make([]protocol.Value, len(r.Columns()))
	for {
		err := r.Next(dest)
		if errors.Is(err, io.EOF) {
			return r.Columns(), rows
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
	_, rows := s.query(sql, args...)
	return rows
}

// one returns the value of a statement with one row and one column.
func (s *session) one(sql string, args ...any) string {
	rows := s.rows(sql, args...)
	require.Len(s.t, rows, 1, sql)
	require.Len(s.t, rows[0], 1, sql)
	return rows[0][0]
}
