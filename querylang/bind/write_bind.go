package bind

import (
	"context"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// BoundWrite is a bound statement that changes records, with what its runs need.
type BoundWrite struct {
	Write Write
	Needs
}

// BindWrite binds an INSERT, UPDATE, DELETE or TRUNCATE.
func BindWrite(ctx context.Context, s ast.Statement, catalog Catalog, options Options) (*BoundWrite, error) {
	b := newBinder(ctx, catalog, options)
	var w Write
	switch s := s.(type) {
	case *ast.Insert:
		w = b.insert(s)
	case *ast.Update:
		w = b.update(s)
	case *ast.Delete:
		w = b.delete(s)
	case *ast.Truncate:
		w = b.truncate(s)
	default:
		b.fail(s.Position(), ast.ErrUnsupported, "%T changes no records", s)
	}
	if b.err != nil {
		return nil, b.err
	}
	return &BoundWrite{Write: w, Needs: b.needs}, nil
}

// target binds the set that a statement changes. It returns nil after an error.
func (b *binder) target(s *scope, name ast.TableName, alias ast.Name) *table {
	pos := name.Position()
	if !name.Bin.IsZero() {
		b.fail(pos, ast.ErrUnsupported, "%s is a child table; change the column %s of its set", name, name.Bin)
		return nil
	}
	r, view := b.set(name)
	r.Whole = false // what is written to a namespace is a record without a set
	switch {
	case b.err != nil:
		return nil
	case view != nil:
		b.fail(pos, ast.ErrUnsupported, "%s is a view, which can't be changed", name)
		return nil
	case IsReservedSet(r.Set):
		b.fail(pos, ast.ErrUnsupported, "the set %s holds declarations of tables and their counters; it can't be changed by statements", r.Set)
		return nil
	}
	t := &table{relation: r, name: r.Name, namespace: r.Namespace, open: r.Table == nil}
	if !alias.IsZero() {
		t.name, t.namespace, r.Name = alias.Text, "", alias.Text
	}
	if r.Table != nil {
		t.known = declaredColumns(r.Table)
	}
	b.add(s, t, pos)
	return t
}

func (b *binder) truncate(s *ast.Truncate) *Truncate {
	own := &scope{block: &Block{}}
	t := b.target(own, s.Table, ast.Name{})
	if t == nil {
		return nil
	}
	if t.relation.Set == "" {
		b.fail(s.Table.Position(), ast.ErrUnsupported,
			"the server truncates a set or a whole namespace, but not only the records without a set; use DELETE FROM")
	}
	w := &Truncate{Namespace: t.relation.Namespace, Set: t.relation.Set}
	if s.Before != nil {
		before := &scope{clause: "BEFORE"}
		w.Before = b.as(b.expr(before, s.Before), function.Type{Family: function.Timestamps})
	}
	return w
}

func (b *binder) update(s *ast.Update) *Update {
	own := &scope{block: &Block{}}
	t := b.target(own, s.Table, s.Alias)
	if t == nil {
		return nil
	}
	w := &Update{Relation: t.relation, Options: b.queryOptions(s.Options)}
	w.Set = b.assignments(own, t, s.Set)
	w.Where, w.Order, w.Limit = b.selection(own, t, s.Where, s.Order, s.Limit)
	w.Checks = b.checks(own, t, t.relation.Table)
	w.Returning = b.returning(own, t, s.Returning, assignedBins(w.Set))
	own.finish()
	w.Subqueries, w.Width = own.block.Subqueries, own.block.Width
	return w
}

func (b *binder) delete(s *ast.Delete) *Delete {
	own := &scope{block: &Block{}}
	t := b.target(own, s.Table, s.Alias)
	if t == nil {
		return nil
	}
	w := &Delete{Relation: t.relation, Options: b.queryOptions(s.Options)}
	w.Where, w.Order, w.Limit = b.selection(own, t, s.Where, s.Order, s.Limit)
	w.Returning = b.returning(own, t, s.Returning, nil)
	own.finish()
	w.Subqueries, w.Width = own.block.Subqueries, own.block.Width
	return w
}

// selection binds what selects the records to change.
func (b *binder) selection(s *scope, t *table, where ast.Expr, order []ast.OrderItem, limit ast.Expr) (Expr, []OrderKey, Expr) {
	var condition Expr
	if where != nil {
		s.in("WHERE", func() { condition = b.condition(s, b.withKeys(s, where)) })
	}
	if len(order) == 0 && limit == nil {
		return condition, nil, nil
	}
	var keys []OrderKey
	s.in("ORDER BY", func() {
		for _, o := range order {
			keys = append(keys, orderKey(o, b.expr(s, o.Expr)))
		}
	})
	count := &scope{clause: "LIMIT"}
	for _, p := range []Pseudo{Digest, PrimaryKey} {
		t.use(s, pseudoColumn(p), 0, 0)
	}
	return condition, keys, b.count(count, limit, "LIMIT")
}

// checks binds the CHECK constraints of a declared table for the columns of t.
func (b *binder) checks(s *scope, t *table, declared *Table) []Check {
	if declared == nil || len(declared.Checks) == 0 || b.err != nil {
		return nil
	}
	tables, text, name, namespace := s.tables, b.text, t.name, t.namespace
	s.tables, b.text = []*table{t}, ""                     // the positions are those of the declaration
	t.name, t.namespace = declared.Set, declared.Namespace // and so is the name of the table
	var list []Check
	s.in("CHECK", func() {
		for _, e := range declared.Checks {
			list = append(list, Check{X: b.condition(s, e), Text: e.String()})
		}
	})
	s.tables, b.text, t.name, t.namespace = tables, text, name, namespace
	return list
}

// assignedBins returns the bins of assignments.
func assignedBins(set []Assignment) []string {
	bins := make([]string, len(set))
	for i := range set {
		bins[i] = set[i].Bin
	}
	return bins
}

// returning binds RETURNING. The * of an undeclared set also names the bins that the statement
// writes.
func (b *binder) returning(s *scope, t *table, items []ast.SelectItem, written []string) *Returning {
	if items == nil {
		return nil
	}
	tables := s.tables
	s.tables = []*table{t}
	bound := &Query{Body: s.block}
	s.in("RETURNING", func() {
		for i := range items {
			if items[i].Star {
				b.star(s, &items[i], bound)
				b.writtenBins(s, t, &items[i], bound, written)
			} else {
				b.item(s, &items[i], bound)
			}
		}
	})
	s.tables = tables
	return &Returning{Items: s.block.Items, Columns: bound.Columns, Star: len(s.block.Star) > 0}
}

// writtenBins adds the bins that a statement writes to the columns of *, if they are not in the
// sample of an undeclared set.
func (b *binder) writtenBins(s *scope, t *table, item *ast.SelectItem, bound *Query, written []string) {
	if !t.open {
		return
	}
	for _, bin := range written {
		if !slices.ContainsFunc(bound.Columns, func(c OutputColumn) bool { return c.Name == bin }) {
			x := t.use(s, binColumn(bin), 0, item.Pos)
			s.block.Items = append(s.block.Items, x)
			bound.Columns = append(bound.Columns, OutputColumn{Name: bin, Kinds: x.Kinds()})
		}
	}
}

// assignments binds the assignments of a SET. The values can read all tables of the scope.
func (b *binder) assignments(s *scope, t *table, list []ast.Assignment) []Assignment {
	set := make([]Assignment, 0, len(list))
	s.in("SET", func() {
		for _, x := range list {
			a, ok := b.assignment(s, t, x)
			if !ok {
				return
			}
			for i := range set {
				if set[i].Bin == a.Bin && (len(a.Path) == 0 || len(set[i].Path) == 0) {
					b.fail(a.Pos, ast.ErrSyntax, "the column %s is assigned twice", ast.QuoteName(a.Name))
				}
			}
			set = append(set, a)
		}
	})
	return set
}

func (b *binder) assignment(s *scope, t *table, x ast.Assignment) (Assignment, bool) {
	target, declared, ok := b.assigned(s, t, x.Target)
	if !ok {
		return Assignment{}, false
	}
	rc := &t.relation.Columns[target.column.Index]
	a := Assignment{Name: rc.Name, Bin: rc.Bin, Path: target.path, Target: target.column, Pos: x.Target.Position()}
	if declared != nil {
		a.Type, a.NotNull = declared.Type, declared.NotNull
	}
	if d, isDefault := x.Value.(*ast.Default); isDefault {
		a.Value = b.defaultOf(s, t, declared, d.Pos)
	} else {
		a.Value = b.value(s, x.Value)
	}
	coerced := false
	if len(a.Path) == 0 {
		a.Value, coerced = b.formOf(a.Value, a.Type)
	}
	if !coerced {
		a.Type = function.Type{}
	}
	return a, b.err == nil
}

// An assignedColumn is the target of an assignment.
type assignedColumn struct {
	column *Column
	path   []Expr
}

// assigned binds the target of an assignment. The column may be qualified by the table.
func (b *binder) assigned(s *scope, t *table, e ast.Expr) (target assignedColumn, declared *TableColumn, ok bool) {
	tables := s.tables
	s.tables = []*table{t}
	x := b.expr(s, e)
	s.tables = tables
	if b.err != nil {
		return target, nil, false
	}
	if p, isPath := x.(*Path); isPath {
		target.path, x = p.Steps, p.X
	}
	c, isColumn := x.(*Column)
	if !isColumn || c.Relation != t.relation {
		b.fail(e.Position(), ast.ErrUnsupported, "%s can't be assigned to", e)
		return target, nil, false
	}
	target.column = c
	rc := &t.relation.Columns[c.Index]
	switch {
	case rc.Pseudo == PrimaryKey:
		b.fail(e.Position(), ast.ErrUnsupported, "a record's key can't be changed; insert a new record and delete the old one")
	case rc.Pseudo != NoPseudo:
		b.fail(e.Position(), ast.ErrUnsupported, "%s can't be written", rc.Name)
	case rc.Bin == MarkerBin:
		b.fail(e.Position(), ast.ErrInvalidName, "the bin %s marks records without values; it can't be written", MarkerBin)
	case isKeyPart(t.relation.Table, rc.Bin):
		b.fail(e.Position(), ast.ErrUnsupported,
			"the column %s of the PRIMARY KEY can't be changed; insert a new row and delete the old one", ast.QuoteName(rc.Name))
	case isUnique(t.relation.Table, rc.Bin):
		b.fail(e.Position(), ast.ErrUnsupported,
			"the UNIQUE column %s can't be changed: its value is the record's key; insert a new row and delete the old one", ast.QuoteName(rc.Name))
	}
	return target, declaredColumn(t.relation.Table, rc.Bin), b.err == nil
}

// declaredColumn returns the declared column of a bin, or nil.
func declaredColumn(t *Table, bin string) *TableColumn {
	if t == nil {
		return nil
	}
	if i := slices.IndexFunc(t.Columns, func(c TableColumn) bool { return c.Bin == bin }); i >= 0 {
		return &t.Columns[i]
	}
	return nil
}

// defaultOf binds the DEFAULT of a column.
func (b *binder) defaultOf(s *scope, t *table, c *TableColumn, pos ast.Pos) Expr {
	if t.relation.Table == nil {
		return b.fail(pos, ast.ErrUnsupported, "DEFAULT needs a declared table, and %s is not declared", ast.QuoteName(t.relation.Set))
	}
	if c == nil || c.Default == nil {
		return &Const{Value: protocol.Nil(), Pos: pos}
	}
	return b.declaredDefault(s, c)
}

// declaredDefault binds the default of a declared column, which reads no columns.
func (b *binder) declaredDefault(s *scope, c *TableColumn) Expr {
	text := b.text
	b.text = "" // the positions are those of the declaration
	x := b.expr(&scope{block: s.block, clause: "DEFAULT"}, c.Default)
	b.text = text
	return x
}

// formOf returns a value that is stored in a column of a type, and whether it must be converted to
// the type when it is known. A constant that can't be converted is an error.
func (b *binder) formOf(x Expr, t function.Type) (Expr, bool) {
	if t.Family == function.Undeclared {
		return x, false
	}
	if c, ok := x.(*Const); ok && c.Of.Family == function.Undeclared {
		_, err := function.Coerce(c.Value, t)
		b.failWith(x.Position(), ast.ErrType, err)
		return x, true
	}
	of := x.Type()
	switch {
	case of.Family == function.Decimals && t.Family == function.Decimals:
		return b.rescale(x, t), false
	case of.Family == function.Decimals:
		return b.plain(x), true
	case of.Family != t.Family:
		return x, true
	}
	return x, false
}
