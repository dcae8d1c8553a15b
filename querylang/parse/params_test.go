package parse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

func arg(name string, v any) parse.Arg {
	return parse.Arg{Name: name, Value: protocol.ValueOf(v)}
}

func TestBind(t *testing.T) {
	cases := []struct {
		name, sql string
		args      []parse.Arg
		want      []int64
		err       string
	}{
		{"none", "SELECT 1", nil, nil, ""},
		{"in order", "SELECT ?, ?", []parse.Arg{arg("", 1), arg("", 2)}, []int64{1, 2}, ""},
		{"numbered", "SELECT $2, $1, $2", []parse.Arg{arg("", 1), arg("", 2)}, []int64{1, 2}, ""},
		{"numbered after ?", "SELECT ?2, ?1, $2", []parse.Arg{arg("", 1), arg("", 2)}, []int64{1, 2}, ""},
		{"named", "SELECT :b, @a, :b", []parse.Arg{arg("a", 1), arg("b", 2)}, []int64{2, 1}, ""},
		{"in a map", "SELECT MAP{'x':b, :a: 'y'}", []parse.Arg{arg("a", 1)}, []int64{1}, ""},
		{"too few", "SELECT ?, ?", []parse.Arg{arg("", 1)}, nil, "wrong arguments: the statement takes 2 arguments, got 1"},
		{"too many", "SELECT 1", []parse.Arg{arg("", 1)}, nil, "wrong arguments: the statement takes 0 arguments, got 1"},
		{"unknown name", "SELECT :a", []parse.Arg{arg("x", 1)}, nil, `wrong arguments: the statement has no parameter "x", only "a"`},
		{"other case", "SELECT :A", []parse.Arg{arg("a", 1)}, nil, `wrong arguments: the statement has no parameter "a", only "A"`},
		{"missing name", "SELECT :a, :b", []parse.Arg{arg("a", 1)}, nil, `wrong arguments: the argument for parameter "b" is missing: the statement takes 2 arguments, got 1`},
		{"bound twice", "SELECT :a", []parse.Arg{arg("a", 1), arg("a", 1)}, nil, `wrong arguments: parameter "a" is bound twice`},
		{"name needed", "SELECT :a", []parse.Arg{arg("", 1)}, nil, "wrong arguments: argument 1 has no name, but the statement's parameters are named: use sql.Named"},
		{"name not wanted", "SELECT ?", []parse.Arg{arg("a", 1)}, nil, `wrong arguments: argument "a" is named, but the statement's parameters have no names`},
		{"invalid value", "SELECT ?", []parse.Arg{arg("", make(chan int))}, nil, "wrong arguments: invalid value: a chan int has no form in a bin; use a number, string, bool, []byte, slice or map (package mapper stores structs)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			one, err := parse.One(c.sql, parse.Standard)
			require.NoError(t, err)
			values, err := one.Params.Bind(c.args)
			if c.err != "" {
				require.EqualError(t, err, c.err)
				require.ErrorIs(t, err, ast.ErrArguments)
				return
			}
			require.NoError(t, err)
			var got []int64
			for _, v := range values {
				n, _ := v.Int()
				got = append(got, n)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// TestBindWithoutParser checks Params that a program made itself.
func TestBindWithoutParser(t *testing.T) {
	p := parse.Params{Style: parse.NamedParams, Count: 2, Names: []string{"a", "b"}}
	values, err := p.Bind([]parse.Arg{arg("b", 2), arg("a", 1)})
	require.NoError(t, err)
	require.Equal(t, []protocol.Value{protocol.Int(1), protocol.Int(2)}, values)
	values, err = p.Append([]protocol.Value{protocol.Int(0)}, []parse.Arg{arg("b", 2), arg("a", 1)})
	require.NoError(t, err)
	require.Equal(t, []protocol.Value{protocol.Int(0), protocol.Int(1), protocol.Int(2)}, values)
	_, err = p.Bind([]parse.Arg{arg("c", 2)})
	require.ErrorIs(t, err, ast.ErrArguments)
}

func TestAll(t *testing.T) {
	all, err := parse.All("-- up\nDELETE FROM t WHERE PK = ?;;\r\nSELECT ':;?' /* k='v' */ ;\nSELECT $1 ; ", parse.Standard)
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, 1, all[0].Params.Count)
	require.Equal(t, 0, all[1].Params.Count)
	require.Equal(t, parse.NumberedParams, all[2].Params.Style)
	require.Equal(t, "SELECT ':;?'", all[1].Statement.String())
}

func TestTextsWithoutStatements(t *testing.T) {
	for _, text := range []string{"", ";", " ; ;\n", "-- only a comment", "/* x */;", "\uFEFF"} {
		all, err := parse.All(text, parse.Standard)
		require.NoError(t, err)
		require.Empty(t, all)
		_, err = parse.One(text, parse.Standard)
		require.ErrorIs(t, err, ast.ErrSyntax)
		require.ErrorContains(t, err, "the statement is empty")
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	for _, unit := range []string{
		"(", "-", "NOT ", "+", "~", "CONCAT(", "a IN (", "- (+ NOT ", "(SELECT ", "EXISTS (SELECT ", "a IN (SELECT ", "CASE WHEN ",
		"CASE ", "ARRAY[", "MAP{", "a[", "1 FROM (SELECT ", "(SELECT 1 FROM t JOIN ", "1 UNION (SELECT ", "CAST(", "1 + (", "x -> ",
		"POSITION(", "TRIM(", "COUNT(", "f(x) FILTER (WHERE ", "1 = ANY (SELECT ", "a BETWEEN (", "INTERVAL (",
	} {
		_, err := parse.One("SELECT "+strings.Repeat(unit, 100_000), parse.Standard)
		require.ErrorIs(t, err, ast.ErrSyntax, unit)
	}
	for _, unit := range []string{"EXPLAIN ", "(", "WITH a AS (", "CREATE VIEW v AS (", "SELECT * FROM (", "SELECT * FROM t JOIN ("} {
		_, err := parse.One(strings.Repeat(unit, 100_000), parse.Standard)
		require.ErrorIs(t, err, ast.ErrSyntax, unit)
	}
	for _, unit := range []string{"+1", "||1", "::int", " IS NULL", " AND 1", " = 1 OR 2", " UNION SELECT 1", " & 1"} {
		_, err := parse.One("SELECT 1"+strings.Repeat(unit, 100_000), parse.Standard)
		require.ErrorIs(t, err, ast.ErrSyntax, unit)
	}
	_, err := parse.One("SELECT 1 FROM t"+strings.Repeat(" CROSS JOIN t", 100_000), parse.Standard)
	require.ErrorIs(t, err, ast.ErrSyntax)
}

func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	_, err := parse.One("SELECT '\xff'", parse.Standard)
	var e *ast.Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, 9, e.Column)
	_, err = parse.One("SELECT '\uFFFD'", parse.Standard)
	require.NoError(t, err)
	_, err = parse.One(strings.Repeat(" ", parse.MaxTextLen+1), parse.Standard)
	require.ErrorIs(t, err, ast.ErrSyntax)
}

// longTexts returns texts of n parts.
func longTexts(n int) map[string]string {
	var names, values, conditions strings.Builder
	for i := range n {
		fmt.Fprintf(&names, ", :p%d", i)
		fmt.Fprintf(&values, ", (%d, 'x')", i)
		fmt.Fprintf(&conditions, " OR (a = %d AND b <> 'x')", i)
	}
	return map[string]string{
		"named parameters": "SELECT 1" + names.String(), "rows": "VALUES (1, 'x')" + values.String(),
		"conditions": "SELECT a FROM t WHERE a = 0" + conditions.String(),
		"list":       "SELECT a FROM t WHERE a IN (1" + strings.Repeat(", 1", n) + ")",
		"statements": strings.Repeat("SELECT a FROM t; ", n), "quotes": "SELECT '" + strings.Repeat("''", n) + "'",
		"path": "SELECT a" + strings.Repeat("[0]", n), "dots": "SELECT a" + strings.Repeat(".b", n),
	}
}

// TestCostIsLinear checks that long texts are parsed and printed within a second. With a cost that
// grows with the square of the number of parts it would be minutes.
func TestCostIsLinear(t *testing.T) {
	for name, text := range longTexts(12_000) {
		t.Run(name, func(t *testing.T) {
			wiretest.Bounded(t, len(text), perByte, func() {
				all, err := parse.All(text, parse.Standard)
				require.NoError(t, err)
				_ = all[0].Statement.String()
			})
		})
	}
}

// TestManyNamedParameters checks the time of binding 60,000 parameters.
func TestManyNamedParameters(t *testing.T) {
	one, err := parse.One(longTexts(60_000)["named parameters"], parse.Standard)
	require.NoError(t, err)
	require.Equal(t, 60_000, one.Params.Count)
	args := make([]parse.Arg, one.Params.Count)
	for i := range args {
		args[i] = arg(fmt.Sprintf("p%d", len(args)-1-i), i)
	}
	values, err := one.Params.Bind(args)
	require.NoError(t, err)
	n, _ := values[0].Int()
	require.EqualValues(t, 59_999, n)
	_, err = parse.One(longTexts(65_536)["named parameters"], parse.Standard)
	require.ErrorContains(t, err, "at most 65535 arguments")
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{
		"point":            "SELECT name, age FROM users WHERE PK = ?",
		"insert":           "INSERT INTO users (PK, name, age) VALUES (?, ?, ?)",
		"named parameters": longTexts(60_000)["named parameters"],
		"conditions":       longTexts(8_000)["conditions"],
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parse.All(text, parse.Standard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
