package run

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A testBinder binds queries for the tests of planning. It knows what these tests need; it checks
// nothing.
type testBinder struct {
	tables map[string]*bind.Table // by set; another set is undeclared
	bins   map[string][]string    // of * of undeclared sets
	ids    int
}

// A testScope is the names of a block.
type testScope struct {
	outer     *testScope
	subquery  *bind.Subquery // that the block belongs to
	block     *bind.Block
	ctes      map[string]*ast.Query
	columns   []*bind.Column
	groupText []string
	grouped   bool // names are those of the second frame
}

func (b *testBinder) parse(text string) (*bind.Query, error) {
	one, err := parse.One(text, parse.Standard)
	if err != nil {
		return nil, err
	}
	q, ok := one.Statement.(*ast.Query)
	if !ok {
		return nil, fmt.Errorf("%T", one.Statement)
	}
	return b.query(q, nil, nil), nil
}

func (b *testBinder) query(q *ast.Query, outer *testScope, ctes map[string]*ast.Query) *bind.Query {
	all := make(map[string]*ast.Query)
	for name, x := range ctes {
		all[name] = x
	}
	for _, w := range q.With {
		all[w.Name.Text] = w.Query
	}
	r := &bind.Query{}
	s := &testScope{outer: outer, ctes: all}
	if outer != nil {
		s.subquery = outer.pending()
	}
	switch body := q.Body.(type) {
	case *ast.Select:
		r.Body = b.selectBlock(body, s, r)
		r.OrderOnOutput = body.Distinct
		if body.Distinct {
			b.orderOnOutput(q, r)
		} else {
			for _, o := range q.Order {
				r.Order = append(r.Order, orderKey(o, b.orderExpr(o.Expr, body, s)))
			}
		}
		s.finish()
	case *ast.SetOperation:
		left, right := b.query(&ast.Query{Body: body.Left}, outer, all), b.query(&ast.Query{Body: body.Right}, outer, all)
		r.Body, r.Columns = &bind.SetOperation{Op: body.Op, All: body.All, Left: left, Right: right}, left.Columns
		b.orderOnOutput(q, r)
	case *ast.Values:
		v := &bind.Values{}
		for _, row := range body.Rows {
			v.Rows = append(v.Rows, b.exprs(row.Values, s))
		}
		for i := range body.Rows[0].Values {
			r.Columns = append(r.Columns, bind.OutputColumn{Name: fmt.Sprint("column", i+1)})
		}
		r.Body = v
		b.orderOnOutput(q, r)
	case *ast.Query:
		inner := b.query(body, outer, all)
		r.Body, r.Columns = inner, inner.Columns
		b.orderOnOutput(q, r)
	}
	r.Limit, r.Offset = b.expr(q.Limit, s), b.expr(q.Offset, s)
	for _, o := range q.Options {
		if r.Options == nil {
			r.Options = make(map[string]bind.Expr)
		}
		r.Options[o.Name.Text] = b.expr(o.Value, s)
	}
	return r
}

func (b *testBinder) orderOnOutput(q *ast.Query, r *bind.Query) {
	r.OrderOnOutput = true
	for _, o := range q.Order {
		for i, c := range r.Columns {
			if o.Expr.String() == c.Name || o.Expr.String() == fmt.Sprint(i+1) {
				r.Order = append(r.Order, orderKey(o, &bind.Column{Slot: i, Name: c.Name, Can: function.Any}))
			}
		}
	}
}

func orderKey(o ast.OrderItem, x bind.Expr) bind.OrderKey {
	first := !o.Descending
	if o.Nulls != ast.NullsDefault {
		first = o.Nulls == ast.NullsFirst
	}
	return bind.OrderKey{X: x, Descending: o.Descending, NullsFirst: first}
}

func (b *testBinder) orderExpr(e ast.Expr, s *ast.Select, scope *testScope) bind.Expr {
	for i, item := range s.Items {
		if item.Expr != nil && (item.Alias.Text != "" && item.Alias.Text == e.String() || e.String() == fmt.Sprint(i+1)) {
			return b.expr(item.Expr, scope)
		}
	}
	return b.expr(e, scope)
}

