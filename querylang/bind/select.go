package bind

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

func textValue(s string) protocol.Value { return protocol.String(s) }

// columnName returns the name of a column of VALUES.
func columnName(i int) string { return fmt.Sprint("column", i+1) }

// selectRows binds a SELECT with the ORDER BY of its query.
func (b *binder) selectRows(q *ast.Query, body *ast.Select, bound *Query, p place) {
	block := &Block{Distinct: body.Distinct}
	bound.Body = block
	s := &scope{place: p, block: block}
	for _, t := range body.From {
		block.From = append(block.From, b.from(s, t))
	}
	if body.Where != nil {
		s.in("WHERE", func() { block.Where = b.condition(s, b.withKeys(s, body.Where)) })
	}
	if block.Aggregated = isAggregated(body, q.Order); block.Aggregated {
		b.bindGroups(s, body)
		s.grouped = true
	}
	for i := range body.Items {
		if item := &body.Items[i]; item.Star {
			b.star(s, item, bound)
		} else {
			b.item(s, item, bound)
		}
	}
	if body.Having != nil {
		s.aliases = body.Items
		block.Having = b.condition(s, body.Having)
		s.aliases = nil
	}
	b.order(q, body, bound, s)
	s.finish()
}

// item binds an expression of the select list.
func (b *binder) item(s *scope, item *ast.SelectItem, bound *Query) {
	x := b.expr(s, item.Expr)
	c := OutputColumn{Name: item.Alias.Text, Type: x.Type(), Kinds: x.Kinds()}
	if c.Name == "" {
		c.Name = itemName(item.Expr)
	}
	if column, ok := x.(*Column); ok {
		c.setOrigin(column)
	}
	block := bound.Body.(*Block)
	block.Items = append(block.Items, x)
	bound.Columns = append(bound.Columns, c)
}

// itemName returns the name of an item without an alias.
func itemName(e ast.Expr) string {
	c, ok := e.(*ast.Column)
	if !ok {
		return e.String()
	}
	return c.Parts[len(c.Parts)-1].Text
}

// setOrigin sets the bin that a plain column is read from.
func (c *OutputColumn) setOrigin(x *Column) {
	if x.Relation == nil || !x.Relation.IsSet {
		return
	}
	c.Namespace, c.Set, c.Bin = x.Relation.Namespace, x.Relation.Set, x.Relation.Columns[x.Index].Bin
}

// star binds * and t.*.
func (b *binder) star(s *scope, item *ast.SelectItem, bound *Query) {
	tables := s.tables
	switch n := item.Qualifier; {
	case len(n) == 1:
		tables = []*table{s.named(n[0])}
	case len(n) == 2:
		tables = []*table{s.qualified(n[0], n[1])}
	case len(n) > 2:
		tables = []*table{nil}
	case len(tables) == 0:
		b.fail(item.Pos, ast.ErrSyntax, "* needs a FROM")
	}
	for _, t := range tables {
		if t == nil {
			b.fail(item.Pos, ast.ErrUnknownName, "there is no table %s in this statement", item.Qualifier[len(item.Qualifier)-1])
			return
		}
		b.starOf(s, t, item, bound)
	}
}

// starOf adds the columns of a table.
func (b *binder) starOf(s *scope, t *table, item *ast.SelectItem, bound *Query) {
	add := func(name string, x Expr) {
		c := OutputColumn{Name: name, Type: x.Type(), Kinds: x.Kinds()}
		if column, ok := x.(*Column); ok {
			c.setOrigin(column)
		}
		block := bound.Body.(*Block)
		block.Items, bound.Columns = append(block.Items, x), append(bound.Columns, c)
	}
	r := reference{inner: s, owner: s, table: t, pos: item.Pos}
	if t.child != nil {
		for _, name := range []string{pseudoNames[PrimaryKey], keyName, valueName} {
			add(name, b.childColumn(r, ast.Name{Text: name, Pos: item.Pos}))
		}
		return
	}
	if !t.open {
		for i, c := range t.known {
			if !t.hidden[i] || item.Qualifier != nil {
				add(c.Name, b.known(r, i))
			}
		}
		return
	}
	for _, bin := range b.sample(t.relation) {
		if i := t.find(ast.Name{Text: bin, Quote: '"'}); i < 0 || !t.hidden[i] || item.Qualifier != nil {
			add(bin, b.slot(r, binColumn(bin)))
		}
	}
	bound.Body.(*Block).Star = append(bound.Body.(*Block).Star, t.relation)
}

// sample returns the bins of * of an undeclared set.
func (b *binder) sample(r *Relation) []string {
	if b.err != nil {
		return nil
	}
	bins, version, err := b.catalog.Sample(b.ctx, r.Namespace, r.SampleSet())
	if err != nil {
		b.failQuietly(err)
		return nil
	}
	b.needs.Samples = append(b.needs.Samples, SampleVersion{r.Namespace, r.SampleSet(), version})
	return bins
}

// orderKey returns a key of ORDER BY. NULL is the smallest value.
func orderKey(o ast.OrderItem, x Expr) OrderKey {
	k := OrderKey{X: x, Descending: o.Descending, NullsFirst: !o.Descending}
	if o.Nulls != ast.NullsDefault {
		k.NullsFirst = o.Nulls == ast.NullsFirst
	}
	return k
}

