package bind

import (
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// maxBinName is the maximum length of the name of a bin in bytes.
const maxBinName = 15

// A reference is a column of a table that a name means.
type reference struct {
	inner *scope // where the name stands
	owner *scope // of the table
	depth int
	table *table
	pos   ast.Pos
}

// column binds names that are joined by dots: a column with or without its table, and the path
// behind it. The enclosing blocks are searched from the inside to the outside, first for a table
// with the first name: any name can be a bin of a set without a declaration.
func (b *binder) column(s *scope, e *ast.Column) Expr {
	for _, find := range []func(reference, []ast.Name) Expr{b.qualified, b.unqualified} {
		depth := 0
		for owner := s; owner != nil; owner, depth = owner.outer, depth+1 {
			if x := find(reference{inner: s, owner: owner, depth: depth, pos: e.Parts[0].Pos}, e.Parts); x != nil {
				return x
			}
		}
	}
	return b.unknownColumn(s, e)
}

// qualified binds a column whose table is named, or returns nil if the block has no such table.
func (b *binder) qualified(r reference, parts []ast.Name) Expr {
	if len(parts) > 2 {
		if r.table = r.owner.qualified(parts[0], parts[1]); r.table != nil {
			return b.member(r, parts[2:])
		}
	}
	if len(parts) > 1 {
		if r.table = r.owner.named(parts[0]); r.table != nil {
			return b.member(r, parts[1:])
		}
	}
	return nil
}

// named returns the table with a name, or nil.
func (s *scope) named(n ast.Name) *table {
	for _, t := range s.tables {
		if t.name == n.Text {
			return t
		}
	}
	for _, t := range s.tables {
		if t.name != "" && sameName(n, t.name) {
			return t
		}
	}
	return nil
}

// qualified returns the set with a namespace and a name, or nil.
func (s *scope) qualified(namespace, n ast.Name) *table {
	for _, t := range s.tables {
		if t.namespace != "" && t.namespace == namespace.Text && t.name == n.Text {
			return t
		}
	}
	return nil
}

// member binds a column of a table and the path behind it.
func (b *binder) member(r reference, parts []ast.Name) Expr {
	n := parts[0]
	if i := r.table.find(n); i >= 0 {
		if r.table.isAmbiguous(i) {
			return b.fail(n.Pos, ast.ErrUnknownName, "%s has more than one column %s; give them other names", r.table.name, n)
		}
		return b.path(b.known(r, i), parts[1:])
	}
	if r.table.child != nil {
		return b.path(b.childColumn(r, n), parts[1:])
	}
	if p := b.pseudoOf(n); p != NoPseudo && r.table.relation != nil && r.table.relation.IsSet {
		return b.path(b.pseudo(r, p), parts[1:])
	}
	if !r.table.open {
		return b.fail(n.Pos, ast.ErrUnknownName, "%s has no column %s%s", ast.QuoteName(r.table.name), n, b.nearest(n.Text, r.table.names))
	}
	return b.path(b.bin(r, n), parts[1:])
}

// pseudo binds a pseudo column. The key of a declared table has its type.
func (b *binder) pseudo(r reference, p Pseudo) Expr {
	if declared := r.table.relation.Table; p == PrimaryKey && declared != nil && declared.Key >= 0 {
		return b.known(r, declared.Key)
	}
	return b.slot(r, pseudoColumn(p))
}

// names returns the names of the known columns.
func (t *table) names() []string {
	names := make([]string, len(t.known))
	for i := range t.known {
		names[i] = t.known[i].Name
	}
	return names
}

// unqualified binds a column whose table is not named, or returns nil if no table can have it.
func (b *binder) unqualified(r reference, parts []ast.Name) Expr {
	n := parts[0]
	at := -1
	for _, t := range r.owner.tables {
		i := t.find(n)
		if i < 0 || t.hidden[i] {
			continue
		}
		if at >= 0 || t.isAmbiguous(i) {
			return b.fail(n.Pos, ast.ErrUnknownName, "several tables have a column %s; name the table, as in %s.%s", n, ast.QuoteName(t.name), n)
		}
		r.table, at = t, i
	}
	if at >= 0 {
		return b.path(b.known(r, at), parts[1:])
	}
	if p := b.pseudoOf(n); p != NoPseudo {
		if t := b.only(r.owner, n, func(t *table) bool { return t.child != nil || t.relation != nil && t.relation.IsSet }); t != nil {
			r.table = t
			return b.member(r, parts)
		}
		return nil
	}
	if r.depth == 0 {
		if x := b.alias(r.owner, n); x != nil {
			return b.path(x, parts[1:])
		}
	}
	can := func(t *table) bool { return t.child != nil || t.open && (len(parts) == 1 || b.hasBin(t, n)) }
	if t := b.only(r.owner, n, can); t != nil {
		r.table = t
		return b.member(r, parts)
	}
	return nil
}

// hasBin reports whether a set without a declaration is known to have a bin. What is before a dot
// is more likely a wrong name of a table than a bin that no record has.
func (b *binder) hasBin(t *table, n ast.Name) bool {
	if b.err != nil {
		return true
	}
	bins, _, err := b.catalog.Sample(b.ctx, t.relation.Namespace, t.relation.SampleSet())
	if err != nil {
		b.failQuietly(err)
		return true
	}
	return slices.Contains(bins, n.Text)
}

// only returns the only table that can have a column, or nil if there is none. Several are an
// error.
func (b *binder) only(s *scope, n ast.Name, can func(*table) bool) *table {
	var found *table
	for _, t := range s.tables {
		if !can(t) {
			continue
		}
		if found != nil {
			b.fail(n.Pos, ast.ErrUnknownName, "several tables can have a column %s; name the table, as in %s.%s", n, ast.QuoteName(found.name), n)
			return found
		}
		found = t
	}
	return found
}

// alias binds the item with an alias, where aliases are names. It returns nil if there is none.
func (b *binder) alias(s *scope, n ast.Name) Expr {
	for i := range s.aliases {
		item := &s.aliases[i]
		if item.Expr == nil || item.Alias.IsZero() || !sameName(n, item.Alias.Text) {
			continue
		}
		key := aliasKey{item, s.grouped}
		x := s.aliased[key]
		if x == nil {
			aliases := s.aliases
			s.aliases = nil
			x = b.expr(s, item.Expr)
			s.aliases = aliases
			if s.aliased == nil {
				s.aliased = make(map[aliasKey]Expr)
			}
			s.aliased[key] = x
		}
		return x
	}
	return nil
}

// bin binds the name of a bin of a set without a declaration.
func (b *binder) bin(r reference, n ast.Name) Expr {
	switch ours, foreign := foreignNames.Find(n.Text); {
	case n.Quote == 0 && !foreign && strings.HasPrefix(n.Text, "__"):
		if near := b.nearest(n.Text, func() []string { return pseudoNames[Digest:] }); near != "" {
			return b.fail(n.Pos, ast.ErrUnknownName, "there is no pseudo column %s; a bin of this name is BIN('%s')%s", n, n.Text, near)
		}
	case foreign && n.Quote == 0:
		return b.fail(n.Pos, ast.ErrUnknownName, "there is no column %s; it is called %s here; a bin of this name is BIN('%s')", n, ours, n.Text)
	case isHidden(n):
		return b.fail(n.Pos, ast.ErrUnknownName, "%s is a pseudo column and written without quotes; a bin of this name is BIN('%s')", n.Text, n.Text)
	}
	return b.binNamed(r, n.Text, n.Pos)
}

// binNamed binds a bin after checking its name.
func (b *binder) binNamed(r reference, name string, pos ast.Pos) Expr {
	if len(name) > maxBinName {
		return b.fail(pos, ast.ErrInvalidName, "no bin can be called %s: names of bins have at most %d bytes", ast.QuoteName(name), maxBinName)
	}
	return b.slot(r, binColumn(name))
}

// known binds a known column of a table.
func (b *binder) known(r reference, i int) Expr {
	if r.table.output {
		c := r.table.known[i]
		return &Column{Slot: c.Output, Name: c.Name, Of: c.Type, Can: c.Kinds, Pos: r.pos}
	}
	return b.slot(r, r.table.known[i])
}

// slot returns a column of a table as the expression's block can read it. If the block of the table
// is grouped it must be one of the groups. Subqueries between the two are correlated.
func (b *binder) slot(r reference, c RelationColumn) Expr {
	if r.owner.grouped {
		x := b.groupColumn(r, c)
		if column, ok := x.(*Column); ok && r.depth > 0 {
			r.correlate(func(depth int) *Column { return r.owner.groupSlot(column, depth) })
		}
		return x
	}
	r.correlate(func(depth int) *Column { return r.table.use(r.owner, c, depth, r.pos) })
	return r.table.use(r.owner, c, r.depth, r.pos)
}

// correlate notes a column in the subqueries between the place of a name and its table.
func (r reference) correlate(column func(depth int) *Column) {
	inner := r.inner
	for depth := r.depth - 1; depth >= 0; depth-- {
		if q := inner.subquery; q != nil {
			q.Correlated = true
			c := column(depth)
			if !slices.ContainsFunc(q.Outer, func(o *Column) bool { return sameColumn(o, c) }) {
				q.Outer = append(q.Outer, c)
			}
		}
		inner = inner.outer
	}
}

// sameColumn reports whether two columns read the same slot.
func sameColumn(x, y *Column) bool {
	return x.Relation == y.Relation && x.Index == y.Index && x.Depth == y.Depth && (x.Relation != nil || x.Name == y.Name)
}

// path adds the steps behind a column.
func (b *binder) path(x Expr, steps []ast.Name) Expr {
	if len(steps) == 0 {
		return x
	}
	p := extended(x)
	for _, n := range steps {
		p.add(&Const{Value: protocol.String(n.Text), Pos: n.Pos}, function.List|function.Map)
	}
	return b.checkPath(p)
}

// unknownColumn reports a name that no table has.
func (b *binder) unknownColumn(s *scope, e *ast.Column) Expr {
	n := e.Parts[0]
	if b.err != nil {
		return &Const{Pos: n.Pos}
	}
	var tables, columns []string
	for owner := s; owner != nil; owner = owner.outer {
		for _, t := range owner.tables {
			tables = append(tables, ast.QuoteName(t.name))
			columns = append(columns, t.names()...)
		}
	}
	switch {
	case len(tables) == 0:
		return b.fail(n.Pos, ast.ErrUnknownName, "the column %s can't be used here: no table is read", e)
	case len(e.Parts) > 1:
		return b.fail(n.Pos, ast.ErrUnknownName, "there is no table %s in this statement, only %s, and no record is known to have a bin %s; "+
			"a path into a bin can also be written as %s['%s']%s", n, strings.Join(tables[:min(len(tables), 5)], ", "), n, n, e.Parts[1].Text, b.nearest(n.Text, func() []string { return append(tables, columns...) }))
	}
	if n.Quote == '"' && !slices.Contains(columns, n.Text) {
		text := ast.Literal{Value: protocol.String(n.Text)}
		return b.fail(n.Pos, ast.ErrUnknownName, "there is no column %s; a string is written %s", n, &text)
	}
	return b.fail(n.Pos, ast.ErrUnknownName, "there is no column %s%s", n, b.nearest(n.Text, func() []string { return columns }))
}

// nearest returns a question for the known name that is most similar to another one, or "". It
// compares names for the first error only.
func (b *binder) nearest(name string, known func() []string) string {
	if b.err != nil {
		return ""
	}
	names := known()
	upper := make([]string, len(names))
	for i := range names {
		upper[i] = strings.ToUpper(names[i])
	}
	if i := slices.Index(upper, ast.Nearest(name, upper)); i >= 0 {
		return "; did you mean " + names[i] + "?"
	}
	return ""
}
