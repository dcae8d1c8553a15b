package exec

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A computed is an expression for tests.
type computed func(env *bind.Env) protocol.Value

func (f computed) Eval(env *bind.Env) protocol.Value { return f(env) }
func (computed) Type() function.Type                 { return function.Type{} }
func (computed) Kinds() function.Kinds               { return function.Any }
func (computed) Position() ast.Pos                   { return 0 }
func (computed) String() string                      { return "computed" }

// slot returns an expression that reads a slot.
func slot(i int) bind.Expr {
	return computed(func(env *bind.Env) protocol.Value {
		v := env.Row[i]
		if v.Kind() == protocol.KindInvalid {
			env.Run.Fail(v.Err())
		}
		return v
	})
}

// constant returns an expression with a value.
func constant(v any) bind.Expr {
	return computed(func(*bind.Env) protocol.Value { return protocol.ValueOf(v) })
}

// source is an operator that returns given rows.
type source struct {
	rows         [][]protocol.Value
	out          []protocol.Value
	at           int
	opened, shut int
	cancelAt     int
	cancel       context.CancelFunc
}

func newSource(width int, rows ...[]protocol.Value) *source {
	return &source{rows: rows, out: make([]protocol.Value, width)}
}

func (s *source) open(context.Context) error { s.at = 0; s.opened++; return nil }

func (s *source) next(context.Context) (bool, error) {
	if s.at == len(s.rows) {
		return false, nil
	}
	copy(s.out, s.rows[s.at])
	s.at++
	if s.cancel != nil && s.at == s.cancelAt {
		s.cancel()
	}
	return true, nil
}

func (s *source) close()                { s.shut++ }
func (s *source) row() []protocol.Value { return s.out }

// ints returns a row of integers. -1 stands for NULL.
func ints(values ...int64) []protocol.Value {
	row := make([]protocol.Value, len(values))
	for i, n := range values {
		if n != -1 {
			row[i] = protocol.Int(n)
		}
	}
	return row
}

// all runs an operator and returns its rows.
func all(t testing.TB, o operator) [][]protocol.Value {
	t.Helper()
	var rows [][]protocol.Value
	require.NoError(t, each(context.Background(), o, func(row []protocol.Value) error {
		rows = append(rows, function.CloneAll(row))
		return nil
	}))
	return rows
}

// testEnv returns an environment with the row of an operator.
func testEnv(row []protocol.Value) *bind.Env { return &bind.Env{Row: row, Run: &bind.Run{}} }

// testAccount returns an account of a budget of its own.
func testAccount(limit int64) account { return account{budget: &budget{limit: limit}} }

// stubClient is a client with one record.
type stubClient struct{ record *protocol.Record }

func (c *stubClient) Get(context.Context, *cluster.ReadPolicy, protocol.Key, ...string) (*protocol.Record, error) {
	return c.record, nil
}

func (c *stubClient) GetHeader(context.Context, *cluster.ReadPolicy, protocol.Key) (*protocol.Record, error) {
	return c.record, nil
}

func (*stubClient) Put(context.Context, *cluster.WritePolicy, protocol.Key, protocol.Bins) error {
	panic("not expected")
}

func (*stubClient) Operate(context.Context, *cluster.WritePolicy, protocol.Key, ...protocol.Operation) (*protocol.Record, error) {
	panic("not expected")
}

func (*stubClient) Delete(context.Context, *cluster.WritePolicy, protocol.Key) (bool, error) {
	panic("not expected")
}

func (*stubClient) BatchRead(context.Context, *cluster.BatchPolicy, []protocol.Key, ...string) ([]cluster.BatchResult, error) {
	panic("not expected")
}

func (*stubClient) BatchExists(context.Context, *cluster.BatchPolicy, []protocol.Key) ([]cluster.BatchResult, error) {
	panic("not expected")
}

func (*stubClient) BatchWriteInto(context.Context, *cluster.BatchPolicy, []cluster.BatchRow, []cluster.BatchResult) ([]cluster.BatchResult, error) {
	panic("not expected")
}

func (*stubClient) Query(context.Context, *cluster.QueryPolicy, cluster.Statement) iter.Seq2[*protocol.Record, error] {
	panic("not expected")
}

func (*stubClient) QueryFrom(context.Context, *cluster.QueryPolicy, cluster.Statement, *cluster.Cursor) iter.Seq2[*protocol.Record, error] {
	panic("not expected")
}

func (*stubClient) Truncate(context.Context, *cluster.InfoPolicy, string, string, time.Time) error {
	panic("not expected")
}

func (*stubClient) InfoAll(context.Context, *cluster.InfoPolicy, ...string) (map[string]cluster.InfoAnswer, error) {
	return map[string]cluster.InfoAnswer{}, nil
}

// text returns rows as text with the kinds of the values.
func text(rows [][]protocol.Value) []string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		for _, v := range row {
			lines[i] += fmt.Sprintf("%v:%v ", v.Kind(), v)
		}
	}
	return lines
}
