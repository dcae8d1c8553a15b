package bind

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

func constant(v any) Expr { return &Const{Value: protocol.ValueOf(v)} }

func column(slot int) Expr {
	return &Column{Slot: slot, Name: string(rune('a' + slot)), Can: function.Any}
}

// TestEval: each expression is printed and evaluated with a = 7, b = NULL, c = 'abc', d = [1, {k:
// 5}] and the arguments 3 and [7, 8].
func TestEval(t *testing.T) {
	compare := func(op ast.Operator, x, y Expr) Expr { return &Compare{Op: op, X: x, Y: y} }
	logic := func(op ast.Operator, operands ...Expr) Expr { return &Logic{Op: op, Operands: operands} }
	a, b, c, d := column(0), column(1), column(2), column(3)
	isTrue, isFalse := compare(ast.OpEqual, a, constant(7)), compare(ast.OpEqual, a, constant(8))
	unknown := compare(ast.OpEqual, b, constant(1))
	list := &Param{Index: 1, Text: "$2"}
	cases := []struct {
		e    Expr
		text string
		want any
	}{
		{&Param{Index: 0, Text: "$1"}, "$1", 3},
		{&Param{Index: 9, Text: "$10"}, "$10", nil},
		{isTrue, "a = 7", true},
		{unknown, "b = 1", nil},
		{compare(ast.OpNotDistinctFrom, b, constant(nil)), "b IS NOT DISTINCT FROM NULL", true},
		{compare(ast.OpEqual, a, constant("7")), "a = '7'", nil},
		{&Not{X: logic(ast.OpAnd, isTrue, unknown)}, "NOT (a = 7 AND b = 1)", nil},
		{logic(ast.OpAnd, unknown, isFalse), "b = 1 AND a = 8", false},
		{logic(ast.OpOr, unknown, isTrue), "b = 1 OR a = 7", true},
		{logic(ast.OpAnd, logic(ast.OpOr, isFalse, isTrue), isTrue), "(a = 8 OR a = 7) AND a = 7", true},
		{&Negate{X: a}, "-a", -7},
		{&Negate{X: a, Bits: true}, "~a", ^7},
		{&Arithmetic{Op: ast.OpMultiply, X: &Arithmetic{Op: ast.OpAdd, X: a, Y: constant(1)}, Y: constant(2)}, "(a + 1) * 2", 16},
		{&In{ID: 0, X: a, List: []Expr{list}}, "a IN ($2)", true},
		{&In{ID: -1, X: a, List: []Expr{constant(1), b}}, "a IN (1, b)", nil},
		{&In{ID: -1, X: b}, "b IN ()", false},
		{&In{ID: -1, X: a, List: []Expr{constant(1)}, Not: true}, "a NOT IN (1)", true},
		{&Between{X: a, Low: constant(8), High: b}, "a BETWEEN 8 AND b", false},
		{&Between{X: a, Low: constant(7), High: constant(7), Not: true}, "a NOT BETWEEN 7 AND 7", false},
		{&Match{ID: 0, Op: ast.Like, X: c, Pattern: constant("a%")}, "c LIKE 'a%'", true},
		{&Match{ID: -1, Op: ast.ILike, X: c, Pattern: constant("A!_c"), Escape: constant("!"), Not: true}, "c NOT ILIKE 'A!_c' ESCAPE '!'", true},
		{&Match{ID: -1, Op: ast.Like, X: a, Pattern: constant("%")}, "a LIKE '%'", nil},
		{&Is{X: b, Test: ast.IsNull}, "b IS NULL", true},
		{&Is{X: unknown, Test: ast.IsTrue, Not: true}, "(b = 1) IS NOT TRUE", true},
		{&Is{X: isFalse, Test: ast.IsFalse}, "(a = 8) IS FALSE", true},
		{&Case{Whens: []When{{isFalse, constant(1)}}, Else: constant(2)}, "CASE WHEN a = 8 THEN 1 ELSE 2 END", 2},
		{&Case{Operand: a, Whens: []When{{constant(7), constant("x")}}}, "CASE a WHEN 7 THEN 'x' END", "x"},
		{&Case{Operand: b, Whens: []When{{constant(nil), constant("x")}}}, "CASE b WHEN NULL THEN 'x' END", nil},
		{&Cast{X: c, To: function.Type{Family: function.Integers, Name: "INTEGER"}}, "CAST(c AS INTEGER)", nil},
		{&Path{X: d, Steps: []Expr{constant(0)}}, "d[0]", 1},
		{&Path{X: d, Steps: []Expr{constant(-1), constant("k")}}, "d[-1]['k']", 5},
		{&Path{X: d, Steps: []Expr{constant(2), constant("k")}}, "d[2]['k']", nil},
		{&Array{Elements: []Expr{a, constant("x")}}, "ARRAY[a, 'x']", []any{int64(7), "x"}},
		{&MapLiteral{Keys: []Expr{constant("y"), constant("x")}, Values: []Expr{a, constant(1)}}, "MAP{'y': a, 'x': 1}", map[string]any{"y": int64(7), "x": int64(1)}},
	}
	row := []protocol.Value{protocol.Int(7), protocol.Nil(), protocol.String("abc"), protocol.ValueOf([]any{1, map[string]any{"k": 5}})}
	for _, test := range cases {
		t.Run(test.text, func(t *testing.T) {
			run := &Run{
				Args: []protocol.Value{protocol.Int(3), protocol.ValueOf([]int{7, 8})},
				Sets: make([]*function.Set, 1), Patterns: make([]*function.Pattern, 1),
			}
			env := &Env{Row: row, Run: run}
			assert.Equal(t, test.text, test.e.String())
			for range 2 { // the second time with the set and the pattern of the first
				got := test.e.Eval(env)
				require.NoError(t, run.Err)
				assert.Equal(t, protocol.ValueOf(test.want).Any(), got.Any())
				assert.True(t, test.e.Kinds().Has(1<<got.Kind()), "Kinds allows the result")
			}
		})
	}
}

