package bind

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/parse"
)

var update = flag.Bool("update", false, "write the golden files")

// A goldenCatalog declares the tables and views of the golden files. Other sets are not declared
// and have the bins a and b.
type goldenCatalog map[string]*Table

func newGoldenCatalog(t testing.TB) goldenCatalog {
	column := func(name, typ string) TableColumn {
		q, err := parse.One("SELECT CAST(x AS "+typ+")", parse.Standard)
		require.NoError(t, err)
		of, err := function.ParseType(q.Statement.(*ast.Query).Body.(*ast.Select).Items[0].Expr.(*ast.Cast).Type)
		require.NoError(t, err)
		return TableColumn{Name: name, Bin: name, Type: of}
	}
	table := func(set string, columns ...TableColumn) *Table {
		columns[0].Bin = ""
		return &Table{Namespace: "test", Set: set, Columns: columns}
	}
	view := func(set, text string, columns ...string) *Table {
		q, err := parse.One(text, parse.Standard)
		require.NoError(t, err)
		v := &Table{Namespace: "test", Set: set, Key: -1, View: q.Statement.(*ast.Query), ViewText: text, ViewNamespace: "test"}
		for _, c := range columns {
			v.Columns = append(v.Columns, TableColumn{Name: c})
		}
		return v
	}
	c := make(goldenCatalog)
	for _, t := range []*Table{
		table("users", column("id", "BIGINT"), column("name", "VARCHAR(20)"), column("age", "INTEGER"), column("city", "VARCHAR")),
		table("orders", column("oid", "BIGINT"), column("uid", "BIGINT"), column("total", "DECIMAL(10, 2)"), column("tax", "DECIMAL(8, 3)"),
			column("at", "TIMESTAMP"), column("day", "DATE"), column("paid", "BOOLEAN"), column("tags", "LIST"), column("doc", "MAP")),
		table("cities", column("city", "VARCHAR"), column("country", "VARCHAR")),
		view("adults", "SELECT id, name AS who FROM users WHERE age > 17"),
		view("pairs", "SELECT a, b FROM log", "x", "y"),
		view("both", "SELECT who, city FROM adults JOIN cities ON who = city"),
		view("loop", "SELECT * FROM (SELECT * FROM loop2) AS q"),
		view("loop2", "SELECT * FROM loop"),
		view("broken", "SELECT nope FROM users"),
	} {
		c[t.Set] = t
	}
	return c
}

func (c goldenCatalog) Table(_ context.Context, _, set string) (*Table, error) { return c[set], nil }

func (goldenCatalog) Sample(context.Context, string, string) ([]string, uint64, error) {
	return []string{"a", "b", "m"}, 1, nil
}

func (goldenCatalog) Version() uint64 { return 1 }

// bindText binds a query. A text that begins with "aql " is of that dialect.
func bindText(ctx context.Context, catalog Catalog, text string) (*Bound, error) {
	text, aql := strings.CutPrefix(text, "aql ")
	dialect := parse.Standard
	if aql {
		dialect = parse.AQL
	}
	one, err := parse.One(text, dialect)
	if err != nil {
		return nil, err
	}
	q, ok := one.Statement.(*ast.Query)
	if !ok {
		return nil, fmt.Errorf("%T is not a query", one.Statement)
	}
	return Bind(ctx, q, catalog, Options{Namespace: "test", AQL: aql, Text: text, Args: one.Params.Count})
}

// TestGolden holds the bound forms of testdata/bind.txt, and the errors of testdata/errors.txt: a
// query after "> ", and what it is.
func TestGolden(t *testing.T) {
	for _, file := range []string{"testdata/bind.txt", "testdata/errors.txt"} {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var out strings.Builder
		for block := range strings.SplitSeq(strings.TrimSpace(string(content)), "\n\n") {
			first, _, _ := strings.Cut(block, "\n")
			query, ok := strings.CutPrefix(first, "> ")
			if !ok {
				fmt.Fprintf(&out, "%s\n\n", block)
				continue
			}
			got := first + "\n" + describe(t, query)
			fmt.Fprintf(&out, "%s\n\n", got)
			if !*update {
				require.Equal(t, block, got)
			}
			assert.Equal(t, file == "testdata/errors.txt", strings.Contains(got, "\nerror: "), got)
		}
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(strings.TrimSpace(out.String())+"\n"), 0o600))
		}
	}
}

// describe returns the bound form of a query, or its error without the excerpt.
func describe(t *testing.T, query string) string {
	bound, err := bindText(t.Context(), newGoldenCatalog(t), query)
	if err != nil {
		message, _, _ := strings.Cut(err.Error(), "\n")
		return "error: " + message
	}
	var p printer
	p.query(bound.Query)
	for i, a := range bound.TypedArgs {
		p.line("argument %d of the run: $%d as %s%s", i+1, a.Index+1, typeText(a.As), map[bool]string{true: ", to compare"}[a.Compare])
	}
	for _, s := range bound.Samples {
		p.line("sample: %s.%s", s.Namespace, s.Set)
	}
	return strings.TrimRight(p.text.String(), "\n")
}

// A printer prints bound queries.
type printer struct {
	text   strings.Builder
	indent int
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.text, "%s%s\n", strings.Repeat("  ", p.indent), fmt.Sprintf(format, args...))
}

