package ast_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

func TestQuoteName(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "Ä_1": "Ä_1", "": "``", "1a": "`1a`", "a b": "`a b`", "a`b": "`a``b`", "select": "`select`", "Order": "`Order`",
		"current_user": "`current_user`", "default": "default", "end": "end", "index": "index", "PK": "PK",
	} {
		require.Equal(t, want, ast.QuoteName(name))
	}
	require.Equal(t, `"a""b"`, ast.Name{Text: `a"b`, Quote: '"'}.String())
	require.True(t, ast.Name{Text: "nUll"}.Is("NULL"))
	require.False(t, ast.Name{Text: "NULL", Quote: '`'}.Is("NULL"))
	require.Equal(t, "`NULL`", ast.TableName{Set: ast.Name{Text: "NULL", Quote: '`'}}.String())
	require.Equal(t, "`null`", ast.TableName{Set: ast.Name{Text: "null"}}.String())
}

func TestWordMap(t *testing.T) {
	words := ast.Words("A BC")
	_, ok := words.Find("bC")
	require.True(t, ok)
	_, ok = words.Find("a word that is longer than all words of the map")
	require.False(t, ok)
	require.Zero(t, testing.AllocsPerRun(10, func() { words.Find("bc") }))
	require.True(t, ast.IsNiladic("current_timestamp"))
	require.Equal(t, 3, ast.WordLength("äb-c"))
}

// TestOtherConstants checks constants that have no literal in SQL, but an expression.
func TestOtherConstants(t *testing.T) {
	list := protocol.List(protocol.Int(1), protocol.String("it's"), protocol.Map(protocol.Pair{Key: protocol.String("a"), Value: protocol.List()}))
	require.Equal(t, "ARRAY[1, 'it''s', MAP{'a': ARRAY[]}]", (&ast.Literal{Value: list}).String())
	require.Equal(t, "CAST('{}' AS GEOJSON)", (&ast.Literal{Value: protocol.GeoJSON("{}")}).String())
	for f, want := range map[float64]string{math.Inf(1): "CAST('+Inf' AS DOUBLE)", math.Inf(-1): "CAST('-Inf' AS DOUBLE)"} {
		require.Equal(t, want, (&ast.Literal{Value: protocol.Float(f)}).String())
	}
	require.Equal(t, "CAST('NaN' AS DOUBLE)", (&ast.Literal{Value: protocol.Float(math.NaN())}).String())
}

// tree returns a statement with a subquery, built without parsing.
func tree() *ast.Query {
	column := func(name string) ast.Expr { return &ast.Column{Parts: []ast.Name{{Text: name}}} }
	from := func(name string) []ast.TableExpr {
		return []ast.TableExpr{&ast.Table{Name: ast.TableName{Set: ast.Name{Text: name}}}}
	}
	inner := &ast.Query{Body: &ast.Select{Items: []ast.SelectItem{{Expr: column("b")}}, From: from("u")}}
	return &ast.Query{
		Body: &ast.Select{
			Items: []ast.SelectItem{{Expr: column("a")}}, From: from("t"),
			Where: &ast.Binary{Op: ast.OpAnd, X: column("c"), Y: &ast.In{X: column("d"), Query: inner}},
		},
		Order: []ast.OrderItem{{Expr: column("e"), Descending: true}},
	}
}

func TestInspect(t *testing.T) {
	q := tree()
	require.Equal(t, "SELECT a FROM t WHERE c AND d IN (SELECT b FROM u) ORDER BY e DESC", q.String())
	var all []string
	ast.Inspect(q, func(n ast.Node) bool {
		all = append(all, n.String())
		return true
	})
	require.Equal(t, []string{
		q.String(), "SELECT a FROM t WHERE c AND d IN (SELECT b FROM u)", "a", "t", "c AND d IN (SELECT b FROM u)", "c",
		"d IN (SELECT b FROM u)", "d", "SELECT b FROM u", "SELECT b FROM u", "b", "u", "e",
	}, all)

	var own []string
	ast.InspectExpr(q.Body.(*ast.Select).Where, func(e ast.Expr) bool {
		own = append(own, e.String())
		return true
	})
	require.Equal(t, []string{"c AND d IN (SELECT b FROM u)", "c", "d IN (SELECT b FROM u)", "d"}, own)
	ast.InspectExpr(nil, func(ast.Expr) bool { t.Fatal("there is no expression"); return true })
}

func TestErrorPositions(t *testing.T) {
	err := ast.ErrorAt("SELECT a,\n\täöü b\r\nFROM t", 18, ast.ErrSyntax, "no %s", "b")
	require.EqualError(t, err, "syntax error at line 2, column 6: no b\n   äöü b\n       ^")
	require.ErrorIs(t, err, ast.ErrSyntax)
	require.EqualError(t, ast.ErrorAt("", 5, ast.ErrType, "x"), "type error: x")
	require.EqualError(t, ast.Errorf(ast.ErrType, "no %s", "`a\r\nb`"), "type error: no `a  b`")
	cause := errors.New("cause")
	require.ErrorIs(t, &ast.Error{Kind: ast.ErrType, Cause: cause}, cause)
	end := ast.ErrorAt("SELECT", 100, ast.ErrSyntax, "x")
	require.Equal(t, 7, end.Column)
}
