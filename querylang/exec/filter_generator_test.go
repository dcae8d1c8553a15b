//go:build !race

package exec

import (
	"math"
	"math/rand/v2"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// filterValues draws values near each other and near the limits of numbers.
type filterValues struct{ *rand.Rand }

func (v filterValues) integer() protocol.Value {
	list := []int64{0, 1, 2, 3, 5, -1, -7, 1 << 53, 1<<53 + 1, -1<<53 - 1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1}
	return protocol.Int(list[v.IntN(len(list))])
}

func (v filterValues) float() protocol.Value {
	list := []float64{0, math.Copysign(0, -1), 1, 2, 2.5, -7, -0.5, 1 << 53, 1<<53 + 2, 1 << 63, -1 << 63, 1e300, math.Inf(1), math.Inf(-1), math.NaN()}
	return protocol.Float(list[v.IntN(len(list))])
}

func (v filterValues) text() protocol.Value {
	list := []string{
		"", "a", "ab", "abc", "A", "aB", "héllo", "HÉLLO", "a%b", "a_b", "a.b", "k", "\u212a", "\u0130", "i", "a\nb", "a\x00b",
		"\xffb", "日本", "b", "x]y", "(", `\`, "ba", "cab",
	}
	return protocol.String(list[v.IntN(len(list))])
}

func (v filterValues) blob() protocol.Value {
	data := [][]byte{{}, {1}, {1, 2}, {0xff}}[v.IntN(4)]
	if v.IntN(4) == 0 {
		return protocol.BlobOf(protocol.ParticleJava, data)
	}
	return protocol.Blob(data)
}

func (v filterValues) scalar() protocol.Value {
	switch v.IntN(6) {
	case 0:
		return v.float()
	case 1:
		return v.text()
	case 2:
		return protocol.Bool(v.IntN(2) == 0)
	case 3:
		return v.blob()
	}
	return v.integer()
}

// element is a value in a list or map.
func (v filterValues) element(depth int) protocol.Value {
	switch n := v.IntN(12); {
	case n == 0:
		return protocol.Nil()
	case n == 1:
		return protocol.Uint(1<<63 + uint64(v.IntN(2))*(1<<63-1))
	case n == 2 && depth > 0:
		return v.list(depth - 1)
	case n == 3 && depth > 0:
		return v.mapOf(depth - 1)
	case n == 4:
		return v.blobPlain()
	}
	return v.scalar()
}

func (v filterValues) blobPlain() protocol.Value { return protocol.Blob([]byte{byte(v.IntN(3))}) }

func (v filterValues) list(depth int) protocol.Value {
	elements := make([]protocol.Value, v.IntN(4))
	for i := range elements {
		elements[i] = v.element(depth)
	}
	return protocol.List(elements...)
}

func (v filterValues) mapOf(depth int) protocol.Value {
	keys := []protocol.Value{protocol.Int(0), protocol.Int(1), protocol.String("k"), protocol.String("x")}
	var pairs []protocol.Pair
	for _, key := range keys { // in the server's order
		if v.IntN(2) == 0 {
			pairs = append(pairs, protocol.Pair{Key: key, Value: v.element(depth)})
		}
	}
	order := protocol.Ordered
	if v.IntN(2) == 0 {
		order = protocol.Unordered
	}
	return protocol.MapWithOrder(order, pairs)
}

func (v filterValues) any() protocol.Value {
	switch v.IntN(9) {
	case 0:
		return v.list(1)
	case 1:
		return v.mapOf(1)
	case 2:
		return protocol.GeoPoint(float64(v.IntN(3)), 1)
	}
	return v.scalar()
}

func (v filterValues) ofColumn(name string) protocol.Value {
	switch name {
	case "n":
		return v.integer()
	case "f":
		return v.float()
	case "s":
		return v.text()
	case "t":
		return protocol.Bool(v.IntN(2) == 0)
	case "l":
		return v.list(2)
	case "m":
		return v.mapOf(2)
	}
	return v.any()
}

// A filterGenerator draws conditions.
type filterGenerator struct {
	*rand.Rand
	relation *bind.Relation
	args     []protocol.Value
	outer    []protocol.Value // the row of the enclosing block
}

func (g *filterGenerator) values() filterValues { return filterValues{g.Rand} }

func (g *filterGenerator) conditions() []bind.Expr {
	conditions := make([]bind.Expr, 1+g.IntN(3)/2)
	for i := range conditions {
		conditions[i] = g.condition(g.IntN(4))
	}
	return conditions
}

func (g *filterGenerator) column(i int) bind.Expr {
	c := &g.relation.Columns[i]
	return &bind.Column{Relation: g.relation, Index: i, Slot: i, Name: c.Name, Can: c.Kinds}
}

func (g *filterGenerator) anyColumn() bind.Expr {
	if g.IntN(8) == 0 {
		return g.column(len(filterColumns) + g.IntN(len(g.relation.Columns)-len(filterColumns)))
	}
	return g.column(g.IntN(len(filterColumns)))
}

func (g *filterGenerator) constant() bind.Expr {
	v := g.values().any()
	switch g.IntN(12) {
	case 0:
		v = protocol.Nil()
	case 1:
		g.args = append(g.args, v)
		return &bind.Param{Index: len(g.args) - 1, Text: "?"}
	case 2:
		g.outer = append(g.outer, v)
		return &bind.Column{Slot: len(g.outer) - 1, Depth: 1, Name: "outer", Can: function.Any}
	}
	return &bind.Const{Value: v}
}

// near returns a constant of a kind that the expression is likely to have.
func (g *filterGenerator) near(e bind.Expr) bind.Expr {
	if call, isCall := e.(*bind.Call); isCall && g.IntN(4) > 0 {
		switch call.Function.Name {
		case "TYPEOF":
			return &bind.Const{Value: protocol.String([]string{"null", "integer", "real", "text", "blob", "boolean", "list", "map", "geojson"}[g.IntN(9)])}
		case "LOWER", "UPPER", "LEFT", "SUBSTR":
			return &bind.Const{Value: g.values().text()}
		}
	}
	c, ok := e.(*bind.Column)
	if !ok || c.Index >= len(filterColumns) || g.IntN(4) == 0 {
		return g.constant()
	}
	return &bind.Const{Value: g.values().ofColumn(c.Name)}
}

var arithmeticOperators = []ast.Operator{
	ast.OpAdd, ast.OpSubtract, ast.OpMultiply, ast.OpDivide, ast.OpRemainder, ast.OpBitAnd, ast.OpBitOr, ast.OpBitXor,
	ast.OpDivide, ast.OpRemainder, ast.OpShiftLeft, ast.OpShiftRight, ast.OpConcat,
}

// value draws an expression that is not a constant.
func (g *filterGenerator) value(depth int) bind.Expr {
	if depth <= 0 {
		return g.anyColumn()
	}
	switch g.IntN(8) {
	case 0, 1:
		x, y := g.value(depth-1), g.operand(depth-1)
		if g.IntN(3) == 0 {
			x, y = y, x
		}
		return &bind.Arithmetic{Op: arithmeticOperators[g.IntN(len(arithmeticOperators))], X: x, Y: y}
	case 2:
		return g.path()
	case 3:
		return &bind.Negate{X: g.value(depth - 1), Bits: g.IntN(4) == 0}
	case 4:
		return g.caseOf(depth, func() bind.Expr { return g.operand(depth - 1) })
	case 5:
		return g.call(depth)
	}
	return g.anyColumn()
}

// call draws a function of which something is left to the servers.
func (g *filterGenerator) call(depth int) bind.Expr {
	of := func(name string, args ...bind.Expr) bind.Expr { return callOf(function.Lookup(name), args...) }
	number := func() bind.Expr { return &bind.Const{Value: g.values().integer()} }
	any := func() bind.Expr { return g.value(depth - 1) }
	list, mapping, text := g.column([]int{0, 8, 8}[g.IntN(3)]), g.column([]int{0, 9, 9}[g.IntN(3)]), g.column([]int{0, 6, 6}[g.IntN(3)])
	word := func() bind.Expr { return &bind.Const{Value: g.values().text()} }
	switch g.IntN(16) {
	case 0:
		return of("MOD", any(), g.operand(depth-1))
	case 1:
		return of([]string{"SIGN", "TRUNC", "ROUND", "FLOOR", "CEIL", "ABS"}[g.IntN(6)], any())
	case 2:
		return of("COALESCE", any(), any(), number())
	case 3:
		return of("IFNULL", any(), g.operand(depth-1))
	case 4:
		return of("NULLIF", any(), g.operand(depth-1))
	case 5:
		return of("IIF", g.condition(depth-1), any(), g.operand(depth-1))
	case 6:
		return of([]string{"GREATEST", "LEAST"}[g.IntN(2)], g.column(4+g.IntN(2)), g.column(4+g.IntN(2)))
	case 7:
		return of("TYPEOF", any())
	case 8:
		return of("LIST_BY_RANK", list, &bind.Const{Value: protocol.Int(int64(g.IntN(4)) - 2)})
	case 9:
		return of("MAP_BY_RANK", mapping, &bind.Const{Value: protocol.Int(int64(g.IntN(4)) - 2)})
	case 10:
		return of("LIST_CONTAINS", list, &bind.Const{Value: g.values().scalar()})
	case 11:
		return of("MAP_HAS_KEY", mapping, []bind.Expr{number(), word()}[g.IntN(2)])
	case 12:
		return of("STARTS_WITH", text, word())
	case 13:
		return of("BIT_GET", g.column(g.IntN(4)), number())
	case 14:
		return of([]string{"LOWER", "UPPER"}[g.IntN(2)], text)
	}
	if g.IntN(2) == 0 {
		return of("LEFT", text, &bind.Const{Value: protocol.Int(int64(g.IntN(3)))})
	}
	return of("SUBSTR", text, &bind.Const{Value: protocol.Int(1)}, &bind.Const{Value: protocol.Int(int64(g.IntN(3)))})
}

// operand draws a value or a constant.
func (g *filterGenerator) operand(depth int) bind.Expr {
	if g.IntN(2) == 0 {
		return &bind.Const{Value: g.values().integer()}
	}
	return g.value(depth)
}

func (g *filterGenerator) path() bind.Expr {
	p := &bind.Path{X: g.column([]int{0, 1, 8, 9, 8, 9}[g.IntN(6)])}
	steps := []protocol.Value{protocol.Int(0), protocol.Int(1), protocol.Int(-1), protocol.Int(7), protocol.String("k"), protocol.String("x"), protocol.String("k"), protocol.Bool(true)}
	for range 1 + g.IntN(2) {
		p.Steps = append(p.Steps, &bind.Const{Value: steps[g.IntN(len(steps))]})
	}
	return p
}

func (g *filterGenerator) caseOf(depth int, result func() bind.Expr) bind.Expr {
	c := &bind.Case{}
	if g.IntN(3) == 0 {
		c.Operand = g.value(depth - 1)
	}
	for range 1 + g.IntN(2) {
		w := bind.When{Then: result()}
		if c.Operand != nil {
			w.When = g.near(c.Operand)
		} else {
			w.When = g.condition(depth - 1)
		}
		c.Whens = append(c.Whens, w)
	}
	if g.IntN(3) > 0 {
		c.Else = result()
	}
	return c
}

// condition draws a condition.
func (g *filterGenerator) condition(depth int) bind.Expr {
	if depth > 0 {
		switch g.IntN(8) {
		case 0, 1, 2:
			l := &bind.Logic{Op: ast.OpAnd}
			if g.IntN(2) == 0 {
				l.Op = ast.OpOr
			}
			for range 2 + g.IntN(2) {
				l.Operands = append(l.Operands, g.condition(depth-1))
			}
			return l
		case 3:
			return &bind.Not{X: g.condition(depth - 1)}
		case 4:
			return &bind.Is{X: g.condition(depth - 1), Test: ast.Test(g.IntN(3)), Not: g.IntN(2) == 0}
		case 5:
			if g.IntN(2) == 0 {
				return g.caseOf(depth, func() bind.Expr { return g.condition(depth - 1) })
			}
		}
	}
	return g.simple(depth)
}

func (g *filterGenerator) simple(depth int) bind.Expr {
	x := g.value(depth)
	not := g.IntN(3) == 0
	switch g.IntN(12) {
	case 0:
		return &bind.Between{X: x, Low: g.near(x), High: g.near(x), Not: not}
	case 1, 2:
		return g.in(x, not)
	case 3:
		return g.match(not)
	case 4:
		return &bind.Is{X: x, Test: ast.Test(g.IntN(3)), Not: not}
	case 5:
		return g.anyColumn() // as a condition
	case 6:
		return &bind.Compare{Op: g.comparison(), X: x, Y: g.value(depth)}
	case 7:
		return &bind.Compare{Op: []ast.Operator{ast.OpDistinctFrom, ast.OpNotDistinctFrom, ast.OpContains}[g.IntN(3)], X: x, Y: g.near(x)}
	case 8:
		return &bind.Compare{Op: ast.OpContains, X: g.column([]int{8, 9, 0}[g.IntN(3)]), Y: &bind.Const{Value: g.values().scalar()}}
	}
	if g.IntN(4) == 0 {
		return &bind.Compare{Op: g.comparison(), X: g.near(x), Y: x}
	}
	return &bind.Compare{Op: g.comparison(), X: x, Y: g.near(x)}
}

func (g *filterGenerator) comparison() ast.Operator {
	return ast.OpEqual + ast.Operator(g.IntN(int(ast.OpGreaterEqual-ast.OpEqual)+1))
}

func (g *filterGenerator) in(x bind.Expr, not bool) bind.Expr {
	in := &bind.In{ID: -1, X: x, Not: not}
	switch g.IntN(6) {
	case 0:
		for range g.IntN(3) {
			in.List = append(in.List, g.constant())
		}
	case 1:
		g.args = append(g.args, protocol.List(g.values().integer(), g.values().integer(), g.values().float()))
		in.List = append(in.List, &bind.Param{Index: len(g.args) - 1, Text: "?"})
	case 2:
		for range 100 {
			in.List = append(in.List, &bind.Const{Value: protocol.Int(int64(g.IntN(1000)) - 300)})
		}
	case 3:
		in.List = append(in.List, g.near(x), g.anyColumn())
	default:
		for range 1 + g.IntN(4) {
			in.List = append(in.List, g.near(x))
		}
	}
	return in
}

var filterPatterns = []string{
	"", "%", "_", "a", "a%", "%b", "%a%", "a_b", "a%b", "h_llo", "héllo", "%é%", "K", "k", "i", "a.b", "%]%", "(", `\`, "_%_", "a~%b", "__", "%_b",
	"AB%", "HÉ%", "日_", "%i%", "a\x00b", "~_%",
}

var filterRegexps = []string{
	"", "a", "^a", "b$", "^ab?c*$", "a.b", "(?i)AB", "[a-c]+", "[^a]", `\w`, `\d+`, `^\S+$`, "a|b|^c", "(a|é)l*", "h.llo", "日", `\.`, `\bab\b`,
	"a{2,3}", "^.$", "^..$", `[\]x]y`, `\(`, `\\`, "(?s)a.b", "(?m)^b", "(?i)k", "(?i)É", "[[:alpha:]]$", `\pL`, "x*", "^(ab|ba)+$", `[^\x00-\x7f]`,
}

func (g *filterGenerator) match(not bool) bind.Expr {
	m := &bind.Match{ID: -1, Op: ast.MatchOp(g.IntN(2)), X: g.column([]int{6, 6, 0, 1}[g.IntN(4)]), Not: not}
	m.Pattern = &bind.Const{Value: protocol.String(filterPatterns[g.IntN(len(filterPatterns))])}
	switch g.IntN(4) {
	case 0:
		m.Op = ast.Regexp
		m.Pattern = &bind.Const{Value: protocol.String(filterRegexps[g.IntN(len(filterRegexps))])}
		return m
	case 1:
		m.X = callOf(function.Lookup([]string{"LOWER", "UPPER"}[g.IntN(2)]), m.X)
	}
	if g.IntN(3) == 0 {
		m.Escape = &bind.Const{Value: protocol.String("~")}
	}
	return m
}
