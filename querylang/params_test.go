package querylang_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

func arg(name string, v any) querylang.Arg {
	return querylang.Arg{Name: name, Value: protocol.ValueOf(v)}
}

func TestBind(t *testing.T) {
	cases := []struct {
		name, sql string
		args      []querylang.Arg
		want      []int64
		err       string
	}{
		{"none", "SELECT 1", nil, nil, ""},
		{"in order", "SELECT ?, ?", []querylang.Arg{arg("", 1), arg("", 2)}, []int64{1, 2}, ""},
		{"numbered", "SELECT $2, $1, $2", []querylang.Arg{arg("", 1), arg("", 2)}, []int64{1, 2}, ""},
		{"named", "SELECT :b, @a, :b", []querylang.Arg{arg("a", 1), arg("b", 2)}, []int64{2, 1}, ""},
		{"too few", "SELECT ?, ?", []querylang.Arg{arg("", 1)}, nil, "wrong arguments: the statement takes 2 arguments, got 1"},
		{"too many", "SELECT 1", []querylang.Arg{arg("", 1)}, nil, "wrong arguments: the statement takes 0 arguments, got 1"},
		{"unknown name", "SELECT :a", []querylang.Arg{arg("x", 1)}, nil, `wrong arguments: the statement has no parameter "x", only "a"`},
		{"missing name", "SELECT :a, :b", []querylang.Arg{arg("a", 1)}, nil, `wrong arguments: the argument for parameter "b" is missing: the statement takes 2 arguments, got 1`},
		{"bound twice", "SELECT :a", []querylang.Arg{arg("a", 1), arg("a", 1)}, nil, `wrong arguments: parameter "a" is bound twice`},
		{"name needed", "SELECT :a", []querylang.Arg{arg("", 1)}, nil, "wrong arguments: argument 1 has no name, but the statement's parameters are named: use sql.Named"},
		{"name not wanted", "SELECT ?", []querylang.Arg{arg("a", 1)}, nil, `wrong arguments: argument "a" is named, but the statement's parameters have no names`},
		{"invalid value", "SELECT ?", []querylang.Arg{arg("", make(chan int))}, nil, "wrong arguments: invalid value: a chan int has no form in a bin; use a number, string, bool, []byte, slice or map (package mapper stores structs)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, err := querylang.Prepare(c.sql, testOptions)
			require.NoError(t, err)
			values, err := plan.Parameters().Bind(c.args)
			if c.err != "" {
				require.EqualError(t, err, c.err)
				require.ErrorIs(t, err, querylang.ErrArguments)
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

func TestParseAll(t *testing.T) {
	all, err := querylang.ParseAll("-- up\nDELETE FROM t WHERE PK = ?;;\r\nSELECT ':;?' /* k='v' */ ;\nSELECT $1 ; ", querylang.Standard)
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, 1, all[0].Params.Count)
	require.Equal(t, 0, all[1].Params.Count)
	require.Equal(t, querylang.NumberedParams, all[2].Params.Style)
	require.Equal(t, "SELECT ':;?'", all[1].Statement.String())
}

func TestDeepNestingIsRefused(t *testing.T) {
	for _, unit := range []string{"(", "-", "NOT ", "+", "CONCAT(", "a IN (", "- (+ NOT "} {
		_, err := querylang.Parse("SELECT "+strings.Repeat(unit, 100_000), querylang.Standard)
		require.ErrorIs(t, err, querylang.ErrSyntax, unit)
	}
	_, err := querylang.Parse("SELECT 1"+strings.Repeat("+1", 100_000), querylang.Standard)
	require.ErrorIs(t, err, querylang.ErrSyntax)
}

func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	_, err := querylang.Parse("SELECT '\xff'", querylang.Standard)
	var e *querylang.Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, 9, e.Column)
	_, err = querylang.Parse("SELECT '\uFFFD'", querylang.Standard)
	require.NoError(t, err)
}

func TestErrorsKeepTheirCause(t *testing.T) {
	_, err := querylang.Prepare("SELECT a_very_long_bin_name FROM t", testOptions)
	require.ErrorIs(t, err, querylang.ErrInvalidName)
	require.ErrorIs(t, err, protocol.ErrInvalidBin)
	_, err = querylang.Prepare("SELECT a FROM t", querylang.Options{})
	require.ErrorIs(t, err, querylang.ErrUnknownName)
}

func TestStatementsCanBeBuilt(t *testing.T) {
	age := &querylang.Column{Name: "age"}
	built := &querylang.Select{
		Items: []querylang.SelectItem{{Expr: age}},
		Table: &querylang.TableName{Set: "users"},
		Where: &querylang.Binary{Op: querylang.OpGreater, X: age, Y: &querylang.Literal{Value: protocol.Int(30)}},
	}
	plan, err := querylang.NewPlan(&querylang.Parsed{Statement: built}, testOptions)
	require.NoError(t, err)
	require.Equal(t, []string{"scan test.users", "  bins: age", "  client: filter age > 30"}, plan.Explain())
	_, err = querylang.NewPlan(&querylang.Parsed{Statement: built}, querylang.Options{})
	require.EqualError(t, err, "unknown name: the table users needs a namespace: there is no default namespace")
}
