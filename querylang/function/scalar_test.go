package function

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

var testContext = &Context{Now: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC), Namespace: "test", User: "alice", Version: "8.1.2.0"}

// A typed is a value with its type.
type typed struct {
	v protocol.Value
	t Type
}

// literalTypes are the types of constants.
func typeOfKind(v protocol.Value) Type {
	for f, kinds := range familyKinds {
		if family := Family(f); kinds == KindsOf(v.Kind()) || isInteger(v) && family == Integers {
			return Type{Family: family}
		}
	}
	return Type{}
}

// evaluate evaluates a constant expression as the binder does.
func evaluate(t *testing.T, text string) typed {
	e, err := parse.Expression(text)
	require.NoError(t, err, text)
	return evaluateExpr(t, e)
}

func evaluateAll(t *testing.T, exprs []ast.Expr) []typed {
	all := make([]typed, len(exprs))
	for i, e := range exprs {
		all[i] = evaluateExpr(t, e)
	}
	return all
}

func valuesOf(all []typed) []protocol.Value {
	values := make([]protocol.Value, len(all))
	for i, x := range all {
		values[i] = x.v
	}
	return values
}

func constantOf(v protocol.Value) typed { return typed{v, typeOfKind(v)} }

func evaluateExpr(t *testing.T, e ast.Expr) typed {
	switch e := e.(type) {
	case *ast.Literal:
		return constantOf(e.Value)
	case *ast.Unary:
		return constantOf(Negate(evaluateExpr(t, e.X).v))
	case *ast.Binary:
		return constantOf(Compare(e.Op, evaluateExpr(t, e.X).v, evaluateExpr(t, e.Y).v).Value())
	case *ast.Cast:
		to, err := ParseType(e.Type)
		require.NoError(t, err)
		x := evaluateExpr(t, e.X)
		return typed{CastFrom(x.v, x.t, to), to}
	case *ast.Array:
		return constantOf(protocol.List(valuesOf(evaluateAll(t, e.Elements))...))
	case *ast.Map:
		keys, values := evaluateAll(t, e.Keys), evaluateAll(t, e.Values)
		pairs := make([]protocol.Pair, len(keys))
		for i := range keys {
			pairs[i] = protocol.Pair{Key: keys[i].v, Value: values[i].v}
		}
		slices.SortFunc(pairs, func(p, q protocol.Pair) int { return protocol.Compare(p.Key, q.Key) })
		return constantOf(protocol.MapWithOrder(protocol.Ordered, pairs))
	case *ast.Call:
		return evaluateCall(t, e)
	case *ast.Column:
		return evaluateCall(t, &ast.Call{Name: e.Parts[0]})
	}
	require.Fail(t, "the test does not evaluate this expression", "%s", e)
	return typed{}
}

func evaluateCall(t *testing.T, e *ast.Call) typed {
	f := Lookup(e.Name.Text)
	require.NotNil(t, f, e.Name.Text)
	args := evaluateAll(t, e.Args)
	types := make([]Type, len(args))
	for i := range args {
		p := f.Params[min(i, len(f.Params)-1)]
		if to := p.Argument(args[i].t); to.Family != Undeclared {
			args[i] = typed{CastFrom(args[i].v, args[i].t, to), to}
		}
		if f.Strict && p.Kinds&(1<<args[i].v.Kind()) == 0 {
			return typed{}
		}
		types[i] = args[i].t
	}
	result, kinds := f.Result(types)
	v := f.Eval(testContext, valuesOf(args))
	require.True(t, kinds.Has(1<<v.Kind()), "%s has the kind %v", e, v.Kind())
	return typed{v, result}
}

// TestExamples: the example of each function has the documented result.
func TestExamples(t *testing.T) {
	for _, f := range All() {
		got := evaluate(t, f.Example)
		if f.ExampleResult == "" {
			require.True(t, f.Volatile, f.Name)
			continue
		}
		if got.t.IsScaled() {
			text, _ := Text(got.v, got.t).Text()
			assert.Equal(t, f.ExampleResult, text, f.Example)
			continue
		}
		want := evaluate(t, f.ExampleResult).v
		assert.Equal(t, want.Any(), got.v.Any(), f.Example)
	}
}

