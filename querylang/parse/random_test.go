package parse_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// A drawer draws trees that the parser can make.
type drawer struct{ *rapid.T }

func (d drawer) one(options ...string) string { return rapid.SampledFrom(options).Draw(d.T, "word") }
func (d drawer) coin() bool                   { return rapid.Bool().Draw(d.T, "coin") }
func (d drawer) upTo(n int) int               { return rapid.IntRange(0, n).Draw(d.T, "number") }

func (d drawer) name() ast.Name {
	n := ast.Name{Text: d.one("a", "b2", "use", "interval", "default", "end", "x", "count", "Ä", "map", "date", "_", "filter", "only", "set_")}
	if d.coin() {
		n = ast.Name{Text: d.one("a", "select", "a b", "`", `"`, "1a", "-", "PK", "NULL", ".", "*"), Quote: d.one("\"", "`")[0]}
	}
	return n
}

func (d drawer) alias() (n ast.Name) {
	if d.coin() {
		n = d.name()
	}
	return n
}

func (d drawer) names(n int) []ast.Name { return draw(d, n, d.name) }

// draw draws one to n items.
func draw[T any](d drawer, n int, item func() T) []T {
	var list []T
	for range d.upTo(n-1) + 1 {
		list = append(list, item())
	}
	return list
}

// perhaps draws an expression or nil.
func (d drawer) perhaps(depth int) ast.Expr {
	if d.coin() {
		return nil
	}
	return d.expr(depth)
}

func (d drawer) literal() ast.Expr {
	v := rapid.OneOf(
		rapid.Map(rapid.Int64(), protocol.Int),
		rapid.Map(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), protocol.Float),
		rapid.Map(rapid.String(), protocol.String),
		rapid.Map(rapid.SliceOf(rapid.Byte()), protocol.Blob),
		rapid.Map(rapid.Bool(), protocol.Bool),
		rapid.Just(protocol.Nil()),
	).Draw(d.T, "literal")
	return &ast.Literal{Value: v}
}

func (d drawer) typeName() ast.TypeName {
	t := ast.TypeName{Name: d.one("INT", "TIMESTAMP WITH TIME ZONE", "DOUBLE PRECISION", "BIGINT UNSIGNED", "CHARACTER VARYING", "X")}
	if d.coin() {
		t.Args = []int64{5, 2}
	}
	return t
}

func (d drawer) call(depth int) ast.Expr {
	c := &ast.Call{Name: ast.Name{Text: d.one("CONCAT", "TRIM", "POSITION", "EXTRACT", "SUBSTRING", "OVERLAY", "LEFT", "f", "CURRENT_USER", "BITXORS")}}
	for range d.upTo(3) {
		c.Args = append(c.Args, d.expr(depth))
	}
	if c.Name.Text == "f" {
		switch d.upTo(2) {
		case 0:
			c.Star, c.Args = true, nil
		case 1:
			c.Args = append(c.Args, d.expr(depth))
			c.Distinct, c.Separator = d.coin(), d.perhaps(depth)
			if d.coin() {
				c.Order = d.order(depth)
			}
		}
		c.Filter = d.perhaps(depth)
	}
	return c
}

var drawnOperators = []ast.Operator{
	ast.OpOr, ast.OpAnd, ast.OpEqual, ast.OpNotEqual, ast.OpLess, ast.OpLessEqual, ast.OpGreater, ast.OpGreaterEqual,
	ast.OpDistinctFrom, ast.OpNotDistinctFrom, ast.OpContains, ast.OpConcat, ast.OpAdd, ast.OpSubtract, ast.OpMultiply,
	ast.OpDivide, ast.OpRemainder, ast.OpBitAnd, ast.OpBitOr, ast.OpBitXor, ast.OpShiftLeft, ast.OpShiftRight,
}

// expr draws an expression of at most the given depth.
func (d drawer) expr(depth int) ast.Expr {
	if depth <= 0 || d.upTo(3) == 0 {
		switch d.upTo(3) {
		case 0:
			return d.literal()
		case 1:
			return &ast.Param{Text: ":p"}
		}
		return &ast.Column{Parts: d.names(3)}
	}
	depth--
	switch d.upTo(9) {
	case 0, 1:
		return d.predicate(depth)
	case 2:
		return d.call(depth)
	case 3:
		op := rapid.SampledFrom([]ast.Operator{ast.OpNot, ast.OpNegate, ast.OpBitNot}).Draw(d.T, "op")
		return &ast.Unary{Op: op, X: d.expr(depth)}
	case 4, 5:
		return d.form(depth)
	}
	return &ast.Binary{Op: rapid.SampledFrom(drawnOperators).Draw(d.T, "op"), X: d.expr(depth), Y: d.expr(depth)}
}