func (p *printer) within(f func()) {
	p.indent++
	f()
	p.indent--
}

func typeText(t function.Type) string {
	if t.Family == function.Undeclared {
		return ""
	}
	return strings.ReplaceAll(t.String(), " ", "")
}

func (p *printer) query(q *Query) {
	var columns []string
	for _, c := range q.Columns {
		text := strings.TrimSpace(c.Name + " " + typeText(c.Type))
		if c.Set != "" {
			text += " of " + c.Set + "." + c.Bin
		}
		columns = append(columns, text)
	}
	p.line("columns: %s", strings.Join(columns, ", "))
	switch body := q.Body.(type) {
	case *Block:
		p.block(body)
	case *Values:
		for _, row := range body.Rows {
			p.list("row", row)
		}
	case *SetOperation:
		p.line("%s%s", setOperatorNames[body.Op], map[bool]string{true: " ALL"}[body.All])
		p.within(func() { p.query(body.Left); p.query(body.Right) })
	case *Query:
		p.line("query")
		p.within(func() { p.query(body) })
	}
	for _, k := range q.Order {
		text := exprText(k.X)
		if k.Descending {
			text += " DESC"
		}
		if k.NullsFirst == k.Descending {
			text += " NULLS " + map[bool]string{true: "FIRST", false: "LAST"}[k.NullsFirst]
		}
		if q.OrderOnOutput {
			text += " on the output"
		}
		p.line("order: %s", text)
	}
	p.optional("limit", q.Limit)
	p.optional("offset", q.Offset)
	for _, name := range sortedKeys(q.Options) {
		p.optional("option "+name, q.Options[name])
	}
}

func sortedKeys(m map[string]Expr) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (p *printer) optional(what string, e Expr) {
	if e != nil {
		p.line("%s: %s", what, exprText(e))
	}
}

func (p *printer) list(what string, list []Expr) {
	for _, e := range list {
		p.line("%s: %s", what, exprText(e))
	}
}

func (p *printer) block(b *Block) {
	for _, f := range b.From {
		p.from(f)
	}
	p.optional("where", b.Where)
	p.list("group", b.Groups)
	for _, a := range b.Aggregates {
		text := a.Name
		if a.Arg != nil {
			text += " of " + exprText(a.Arg)
		}
		if a.Filter != nil {
			text += " where " + exprText(a.Filter)
		}
		for _, k := range a.Order {
			text += " by " + exprText(k.X)
		}
		p.line("aggregate: %s", strings.TrimSpace(text+" "+typeText(a.Of)))
	}
	p.optional("having", b.Having)
	p.list("item", b.Items)
	if b.Distinct {
		p.line("distinct")
	}
	for _, s := range b.Subqueries {
		p.line("subquery %d%s%s", s.ID, map[bool]string{true: " correlated"}[s.Correlated], columnsText(s.Outer))
		p.within(func() { p.query(s.Query) })
	}
}

func (p *printer) from(f From) {
	if j, ok := f.(*Join); ok {
		on := ""
		if j.On != nil {
			on = " on " + exprText(j.On)
		}
		p.line("%s%s", []string{"inner join", "cross join", "left join"}[slices.Index([]ast.JoinKind{ast.InnerJoin, ast.CrossJoin, ast.LeftJoin}, j.Kind)], on)
		p.within(func() { p.from(j.Left); p.from(j.Right) })
		return
	}
	s := f.(*Source)
	var columns []string
	for i, c := range s.Relation.Columns {
		text := c.Name
		switch {
		case c.Bin != "" && c.Bin != c.Name:
			text += "=" + c.Bin
		case c.Pseudo != NoPseudo:
			text += "=" + pseudoNames[c.Pseudo]
		case c.Bin == "":
			text = strings.TrimSpace(fmt.Sprint(c.Name, " output ", c.Output))
		}
		columns = append(columns, fmt.Sprintf("%d %s", s.Relation.Base+i, text))
	}
	what := "set " + s.Relation.Namespace + "." + s.Relation.Set
	switch {
	case s.Query != nil:
		what = "query"
	case s.Unnest != nil:
		what = "unnest " + exprText(s.Unnest)
	case s.Relation.Table != nil:
		what = "table " + s.Relation.Set
	}
	for _, r := range s.Partitions {
		what += fmt.Sprintf(" partitions %s..%s", r.First, r.Last)
	}
	if s.Ordinality {
		what += " with ordinality"
	}
	p.line("%s as %s (%s)", what, ast.QuoteName(s.Relation.Name), strings.Join(columns, ", "))
	if s.Query != nil {
		p.within(func() { p.query(s.Query) })
	}
}

// exprText returns an expression with its type and the slots of its columns.
func exprText(e Expr) string {
	text := e.String()
	if t := typeText(e.Type()); t != "" {
		text += " " + t
	}
	var columns []*Column
	Walk(e, func(x Expr) {
		if c, ok := x.(*Column); ok {
			columns = append(columns, c)
		}
	})
	return text + columnsText(columns)
}

// columnsText returns the slots of columns, with an arrow for each block that they are outside of.
func columnsText(columns []*Column) string {
	var texts []string
	for _, c := range columns {
		text := fmt.Sprintf("%s%s=%d", strings.Repeat("^", c.Depth), c, c.Slot)
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if texts == nil {
		return ""
	}
	return " [" + strings.Join(texts, ", ") + "]"
}
