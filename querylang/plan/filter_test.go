package plan

import (
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

var newest = function.Version{8, 1, 2}

func compareOf(op ast.Operator, x, y bind.Expr) bind.Expr {
	return &bind.Compare{Op: op, X: x, Y: y}
}

func TestFilterText(t *testing.T) {
	r := testRelation()
	a, b, d, pk := columnOf(r, columnA), columnOf(r, columnB), columnOf(r, columnD), columnOf(r, columnPK)
	str := func(s string) bind.Expr { return constOf(protocol.String(s)) }
	like := func(s string, not bool) bind.Expr { return &bind.Match{ID: -1, X: a, Pattern: str(s), Not: not} }
	ratio := func(op ast.Operator) bind.Expr { return &bind.Arithmetic{Op: op, X: d, Y: intConst(-1)} }
	tests := []struct {
		name  string
		e     bind.Expr
		exact bool
		want  string // "" if it is not pushed
	}{
		{"number", compareOf(ast.OpEqual, a, intConst(5)), true, `$.a:int == 5 or $.a:float == 5.0`},
		{"not", &bind.Not{X: compareOf(ast.OpEqual, a, str("x"))}, true, `not($.a:string == "x")`},
		{"integer that is not a float", compareOf(ast.OpLess, a, intConst(1<<53+1)), true,
			`$.a:int < 9007199254740993 or $.a:float <= 9.007199254740992e+15`},
		{"fraction", compareOf(ast.OpGreater, a, constOf(protocol.Float(2.5))), true, `$.a:int >= 3 or $.a:float > 2.5`},
		{"NULL", compareOf(ast.OpEqual, a, constOf(protocol.Nil())), true, `false`},
		{"kinds that differ", compareOf(ast.OpEqual, d, str("x")), true, `false`},
		{"is null", &bind.Is{X: a}, true, `bin_type($.a) == 0`},
		{"and of one that can't be pushed", &bind.Logic{Op: ast.OpAnd, Operands: []bind.Expr{
			&bind.Is{X: a}, compareOf(ast.OpEqual, &bind.Cast{X: b, To: function.Type{Family: function.Strings}}, str("x"))}}, false,
			`bin_type($.a) == 0`},
		{"or with one that can't be pushed", &bind.Logic{Op: ast.OpOr, Operands: []bind.Expr{
			&bind.Is{X: a}, compareOf(ast.OpEqual, &bind.Cast{X: b, To: function.Type{Family: function.Strings}}, str("x"))}}, false, ``},
		{"prefix", like("x%", false), true, `$.a:string >= "x" and $.a:string < "y"`},
		{"part", like("%a.b%", false), true, `cmp_regex($.a:string, "^.*a\\.b.*$", extended)`},
		{"character", like("a_b", false), false, `cmp_regex($.a:string, "^a.{1,4}b$", extended)`},
		{"no character", like("a_b", true), false, `not(cmp_regex($.a:string, "^a[\x01-\x7f]b$", extended))`},
		{"division by -1", compareOf(ast.OpEqual, ratio(ast.OpDivide), intConst(1)), true, `0 - $.d:int == 1 or $.d:float / -1.0 == 1.0`},
		{"remainder by -1", compareOf(ast.OpEqual, ratio(ast.OpRemainder), intConst(1)), true, `$.d:int % 1 == 1`},
		{"key", compareOf(ast.OpGreater, pk, intConst(5)), false, `not(key_exists()) or key():int > 5`},
		{"generation", compareOf(ast.OpGreater, &bind.Column{Relation: r, Index: columnDigest, Can: function.Any}, intConst(5)), false, ``},
		{"several", &bind.In{ID: -1, X: d, List: []bind.Expr{intConst(1), intConst(2)}}, true,
			`in_list($.d:int, [1, 2]) or $.d:float == $.d:float and in_list($.d:float, [1, 2])`},
		{"none", &bind.In{ID: -1, X: d}, true, `false`},
		{"not in with NULL", &bind.In{ID: -1, X: d, List: []bind.Expr{intConst(1), constOf(protocol.Nil())}, Not: true}, true, `false`},
		{"not true", &bind.Is{X: compareOf(ast.OpEqual, d, str("x")), Test: ast.IsTrue, Not: true}, true, ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			filter, exact, residual := LowerFilter([]bind.Expr{test.e}, r, testEnv(), newest)
			require.Equal(t, test.exact, exact)
			require.Equal(t, test.exact, len(residual) == 0)
			if test.want == "" {
				require.Nil(t, filter)
				return
			}
			require.NotNil(t, filter)
			require.Equal(t, test.want, filter.Text())
			require.Equal(t, test.want == "false", filter.Never)
			_, err := exp.ParseNode(filter.Packed)
			require.NoError(t, err)
		})
	}
}

func TestFilterOfOldServers(t *testing.T) {
	r := testRelation()
	d := columnOf(r, columnD)
	sum := compareOf(ast.OpGreater, &bind.Arithmetic{Op: ast.OpAdd, X: d, Y: intConst(1)}, intConst(5))
	list := &bind.In{ID: -1, X: d, List: []bind.Expr{intConst(1), intConst(2)}}
	text := func(e bind.Expr, v function.Version) string {
		filter, _, _ := LowerFilter([]bind.Expr{e}, r, testEnv(), v)
		if filter == nil {
			return ""
		}
		return filter.Text()
	}
	require.Empty(t, text(sum, function.Version{5, 5, 0}), "arithmetic")
	require.Contains(t, text(sum, function.Version{5, 6, 0}), "$.d:int + 1 > 5")
	require.Empty(t, text(list, function.Version{5, 1, 0}), "filters")
	require.Equal(t, "$.d:int == 1 or $.d:int == 2 or $.d:float == 1.0 or $.d:float == 2.0", text(list, function.Version{8, 1, 1}))
}

