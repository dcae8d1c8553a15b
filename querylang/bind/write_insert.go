package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// An insertBinder binds an INSERT.
type insertBinder struct {
	*binder
	own      *scope
	existing *table
	newRow   *table // with hidden columns: they must be qualified
	w        *Insert
}

// insert binds an INSERT, UPSERT or REPLACE.
func (b *binder) insert(s *ast.Insert) *Insert {
	own := &scope{block: &Block{}}
	t := b.target(own, s.Table, s.Alias)
	if t == nil {
		return nil
	}
	if near := b.otherCase(t.relation, s.Table.Set); near != "" && b.err == nil {
		return b.failInsert(s.Table.Set, near)
	}
	i := &insertBinder{binder: b, own: own, existing: t, w: &Insert{Verb: s.Verb, Existing: t.relation, Key: -1}}
	i.w.Options = b.queryOptions(s.Options)
	i.columns(s)
	if b.err != nil {
		return nil
	}
	i.addNewRow(s)
	i.source(s)
	i.conflict(s)
	i.w.Checks = b.checks(own, i.plain(), t.relation.Table)
	var written []string
	for at := range i.w.Columns {
		if at != i.w.Key {
			written = append(written, i.w.Columns[at].Bin)
		}
	}
	i.w.Returning = b.returning(own, t, s.Returning, written)
	if b.err != nil {
		return nil
	}
	i.merge()
	own.block.Relations = []*Relation{i.w.Existing, i.w.NewRow}
	own.finish()
	i.w.Subqueries = own.block.Subqueries
	if i.w.Conflict != nil || i.w.Returning != nil || len(i.w.Checks) > 0 {
		i.w.Width = own.block.Width
	}
	return i.w
}

// otherCase returns the name of the declared table that an unquoted name of an undeclared set
// probably means, or "".
func (b *binder) otherCase(r *Relation, name ast.Name) string {
	folder, ok := b.catalog.(CaseFolder)
	if !ok || r.Table != nil || name.Quote != 0 {
		return ""
	}
	near, err := folder.OtherCase(b.ctx, r.Namespace, r.Set)
	if err != nil {
		b.failQuietly(err)
	}
	return near
}

// failInsert fails because a new record would be in a set beside the table that is meant.
func (b *binder) failInsert(name ast.Name, near string) *Insert {
	b.fail(name.Pos, ast.ErrUnknownName, "there is no table %s, but one is called %s; to write an undeclared set beside it, quote the name: `%s`",
		name.Text, ast.QuoteName(near), name.Text)
	return nil
}

// columns binds the list of columns, and adds those of a declared table that it leaves out.
func (i *insertBinder) columns(s *ast.Insert) {
	declared := i.existing.relation.Table
	if s.Columns == nil && declared == nil {
		i.fail(s.Table.Position(), ast.ErrUnsupported, "the table is not declared: name the columns, as in INSERT INTO t (PK, a)")
		return
	}
	for at, n := range s.Columns {
		i.column(n, at)
	}
	if declared == nil {
		i.checkUndeclared(s)
		return
	}
	for at := range declared.Columns {
		c := &declared.Columns[at]
		if i.has(at == declared.Key, c.Bin) {
			continue
		}
		column := InsertColumn{Name: c.Name, Bin: c.Bin, Type: c.Type, NotNull: c.NotNull, From: -1, Pos: s.Pos}
		if s.Columns == nil && s.Source != nil {
			column.From = at
		}
		if c.Default != nil {
			column.Default = i.declaredDefault(i.own, c)
		}
		i.add(column, at == declared.Key)
	}
	if i.w.Key < 0 && !declared.GeneratedKey {
		i.fail(s.Pos, ast.ErrSyntax, "the column PK is missing: each row needs a key")
	}
	if i.w.Key >= 0 && i.w.Columns[i.w.Key].From < 0 && i.w.Columns[i.w.Key].Default == nil && !declared.GeneratedKey {
		i.fail(s.Pos, ast.ErrSyntax, "the column %s is missing: each row needs a key", ast.QuoteName(i.w.Columns[i.w.Key].Name))
	}
	if declared.Key >= 0 {
		i.w.KeyType = declared.Columns[declared.Key].Type
	}
	i.uniqueKey(declared)
	i.compositeInsert(declared)
}