// order binds the ORDER BY of a block.
func (b *binder) order(q *ast.Query, body *ast.Select, bound *Query, s *scope) {
	if len(q.Order) == 0 {
		return
	}
	if body.Distinct {
		bound.OrderOnOutput = true
		b.orderOutput(q.Order, bound, body.Items)
		return
	}
	block := bound.Body.(*Block)
	onlyItems, volatile := true, false
	items := make([]int, len(q.Order))
	for i, o := range q.Order {
		items[i] = b.itemOf(o.Expr, bound)
		if items[i] < 0 {
			onlyItems = false
			continue
		}
		volatile = volatile || isVolatile(block.Items[items[i]])
	}
	if bound.OrderOnOutput = onlyItems && volatile; bound.OrderOnOutput {
		b.orderOutput(q.Order, bound, nil)
		return
	}
	s.aliases = body.Items
	for i, o := range q.Order {
		if items[i] >= 0 {
			bound.Order = append(bound.Order, orderKey(o, block.Items[items[i]]))
		} else {
			bound.Order = append(bound.Order, orderKey(o, b.expr(s, o.Expr)))
		}
	}
	s.aliases = nil
}

// itemOf returns the index of the column of the result that a key of ORDER BY names by its number
// or by its name, or -1.
func (b *binder) itemOf(e ast.Expr, bound *Query) int {
	if n, ok := ordinal(e); ok {
		if n < 1 || n > int64(len(bound.Columns)) {
			b.fail(e.Position(), ast.ErrUnknownName, "ORDER BY %d: the result has no column with this number", n)
			return -1
		}
		return int(n) - 1
	}
	c, ok := e.(*ast.Column)
	if !ok || len(c.Parts) > 1 {
		return -1
	}
	at := -1
	for i := range bound.Columns {
		if !sameName(c.Parts[0], bound.Columns[i].Name) {
			continue
		}
		if at < 0 || bound.Columns[at].Name != c.Parts[0].Text {
			at = i
		}
	}
	return at
}

// orderOutput binds an ORDER BY that can read the columns of the result only. The items are those
// of SELECT DISTINCT: an expression can be written as it is there.
func (b *binder) orderOutput(order []ast.OrderItem, bound *Query, items []ast.SelectItem) {
	t := &table{output: true}
	for i, c := range bound.Columns {
		t.known = append(t.known, RelationColumn{Name: c.Name, Output: i, Type: c.Type, Kinds: c.Kinds})
	}
	s := &scope{tables: []*table{t}, clause: "the ORDER BY of these rows"}
	var texts map[string]int
	for _, o := range order {
		at := b.itemOf(o.Expr, bound)
		if at < 0 && len(items) == len(bound.Columns) && !hasParam(o.Expr) {
			if texts == nil {
				texts = textsOf(items)
			}
			if i, ok := texts[o.Expr.String()]; ok {
				at = i
			}
		}
		if at >= 0 {
			bound.Order = append(bound.Order, orderKey(o, b.known(reference{owner: s, table: t, pos: o.Pos}, at)))
			continue
		}
		before := b.err
		x := b.expr(s, o.Expr)
		if e, ok := b.err.(*ast.Error); ok && before == nil && e.Kind == ast.ErrUnknownName { //nolint:errorlint // it is an error of this binder
			b.err = ast.ErrorAt(b.text, o.Expr.Position(), ast.ErrUnknownName, "ORDER BY after DISTINCT or a set operation can only read the columns of the result: %s", e.Message)
		}
		bound.Order = append(bound.Order, orderKey(o, x))
	}
}

// textsOf returns the indexes of the expressions of a select list by their texts.
func textsOf(items []ast.SelectItem) map[string]int {
	texts := make(map[string]int, len(items))
	for i := range items {
		if items[i].Expr != nil {
			texts[items[i].Expr.String()] = i
		}
	}
	return texts
}

func hasParam(e ast.Expr) bool {
	found := false
	ast.InspectExpr(e, func(e ast.Expr) bool {
		if _, ok := e.(*ast.Param); ok {
			found = true
		}
		return !found
	})
	return found
}

// unify returns the type and the kinds of expressions that are values of one column, converted to
// one scale. NULL, and constants and parameters that are converted, have the type of the others.
func (b *binder) unify(list []Expr) (function.Type, function.Kinds) {
	types := make([]function.Type, 0, len(list))
	at := make([]int, 0, len(list)) // the indexes of types in the list
	scale, decimals := 0, true
	for i, x := range list {
		t := x.Type()
		if isFixed(x) && t.Family == function.Undeclared {
			continue
		}
		types, at = append(types, t), append(at, i)
		scale, decimals = max(scale, t.Scale), decimals && t.Family == function.Decimals
	}
	if decimals {
		for i := range types {
			types[i].Scale = scale
		}
	}
	t, ok := function.CommonType(types)
	if !ok {
		b.fail(list[at[differing(types)]].Position(), ast.ErrType, "values of different types are in one column; use CAST")
	}
	var kinds function.Kinds
	for i := range list {
		list[i] = b.as(list[i], t)
		kinds |= list[i].Kinds()
	}
	if !kinds.Only(t.Kinds()) && len(types) < len(list) {
		t = function.Type{} // a constant is of another type
	}
	return t, kinds
}

// differing returns the index of the first type that has nothing in common with those before.
func differing(types []function.Type) int {
	for i := range types {
		if _, ok := function.CommonType(types[:i+1]); !ok {
			return i
		}
	}
	return 0
}