// The client checks a condition that does not fit, and the others are still pushed.
func TestFilterSize(t *testing.T) {
	r := testRelation()
	a := columnOf(r, columnA)
	large := compareOf(ast.OpEqual, a, constOf(protocol.String(strings.Repeat("x", MaxFilterSize))))
	small := compareOf(ast.OpEqual, a, constOf(protocol.String("x")))
	filter, exact, residual := LowerFilter([]bind.Expr{large, small}, r, testEnv(), newest)
	require.False(t, exact)
	require.Equal(t, []bind.Expr{large}, residual)
	require.Equal(t, `$.a:string == "x"`, filter.Text())

	in := &bind.In{ID: -1, X: a}
	for i := range 20_000 {
		in.List = append(in.List, intConst(int64(i)))
	}
	filter, exact, _ = LowerFilter([]bind.Expr{in}, r, testEnv(), newest)
	require.False(t, exact)
	require.Equal(t, "$.a:int >= 0 and $.a:int <= 19999 or $.a:float >= 0.0 and $.a:float <= 19999.0", filter.Text())
}

func TestDivisionsAreSafe(t *testing.T) {
	x, y := exp.NewBin(exp.TypeInt, "x"), exp.NewBin(exp.TypeInt, "y")
	guard := func(divisor exp.Node, b exp.Node) exp.Node {
		return exp.NewNode(exp.OpCond, exp.NewNode(exp.OpEq, b, integer(-1)), integer(1), divisor)
	}
	for _, op := range []exp.Op{exp.OpDiv, exp.OpMod} {
		safe := []exp.Node{
			exp.NewNode(op, x, integer(2)), exp.NewNode(op, integer(5), y), exp.NewNode(op, x, guard(y, y)),
		}
		for i := range safe {
			require.True(t, divisionsAreSafe(&safe[i]), safe[i].String())
		}
		unsafe := []exp.Node{
			exp.NewNode(op, x, y), exp.NewNode(op, x, integer(-1)), exp.NewNode(op, integer(math.MinInt64), y),
			exp.NewNode(op, x, guard(y, x)), exp.NewNode(exp.OpEq, integer(1), exp.NewNode(op, x, y)),
		}
		for i := range unsafe {
			require.False(t, divisionsAreSafe(&unsafe[i]), unsafe[i].String())
			_, ok := (&lowering{version: newest}).pack(&unsafe[i])
			require.False(t, ok)
		}
	}
}

// ILIKE compares in lower case, which turns few characters into letters of ASCII.
func TestFoldsTo(t *testing.T) {
	found := map[rune]string{}
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if lower := unicode.ToLower(r); lower < utf8.RuneSelf {
			found[lower] += string(r)
		}
	}
	require.Equal(t, found, foldsTo)
}

// A query that names bins leaves out the records without any of them.
func TestBinsOfScans(t *testing.T) {
	r := testRelation()
	a, b := columnOf(r, columnA), columnOf(r, columnB)
	tests := []struct {
		name       string
		condition  bind.Expr
		off        Rules
		bins       []string
		all        bool
		operations bool
	}{
		{"required", compareOf(ast.OpEqual, a, intConst(1)), 0, []string{"a"}, false, false},
		{"another one is required", compareOf(ast.OpEqual, b, intConst(1)), 0, []string{"a", "b"}, false, false},
		{"none is required", &bind.Is{X: b}, 0, []string{"a"}, false, true},
		{"without operations", &bind.Is{X: b}, 1 << ProjectionRule, []string{"a"}, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			scan := &Scan{Relation: r, Conditions: []bind.Expr{test.condition}, Needed: []int{columnA}}
			access, err := Lower(scan, testEnv(), &fakeEnvironment{records: -1, off: test.off})
			require.NoError(t, err)
			require.Equal(t, test.bins, access.Bins)
			require.Equal(t, test.all, access.AllBins)
			require.Equal(t, test.operations, access.Operations)
		})
	}
}

func BenchmarkLowerFilter(b *testing.B) {
	r := testRelation()
	conditions := []bind.Expr{
		compareOf(ast.OpEqual, columnOf(r, columnA), constOf(protocol.String("x"))),
		compareOf(ast.OpGreater, columnOf(r, columnD), &bind.Param{}),
	}
	env := testEnv(protocol.Int(5))
	b.ReportAllocs()
	for b.Loop() {
		LowerFilter(conditions, r, env, newest)
	}
}

func BenchmarkLowerLongOr(b *testing.B) {
	r := testRelation()
	or := &bind.Logic{Op: ast.OpOr}
	for i := range 16_000 {
		or.Operands = append(or.Operands, compareOf(ast.OpEqual, columnOf(r, columnA), intConst(int64(i))))
	}
	env := testEnv()
	b.ReportAllocs()
	for b.Loop() {
		LowerFilter([]bind.Expr{or}, r, env, newest)
	}
}