// has reports whether the row has the key, or a column with a bin.
func (i *insertBinder) has(isKey bool, bin string) bool {
	if isKey {
		return i.w.Key >= 0
	}
	for at := range i.w.Columns {
		if i.w.Columns[at].Bin == bin && at != i.w.Key {
			return true
		}
	}
	return false
}

func (i *insertBinder) add(c InsertColumn, isKey bool) {
	if isKey {
		i.w.Key = len(i.w.Columns)
		c.Bin = ""
	}
	i.w.Columns = append(i.w.Columns, c)
}

// column binds a column of the list.
func (i *insertBinder) column(n ast.Name, at int) {
	rc := i.insertColumn(n)
	if i.err != nil {
		return
	}
	c := InsertColumn{Name: rc.Name, Bin: rc.Bin, Type: rc.Type, From: at, Pos: n.Pos}
	isKey := rc.Pseudo == PrimaryKey
	switch {
	case isKey && i.w.Key >= 0:
		i.fail(n.Pos, ast.ErrSyntax, "the key is named twice")
	case rc.Pseudo != NoPseudo && !isKey:
		i.fail(n.Pos, ast.ErrUnsupported, "%s can't be written", n)
	case rc.Bin == MarkerBin:
		i.fail(n.Pos, ast.ErrInvalidName, "the bin %s marks records without values; it can't be written", MarkerBin)
	case !isKey && i.has(false, rc.Bin):
		i.fail(n.Pos, ast.ErrSyntax, "the column %s is named twice", ast.QuoteName(rc.Name))
	}
	if declared := declaredColumn(i.existing.relation.Table, rc.Bin); declared != nil && !isKey {
		c.NotNull = declared.NotNull
	}
	i.add(c, isKey)
}

// insertColumn returns the column of the set that a name means.
func (i *insertBinder) insertColumn(n ast.Name) RelationColumn {
	t := i.existing
	if at := t.find(n); at >= 0 {
		return t.known[at]
	}
	if p := i.pseudoOf(n); p != NoPseudo {
		return pseudoColumn(p)
	}
	if !t.open {
		i.fail(n.Pos, ast.ErrUnknownName, "%s has no column %s%s", ast.QuoteName(t.name), n, i.nearest(n.Text, t.names))
		return RelationColumn{}
	}
	// The name is checked as that of a column that is read, in a table of its own.
	other := &scope{block: &Block{}}
	probe := &table{relation: &Relation{IsSet: true}, open: true}
	i.bin(reference{inner: other, owner: other, table: probe, pos: n.Pos}, n)
	return binColumn(n.Text)
}

// checkUndeclared checks the columns of an undeclared set.
func (i *insertBinder) checkUndeclared(s *ast.Insert) {
	switch {
	case i.err != nil:
	case i.w.Key < 0:
		i.fail(s.Columns[0].Pos, ast.ErrSyntax, "the column PK is missing: each row needs a key")
	case len(i.w.Columns) == 1:
		i.fail(s.Columns[0].Pos, ast.ErrSyntax, "a column other than PK is needed: a record has at least one bin")
	}
}

// addNewRow adds the new row as a table whose columns must be qualified.
func (i *insertBinder) addNewRow(s *ast.Insert) {
	name := ast.Excluded
	if s.Conflict != nil && s.Conflict.NewRow.Text != "" {
		name = s.Conflict.NewRow.Text
	}
	i.w.NewRow = &Relation{Name: name}
	i.newRow = &table{relation: i.w.NewRow, name: name, hidden: make(map[int]bool), used: make(map[columnKey]int)}
	for at, c := range i.w.Columns {
		rc := RelationColumn{Name: c.Name, Bin: c.Bin, Type: c.Type, Kinds: c.Type.Kinds() | function.Null, Output: at}
		if c.Type.Family == function.Undeclared {
			rc.Kinds = function.Any
		}
		if at == i.w.Key {
			rc.Pseudo = PrimaryKey
		}
		i.newRow.known = append(i.newRow.known, rc)
		i.newRow.hidden[at] = true
	}
}

