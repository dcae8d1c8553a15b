package exec

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// randomRows returns rows of small values of several kinds.
func randomRows(r *rand.Rand, n, width int) [][]protocol.Value {
	values := []protocol.Value{
		protocol.Nil(), protocol.Int(1), protocol.Int(2), protocol.Float(1), protocol.Float(1.5), protocol.String("a"),
		protocol.String("b"), protocol.Bool(true), protocol.Blob([]byte("a")), protocol.List(protocol.Int(1)), protocol.Int(-7),
	}
	rows := make([][]protocol.Value, n)
	for i := range rows {
		rows[i] = make([]protocol.Value, width)
		for j := range rows[i] {
			rows[i][j] = values[r.IntN(len(values))]
		}
	}
	return rows
}

// same reports whether values are equal for DISTINCT.
func same(x, y []protocol.Value) bool {
	return slices.EqualFunc(x, y, func(a, b protocol.Value) bool { return function.Order(a, b) == 0 })
}

func TestSortEqualsNaiveSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		rows := randomRows(r, r.IntN(40), 2)
		keys := []bind.OrderKey{{X: slot(0), Descending: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0}}
		want := slices.Clone(rows)
		slices.SortStableFunc(want, func(x, y []protocol.Value) int { return compareBy(keys, x, y) })
		in := newSource(2, rows...)
		o := &sorter{input: in, keys: keys, env: testEnv(in.out), account: testAccount(1 << 20)}
		require.Equal(t, text(want), text(all(t, o)))
		require.Zero(t, o.account.budget.used)

		n, skip := r.IntN(10), r.IntN(5)
		o.limit, o.offset = constant(n), constant(skip)
		want = want[min(skip, len(want)):]
		want = want[:min(n, len(want))]
		require.Equal(t, text(want), text(all(t, o)), "limit %d offset %d", n, skip)
	}
}

// The first rows of many are found with little memory.
func TestTopKWithinFourMegabytes(t *testing.T) {
	in := &counting{out: make([]protocol.Value, 1), n: 200_000}
	o := &sorter{
		input: in, keys: []bind.OrderKey{{X: slot(0)}}, limit: constant(10), env: testEnv(in.out), account: testAccount(4 << 20),
	}
	rows := all(t, o)
	require.Len(t, rows, 10)
	require.Equal(t, text([][]protocol.Value{ints(1), ints(2), ints(3)}), text(rows[:3]))
	require.Less(t, o.account.peak, int64(64<<10))
}

// counting returns the numbers from n down to 1.
type counting struct {
	out     []protocol.Value
	n, left int
}

func (s *counting) open(context.Context) error { s.left = s.n; return nil }

func (s *counting) next(context.Context) (bool, error) {
	s.out[0] = protocol.Int(int64(s.left))
	s.left--
	return s.left >= 0, nil
}

func (s *counting) close()                {}
func (s *counting) row() []protocol.Value { return s.out }

func TestDistinctAndSetOperationsEqualNaiveOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	count := func(rows [][]protocol.Value, row []protocol.Value) (n int) {
		for _, other := range rows {
			if same(row, other) {
				n++
			}
		}
		return n
	}
	for range 100 {
		left, right := randomRows(r, r.IntN(30), 1), randomRows(r, r.IntN(30), 1)
		d := &distinct{input: newSource(1, left...), width: 1, seen: keySet{account: testAccount(1 << 20)}}
		for _, row := range all(t, d) {
			require.Equal(t, 1, count(all(t, d), row))
		}
		for _, op := range []ast.SetOperator{ast.Union, ast.Except, ast.Intersect} {
			for _, every := range []bool{false, true} {
				got := all(t, &setOperation{
					op: op, all: every, left: newSource(1, left...), right: newSource(1, right...), width: 1,
					out: make([]protocol.Value, 1), rights: keySet{account: testAccount(1 << 20)}, given: keySet{account: testAccount(1 << 20)},
				})
				for _, row := range slices.Concat(left, right) {
					n, m := count(left, row), count(right, row)
					want := map[ast.SetOperator]int{ast.Union: n + m, ast.Except: max(0, n-m), ast.Intersect: min(n, m)}[op]
					if op == ast.Except && !every && m > 0 {
						want = 0
					}
					if !every {
						want = min(want, 1)
					}
					require.Equal(t, want, count(got, row), "%v all %v of %v: %v, %v", op, every, row, left, right)
				}
			}
		}
	}
}