func (d drawer) predicate(depth int) ast.Expr {
	switch d.upTo(4) {
	case 0:
		in := &ast.In{X: d.expr(depth), Not: d.coin()}
		if d.coin() {
			in.Query = d.query(depth)
			return in
		}
		for range d.upTo(2) {
			in.List = append(in.List, d.expr(depth))
		}
		return in
	case 1:
		return &ast.Between{X: d.expr(depth), Low: d.expr(depth), High: d.expr(depth), Not: d.coin()}
	case 2:
		return &ast.Match{X: d.expr(depth), Pattern: d.expr(depth), Escape: d.perhaps(depth), Not: d.coin()}
	case 3:
		return &ast.Match{Op: ast.Regexp, X: d.expr(depth), Pattern: d.expr(depth), Not: d.coin()}
	}
	return &ast.Is{X: d.expr(depth), Test: ast.Test(d.upTo(2)), Not: d.coin()}
}

func (d drawer) form(depth int) ast.Expr {
	switch d.upTo(8) {
	case 7:
		return &ast.Row{Elements: []ast.Expr{d.expr(depth), d.expr(depth)}}
	case 0:
		c := &ast.Case{Operand: d.perhaps(depth), Else: d.perhaps(depth)}
		c.Whens = draw(d, 2, func() ast.When { return ast.When{When: d.expr(depth), Then: d.expr(depth)} })
		return c
	case 1:
		return &ast.Cast{X: d.expr(depth), Type: d.typeName()}
	case 2:
		return &ast.Exists{Query: d.query(depth)}
	case 3:
		return &ast.Subquery{Query: d.query(depth)}
	case 4:
		return &ast.Array{Elements: draw(d, 3, func() ast.Expr { return d.expr(depth) })}
	case 5:
		m := &ast.Map{Keys: draw(d, 3, func() ast.Expr { return d.expr(depth) })}
		for range m.Keys {
			m.Values = append(m.Values, d.expr(depth))
		}
		return m
	case 6:
		return &ast.Interval{X: &ast.Param{Text: ":p"}, Unit: d.one("DAY", "SECOND")}
	}
	p := &ast.Path{X: d.expr(depth)}
	if _, ok := p.X.(*ast.Path); ok { // two paths in a row are one
		p.X = d.literal()
	}
	p.Steps = draw(d, 3, func() ast.Step {
		if d.coin() {
			return ast.Step{Name: d.name()}
		}
		return ast.Step{Index: d.expr(depth)}
	})
	return p
}

func (d drawer) order(depth int) []ast.OrderItem {
	return draw(d, 2, func() ast.OrderItem {
		return ast.OrderItem{Expr: d.expr(depth), Descending: d.coin(), Nulls: ast.NullsOrder(d.upTo(2))}
	})
}

func (d drawer) items(depth int) []ast.SelectItem {
	return draw(d, 3, func() ast.SelectItem {
		if d.upTo(3) == 0 {
			return ast.SelectItem{Star: true, Qualifier: d.names(2)}
		}
		return ast.SelectItem{Expr: d.expr(depth), Alias: d.alias()}
	})
}

func (d drawer) query(depth int) *ast.Query {
	depth--
	q := &ast.Query{Body: d.body(depth)}
	if d.upTo(2) > 0 {
		return q
	}
	if d.coin() {
		q.With = draw(d, 2, func() ast.CommonTable {
			return ast.CommonTable{Name: d.name(), Columns: d.names(2), Query: d.query(depth)}
		})
	}
	if d.coin() {
		q.Order = d.order(depth)
	}
	q.Limit, q.Offset = d.perhaps(depth), d.perhaps(depth)
	if d.upTo(3) == 0 {
		q.Options = draw(d, 2, func() ast.Option { return ast.Option{Name: d.name(), Value: d.perhaps(depth)} })
	}
	return q
}

func (d drawer) body(depth int) ast.Body {
	if depth > 0 {
		switch d.upTo(4) {
		case 0:
			n := d.upTo(1) + 1
			return &ast.Values{Rows: draw(d, 2, func() (row ast.ValueRow) {
				for range n {
					row.Values = append(row.Values, d.expr(depth))
				}
				return row
			})}
		case 1:
			return &ast.SetOperation{Op: ast.SetOperator(d.upTo(2)), All: d.coin(), Left: d.operand(depth - 1), Right: d.operand(depth - 1)}
		}
	}
	s := &ast.Select{Distinct: d.coin(), Items: d.items(depth), Where: d.perhaps(depth), Having: d.perhaps(depth)}
	s.From = draw(d, 2, func() ast.TableExpr { return d.table(depth) })
	if d.coin() {
		s.Group = draw(d, 2, func() ast.Expr { return d.expr(depth) })
	}
	return s
}

// operand draws an operand of a set operation.
func (d drawer) operand(depth int) ast.Body {
	if d.upTo(2) == 0 {
		return &ast.Query{Body: d.body(depth), Limit: d.expr(0)}
	}
	return d.body(depth)
}

