package bind

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// The maximum lengths of names in bytes.
const (
	maxNamespaceName = 31
	maxSetName       = 63
)

// from binds an item of FROM and adds its tables to the scope.
func (b *binder) from(s *scope, t ast.TableExpr) From {
	switch t := t.(type) {
	case *ast.Table:
		return b.table(s, t)
	case *ast.Derived:
		return b.derived(s, t)
	case *ast.Unnest:
		return b.unnest(s, t)
	}
	return b.join(s, t.(*ast.Join))
}

// add adds a table to the scope and its block.
func (b *binder) add(s *scope, t *table, pos ast.Pos) {
	if b.sources++; b.sources > maxSources {
		b.fail(pos, ast.ErrUnsupported, "the statement reads more than %d tables", maxSources)
	}
	if t.name != "" {
		for _, other := range s.tables {
			if other.name == t.name && other.namespace == t.namespace {
				b.fail(pos, ast.ErrUnknownName, "two tables are called %s; give one of them an alias", ast.QuoteName(t.name))
			}
		}
	}
	s.tables = append(s.tables, t)
	s.block.Relations = append(s.block.Relations, t.relation)
}

// table binds a set, a view or a common table.
func (b *binder) table(s *scope, t *ast.Table) From {
	if t.In != "" {
		b.fail(t.Name.Position(), ast.ErrUnsupported, "FROM ... IN %s is not supported; write the condition with CONTAINS or MAP_KEYS", t.In)
	}
	if t.Name.Namespace.IsZero() && t.Name.Bin.IsZero() && !t.Name.IsNullSet() {
		if c := s.common.find(t.Name.Set); c != nil {
			c.used = true
			return b.commonTable(s, t, c)
		}
	}
	if strings.EqualFold(t.Name.Namespace.Text, InformationSchema) {
		return b.information(s, t)
	}
	relation, view := b.set(t.Name)
	if view != nil {
		return b.view(s, t, relation, view)
	}
	if !t.Name.Bin.IsZero() {
		return b.child(s, t, relation)
	}
	added := &table{relation: relation, name: relation.Name, namespace: relation.Namespace, open: relation.Table == nil}
	if !t.Alias.IsZero() {
		added.name, added.namespace = t.Alias.Text, ""
		relation.Name = t.Alias.Text
	}
	if relation.Table != nil {
		added.known = declaredColumns(relation.Table)
	}
	b.add(s, added, t.Name.Position())
	return &Source{Relation: relation, Partitions: b.partitions(t.Partitions), Sample: t.Sample}
}

// set returns the relation of a set, or the declaration of a view. In AQL a name alone is a
// namespace if it is that of the default one, or if there is no default one.
func (b *binder) set(name ast.TableName) (*Relation, *Table) {
	r := &Relation{IsSet: true, Namespace: name.Namespace.Text, Set: name.Set.Text, Name: name.Set.Text}
	if r.Namespace == "" {
		r.Namespace = b.options.Namespace
	}
	pos := name.Position()
	switch {
	case name.IsNullSet():
		r.Set = ""
		return r, nil
	case b.options.AQL && name.Namespace.IsZero() && (b.options.Namespace == "" || name.Set.Text == b.options.Namespace):
		r.Namespace, r.Set, r.Whole = name.Set.Text, "", true
		return r, nil
	case r.Namespace == "":
		b.fail(pos, ast.ErrUnknownName, "%s has no namespace: write namespace.set, or name a default namespace in the DSN", name.Set)
	case name.Set.Is("__DEFAULT"):
		b.fail(pos, ast.ErrUnknownName, "the records without a set are the table %s", ast.TableName{Namespace: name.Namespace, Set: ast.Name{Text: ast.NullSet}})
	case len(r.Namespace) > maxNamespaceName:
		b.fail(pos, ast.ErrInvalidName, "no namespace can be called %s: names of namespaces have at most %d bytes", name.Namespace, maxNamespaceName)
	case len(r.Set) > maxSetName:
		b.fail(pos, ast.ErrInvalidName, "no set can be called %s: names of sets have at most %d bytes", name.Set, maxSetName)
	}
	if b.err != nil {
		return r, nil
	}
	declared, err := b.catalog.Table(b.ctx, r.Namespace, r.Set)
	if e, ok := err.(*ast.Error); ok { //nolint:errorlint // an error of another kind has no position
		b.failWith(pos, e.Kind, e)
		return r, nil
	}
	if err != nil {
		b.failQuietly(err)
		return r, nil
	}
	if declared != nil && declared.View != nil {
		return r, declared
	}
	r.Table = declared
	return r, nil
}

