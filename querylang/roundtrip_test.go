package querylang_test

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// dump returns a tree as text without positions, for comparison.
func dump(x any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(x))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	if !v.IsValid() {
		b.WriteString("nil")
		return
	}
	switch x := v.Interface().(type) {
	case querylang.Pos:
		return
	case protocol.Value:
		fmt.Fprintf(b, "%s(%q)", x.Kind(), x)
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		dumpValue(b, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			b.WriteString("[")
			dumpValue(b, v.Index(i))
			b.WriteString("]")
		}
	case reflect.Struct:
		b.WriteString(v.Type().Name() + "{")
		for i := range v.NumField() {
			dumpValue(b, v.Field(i))
			b.WriteString(";")
		}
		b.WriteString("}")
	default:
		fmt.Fprintf(b, "%v", v.Interface())
	}
}

// requireRoundTrip checks that a statement's text parses to the same statement in both dialects.
func requireRoundTrip(t require.TestingT, s querylang.Statement) {
	text := s.String()
	for _, dialect := range []querylang.Dialect{querylang.Standard, querylang.AQL} {
		again, err := querylang.Parse(text, dialect)
		require.NoError(t, err, text)
		require.Equal(t, dump(s), dump(again.Statement), text)
		require.Equal(t, text, again.Statement.String())
	}
}

func TestStatementsRoundTrip(t *testing.T) {
	text, err := os.ReadFile("testdata/plans.txt")
	require.NoError(t, err)
	for _, block := range strings.Split(string(text), "\n\n") {
		sql, _, ok := strings.Cut(block, "\n----\n")
		if !ok {
			continue
		}
		parsed, err := querylang.Parse(sql, querylang.Standard)
		require.NoError(t, err)
		requireRoundTrip(t, parsed.Statement)
	}
}

func TestExpressionsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &querylang.Select{
			Items: []querylang.SelectItem{{Expr: drawExpr(t, 4), Alias: drawName(t)}},
			Table: &querylang.TableName{Set: drawName(t), Namespace: drawName(t)},
			Where: drawExpr(t, 4),
		}
		requireRoundTrip(t, s)
	})
}

func drawName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b2", "select", "a b", "`", `"`, "x", "count", "Ä", "1a", "-"}).Draw(t, "name")
}

func drawLiteral(t *rapid.T) querylang.Expr {
	v := rapid.OneOf(
		rapid.Map(rapid.Int64(), protocol.Int),
		rapid.Map(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), protocol.Float),
		rapid.Map(rapid.String(), protocol.String),
		rapid.Map(rapid.SliceOf(rapid.Byte()), protocol.Blob),
		rapid.Map(rapid.Bool(), protocol.Bool),
		rapid.Just(protocol.Nil()),
	).Draw(t, "literal")
	return &querylang.Literal{Value: v}
}

// drawExpr draws an expression of at most the given depth.
func drawExpr(t *rapid.T, depth int) querylang.Expr {
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		if rapid.Bool().Draw(t, "literal") {
			return drawLiteral(t)
		}
		c := &querylang.Column{Qualifier: []string{}, Name: drawName(t)}
		if rapid.Bool().Draw(t, "qualified") {
			c.Qualifier = []string{drawName(t)}
		}
		return c
	}
	sub := func() querylang.Expr { return drawExpr(t, depth-1) }
	not := rapid.Bool().Draw(t, "not")
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		return &querylang.In{X: sub(), List: []querylang.Expr{sub(), sub()}, Not: not}
	case 1:
		return &querylang.Between{X: sub(), Low: sub(), High: sub(), Not: not}
	case 2:
		return &querylang.Like{X: sub(), Pattern: sub(), Escape: sub(), Not: not}
	case 3:
		return &querylang.IsNull{X: sub(), Not: not}
	case 4:
		return &querylang.Call{Name: "CONCAT", Args: []querylang.Expr{sub(), sub()}}
	case 5:
		return &querylang.Unary{Op: rapid.SampledFrom([]querylang.Operator{querylang.OpNot, querylang.OpNegate}).Draw(t, "op"), X: sub()}
	}
	ops := []querylang.Operator{
		querylang.OpOr, querylang.OpAnd, querylang.OpEqual, querylang.OpNotEqual, querylang.OpLess, querylang.OpConcat,
		querylang.OpAdd, querylang.OpSubtract, querylang.OpMultiply, querylang.OpDivide, querylang.OpRemainder,
	}
	return &querylang.Binary{Op: rapid.SampledFrom(ops).Draw(t, "op"), X: sub(), Y: sub()}
}
