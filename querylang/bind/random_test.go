package bind

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// A generator writes random queries on the tables of the golden files. Most of them are right.
type generator struct {
	*rand.Rand
	scopes [][]string // the columns of the blocks, the innermost one last
	common []string
	names  int
}

func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

// new returns a name that was not used before.
func (g *generator) new() string {
	g.names++
	return fmt.Sprint("n", g.names)
}

// some returns one to n items, joined by a separator.
func (g *generator) some(n int, separator string, item func() string) string {
	list := make([]string, g.IntN(n)+1)
	for i := range list {
		list[i] = item()
	}
	return strings.Join(list, separator)
}

var generatedColumns = map[string][]string{
	"users": {"id", "name", "age", "city", "PK"}, "orders": {"oid", "uid", "total", "tax", "at", "day", "paid", "tags", "doc"},
	"cities": {"city", "country"}, "log": {"a", "b", "m", "PK", "__ttl", "__digest"}, "adults": {"id", "who"}, "pairs": {"x", "y"},
}

// column returns a column, mostly of the innermost block.
func (g *generator) column() string {
	for i := len(g.scopes) - 1; i >= 0; i-- {
		if columns := g.scopes[i]; len(columns) > 0 && !g.chance(6) {
			return columns[g.IntN(len(columns))]
		}
	}
	return g.pick("1", "'x'", "nope", "a", "b.c")
}

func (g *generator) value(depth int) string {
	if depth <= 0 {
		return g.pick(g.column(), g.column(), "1", "-2", "1.5", "'x'", "'2026-01-02'", "NULL", "TRUE", "?", "?", "X'00'")
	}
	depth--
	value := func() string { return g.value(depth) }
	switch g.IntN(16) {
	case 0, 1, 2:
		return "(" + value() + g.pick(" + ", " - ", " * ", " / ", " % ", " || ", " & ") + value() + ")"
	case 3:
		return g.pick("COALESCE", "GREATEST", "CONCAT", "MAX", "NULLIF", "IIF", "SUBSTR") + "(" + value() + ", " + value() + ")"
	case 4:
		return g.pick("UPPER", "ABS", "LENGTH", "TYPEOF", "ROUND", "NOW", "UUID", "LIST_SIZE", "BIN") + "(" + value() + ")"
	case 5:
		return "CASE " + g.pick("", value()) + " WHEN " + value() + " THEN " + value() + " ELSE " + value() + " END"
	case 6:
		return "CAST(" + value() + " AS " + g.pick("INTEGER", "TEXT", "DECIMAL(9, 3)", "TIMESTAMP", "DATE", "BOOLEAN", "LIST", "X") + ")"
	case 7:
		return "(" + g.query(depth, 1) + ")"
	case 8:
		return g.pick("SUM", "COUNT", "MIN", "AVG", "GROUP_CONCAT", "COUNT") + "(" + g.pick("", "DISTINCT ") + value() + ")"
	case 9:
		return g.column() + g.pick("[0]", "['k']", ".k.x", "[?]")
	case 10:
		return "(" + value() + g.pick(" + ", " - ") + "INTERVAL '1' " + g.pick("DAY", "MONTH") + ")"
	case 11:
		return g.pick("ARRAY["+value()+", "+value()+"]", "MAP{"+value()+": "+value()+"}", "LIST_GET("+value()+", 1)", "MAP_GET("+value()+", 'k')")
	case 12:
		return "(" + g.condition(depth) + ")"
	}
	return g.value(0)
}

func (g *generator) condition(depth int) string {
	value, not := func() string { return g.value(depth - 1) }, g.pick("", "NOT ")
	switch g.IntN(10) {
	case 0, 1:
		if depth > 0 {
			return not + "(" + g.condition(depth-1) + g.pick(" AND ", " OR ") + g.condition(depth-1) + ")"
		}
	case 2:
		return value() + " " + not + "IN (" + g.some(3, ", ", value) + ")"
	case 3:
		if depth > 0 {
			return value() + " " + not + "IN (" + g.query(depth-1, 1) + ")"
		}
	case 4:
		return value() + " " + not + "BETWEEN " + value() + " AND " + value()
	case 5:
		return value() + " " + not + g.pick("LIKE", "ILIKE", "REGEXP") + " " + g.pick("'a%'", value())
	case 6:
		return value() + " IS " + not + g.pick("NULL", "TRUE", "FALSE")
	case 7:
		if depth > 0 {
			return not + "EXISTS (" + g.query(depth-1, 0) + ")"
		}
	}
	return value() + g.pick(" = ", " <> ", " < ", " >= ", " IS DISTINCT FROM ") + value()
}