// plain returns the new row as a table whose columns need no qualifier, for CHECK.
func (i *insertBinder) plain() *table {
	return &table{relation: i.w.NewRow, known: i.newRow.known, used: i.newRow.used}
}

// source binds the rows.
func (i *insertBinder) source(s *ast.Insert) {
	if s.Source == nil { // DEFAULT VALUES
		i.w.Rows = [][]Expr{{}}
		return
	}
	width := len(s.Columns)
	if s.Columns == nil {
		width = len(i.w.Columns)
	}
	values, ok := s.Source.Body.(*ast.Values)
	if !ok || len(s.Source.Order) > 0 || s.Source.Limit != nil || s.Source.Offset != nil || len(s.Source.With) > 0 {
		i.query(s, width)
		return
	}
	rows := &scope{block: i.own.block, clause: "VALUES"}
	needs, has := make([]bool, width), make([]bool, width)
	for _, row := range values.Rows {
		if len(row.Values) != width {
			i.fail(row.Pos, ast.ErrSyntax, "the row has %d values for %d columns", len(row.Values), width)
			return
		}
		i.w.Rows = append(i.w.Rows, i.row(rows, row, needs, has))
	}
	for at := range i.w.Columns {
		c := &i.w.Columns[at]
		switch {
		case c.From < 0:
		case !needs[c.From]:
			c.Type = function.Type{}
		case has[c.From] && (c.Type.Family == function.Decimals || c.Type.Family == function.Documents):
			i.fail(c.Pos, ast.ErrUnsupported, "values of the type %s beside others in the column %s; use CAST in each row", c.Type, ast.QuoteName(c.Name))
		}
	}
}

// row binds a row of VALUES. It sets needs for the values that must be converted to the type of
// their column, and has for those that need not.
func (i *insertBinder) row(s *scope, row ast.ValueRow, needs, has []bool) []Expr {
	bound := make([]Expr, len(row.Values))
	allNull := i.existing.relation.Table == nil
	for at := range i.w.Columns {
		c := &i.w.Columns[at]
		if c.From < 0 {
			continue
		}
		e := row.Values[c.From]
		if d, ok := e.(*ast.Default); ok {
			bound[c.From] = i.defaultOf(i.own, i.existing, i.declared(c, at == i.w.Key), d.Pos)
		} else {
			bound[c.From] = i.value(s, e)
		}
		x, coerced := i.formOf(bound[c.From], c.Type)
		bound[c.From] = x
		if coerced {
			needs[c.From] = true
		} else if c.Type.Family != function.Undeclared {
			has[c.From] = true
		}
		constant, isConst := x.(*Const)
		if at == i.w.Key {
			if isConst {
				i.checkKey(constant, e.Position())
			}
			continue
		}
		allNull = allNull && isConst && constant.Value.IsNil()
	}
	if allNull && !(i.options.AQL && i.w.Verb == ast.Upsert) { // AQL removes bins so
		i.fail(row.Pos, ast.ErrType, "all columns of the row are NULL: a record has at least one bin; UPDATE removes a bin by SET b = NULL")
	}
	return bound
}

// declared returns the declaration of a column of the row, or nil.
func (i *insertBinder) declared(c *InsertColumn, isKey bool) *TableColumn {
	t := i.existing.relation.Table
	if t == nil || !isKey {
		return declaredColumn(t, c.Bin)
	}
	if t.Key < 0 {
		return nil
	}
	return &t.Columns[t.Key]
}

// checkKey checks a key that is a constant.
func (i *insertBinder) checkKey(c *Const, pos ast.Pos) {
	t := i.existing.relation.Table
	if c.Value.IsNil() {
		if t == nil || !t.GeneratedKey {
			i.fail(pos, ast.ErrType, "the key must not be NULL")
		}
		return
	}
	if i.w.Columns[i.w.Key].Type.Family != function.Undeclared {
		return
	}
	_, err := protocol.KeyFromValue(i.existing.relation.Namespace, i.existing.relation.Set, c.Value)
	if err != nil {
		i.failWith(pos, ast.ErrType, err)
	}
}

