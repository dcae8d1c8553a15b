package exec

import (
	"context"
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// constants returns the plan of VALUES with one column.
func constants(values ...any) *plan.Block {
	n := &plan.Values{Width: 1}
	for _, v := range values {
		n.Rows = append(n.Rows, []bind.Expr{constant(v)})
	}
	return &plan.Block{Root: n, Columns: make([]bind.OutputColumn, 1)}
}

// testExecution returns an execution with one subquery.
func testExecution(p *plan.Block) (*execution, *bind.Subquery, *bind.Env) {
	x := New(&stubClient{}, Options{}).execution(context.Background(), &Statement{}, nil)
	x.blocks[1] = p
	return x, &bind.Subquery{ID: 1}, &bind.Env{Run: x.run}
}

func TestContains(t *testing.T) {
	null, yes, no := protocol.Nil().String(), "true", "false"
	for _, test := range []struct {
		values []any
		x      any
		want   string
	}{
		{nil, 1, no}, {nil, nil, no}, {[]any{1, 2}, 2, yes}, {[]any{1, 2}, 2.0, yes}, {[]any{1, 2}, 3, no}, {[]any{1, nil}, 3, null},
		{[]any{1, nil}, 1, yes}, {[]any{nil}, 1, null}, {[]any{1}, nil, null}, {[]any{1, "a"}, 3, null}, {[]any{"a"}, 1, null},
	} {
		x, q, env := testExecution(constants(test.values...))
		got := x.Contains(q, env, protocol.ValueOf(test.x))
		require.NoError(t, x.run.Err)
		require.Equal(t, test.want, got.String(), "%v IN %v", test.x, test.values)
		x.close()
		require.Zero(t, x.budget.used)
	}
}

func TestScalarAndExists(t *testing.T) {
	x, q, env := testExecution(constants())
	require.True(t, x.Scalar(q, env).IsNil())
	x, q, env = testExecution(constants("a"))
	require.Equal(t, "a", x.Scalar(q, env).String())
	x, q, env = testExecution(constants(1, 2))
	x.Scalar(q, env)
	require.ErrorContains(t, x.run.Err, "more than one row")
	x, q, env = testExecution(constants(1, 2))
	require.True(t, x.Exists(q, env))
	x, q, env = testExecution(constants())
	require.False(t, x.Exists(q, env))
	x, q, env = testExecution(constants(1, 1, nil, "a"))
	values, ok := x.Values(q, env)
	require.True(t, ok)
	require.Len(t, values, 3)
}

// The answers of a correlated subquery are kept within the budget.
func TestMemosAreBounded(t *testing.T) {
	x, _, _ := testExecution(constants(1))
	x.budget.limit = 2000
	s := &subquery{account: account{budget: x.budget}}
	for i := range 1000 {
		s.memoize(string(rune(i)), &answer{value: protocol.Int(1), values: keySet{account: account{budget: x.budget}}})
	}
	require.Less(t, len(s.memos), 30)
	require.LessOrEqual(t, x.budget.used, int64(2000))
	s.forget()
	require.Zero(t, x.budget.used)
}

func TestAggregateEqualsNaiveOne(t *testing.T) {
	sum := function.LookupAggregate("SUM")
	count := function.LookupAggregate("COUNT")
	positive := computed(func(env *bind.Env) protocol.Value {
		return protocol.Bool(function.Order(env.Row[1], protocol.Int(0)) > 0)
	})
	r := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		rows := randomRows(r, r.IntN(40), 2)
		in := newSource(2, rows...)
		o := &aggregate{
			input: in, groups: []bind.Expr{slot(0)}, env: testEnv(in.out), account: testAccount(1 << 20), out: make([]protocol.Value, 5),
			calls: []*bind.AggregateCall{
				{Function: count, Star: true}, {Function: sum, Arg: slot(1)},
				{Function: count, Arg: slot(1), Distinct: true}, {Function: count, Arg: slot(1), Filter: positive},
			},
		}
		var want [][]protocol.Value
		seen := make([][][]protocol.Value, 0)
		for _, row := range rows {
			g := 0
			for g < len(want) && function.Order(want[g][0], row[0]) != 0 {
				g++
			}
			if g == len(want) {
				want = append(want, append(row[:1:1], protocol.Int(0), protocol.Nil(), protocol.Int(0), protocol.Int(0)))
				seen = append(seen, nil)
			}
			add := func(column int, n int64) {
				old, _ := want[g][column].Int()
				want[g][column] = protocol.Int(old + n)
			}
			add(1, 1)
			if next := row[1]; next.Kind() == protocol.KindInt || next.Kind() == protocol.KindFloat {
				if total := want[g][2]; !total.IsNil() {
					next = function.Arithmetic(ast.OpAdd, total, next)
				}
				want[g][2] = next
			}
			isNew := !row[1].IsNil()
			for _, other := range seen[g] {
				isNew = isNew && !same(other, row[1:])
			}
			seen[g] = append(seen[g], row[1:])
			if isNew {
				add(3, 1)
			}
			if holds, _ := positive.Eval(testEnv(row)).Bool(); holds && !row[1].IsNil() {
				add(4, 1)
			}
		}
		require.Equal(t, text(want), text(all(t, o)))
		require.Zero(t, o.account.budget.used)
	}
	in := newSource(1)
	o := &aggregate{
		input: in, env: testEnv(in.out), account: testAccount(1 << 20), out: make([]protocol.Value, 1),
		calls: []*bind.AggregateCall{{Function: count, Star: true}},
	}
	require.Equal(t, []string{"integer:0 "}, text(all(t, o)), "one row for no input")
}