func TestJoinsEqualNaiveJoin(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		left, right := randomRows(r, r.IntN(20), 1), randomRows(r, r.IntN(20), 1)
		outer := r.IntN(2) == 0
		var want [][]protocol.Value
		equal := func(x, y protocol.Value) bool { return !x.IsNil() && function.Order(x, y) == 0 }
		for _, x := range left {
			matched := false
			for _, y := range right {
				if equal(x[0], y[0]) {
					want = append(want, []protocol.Value{x[0], y[0]})
					matched = true
				}
			}
			if outer && !matched {
				want = append(want, []protocol.Value{x[0], protocol.Nil()})
			}
		}
		frame := make([]protocol.Value, 2)
		env := testEnv(frame)
		in, inRight := newSource(1, left...), newSource(1, right...)
		in.out, inRight.out = frame[:1], frame[1:]
		spans := []span{{from: 1, to: 2}}
		on := computed(func(env *bind.Env) protocol.Value { return protocol.Bool(equal(env.Row[0], env.Row[1])) })
		rightSide := &inFrame{source: inRight, frame: frame}
		nested := &join{left: in, outer: outer, on: []bind.Expr{on}, env: env, right: spans}
		nested.matcher = &loop{right: rightSide, spans: spans, kept: keptRows{account: testAccount(1 << 20)}}
		require.Equal(t, text(want), text(all(t, nested)))
		hashed := &join{left: in, outer: outer, env: env, right: spans}
		hashed.matcher = &hash{
			right: rightSide, spans: spans, leftKeys: []bind.Expr{slot(0)}, rightKeys: []bind.Expr{slot(1)}, env: env, account: testAccount(1 << 20),
		}
		require.Equal(t, text(want), text(all(t, hashed)))
	}
}

// inFrame is a source that fills a part of a frame.
type inFrame struct {
	*source
	frame []protocol.Value
}

func (s *inFrame) row() []protocol.Value { return s.frame }

// Exceeding the memory limit is an error that names the operator and the option, and all memory is
// given back.
func TestMemoryLimit(t *testing.T) {
	row := []protocol.Value{protocol.String(strings.Repeat("x", 100))}
	var rows [][]protocol.Value
	for i := range 20 {
		rows = append(rows, []protocol.Value{protocol.String(row[0].String() + string(rune('a'+i)))})
	}
	in := newSource(1, rows...)
	env := testEnv(in.out)
	spans := []span{{from: 0, to: 1}}
	for name, o := range map[string]operator{
		"sort":      &sorter{input: in, keys: []bind.OrderKey{{X: slot(0)}}, env: env, account: testAccount(1000)},
		"distinct":  &distinct{input: in, width: 1, seen: keySet{account: testAccount(1000)}},
		"aggregate": &aggregate{input: in, groups: []bind.Expr{slot(0)}, env: env, account: testAccount(1000), out: make([]protocol.Value, 1)},
		"join":      &join{left: newSource(1, rows...), env: env, matcher: &loop{right: in, spans: spans, kept: keptRows{account: testAccount(1000)}}},
	} {
		err := each(t.Context(), o, func([]protocol.Value) error { return nil })
		require.ErrorIs(t, err, ErrMemory, name)
		assert.ErrorContains(t, err, "the "+name)
		assert.ErrorContains(t, err, "memory_limit = 1000")
	}
}

// Operators stop when the context ends.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in := &counting{out: make([]protocol.Value, 1), n: 1 << 40}
	o := &sorter{input: in, keys: []bind.OrderKey{{X: slot(0)}}, limit: constant(1), env: testEnv(in.out), account: testAccount(1 << 20)}
	o.keys[0].X = computed(func(env *bind.Env) protocol.Value {
		cancel()
		return env.Row[0]
	})
	err := each(ctx, o, func([]protocol.Value) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
}

// A limit closes its input after the last row.
func TestLimitClosesItsInput(t *testing.T) {
	in := newSource(1, ints(1), ints(2), ints(3), ints(4))
	o := &limit{input: in, limit: constant(2), offset: constant(1), env: testEnv(in.out)}
	require.Equal(t, [][]protocol.Value{ints(2), ints(3)}, all(t, o))
	require.Equal(t, 3, in.at)
	o.limit = constant(0)
	require.Empty(t, all(t, o))
	require.Equal(t, 1, in.opened)
	o.limit = constant(-1)
	_, _, err := bounds(o.limit, nil, o.env)
	require.ErrorIs(t, err, ast.ErrArguments)
}