// declaredColumns returns the columns of a declared table.
func declaredColumns(t *Table) []RelationColumn {
	columns := make([]RelationColumn, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = RelationColumn{Name: c.Name, Bin: c.Bin, Type: c.Type, Kinds: c.Type.Kinds() | function.Null}
		if i == t.Key {
			columns[i].Bin, columns[i].Pseudo = "", PrimaryKey
			if c.Type.Family == function.Undeclared {
				columns[i].Kinds = keyKinds
			}
		}
	}
	return columns
}

func (b *binder) partitions(ranges []ast.PartitionRange) []PartitionRange {
	var bound []PartitionRange
	s := &scope{clause: "PARTITION"}
	for _, r := range ranges {
		p := PartitionRange{First: b.expr(s, r.First)}
		if p.Last = p.First; r.Last != nil {
			p.Last = b.expr(s, r.Last)
		}
		bound = append(bound, p)
	}
	return bound
}

// noScan reports clauses that only sets can have.
func (b *binder) noScan(t *ast.Table, what string) {
	if t.Partitions != nil || t.Sample != nil {
		b.fail(t.Name.Position(), ast.ErrUnsupported, "PARTITION and TABLESAMPLE read a set, but %s is %s", t.Name, what)
	}
}

// commonTable binds the use of a table of WITH. Its query is bound again for each use.
func (b *binder) commonTable(s *scope, t *ast.Table, c *commonTable) From {
	b.noScan(t, "a common table")
	if b.sources > maxSources {
		return &Source{Relation: &Relation{}}
	}
	q := b.query(c.table.Query, place{common: c.before})
	name := c.table.Name.Text
	if !t.Alias.IsZero() {
		name = t.Alias.Text
	}
	return b.result(s, name, q, c.table.Columns, t.Name.Position())
}

// view binds the query of a view.
func (b *binder) view(s *scope, t *ast.Table, r *Relation, declared *Table) From {
	b.noScan(t, "a view")
	if !t.Name.Bin.IsZero() {
		b.fail(t.Name.Position(), ast.ErrUnsupported, "%s is a view, which has no child tables", t.Name)
	}
	if b.sources > maxSources {
		return &Source{Relation: r}
	}
	name := r.Namespace + "." + r.Set
	for _, v := range b.views {
		if v == name {
			b.fail(t.Name.Position(), ast.ErrUnsupported, "the view %s reads itself", t.Name)
			return &Source{Relation: r}
		}
	}
	text, namespace := b.text, b.options.Namespace
	before := b.err
	b.views = append(b.views, name)
	b.text, b.options.Namespace = "", r.Namespace
	q := b.query(declared.View, place{})
	b.text, b.options.Namespace = text, namespace
	b.views = b.views[:len(b.views)-1]
	if e, ok := b.err.(*ast.Error); ok && before == nil { //nolint:errorlint // it is an error of this binder
		b.err = ast.ErrorAt(b.text, t.Name.Position(), e.Kind, "in the view %s: %s", t.Name, e.Message)
	}
	var names []ast.Name
	for _, c := range declared.Columns {
		names = append(names, ast.Name{Text: c.Name})
	}
	alias := r.Name
	if !t.Alias.IsZero() {
		alias = t.Alias.Text
	}
	return b.result(s, alias, q, names, t.Name.Position())
}

// derived binds a query in FROM.
func (b *binder) derived(s *scope, t *ast.Derived) From {
	q := b.query(t.Query, place{outer: s.outer, subquery: s.subquery, common: s.common})
	return b.result(s, t.Alias.Text, q, t.Columns, t.Pos)
}

// result adds the rows of a query as a table.
func (b *binder) result(s *scope, name string, q *Query, columns []ast.Name, pos ast.Pos) From {
	t := &table{relation: &Relation{Name: name}, name: name}
	if columns != nil && len(columns) != len(q.Columns) {
		b.fail(pos, ast.ErrSyntax, "%s names %d columns, but its query has %d", name, len(columns), len(q.Columns))
		columns = nil
	}
	for i, c := range q.Columns {
		known := RelationColumn{Name: c.Name, Output: i, Type: c.Type, Kinds: c.Kinds}
		if columns != nil {
			known.Name = columns[i].Text
		}
		t.known = append(t.known, known)
	}
	b.add(s, t, pos)
	return &Source{Relation: t.relation, Query: q}
}
