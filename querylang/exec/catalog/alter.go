package catalog

import (
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// alterTable runs ALTER TABLE. It changes the declaration only, not the records.
func (d *definition) alterTable(s *ast.AlterTable) error {
	n, err := d.name(s.Table)
	if err != nil {
		return err
	}
	switch s.Action {
	case ast.AddColumn:
		return d.addTableColumn(n, s)
	case ast.DropColumn:
		return d.dropColumn(n, s)
	case ast.RenameColumn:
		return d.change(n, s.IfExists, func(t *declaration) (*declaration, error) { return d.renamed(n, t, s) })
	case ast.SetDefault:
		return d.change(n, s.IfExists, func(t *declaration) (*declaration, error) { return d.withDefault(n, t, s) })
	}
	return d.fail(s.Pos, ast.ErrUnsupported, "a table can't be renamed: the servers can't rename a set")
}

// addTableColumn is ADD COLUMN. The rows have NULL in the new column, or its default value: that is
// stored in them after the column has been declared.
func (d *definition) addTableColumn(n setName, s *ast.AlterTable) error {
	rows := int64(0)
	if s.Column.NotNull || s.Column.Default != nil {
		var err error
		if rows, err = d.records(n); err != nil {
			return err
		}
	}
	added := false
	err := d.change(n, s.IfExists, func(t *declaration) (*declaration, error) {
		next, err := d.withColumn(t, s, rows > 0)
		added = next != nil
		return next, err
	})
	if err != nil || !added || rows == 0 || s.Column.Default == nil {
		return err
	}
	return d.fill(n, s.Column.Name)
}

// fill stores the default value of a column in the records.
func (d *definition) fill(n setName, name ast.Name) error {
	known, err := d.find(n, false, false)
	if err != nil {
		return err
	}
	i, err := d.alteredColumn(n, known, name, false)
	if err != nil {
		return err
	}
	column, err := known.loadColumn(&known.columns[i])
	if err != nil {
		return err
	}
	if err := d.options.FillColumn(d.ctx, n.namespace, n.set, &column); err != nil {
		return fmt.Errorf("the column %s was added, but not all rows have its DEFAULT; UPDATE %s SET %s = DEFAULT WHERE %s IS NULL completes it: %w",
			name, n, name, name, err)
	}
	return nil
}

// withColumn returns a declaration with a new column. Without rows it can have any value.
func (d *definition) withColumn(t *declaration, s *ast.AlterTable, rows bool) (*declaration, error) {
	c := s.Column
	if s.Lenient && t.indexOf(c.Name.Text) >= 0 {
		return nil, nil
	}
	switch {
	case c.Key:
		return nil, d.fail(c.Name.Pos, ast.ErrUnsupported, "a PRIMARY KEY can't be added: the key of a record does not change")
	case c.Unique:
		return nil, d.fail(c.Name.Pos, ast.ErrUnsupported, "a UNIQUE column can't be added: the keys of the rows would have to change")
	case c.NotNull && c.Default == nil && rows:
		return nil, d.fail(c.Name.Pos, ast.ErrUnsupported, "a column that is NOT NULL can't be added without a DEFAULT: the rows have no value in it")
	case c.Default != nil && rows && d.options.FillColumn == nil:
		return nil, d.fail(c.Default.Position(), ast.ErrUnsupported, "a column with a DEFAULT can't be added through this client")
	}
	if err := d.checkFilled(&c, rows); err != nil {
		return nil, err
	}
	if err := d.addColumn(t, &c); err != nil {
		return nil, err
	}
	for _, check := range c.Checks {
		if err := d.addCheck(t, check); err != nil {
			return nil, err
		}
	}
	t.setBins()
	return t, nil
}

// checkFilled returns an error if the default value of a new column can't be the value of all rows.
func (d *definition) checkFilled(c *ast.ColumnDef, rows bool) (err error) {
	if c.Default == nil || !rows {
		return nil
	}
	ast.InspectExpr(c.Default, func(e ast.Expr) bool {
		call, ok := e.(*ast.Call)
		if f := function.Lookup(callName(call)); ok && f != nil && f.Volatile {
			err = d.fail(e.Position(), ast.ErrUnsupported,
				"a column whose DEFAULT differs from row to row can't be added: add it without, UPDATE the rows, and then ALTER COLUMN %s SET DEFAULT", c.Name)
		}
		return err == nil
	})
	return err
}

func callName(c *ast.Call) string {
	if c == nil {
		return ""
	}
	return c.Name.Text
}

// dropColumn drops the indexes of a column and then its declaration. Its values stay in the
// records, in a bin that no other column will use.
func (d *definition) dropColumn(n setName, s *ast.AlterTable) error {
	known, err := d.find(n, false, s.IfExists)
	if known == nil || err != nil {
		return err
	}
	i, err := d.alteredColumn(n, known, s.Column.Name, s.Lenient)
	if i < 0 || err != nil {
		return err
	}
	if err := d.checkUnused(known, i, s.Column.Name.Pos); err != nil {
		return err
	}
	if err := d.dropIndexesOf(n, known.columns[i].bin); err != nil {
		return err
	}
	return d.change(n, s.IfExists, func(t *declaration) (*declaration, error) {
		i, err := d.alteredColumn(n, t, s.Column.Name, true)
		if i < 0 || err != nil {
			return nil, err
		}
		if err := d.checkUnused(t, i, s.Column.Name.Pos); err != nil {
			return nil, err
		}
		t.retired = append(t.retired, t.columns[i].bin)
		t.columns = slices.Delete(t.columns, i, i+1)
		return t, nil
	})
}

// renamed is RENAME COLUMN. The bin stays.
func (d *definition) renamed(n setName, t *declaration, s *ast.AlterTable) (*declaration, error) {
	i, err := d.alteredColumn(n, t, s.Column.Name, false)
	if err != nil {
		return nil, err
	}
	if err := d.checkUnchecked(t, i, s.Column.Name.Pos); err != nil {
		return nil, err
	}
	isKey := t.columns[i].name == t.key
	others := &declaration{columns: slices.Delete(slices.Clone(t.columns), i, i+1)}
	if err := d.checkColumnName(others, s.NewName, isKey); err != nil {
		return nil, err
	}
	if t.isUnique(i) {
		t.unique = s.NewName.Text
	}
	if at := slices.Index(t.keys, t.columns[i].name); at >= 0 {
		t.keys[at] = s.NewName.Text
	}
	t.columns[i].name = s.NewName.Text
	if isKey {
		t.key = s.NewName.Text
	}
	return t, nil
}

// withDefault is SET DEFAULT and DROP DEFAULT.
func (d *definition) withDefault(n setName, t *declaration, s *ast.AlterTable) (*declaration, error) {
	i, err := d.alteredColumn(n, t, s.Column.Name, false)
	if err != nil {
		return nil, err
	}
	t.columns[i].defaultValue = ""
	if s.Column.Default == nil {
		return t, nil
	}
	if t.columns[i].name == t.key && t.generated {
		return nil, d.fail(s.Column.Name.Pos, ast.ErrUnsupported, "a key that is generated has no DEFAULT")
	}
	loaded, err := t.load()
	if err != nil {
		return nil, err
	}
	if err := d.checkDefault(s.Column.Default, loaded.Columns[i].Type); err != nil {
		return nil, err
	}
	t.columns[i].defaultValue = s.Column.Default.String()
	return t, nil
}

// alteredColumn returns the index of a column. With lenient it is -1 if there is none; otherwise
// that is an error.
func (d *definition) alteredColumn(n setName, t *declaration, name ast.Name, lenient bool) (int, error) {
	i := t.indexOf(name.Text)
	if i < 0 && !lenient {
		return i, d.fail(name.Pos, ast.ErrUnknownName, "the table %s has no column %s%s", n, name, t.nearest(name.Text))
	}
	return i, nil
}

// checkUnused returns an error if a column can't be dropped.
func (d *definition) checkUnused(t *declaration, i int, pos ast.Pos) error {
	switch name := t.columns[i].name; {
	case name == t.key:
		return d.fail(pos, ast.ErrUnsupported, "the PRIMARY KEY %s can't be dropped", name)
	case t.isKeyPart(i):
		return d.fail(pos, ast.ErrUnsupported, "the column %s of the PRIMARY KEY can't be dropped", name)
	case t.isUnique(i):
		return d.fail(pos, ast.ErrUnsupported, "the UNIQUE column %s can't be dropped: its values are the keys of the rows", name)
	case len(t.columns) == 1:
		return d.fail(pos, ast.ErrUnsupported, "the last column %s can't be dropped: use DROP TABLE", name)
	}
	return d.checkUnchecked(t, i, pos)
}

// checkUnchecked returns an error if a CHECK uses a column.
func (d *definition) checkUnchecked(t *declaration, i int, pos ast.Pos) error {
	loaded, err := t.load()
	if err != nil {
		return err
	}
	for _, check := range loaded.Checks {
		ast.Inspect(check, func(node ast.Node) bool {
			if c, ok := node.(*ast.Column); ok && t.columnOf(c) == i {
				err = d.fail(pos, ast.ErrUnsupported, "the column %s can't be changed: CHECK (%s) uses it", t.columns[i].name, check)
			}
			return err == nil
		})
	}
	return err
}

// comment runs COMMENT ON.
func (d *definition) comment(s *ast.Comment) error {
	n, err := d.name(s.Table)
	if err != nil {
		return err
	}
	return d.changeOf(n, s.View, false, func(t *declaration) (*declaration, error) {
		if s.Column.IsZero() {
			t.comment = s.Text
			return t, nil
		}
		i, err := d.alteredColumn(n, t, s.Column, false)
		if err != nil {
			return nil, err
		}
		t.columns[i].comment = s.Text
		return t, nil
	})
}