func (b *testBinder) selectBlock(sel *ast.Select, s *testScope, r *bind.Query) *bind.Block {
	block := &bind.Block{Distinct: sel.Distinct}
	s.block = block
	for _, t := range sel.From {
		block.From = append(block.From, b.from(t, s))
	}
	block.Where = b.expr(sel.Where, s)
	for _, g := range sel.Group {
		block.Groups = append(block.Groups, b.expr(g, s))
		s.groupText = append(s.groupText, g.String())
	}
	s.grouped = len(sel.Group) > 0 || sel.Having != nil
	for _, item := range sel.Items {
		if c, ok := item.Expr.(*ast.Call); ok && aggregates[strings.ToUpper(c.Name.Text)] {
			s.grouped = true
		}
	}
	block.Aggregated = s.grouped
	for _, item := range sel.Items {
		if item.Star {
			b.star(block, s, r)
			continue
		}
		x := b.expr(item.Expr, s)
		name := item.Alias.Text
		if name == "" {
			name = x.String()
		}
		block.Items = append(block.Items, x)
		r.Columns = append(r.Columns, bind.OutputColumn{Name: name, Kinds: x.Kinds()})
	}
	block.Having = b.expr(sel.Having, s)
	return block
}

func (b *testBinder) star(block *bind.Block, s *testScope, r *bind.Query) {
	for _, rel := range block.Relations {
		names := b.bins[rel.Set]
		if rel.Table != nil {
			names = nil
			for _, c := range rel.Table.Columns {
				names = append(names, c.Name)
			}
		} else if rel.IsSet {
			block.Star = append(block.Star, rel)
		} else {
			for _, c := range rel.Columns {
				names = append(names, c.Name)
			}
		}
		for _, name := range names {
			c := s.column(rel, name, 0)
			block.Items = append(block.Items, c)
			r.Columns = append(r.Columns, bind.OutputColumn{Name: name})
		}
	}
}

func (b *testBinder) from(t ast.TableExpr, s *testScope) bind.From {
	switch t := t.(type) {
	case *ast.Table:
		r := &bind.Relation{Name: t.Name.Set.Text, IsSet: true, Namespace: "test", Set: t.Name.Set.Text}
		if t.Alias.Text != "" {
			r.Name = t.Alias.Text
		}
		s.block.Relations = append(s.block.Relations, r)
		src := &bind.Source{Relation: r, Sample: t.Sample}
		if cte := s.ctes[t.Name.Set.Text]; cte != nil {
			*r = bind.Relation{Name: r.Name}
			src.Query = b.query(cte, s, nil)
			b.outputs(r, src.Query)
			return src
		}
		r.Table = b.tables[r.Set]
		if t.Name.Set.Text == "NULL" {
			r.Set = ""
		}
		for _, p := range t.Partitions {
			src.Partitions = append(src.Partitions, bind.PartitionRange{First: b.expr(p.First, s), Last: b.expr(p.Last, s)})
		}
		return src
	case *ast.Derived:
		r := &bind.Relation{Name: t.Alias.Text}
		s.block.Relations = append(s.block.Relations, r)
		q := b.query(t.Query, s.outer, s.ctes)
		b.outputs(r, q)
		return &bind.Source{Relation: r, Query: q}
	case *ast.Unnest:
		x := b.expr(t.X, s)
		r := &bind.Relation{Name: t.Alias.Text, Columns: []bind.RelationColumn{{Name: t.Alias.Text, Kinds: function.Any}}}
		s.block.Relations = append(s.block.Relations, r)
		return &bind.Source{Relation: r, Unnest: x, Ordinality: t.Ordinality}
	case *ast.Join:
		j := &bind.Join{Kind: t.Kind, Left: b.from(t.Left, s), Right: b.from(t.Right, s)}
		j.On = b.expr(t.On, s)
		return j
	}
	panic(fmt.Sprintf("%T", t))
}

