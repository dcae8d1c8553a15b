package parse_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/internal/casetest"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

// golden runs the cases of a file in testdata.
func golden(t *testing.T, name string, run func(input string) string) {
	casetest.Golden(t, "testdata/"+name, run)
}

// printed returns a statement's tree as SQL, after a check that it parses to the same tree.
func printed(t *testing.T, dialect parse.Dialect) func(sql string) string {
	return func(sql string) string {
		one, err := parse.One(sql, dialect)
		require.NoError(t, err, sql)
		requireRoundTrip(t, one.Statement)
		return one.Statement.String()
	}
}

func failed(t *testing.T, dialect parse.Dialect) func(sql string) string {
	return func(sql string) string {
		_, err := parse.One(sql, dialect)
		require.Error(t, err, sql)
		var typed *ast.Error
		require.ErrorAs(t, err, &typed)
		require.ErrorIs(t, err, typed.Kind)
		return err.Error()
	}
}

func TestQueries(t *testing.T)        { golden(t, "queries.txt", printed(t, parse.Standard)) }
func TestExpressions(t *testing.T)    { golden(t, "expressions.txt", expression(t)) }
func TestStatements(t *testing.T)     { golden(t, "statements.txt", printed(t, parse.Standard)) }
func TestAdministration(t *testing.T) { golden(t, "administration.txt", printed(t, parse.Standard)) }
func TestAQL(t *testing.T)            { golden(t, "aql.txt", printed(t, parse.AQL)) }
func TestErrors(t *testing.T)         { golden(t, "errors.txt", failed(t, parse.Standard)) }
func TestRefusals(t *testing.T)       { golden(t, "refusals.txt", refused(t, parse.Standard)) }
func TestAQLErrors(t *testing.T)      { golden(t, "aql_errors.txt", failed(t, parse.AQL)) }

// expression returns the tree of each line, which is an expression, with all parentheses.
func expression(t *testing.T) func(string) string {
	return func(input string) string {
		var lines []string
		for _, line := range strings.Split(input, "\n") {
			one, err := parse.One("SELECT "+line, parse.Standard)
			require.NoError(t, err, line)
			requireRoundTrip(t, one.Statement)
			items := one.Statement.(*ast.Query).Body.(*ast.Select).Items
			require.Len(t, items, 1, line)
			require.Equal(t, line, items[0].Text)
			lines = append(lines, grouped(items[0].Expr))
		}
		return strings.Join(lines, "\n")
	}
}

// grouped returns an expression as SQL with parentheses around every operation, to show how it is
// grouped.
func grouped(e ast.Expr) string {
	sub := func(e ast.Expr) ast.Expr { return &ast.Column{Parts: []ast.Name{{Text: grouped(e), Quote: 1}}} }
	text := func(e ast.Expr) string { return "(" + strings.ReplaceAll(e.String(), "\x01", "") + ")" }
	switch e := e.(type) {
	case *ast.Unary:
		return text(&ast.Unary{Op: e.Op, X: sub(e.X)})
	case *ast.Binary:
		return text(&ast.Binary{Op: e.Op, X: sub(e.X), Y: sub(e.Y)})
	case *ast.Between:
		return text(&ast.Between{X: sub(e.X), Low: sub(e.Low), High: sub(e.High), Not: e.Not})
	case *ast.Match:
		m := &ast.Match{Op: e.Op, X: sub(e.X), Pattern: sub(e.Pattern), Not: e.Not}
		if e.Escape != nil {
			m.Escape = sub(e.Escape)
		}
		return text(m)
	case *ast.Is:
		return text(&ast.Is{X: sub(e.X), Test: e.Test, Not: e.Not})
	case *ast.In:
		in := &ast.In{X: sub(e.X), Query: e.Query, Not: e.Not}
		for _, x := range e.List {
			in.List = append(in.List, sub(x))
		}
		return text(in)
	}
	return e.String()
}

// refused returns the messages of lines that are not supported, with the text at the position.
func refused(t *testing.T, dialect parse.Dialect) func(string) string {
	return func(input string) string {
		var lines []string
		for _, line := range strings.Split(input, "\n") {
			_, err := parse.One(line, dialect)
			var typed *ast.Error
			if !errors.As(err, &typed) || typed.Kind != ast.ErrUnsupported {
				t.Errorf("%s: %v", line, err)
				continue
			}
			at := strings.Fields(string([]rune(line)[typed.Column-1:]))
			lines = append(lines, at[0]+": "+typed.Message)
		}
		return strings.Join(lines, "\n")
	}
}