// table returns an item of FROM and adds its columns to the innermost block.
func (g *generator) table(depth int) string {
	name, last := g.new(), len(g.scopes)-1
	add := func(columns ...string) {
		for _, c := range columns {
			g.scopes[last] = append(g.scopes[last], g.pick(name+"."+c, name+"."+c, c))
		}
	}
	if depth > 0 {
		switch g.IntN(8) {
		case 0:
			text := "(" + g.query(depth-1, 0) + ") AS " + name
			add("x1", "c", "n")
			return text
		case 1:
			add("e")
			return "UNNEST(" + g.pick("ARRAY["+g.value(0)+", 2]", "?", g.column()) + ") AS " + name + " (e)"
		case 2:
			return g.table(0) + g.pick(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ") + g.table(0) + " ON " + g.condition(1)
		case 3:
			return g.table(0) + g.pick(" CROSS JOIN ", " NATURAL JOIN ", ", ") + g.table(0)
		}
	}
	set := g.pick("users", "orders", "cities", "log", "adults", "pairs", "log/m")
	if len(g.common) > 0 && g.chance(3) {
		set = g.common[g.IntN(len(g.common))]
		add("x1")
		return set + " AS " + name
	}
	add(generatedColumns[set]...)
	return set + " AS " + name
}

// query returns a query with a number of columns, or with any number for 0.
func (g *generator) query(depth, columns int) string {
	switch {
	case depth > 0 && g.chance(8):
		return "(" + g.query(depth-1, 1) + ")" + g.pick(" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT ") + "(" + g.query(depth-1, 1) + ")"
	case columns == 0 && g.chance(20):
		return "VALUES (" + g.value(depth) + ", 1), (2, " + g.value(0) + ")"
	}
	text, common := "", g.common
	if depth > 0 && g.chance(6) {
		name := g.new()
		text = "WITH " + name + " AS (" + g.query(depth-1, 0) + ") "
		g.common = append(g.common[:len(g.common):len(g.common)], name)
	}
	g.scopes = append(g.scopes, nil)
	from := ""
	if !g.chance(12) {
		from = " FROM " + g.some(2, ", ", func() string { return g.table(depth) })
	}
	text += "SELECT " + g.pick("", "", "", "DISTINCT ")
	group := ""
	if g.chance(4) {
		group = g.pick(g.column(), g.column(), g.value(0)+" + 1", "UPPER("+g.column()+")")
		text += g.pick(group+" AS x1", group+g.pick(" AS c", ", COUNT(*)"), "SUM("+g.value(0)+")")
		group = " GROUP BY " + g.pick(group, "1", group+", "+g.column())
	} else {
		n := 3
		if columns > 0 {
			n = columns
		}
		items := g.some(n, ", ", func() string { return g.value(depth) + g.pick("", " AS x1", " AS c") })
		if from != "" && columns == 0 {
			items = g.pick("*", items)
		}
		text += items
	}
	text += from
	if g.chance(2) {
		text += " WHERE " + g.condition(depth)
	}
	text += group
	if group != "" && g.chance(3) {
		text += " HAVING " + g.pick("COUNT(*) > 1", g.condition(depth-1))
	}
	if g.chance(3) {
		text += " ORDER BY " + g.some(2, ", ", func() string { return g.pick("1", "1", g.value(depth-1)) + g.pick("", " DESC") })
	}
	if g.chance(5) {
		text += " LIMIT " + g.pick("5", "?", "1 OFFSET 2")
	}
	g.scopes, g.common = g.scopes[:len(g.scopes)-1], common
	return text
}

// TestRandomQueries binds random queries: nothing panics, the columns of what is bound are in the
// frames of their blocks, and expressions can be printed and evaluated.
func TestRandomQueries(t *testing.T) {
	catalog, bound := newGoldenCatalog(t), 0
	const queries = 20_000
	for seed := range uint64(queries) {
		text := RandomQuery(seed)
		b, err := bindText(t.Context(), catalog, text)
		if err != nil {
			require.ErrorAs(t, err, new(*ast.Error), text)
			continue
		}
		bound++
		c := checker{t: t, text: text, random: rand.New(rand.NewPCG(seed, 2))}
		c.query(b.Query)
	}
	require.Greater(t, bound, queries/10, "most queries are wrong")
	t.Log(bound, "of", queries, "are right")
}

// A checker checks bound queries.
type checker struct {
	t      *testing.T
	text   string
	random *rand.Rand
	frames []int // the widths of the frames that expressions of the blocks read, the innermost last
}

func (c *checker) query(q *Query) {
	c.frames = append(c.frames, 0)
	c.expr(q.Limit)
	c.expr(q.Offset)
	width := len(q.Columns)
	switch body := q.Body.(type) {
	case *Block:
		require.Len(c.t, body.Items, len(q.Columns), c.text)
		order := q.Order
		if q.OrderOnOutput {
			order = nil
		}
		c.block(body, order)
	case *Values:
		for _, row := range body.Rows {
			require.Len(c.t, row, width, c.text)
			c.exprs(row)
		}
	case *SetOperation:
		c.frames = c.frames[:len(c.frames)-1]
		c.query(body.Left)
		c.query(body.Right)
		c.frames = append(c.frames, 0)
		require.Len(c.t, body.Right.Columns, width, c.text)
	case *Query:
		c.frames = c.frames[:len(c.frames)-1]
		c.query(body)
		c.frames = append(c.frames, 0)
	}
	c.frames[len(c.frames)-1] = width
	for _, k := range q.Order {
		if q.OrderOnOutput {
			c.expr(k.X)
		}
	}
	c.frames = c.frames[:len(c.frames)-1]
}

func (c *checker) block(b *Block, order []OrderKey) {
	c.frames[len(c.frames)-1] = b.Width
	width := 0
	for _, r := range b.Relations {
		require.Equal(c.t, width, r.Base, c.text)
		width += len(r.Columns)
	}
	require.Equal(c.t, width, b.Width, c.text)
	for _, f := range b.From {
		c.from(f)
	}
	c.expr(b.Where)
	c.exprs(b.Groups)
	for _, a := range b.Aggregates {
		c.expr(a.Arg)
		c.expr(a.Filter)
		c.exprs(a.Constants)
	}
	if b.Aggregated {
		c.frames[len(c.frames)-1] = len(b.Groups) + len(b.Aggregates)
	}
	c.expr(b.Having)
	c.exprs(b.Items)
	for _, k := range order {
		c.expr(k.X)
	}
}

func (c *checker) from(f From) {
	if j, ok := f.(*Join); ok {
		c.from(j.Left)
		c.from(j.Right)
		c.expr(j.On)
		return
	}
	s := f.(*Source)
	if s.Query != nil {
		frames := c.frames
		c.frames = frames[: len(frames)-1 : len(frames)-1]
		c.query(s.Query)
		c.frames = frames
	}
	c.expr(s.Unnest)
}

func (c *checker) exprs(list []Expr) {
	for _, e := range list {
		c.expr(e)
	}
}

func (c *checker) expr(e Expr) {
	if e == nil {
		return
	}
	require.NotEmpty(c.t, e.String(), c.text)
	Walk(e, func(x Expr) {
		switch x := x.(type) {
		case *Column:
			c.column(x)
		case *InQuery:
			c.subquery(x.Query)
		case *Scalar:
			c.subquery(x.Query)
		case *Exists:
			c.subquery(x.Query)
		}
	})
	var env *Env
	run := &Run{Subqueries: noSubqueries{}, Args: make([]protocol.Value, 8)}
	for _, width := range c.frames {
		env = &Env{Outer: env, Row: make([]protocol.Value, width), Run: run}
	}
	Walk(e, func(x Expr) {
		if column, ok := x.(*Column); ok {
			at := env
			for range column.Depth {
				at = at.Outer
			}
			at.Row[column.Slot] = valueOf(column.Can, c.random)
		}
	})
	v := e.Eval(env)
	if run.Err == nil && !v.IsNil() {
		require.NotZero(c.t, e.Kinds()&(1<<v.Kind()), "%v is %v: %s", e, v, c.text)
	}
}

// valueOf returns a value of one of some kinds.
func valueOf(kinds function.Kinds, random *rand.Rand) protocol.Value {
	for _, i := range random.Perm(len(someValues)) {
		if v := someValues[i]; kinds&(1<<v.Kind()) != 0 {
			return v
		}
	}
	return protocol.Nil()
}

var someValues = []protocol.Value{
	protocol.Nil(), protocol.Int(0), protocol.Int(-5), protocol.Int(1 << 60), protocol.Float(1.5), protocol.Float(math.NaN()),
	protocol.String(""), protocol.String("a.7"), protocol.Blob([]byte{1, 2}), protocol.Bool(true), protocol.Bool(false),
	protocol.List(protocol.Int(1), protocol.String("x"), protocol.Float(2)), protocol.Map(protocol.Pair{Key: protocol.String("k"), Value: protocol.Int(3)}),
}

func (c *checker) column(x *Column) {
	require.Less(c.t, x.Depth, len(c.frames), c.text)
	require.Less(c.t, x.Slot, c.frames[len(c.frames)-1-x.Depth], "%s of %s", x, c.text)
	if x.Relation != nil {
		require.Equal(c.t, x.Relation.Base+x.Index, x.Slot, c.text)
	}
}

func (c *checker) subquery(q *Subquery) {
	for _, x := range q.Outer {
		c.column(x)
	}
	c.query(q.Query)
}

// noSubqueries are subqueries without rows.
type noSubqueries struct{}

func (noSubqueries) Scalar(*Subquery, *Env) protocol.Value { return protocol.Nil() }
func (noSubqueries) Exists(*Subquery, *Env) bool           { return false }
func (noSubqueries) Contains(*Subquery, *Env, protocol.Value) protocol.Value {
	return protocol.Bool(false)
}
func (noSubqueries) KeyIn(*Subquery, *Env, *Relation, protocol.Value) protocol.Value {
	return protocol.Nil()
}

func (noSubqueries) ContainsKey(*Subquery, *Env, *Relation, protocol.Value) protocol.Value {
	return protocol.Bool(false)
}
func (noSubqueries) Values(*Subquery, *Env) ([]protocol.Value, bool) { return nil, true }