func TestTable(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range All() {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			assert.False(t, seen[name], name)
			seen[name] = true
			assert.Equal(t, strings.ToUpper(name), name)
			assert.Same(t, f, Lookup(strings.ToLower(name)))
			assert.Nil(t, LookupAggregate(name), name)
			assert.Contains(t, Names(), name)
		}
		assert.NotEmpty(t, f.Group, f.Name)
		assert.Regexp(t, `^[A-Z0-9a-z-].*\.$`, f.Doc, f.Name)
		for i, p := range f.Params {
			assert.NotEmpty(t, p.Name, f.Name)
			assert.False(t, p.Variadic && i < len(f.Params)-1, f.Name)
			assert.False(t, f.Strict && p.Kinds.Has(Null), f.Name)
		}
	}
	assert.Nil(t, Lookup("nosuch"))
	assert.Zero(t, testing.AllocsPerRun(100, func() { Lookup("Coalesce"); LookupAggregate("Count") }))
	assert.Equal(t, "SUBSTR", ast.Nearest("subsrt", Names()))
	assert.Equal(t, "COUNT", ast.Nearest("coutn", Names()))
	assert.Empty(t, ast.Nearest("frobnicate", Names()))
}

// TestScalar: results beyond the examples, those of SQLite where it has the function.
func TestScalar(t *testing.T) {
	cases := []struct{ text, want string }{
		{"SUBSTR('abcdef', 0)", "'abcdef'"}, {"SUBSTR('abcdef', 0, 2)", "'a'"}, {"SUBSTR('abcdef', 2, 3)", "'bcd'"}, {"SUBSTR('abcdef', -2)", "'ef'"},
		{"SUBSTR('abcdef', -10, 6)", "'ab'"}, {"SUBSTR('abcdef', 4, -2)", "'bc'"}, {"SUBSTR('abcdef', 1, -2)", "''"}, {"SUBSTR('abcdef', -1, -3)", "'cde'"},
		{"SUBSTR('abcdef', 3, 0)", "''"}, {"SUBSTR('abcdef', 9)", "''"}, {"SUBSTR('äöü', 2, 1)", "'ö'"}, {"SUBSTR(X'010203', 2)", "X'0203'"},
		{"SUBSTR('abc', 0, -1)", "''"}, {"SUBSTR('abc', 9223372036854775807, -9223372036854775807)", "'abc'"}, {"SUBSTR(NULL, 1)", "NULL"}, {"SUBSTR(5, 1)", "NULL"},
		{"ROUND(2.5)", "3.0"}, {"ROUND(5)", "5.0"}, {"ROUND(0.125, 2)", "0.13"}, {"ROUND(-0.125, 2)", "-0.13"}, {"ROUND(1234.5, -2)", "1235.0"}, {"ROUND(1e300, 2)", "1e300"},
		{"ROUND(2.675, 2)", "2.68"}, {"ROUND(99.95, 1)", "100.0"}, {"ROUND(-0.2) = 0", "TRUE"}, {"TYPEOF(ROUND(-0.2))", "'real'"}, {"ROUND(0.04, 1)", "0.0"}, {"ROUND(5, 3)", "5.0"}, {"ROUND(314.15, 1)", "314.2"}, {"ROUND(NULL)", "NULL"}, {"ROUND('a')", "NULL"}, {"ROUND(CAST('2.345' AS DECIMAL(5, 3)), 2)", "2.35"},
		{"ABS(-9223372036854775807)", "9223372036854775807"}, {"ABS(-2.5)", "2.5"}, {"ABS('a')", "NULL"}, {"ABS(CAST('-1.25' AS DECIMAL(5, 2))) = CAST('1.25' AS DECIMAL(5, 2))", "TRUE"},
		{"MOD(7, 0)", "NULL"}, {"MOD(7.5, 2)", "1.5"}, {"FLOOR(3)", "3"}, {"CEIL(-0.5) = 0", "TRUE"}, {"SIGN(0)", "0"}, {"LOG(100)", "2.0"},
		{"COALESCE(NULL, NULL)", "NULL"}, {"NULLIF(1, 1.0)", "NULL"}, {"NULLIF(1, '1')", "1"}, {"NULLIF(NULL, 1)", "NULL"}, {"NULLIF(1, NULL)", "1"}, {"IIF(NULL, 1, 2)", "2"}, {"IIF(FALSE, 1)", "NULL"},
		{"GREATEST(1, NULL)", "NULL"}, {"GREATEST(1, 'a')", "NULL"}, {"LEAST(2, 1.5)", "1.5"},
		{"INSTR('abc', 'z')", "0"}, {"INSTR('abc', '')", "1"}, {"INSTR('äöü', 'ü')", "3"}, {"INSTR(X'0102', X'02')", "2"}, {"INSTR('a', X'61')", "NULL"}, {"LOCATE('a', 'banana', 3)", "4"}, {"LOCATE('a', 'banana', 0)", "0"},
		{"TRIM('  a b  ')", "'a b'"}, {"TRIM(LEADING 'ab' FROM 'abcab')", "'cab'"}, {"LEFT('abc', -1)", "''"}, {"RIGHT('abc', 9)", "'abc'"}, {"RIGHT('abc', 0)", "''"}, {"LEFT('äö', 1)", "'ä'"},
		{"LPAD('abc', 2)", "'ab'"}, {"LPAD('ä', 4, 'xy')", "'xyxä'"}, {"RPAD('a', 3, '')", "'a'"}, {"LPAD('a', 1000000000000)", "NULL"}, {"REPEAT('ab', -1)", "''"}, {"REPEAT('ab', 1000000000000)", "NULL"},
		{"REPLACE('aaa', '', 'b')", "'aaa'"}, {"REPLACE('aaa', 'a', '')", "''"}, {"CONCAT('a', NULL)", "NULL"}, {"CONCAT(X'01', X'02')", "X'0102'"}, {"CONCAT('a', 1)", "NULL"}, {"CONCAT_WS(NULL, 'a')", "NULL"}, {"CONCAT_WS('-', '', NULL, '', 'a')", "'--a'"},
		{"REVERSE('äb')", "'bä'"}, {"HEX(X'')", "''"}, {"UNHEX('x')", "NULL"}, {"OVERLAY('abc' PLACING 'X' FROM 2 FOR 0)", "'aXbc'"}, {"OVERLAY('abc' PLACING 'X' FROM 0)", "NULL"}, {"LENGTH(X'0102')", "2"}, {"LENGTH(5)", "NULL"},
		{"LENGTH(TIMESTAMP '2026-01-02 03:04:05')", "19"}, {"LENGTH(CAST('1.50' AS DECIMAL(5, 2)))", "4"}, {"CONCAT_WS(' ', CAST('1.50' AS DECIMAL(5, 2)), DATE '2026-01-02', 2.5)", "'1.50 2026-01-02 2.5'"}, {"SQRT(CAST('6.25' AS DECIMAL(5, 2)))", "2.5"},
		{"EXTRACT(DOW FROM DATE '2026-01-02')", "5"}, {"EXTRACT('isodow', '2026-01-04')", "7"}, {"EXTRACT(DOY FROM '2026-02-01')", "32"}, {"EXTRACT(EPOCH FROM '1970-01-01 00:01:00')", "60"},
		{"EXTRACT(WEEK FROM '2026-01-02')", "1"}, {"EXTRACT(QUARTER FROM '2026-05-02')", "2"}, {"EXTRACT(MILLISECOND FROM '2026-01-02 00:00:00.25')", "250"}, {"EXTRACT('apple', '2026-01-02')", "NULL"}, {"EXTRACT(DAY FROM 'soon')", "NULL"},
		{"DATE_TRUNC('week', '2026-01-04') = TIMESTAMP '2025-12-29'", "TRUE"}, {"DATE_TRUNC('quarter', '2026-06-04') = TIMESTAMP '2026-04-01'", "TRUE"}, {"DATE_TRUNC('hour', '1969-12-31 23:30:00') = TIMESTAMP '1969-12-31 23:00:00'", "TRUE"},
		{"DATE_ADD('2024-02-29', 12, 0) = TIMESTAMP '2025-02-28'", "TRUE"}, {"DATE_ADD('2026-03-31', -1, 0) = TIMESTAMP '2026-02-28'", "TRUE"}, {"DATE_ADD('2200-01-01', 1200, 0)", "NULL"}, {"DATE_ADD('2026-01-01', 9000000000, 0)", "NULL"},
		{"TO_TIMESTAMP(1.5) = TIMESTAMP '1970-01-01 00:00:01.5'", "TRUE"}, {"TO_TIMESTAMP(1e18)", "NULL"}, {"TO_TIMESTAMP(9223372036854775807)", "NULL"}, {"UNIX_TIMESTAMP()", "1767323045"}, {"NOW(0) = TIMESTAMP '2026-01-02 03:04:05'", "TRUE"},
		{"LIST_GET(ARRAY[1], 1)", "NULL"}, {"LIST_GET(ARRAY[1], -2)", "NULL"}, {"LIST_SLICE(ARRAY[1, 2, 3], -2)", "ARRAY[2, 3]"}, {"LIST_SLICE(ARRAY[1], 5, 9223372036854775807)", "ARRAY[]"}, {"LIST_SUM(ARRAY[])", "NULL"},
		{"LIST_SUM(ARRAY[9223372036854775807, 1])", "NULL"}, {"LIST_MIN(ARRAY[NULL, 2])", "2"}, {"LIST_CONTAINS(ARRAY[1], 1.0)", "TRUE"}, {"LIST_INDEX_OF(ARRAY[1], 2)", "NULL"}, {"LIST_BY_RANK(ARRAY[3, 1, 2], -1)", "3"}, {"LIST_BY_RANK(ARRAY[], 0)", "NULL"},
		{"LIST_BY_VALUE_RANGE(ARRAY[1, 2, 3], NULL, 2)", "ARRAY[1]"}, {"LIST_BY_VALUE_RANGE(NULL, 1, 2)", "NULL"}, {"MAP_GET(MAP{'a': 1}, 'b')", "NULL"}, {"MAP_GET(MAP{1: 1}, '1')", "NULL"}, {"MAP_HAS_KEY(MAP{}, 1)", "FALSE"}, {"MAP_HAS_VALUE(MAP{'a': 1}, 1.0)", "TRUE"}, {"MAP_HAS_VALUE(MAP{'a': 1}, 'a')", "FALSE"}, {"MAP_HAS_VALUE(ARRAY[1], 1)", "NULL"},
		{"BIT_COUNT(-1)", "64"}, {"BIT_GET(X'01', -1)", "1"}, {"BIT_GET(X'01', 8)", "NULL"}, {"TYPEOF(NULL)", "'null'"}, {"TYPEOF(TRUE)", "'boolean'"},
	}
	for _, c := range cases {
		assert.Equal(t, evaluate(t, c.want).v.String(), evaluate(t, c.text).v.String(), c.text)
	}
}

