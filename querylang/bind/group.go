package bind

import (
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// groupBy is the clause of groups in messages.
const groupBy = "GROUP BY"

// A groupKey is an expression of GROUP BY.
type groupKey struct {
	x    Expr
	text string // of x, with parameters by their numbers
	size int
}

// isAggregate reports whether a call is one of an aggregate function.
func isAggregate(c *ast.Call) bool {
	return function.LookupAggregate(c.Name.Text) != nil && c.Name.Quote == 0 && extremeOf(c) == ""
}

// extremeOf returns the scalar function that MIN and MAX with several arguments are, or "".
func extremeOf(c *ast.Call) string {
	switch {
	case len(c.Args) < 2 || c.Name.Quote != 0:
	case c.Name.Is("MIN"):
		return "LEAST"
	case c.Name.Is("MAX"):
		return "GREATEST"
	}
	return ""
}

// hasAggregate reports whether an expression has an aggregate function of its own block.
func hasAggregate(e ast.Expr) bool {
	found := false
	ast.InspectExpr(e, func(e ast.Expr) bool {
		if c, ok := e.(*ast.Call); ok && isAggregate(c) {
			found = true
		}
		return !found
	})
	return found
}

// isAggregated reports whether a block has groups or aggregates.
func isAggregated(body *ast.Select, order []ast.OrderItem) bool {
	if len(body.Group) > 0 || body.Having != nil {
		return true
	}
	return slices.ContainsFunc(body.Items, func(i ast.SelectItem) bool { return hasAggregate(i.Expr) }) ||
		slices.ContainsFunc(order, func(o ast.OrderItem) bool { return hasAggregate(o.Expr) })
}

// bindGroups binds GROUP BY. A number is the place of an item of the select list.
func (b *binder) bindGroups(s *scope, body *ast.Select) {
	var constant Expr
	s.in(groupBy, func() {
		for _, e := range body.Group {
			if n, ok := ordinal(e); ok {
				if n < 1 || n > int64(len(body.Items)) || body.Items[n-1].Star {
					b.fail(e.Position(), ast.ErrUnknownName, "GROUP BY %d: the select list has no expression with this number", n)
					continue
				}
				e = body.Items[n-1].Expr
			}
			s.aliases = body.Items
			x := b.expr(s, e)
			s.aliases = nil
			if _, ok := x.(*Const); ok {
				constant = x // one value for all rows
				continue
			}
			if text := identity(x); !slices.ContainsFunc(s.groups, func(g groupKey) bool { return g.text == text }) {
				s.addGroup(x)
			}
		}
	})
	if len(s.groups) == 0 && constant != nil {
		s.addGroup(constant) // there is no group if there are no rows
	}
}

// addGroup adds a group and returns its index.
func (s *scope) addGroup(x Expr) int {
	s.block.Groups = append(s.block.Groups, x)
	s.groups = append(s.groups, groupKey{x, identity(x), s.size(x)})
	return len(s.groups) - 1
}

// ordinal returns the number that an expression of GROUP BY or ORDER BY is.
func ordinal(e ast.Expr) (n int64, ok bool) {
	literal, ok := e.(*ast.Literal)
	if !ok {
		return 0, false
	}
	return literal.Value.Int()
}

// groupColumn returns the group that is a column. If a declared key is a group, other columns of
// its set have one value in each group.
func (b *binder) groupColumn(r reference, c RelationColumn) Expr {
	byKey := false
	for i, g := range r.owner.groups {
		column, ok := g.x.(*Column)
		if !ok || column.Depth != 0 || column.Relation != r.table.relation {
			continue
		}
		if key := keyOf(&column.Relation.Columns[column.Index]); key == keyOf(&c) {
			return r.owner.group(i, r.depth, r.pos)
		} else if key.pseudo == PrimaryKey {
			byKey = column.Relation.Table != nil && column.Relation.Table.Key >= 0
		}
	}
	if byKey {
		x := r.table.use(r.owner, c, 0, r.pos)
		return r.owner.group(r.owner.addGroup(x), r.depth, r.pos)
	}
	return b.fail(r.pos, ast.ErrUnknownName, "the column %s must be in GROUP BY or in an aggregate function", c.Name)
}

func keyOf(c *RelationColumn) columnKey { return columnKey{c.Bin, c.Pseudo, c.Output} }

// group returns the column of the second frame for a group.
func (s *scope) group(i, depth int, pos ast.Pos) *Column {
	x := s.groups[i].x
	c := &Column{Name: x.String(), Index: i, Depth: depth, Of: x.Type(), Can: x.Kinds(), Pos: pos}
	s.slots = append(s.slots, aggregateSlot{column: c, index: i})
	return c
}

// groupSlot returns another column for the slot of a column of the second frame.
func (s *scope) groupSlot(c *Column, depth int) *Column {
	copied := *c
	copied.Depth = depth
	for _, a := range s.slots {
		if a.column == c {
			s.slots = append(s.slots, aggregateSlot{&copied, a.index, a.aggregate})
			break
		}
	}
	return &copied
}

// grouping returns the group that an expression other than a column is, or nil. To compare it with
// the groups it binds the expression as GROUP BY does, with all expressions in it.
func (b *binder) grouping(s *scope, e ast.Expr) Expr {
	switch e := e.(type) {
	case *ast.Literal, *ast.Param:
		return nil
	case *ast.Column:
		if len(e.Parts) == 1 && !slices.ContainsFunc(s.tables, func(t *table) bool { return t.child != nil }) {
			return nil // it has no path
		}
	}
	if !slices.ContainsFunc(s.groups, func(g groupKey) bool { return !isPlainColumn(g.x) }) {
		return nil
	}
	x, tried := s.trials[e]
	if !tried {
		if s.trials == nil {
			s.trials = make(map[ast.Expr]Expr)
		}
		err := b.err
		b.trials = s.trials
		s.onRows(groupBy, func() { b.expr(s, e) })
		b.trials, b.err = nil, err
		x = s.trials[e]
	}
	if x == nil {
		return nil
	}
	text, size := "", s.size(x)
	for i, g := range s.groups {
		if g.size != size {
			continue
		}
		if text == "" {
			text = identity(x)
		}
		if g.text == text {
			return s.group(i, 0, e.Position())
		}
	}
	return nil
}

func isPlainColumn(x Expr) bool {
	_, ok := x.(*Column)
	return ok
}

// try binds an expression for grouping.
func (b *binder) try(s *scope, e ast.Expr) Expr {
	before := b.err
	b.err = nil
	x := b.form(s, e)
	b.trials[e] = x
	if b.err != nil {
		b.trials[e] = nil
	}
	if before != nil {
		b.err = before
	}
	return x
}

// size returns the number of expressions in one.
func (s *scope) size(x Expr) int {
	if n, ok := s.sizes[x]; ok {
		return n
	}
	n := 1
	Operands(x, func(x Expr) { n += s.size(x) })
	if s.sizes == nil {
		s.sizes = make(map[Expr]int)
	}
	s.sizes[x] = n
	return n
}

// aggregate binds a call of an aggregate function and returns its column of the second frame.
func (b *binder) aggregate(s *scope, c *ast.Call) Expr {
	f := function.LookupAggregate(c.Name.Text)
	switch {
	case s.block == nil || !s.grouped && s.clause == "":
		return b.fail(c.Name.Pos, ast.ErrSyntax, "the aggregate function %s can't be used here", f.Name)
	case !s.grouped:
		return b.fail(c.Name.Pos, ast.ErrSyntax, "the aggregate function %s can't be used in %s", f.Name, s.clause)
	}
	call := &AggregateCall{Function: f, Star: c.Star, Distinct: c.Distinct, Name: c.String()}
	s.onRows("the arguments of an aggregate function", func() { b.aggregateArguments(s, c, call) })
	kinds := countKinds
	var args []function.Type
	if call.Arg != nil {
		args = append(args, typeOf(call.Arg))
	}
	if !call.Star && len(args) == 1 {
		call.Of, kinds = f.Result(args)
	} else if call.Star {
		call.Of = function.Type{Family: function.Integers}
	}
	text := call.identity()
	at, known := s.aggregates[text]
	if !known || text == "" {
		at = len(s.block.Aggregates)
		s.block.Aggregates = append(s.block.Aggregates, call)
		if s.aggregates == nil {
			s.aggregates = make(map[string]int)
		}
		s.aggregates[text] = at
	}
	column := &Column{Name: call.Name, Index: at, Of: call.Of, Can: kinds, Pos: c.Name.Pos}
	s.slots = append(s.slots, aggregateSlot{column: column, index: at, aggregate: true})
	return column
}

// aggregateArguments binds the parts of a call of an aggregate function.
func (b *binder) aggregateArguments(s *scope, c *ast.Call, call *AggregateCall) {
	f := call.Function
	if c.Filter != nil {
		call.Filter = b.condition(s, c.Filter)
	}
	if c.Star {
		if f.Name != "COUNT" || c.Distinct {
			b.fail(c.Name.Pos, ast.ErrSyntax, "only COUNT(*) can have * as its argument, without DISTINCT")
		}
		return
	}
	if len(c.Args) == 0 || len(c.Args) > len(f.Params) {
		b.fail(c.Name.Pos, ast.ErrSyntax, "the aggregate function %s takes %s, got %d", f.Name, arity(f.Params), len(c.Args))
		return
	}
	x := b.expr(s, c.Args[0])
	call.Arg = b.argument(f.Name, f.Params[0], x)
	for _, e := range append(slices.Clone(c.Args[1:]), nonNil(c.Separator)...) {
		constant := b.expr(s, e)
		switch constant.(type) {
		case *Const, *Param:
		default:
			b.fail(e.Position(), ast.ErrUnsupported, "the arguments of %s after the first one must be constants", f.Name)
		}
		call.Constants = append(call.Constants, constant)
	}
	for _, o := range c.Order {
		call.Order = append(call.Order, orderKey(o, b.expr(s, o.Expr)))
	}
	if len(c.Order) > 0 && f.Name != "GROUP_CONCAT" {
		b.fail(c.Name.Pos, ast.ErrUnsupported, "ORDER BY inside of %s has no effect; only GROUP_CONCAT has an order", f.Name)
	}
}

// nonNil returns the expression in a slice, or an empty slice for nil.
func nonNil(e ast.Expr) []ast.Expr {
	if e == nil {
		return nil
	}
	return []ast.Expr{e}
}

// identity returns a text that is equal for calls with the same result, or "" if it is not known.
func (e *AggregateCall) identity() string {
	if len(e.Constants)+len(e.Order) > 0 || isVolatile(e.Arg) || isVolatile(e.Filter) {
		return ""
	}
	return fmt.Sprintf("%s %t %t|%s|%s", e.Function.Name, e.Star, e.Distinct, identityOf(e.Arg), identityOf(e.Filter))
}