func (d drawer) tableName() ast.TableName {
	t := ast.TableName{Set: d.name()}
	if d.coin() {
		t.Namespace = d.name()
	}
	switch d.upTo(5) {
	case 0:
		t.Bin = d.name()
	case 1:
		t.Set = ast.Name{Text: ast.NullSet}
	}
	return t
}

func (d drawer) table(depth int) ast.TableExpr {
	if depth <= 0 {
		return &ast.Table{Name: d.tableName(), Alias: d.alias()}
	}
	depth--
	switch d.upTo(4) {
	case 0:
		return &ast.Derived{Query: d.query(depth), Alias: d.name(), Columns: d.names(2)}
	case 1:
		return &ast.Unnest{X: d.expr(depth), Ordinality: d.coin(), Alias: d.alias()}
	case 2:
		j := &ast.Join{Kind: ast.JoinKind(d.upTo(4)), Left: d.table(depth), Right: d.table(depth)}
		switch {
		case j.Kind == ast.CrossJoin:
		case d.coin():
			j.Natural = true
		case d.coin():
			j.On = d.expr(depth)
		default:
			j.Using = d.names(2)
		}
		return j
	}
	t := &ast.Table{Name: d.tableName(), Alias: d.alias()}
	if d.coin() {
		t.Partitions = []ast.PartitionRange{{First: &ast.Param{Text: ":p"}, Last: &ast.Literal{Value: protocol.Int(5)}}}
	}
	if d.coin() {
		t.Sample = &ast.Sample{Method: d.one("PARTITIONS", "SYSTEM", "BERNOULLI"), Size: d.expr(depth)}
	}
	return t
}

// TestRandomQueriesRoundTrip checks that trees that were not parsed print as SQL that parses to
// them.
func TestRandomQueriesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireRoundTrip(t, drawer{t}.query(4)) })
}

func (d drawer) assignments() []ast.Assignment {
	return draw(d, 2, func() ast.Assignment {
		a := ast.Assignment{Target: &ast.Column{Parts: d.names(2)}, Value: d.expr(2)}
		if d.coin() {
			a.Target = &ast.Path{X: a.Target, Steps: []ast.Step{{Index: d.expr(1)}, {Name: d.name()}}}
		}
		a.Value = orDefault(a.Value)
		return a
	})
}

// orDefault returns DEFAULT for a column of that name.
func orDefault(e ast.Expr) ast.Expr {
	if c, ok := e.(*ast.Column); ok && len(c.Parts) == 1 && c.Parts[0].Is("DEFAULT") {
		return &ast.Default{}
	}
	return e
}

func (d drawer) statement() ast.Statement {
	options := draw(d, 2, func() ast.Option { return ast.Option{Name: d.name(), Value: d.perhaps(1)} })
	switch d.upTo(4) {
	case 0:
		s := &ast.Insert{Verb: ast.InsertVerb(d.upTo(2)), Table: d.tableName(), Columns: d.names(3), Source: d.query(2), Options: options}
		s.Source.Options = nil
		if v, ok := s.Source.Body.(*ast.Values); ok && s.Source.With == nil {
			s.Columns = nil
			for _, row := range v.Rows {
				for i, e := range row.Values {
					row.Values[i] = orDefault(e)
				}
			}
		}
		if s.Verb == ast.Create && d.coin() {
			s.Conflict = &ast.Conflict{Columns: d.names(2), Set: d.assignments(), Where: d.perhaps(2), NewRow: ast.Name{Text: ast.Excluded}}
		}
		s.Returning = d.items(1)
		return s
	case 1:
		return &ast.Update{Table: d.tableName(), Alias: d.alias(), Set: d.assignments(), Where: d.perhaps(2), Order: d.order(1),
			Limit: d.perhaps(1), Returning: d.items(1), Options: options}
	case 2:
		return &ast.Delete{Table: d.tableName(), Alias: d.alias(), Where: d.perhaps(2), Limit: d.perhaps(1), Options: options}
	case 3:
		return &ast.CreateTable{Table: d.tableName(), IfNotExists: d.coin(), Key: d.names(2), Unique: [][]ast.Name{d.names(2)},
			Checks: []ast.Expr{d.expr(2)}, Options: options, Columns: draw(d, 3, func() ast.ColumnDef {
				return ast.ColumnDef{Name: d.name(), Type: d.typeName(), NotNull: d.coin(), Key: d.coin(), Unique: d.coin(),
					AutoIncrement: d.coin(), Default: d.perhaps(2), Checks: []ast.Expr{d.expr(2)}}
			})}
	}
	return &ast.CreateIndex{Name: d.name(), IfNotExists: d.coin(), Table: d.tableName(), Collection: d.one("", "LIST"),
		Parts: []ast.IndexPart{{Expr: d.expr(2), Descending: d.coin()}}, Type: d.one("", "STRING"), Wait: d.coin(), Options: options}
}

// TestRandomStatementsRoundTrip is like TestRandomQueriesRoundTrip, for other statements.
func TestRandomStatementsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireRoundTrip(t, drawer{t}.statement()) })
}