func TestUUID(t *testing.T) {
	a, b := evaluate(t, "UUID()").v, evaluate(t, "GEN_RANDOM_UUID()").v
	text, _ := a.Text()
	assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, text)
	assert.NotEqual(t, a.String(), b.String())
}

func TestCommonType(t *testing.T) {
	price, other := Type{Family: Decimals, Precision: 10, Scale: 2, Name: "DECIMAL(10, 2)"}, Type{Family: Decimals, Precision: 12, Scale: 3}
	integers := Type{Family: Integers, Name: "INT"}
	cases := []struct {
		types []Type
		want  Type
		ok    bool
	}{
		{nil, Type{}, true}, {[]Type{price, price}, price, true}, {[]Type{price, other}, Type{}, false}, {[]Type{price, integers}, Type{}, false},
		{[]Type{price, {}}, Type{}, false}, {[]Type{integers, {Family: Floats}}, Type{}, true}, {[]Type{{Family: Dates}, {Family: Timestamps}}, Type{Family: Timestamps}, true},
		{[]Type{integers, {Family: Integers}}, Type{Family: Integers}, true},
	}
	for _, c := range cases {
		got, ok := CommonType(c.types)
		assert.Equal(t, c.want, got)
		assert.Equal(t, c.ok, ok)
	}
	_, kinds := unified([]Type{integers, {Family: Floats}})
	assert.Equal(t, Number|Null, kinds)
}