func TestEvalReportsUnreadableValues(t *testing.T) {
	run := &Run{}
	reason := protocol.ErrInvalidValue
	v := (&Is{X: column(0), Test: ast.IsNull}).Eval(&Env{Row: []protocol.Value{protocol.InvalidValue(reason)}, Run: run})
	assert.Equal(t, protocol.Bool(true), v)
	assert.ErrorIs(t, run.Err, reason)
}

func TestEvalReportsBadPatterns(t *testing.T) {
	for _, m := range []*Match{
		{ID: -1, Op: ast.Like, X: constant("a"), Pattern: constant("a!"), Escape: constant("!")},
		{ID: -1, Op: ast.Like, X: constant("a"), Pattern: constant("a"), Escape: constant("!!")},
		{ID: -1, Op: ast.Regexp, X: constant("a"), Pattern: constant("(")},
		{ID: -1, Op: ast.Regexp, X: constant("a"), Pattern: &Param{}},
	} {
		run := &Run{Args: []protocol.Value{protocol.String("(")}}
		assert.True(t, m.Eval(&Env{Run: run}).IsNil())
		want := ast.ErrType
		if _, ok := m.Pattern.(*Param); ok {
			want = ast.ErrArguments
		}
		assert.ErrorIs(t, run.Err, want)
	}
}

func TestEvalAllocatesNothing(t *testing.T) {
	values := make([]Expr, 100)
	for i := range values {
		values[i] = constant(i)
	}
	e := &Logic{Op: ast.OpAnd, Operands: []Expr{
		&In{ID: 0, X: column(0), List: values},
		&Compare{Op: ast.OpLess, X: &Arithmetic{Op: ast.OpAdd, X: column(0), Y: constant(1)}, Y: constant(1.5e3)},
		&Match{ID: 0, Op: ast.Like, X: column(1), Pattern: constant("a%c")},
	}}
	env := &Env{
		Row: []protocol.Value{protocol.Int(7), protocol.String("abc")},
		Run: &Run{Sets: make([]*function.Set, 1), Patterns: make([]*function.Pattern, 1)},
	}
	require.True(t, Matches(e, env))
	require.Zero(t, testing.AllocsPerRun(100, func() { Matches(e, env) }))
}