// query binds the query that gives the rows.
func (i *insertBinder) query(s *ast.Insert, width int) {
	q := i.binder.query(s.Source, place{})
	if i.err != nil {
		return
	}
	if len(q.Columns) != width {
		i.fail(s.Source.Position(), ast.ErrSyntax, "the query has %d columns, but %d are inserted", len(q.Columns), width)
		return
	}
	i.w.Source = q
	for at := range i.w.Columns {
		c := &i.w.Columns[at]
		if c.From < 0 {
			continue
		}
		of := q.Columns[c.From]
		if of.Type.Family == function.Decimals && (c.Type.Family != function.Decimals || c.Type.Scale != of.Type.Scale) && of.Type.Scale != 0 {
			i.fail(s.Source.Position(), ast.ErrUnsupported, "the column %s of the query has another scale than the column %s; use CAST",
				ast.QuoteName(of.Name), ast.QuoteName(c.Name))
		}
		if _, coerced := i.formOf(&Column{Of: of.Type, Can: of.Kinds}, c.Type); !coerced {
			c.Type = function.Type{}
		}
	}
}

// conflict binds ON CONFLICT and ON DUPLICATE KEY UPDATE.
func (i *insertBinder) conflict(s *ast.Insert) {
	if s.Conflict == nil || i.err != nil {
		return
	}
	declared, parts := i.existing.relation.Table, 0
	for _, n := range s.Conflict.Columns {
		switch rc := i.insertColumn(n); {
		case i.err != nil, rc.Pseudo == PrimaryKey, isUnique(declared, rc.Bin):
		case isKeyPart(declared, rc.Bin):
			parts++
		default:
			i.fail(n.Pos, ast.ErrUnsupported, "ON CONFLICT (%s): only the key is unique", n)
		}
	}
	switch {
	case parts > 0 && (parts != len(declared.KeyColumns) || parts != len(s.Conflict.Columns)):
		i.fail(s.Conflict.Columns[0].Pos, ast.ErrUnsupported, "ON CONFLICT needs all columns of the PRIMARY KEY")
	case parts == 0 && len(s.Conflict.Columns) > 1:
		i.fail(s.Conflict.Columns[1].Pos, ast.ErrUnsupported, "ON CONFLICT with several columns: the key is one column")
	}
	if s.Verb == ast.Ignore || i.err != nil {
		return
	}
	i.own.tables = []*table{i.existing, i.newRow}
	c := &Conflict{Set: i.assignments(i.own, i.existing, s.Conflict.Set)}
	if s.Conflict.Where != nil {
		i.own.in("WHERE", func() { c.Where = i.condition(i.own, s.Conflict.Where) })
	}
	i.own.tables = i.own.tables[:1]
	c.Checks = i.checks(i.own, i.existing, i.existing.relation.Table)
	i.w.Conflict = c
}

// merge changes an UPSERT whose result depends on whether the record exists into an INSERT with a
// conflict clause: a new record gets the defaults and must meet NOT NULL, an existing one keeps
// what it has.
func (i *insertBinder) merge() {
	if i.w.Verb != ast.Upsert {
		return
	}
	depends := len(i.w.Checks) > 0 || i.w.Returning != nil
	for _, c := range i.w.Columns {
		depends = depends || c.From < 0 && (c.Default != nil || c.NotNull)
	}
	if !depends {
		return
	}
	c := &Conflict{Checks: i.checks(i.own, i.existing, i.existing.relation.Table)}
	for at := range i.w.Columns {
		column := &i.w.Columns[at]
		if at == i.w.Key || column.From < 0 {
			continue
		}
		rc := i.existingColumn(column.Bin)
		a := Assignment{Name: column.Name, Bin: column.Bin, NotNull: column.NotNull, Pos: column.Pos}
		a.Target = i.existing.use(i.own, rc, 0, column.Pos)
		a.Value = i.newRow.use(i.own, i.newRow.known[at], 0, column.Pos)
		c.Set = append(c.Set, a)
	}
	i.w.Verb, i.w.Conflict = ast.Create, c
}

// existingColumn returns the column of the set for a bin.
func (i *insertBinder) existingColumn(bin string) RelationColumn {
	for _, rc := range i.existing.known {
		if rc.Bin == bin {
			return rc
		}
	}
	return binColumn(bin)
}