func TestNaN(t *testing.T) {
	nan := protocol.Float(math.NaN())
	for _, f := range All() {
		for _, p := range f.Params {
			if !f.Strict || len(f.Params) != 1 || !p.Kinds.Has(floatKind) {
				continue
			}
			for _, x := range []protocol.Value{nan, protocol.Float(math.Inf(1)), protocol.Float(math.Inf(-1)), protocol.Int(math.MinInt64)} {
				f.Eval(testContext, []protocol.Value{x})
			}
		}
	}
	assert.True(t, isNaN(round(nil, []protocol.Value{nan, protocol.Int(2)})))
	assert.True(t, isNaN(mod(nil, []protocol.Value{nan, protocol.Int(2)})))
	assert.True(t, sign(nil, []protocol.Value{nan}).IsNil())
}

// TestArgument: what decimals and times are for parameters.
func TestArgument(t *testing.T) {
	price, at := Type{Family: Decimals, Precision: 10, Scale: 2}, Type{Family: Timestamps}
	aggregate := func(name string) Parameter { return LookupAggregate(name).Params[0] }
	cases := []struct {
		p           Parameter
		price, time Family
	}{
		{aggregate("SUM"), Undeclared, Undeclared}, {aggregate("AVG"), Floats, Undeclared}, {aggregate("MIN"), Undeclared, Undeclared},
		{aggregate("COUNT"), Undeclared, Undeclared}, {aggregate("GROUP_CONCAT"), Strings, Strings}, {aggregate("ARRAY_AGG"), Strings, Undeclared},
		{Lookup("COALESCE").Params[1], Undeclared, Undeclared}, {Lookup("LENGTH").Params[0], Strings, Strings}, {Lookup("DATE_TRUNC").Params[1], Strings, Undeclared},
		{Lookup("SUBSTR").Params[1], Integers, Undeclared}, {Lookup("ROUND").Params[0], Floats, Undeclared}, {Lookup("ABS").Params[0], Undeclared, Undeclared},
	}
	for _, c := range cases {
		assert.Equal(t, c.price, c.p.Argument(price).Family, "%v", c.p)
		assert.Equal(t, c.time, c.p.Argument(at).Family, "%v", c.p)
		assert.Equal(t, Undeclared, c.p.Argument(Type{Family: Integers}).Family)
	}
}