func TestUnnest(t *testing.T) {
	in := newSource(3,
		[]protocol.Value{protocol.ValueOf([]int{7, 8})}, []protocol.Value{protocol.ValueOf([]int{})}, []protocol.Value{protocol.Nil()},
		[]protocol.Value{protocol.ValueOf(map[string]int{"k": 9})})
	clearing := &inFrame{source: in, frame: in.out}
	r := &bind.Relation{Base: 1, Columns: []bind.RelationColumn{{Output: 0}, {Output: 1}}}
	o := &unnest{input: clearing, relation: r, x: slot(0), ordinality: true, env: testEnv(in.out)}
	got := func() (lines []string) {
		for _, row := range all(t, o) {
			lines = append(lines, row[1].String()+" "+row[2].String())
		}
		return lines
	}
	require.Equal(t, []string{"7 1", "8 2", "k 9"}, got())
	o.outer = true
	require.Equal(t, []string{"7 1", "8 2", "nil nil", "nil nil", "k 9"}, got())
}

// repeating is a client whose queries return one record many times.
type repeating struct {
	stubClient
	n int
}

func (c *repeating) Query(context.Context, *cluster.QueryPolicy, cluster.Statement) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		for range c.n {
			if !yield(c.record, nil) {
				return
			}
		}
	}
}

// LIMIT 2 of a scan reads no more than it needs.
func TestLimitStopsTheScan(t *testing.T) {
	key := protocol.MustKey("test", "t", 1)
	client := &repeating{n: 1 << 40, stubClient: stubClient{record: &protocol.Record{Key: key}}}
	engine := New(client, Options{})
	engine.lower = func(*plan.Scan, *bind.Env, plan.Environment) (*plan.Access, error) {
		return &plan.Access{Method: plan.SetScan}, nil
	}
	root := &plan.Limit{Input: &plan.Scan{Relation: relation(0)}, Limit: constant(2)}
	result, err := engine.NewSession().Run(t.Context(), &Statement{Plan: &plan.Block{Root: root}}, nil)
	require.NoError(t, err)
	require.NoError(t, drain(result.Rows))
	_, _, err = bounds(constant("x"), nil, testEnv(nil))
	require.ErrorIs(t, err, ast.ErrArguments)
}