func (b *testBinder) outputs(r *bind.Relation, q *bind.Query) {
	for i, c := range q.Columns {
		r.Columns = append(r.Columns, bind.RelationColumn{Name: c.Name, Output: i, Kinds: function.Any})
	}
}

// pending returns the subquery that is being bound in a scope.
func (s *testScope) pending() *bind.Subquery {
	if len(s.block.Subqueries) == 0 {
		return nil
	}
	return s.block.Subqueries[len(s.block.Subqueries)-1]
}

var pseudoNames = map[string]bind.Pseudo{
	"PK": bind.PrimaryKey, "__digest": bind.Digest, "__generation": bind.Generation, "__ttl": bind.TimeToLive,
	"__size": bind.RecordSize, "__set": bind.SetName,
}

// column returns a column of a relation, which it adds if it is new.
func (s *testScope) column(r *bind.Relation, name string, depth int) *bind.Column {
	index := -1
	for i, c := range r.Columns {
		if c.Name == name {
			index = i
		}
	}
	if index < 0 {
		c := bind.RelationColumn{Name: name, Bin: name, Kinds: function.Any}
		if p, ok := pseudoNames[name]; ok {
			c.Bin, c.Pseudo = "", p
		}
		if r.Table != nil {
			for i, d := range r.Table.Columns {
				if d.Name == name {
					c.Bin, c.Type = d.Bin, d.Type
					c.Kinds = kindsOfFamily[d.Type.Family] | function.Null
					if i == r.Table.Key {
						c.Bin, c.Pseudo = "", bind.PrimaryKey
					}
				}
			}
		}
		index = len(r.Columns)
		r.Columns = append(r.Columns, c)
	}
	c := &r.Columns[index]
	x := &bind.Column{Relation: r, Index: index, Depth: depth, Name: name, Of: c.Type, Can: c.Kinds}
	s.columns = append(s.columns, x)
	return x
}

var kindsOfFamily = map[function.Family]function.Kinds{
	function.Undeclared: function.Any, function.Integers: function.Integer, function.Strings: function.String,
	function.Lists: function.List, function.Points: function.Geo, function.Floats: function.KindsOf(4),
}

// finish sets the slots of a block.
func (s *testScope) finish() {
	at := 0
	for _, r := range s.block.Relations {
		r.Base = at
		at += len(r.Columns)
	}
	s.block.Width = at
	for _, c := range s.columns {
		c.Slot = c.Relation.Base + c.Index
	}
}

// name resolves a column's name, in the block itself and in those around it.
func (s *testScope) name(parts []ast.Name) bind.Expr {
	depth := 0
	for scope := s; scope != nil; scope = scope.outer {
		if r := scope.relation(parts); r != nil {
			name := parts[len(parts)-1].Text
			for inner, d := s, depth-1; d >= 0; inner, d = inner.outer, d-1 {
				if inner.subquery != nil {
					inner.subquery.Correlated = true
					inner.subquery.Outer = append(inner.subquery.Outer, scope.column(r, name, d))
				}
			}
			return scope.column(r, name, depth)
		}
		depth++
	}
	panic(fmt.Sprint("unknown name ", parts))
}

func (s *testScope) relation(parts []ast.Name) *bind.Relation {
	if s.block == nil {
		return nil
	}
	for _, r := range s.block.Relations {
		if len(parts) > 1 {
			if r.Name == parts[0].Text {
				return r
			}
			continue
		}
		known := r.IsSet && r.Table == nil && len(s.block.Relations) == 1
		for _, c := range r.Columns {
			known = known || c.Name == parts[0].Text && !r.IsSet
		}
		if r.Table != nil {
			for _, c := range r.Table.Columns {
				known = known || c.Name == parts[0].Text
			}
		}
		if _, pseudo := pseudoNames[parts[0].Text]; known || pseudo && r.IsSet {
			return r
		}
	}
	return nil
}
