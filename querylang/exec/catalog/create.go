package catalog

import (
	"cmp"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// createTable runs CREATE TABLE.
func (d *definition) createTable(s *ast.CreateTable) error {
	n, err := d.name(s.Table)
	if err != nil {
		return err
	}
	next, err := d.tableOf(n, s)
	if err != nil {
		return err
	}
	if next.unique != "" || next.keys != nil {
		if err := d.checkNoRows(n, next); err != nil {
			return err
		}
	}
	return d.createDeclaration(n, next, s.IfNotExists)
}

// tableOf returns the declaration of CREATE TABLE.
func (d *definition) tableOf(n setName, s *ast.CreateTable) (*declaration, error) {
	if len(s.Options) > 0 {
		return nil, d.fail(s.Options[0].Name.Pos, ast.ErrUnsupported, "CREATE TABLE has no option %s", s.Options[0].Name)
	}
	if len(s.Columns) == 0 {
		return nil, d.fail(n.pos, ast.ErrSyntax, "the table %s needs a column", n)
	}
	next := &declaration{namespace: n.namespace, set: n.set, comment: s.Comment}
	key, err := d.primaryKey(s)
	if err != nil {
		return nil, err
	}
	for i := range s.Columns {
		c := s.Columns[i]
		c.Key = i == key
		if err := d.addColumn(next, &c); err != nil {
			return nil, err
		}
	}
	if key < 0 {
		next.generated = true
	}
	if len(s.Key) > 1 {
		return next, d.finishComposite(next, s)
	}
	if err := d.addUnique(next, s, key); err != nil {
		return nil, err
	}
	next.setBins()
	return next, d.addChecks(next, s)
}

// addChecks adds the CHECK constraints of a table and its columns.
func (d *definition) addChecks(next *declaration, s *ast.CreateTable) error {
	for _, c := range s.Columns {
		for _, check := range c.Checks {
			if err := d.addCheck(next, check); err != nil {
				return err
			}
		}
	}
	for _, check := range s.Checks {
		if err := d.addCheck(next, check); err != nil {
			return err
		}
	}
	return nil
}

// primaryKey returns the index of the column that is the key, or -1.
func (d *definition) primaryKey(s *ast.CreateTable) (int, error) {
	key := -1
	for i, c := range s.Columns {
		switch {
		case c.Key && (key >= 0 || s.Key != nil):
			return 0, d.severalKeys(c.Name.Pos)
		case c.Key:
			key = i
		}
	}
	if len(s.Key) == 0 {
		return key, nil
	}
	if len(s.Key) > 1 {
		return -1, nil
	}
	for i, c := range s.Columns {
		if c.Name.Text == s.Key[0].Text {
			return i, nil
		}
	}
	return 0, d.fail(s.Key[0].Pos, ast.ErrUnknownName, "the PRIMARY KEY %s is not a column of the table", s.Key[0])
}

func (d *definition) severalKeys(pos ast.Pos) error {
	return d.fail(pos, ast.ErrUnsupported,
		"the table has a second PRIMARY KEY: a PRIMARY KEY of several columns is written as PRIMARY KEY (a, b) after the columns")
}

// addColumn adds a column to a declaration. Its bin is not set yet.
func (d *definition) addColumn(next *declaration, c *ast.ColumnDef) error {
	if err := d.checkColumnName(next, c.Name, c.Key); err != nil {
		return err
	}
	column := column{name: c.Name.Text, notNull: c.NotNull || c.Key, comment: c.Comment}
	typ, auto, err := d.columnType(c)
	if err != nil {
		return err
	}
	column.typeName = typ.Name
	switch {
	case auto && !c.Key:
		return d.fail(c.Name.Pos, ast.ErrUnsupported, "only the PRIMARY KEY can be generated: the servers have no sequences")
	case auto && c.Default != nil:
		return d.fail(c.Default.Position(), ast.ErrUnsupported, "a key that is generated has no DEFAULT")
	case c.Key:
		if err := d.checkKeyType(c, typ, auto); err != nil {
			return err
		}
		next.key, next.generated = column.name, auto
	}
	if c.Default != nil {
		if err := d.checkDefault(c.Default, typ); err != nil {
			return err
		}
		column.defaultValue = c.Default.String()
	}
	next.columns = append(next.columns, column)
	return nil
}

// checkColumnName returns an error if a column can't have a name.
func (d *definition) checkColumnName(next *declaration, name ast.Name, key bool) error {
	for _, c := range next.columns {
		if strings.EqualFold(c.name, name.Text) {
			return d.fail(name.Pos, ast.ErrExists, "the table has a column %s already; the case of letters makes no difference", c.name)
		}
	}
	switch {
	case name.Text == "":
		return d.fail(name.Pos, ast.ErrInvalidName, "the name of a column is empty")
	case key && (strings.EqualFold(name.Text, "PK") || strings.EqualFold(name.Text, "__key")):
	case strings.EqualFold(name.Text, "PK"):
		return d.fail(name.Pos, ast.ErrInvalidName, "a column that is not the PRIMARY KEY can't be named %s, which means the key", name)
	case strings.HasPrefix(name.Text, "__"):
		return d.fail(name.Pos, ast.ErrInvalidName, "names that begin with two underscores are reserved for what the servers know of a record")
	}
	return nil
}

// serialTypes are names of types that make a column AUTO_INCREMENT.
var serialTypes = ast.Words("SERIAL BIGSERIAL SMALLSERIAL SERIAL4 SERIAL8 SERIAL2")

// columnType returns the type of a column, and whether it is generated.
func (d *definition) columnType(c *ast.ColumnDef) (function.Type, bool, error) {
	t, auto := c.Type, c.AutoIncrement
	if serial, _ := serialTypes.Find(t.Name); serial || auto && t.Name == "" {
		t, auto = ast.TypeName{Name: "BIGINT", Pos: t.Pos}, true
	}
	if t.Name == "" {
		return function.Type{}, false, nil
	}
	typ, err := function.ParseType(t)
	if err != nil {
		return typ, false, d.at(t.Pos, err)
	}
	typ.Name = t.String()
	return typ, auto, nil
}

// at adds a position to an error without one.
func (d *definition) at(pos ast.Pos, err error) error {
	if e, ok := err.(*ast.Error); ok && e.Line == 0 {
		return d.fail(pos, e.Kind, "%s", e.Message)
	}
	return err
}

// checkKeyType returns an error if keys can't have a type.
func (d *definition) checkKeyType(c *ast.ColumnDef, typ function.Type, auto bool) error {
	switch typ.Family {
	case function.Undeclared, function.Integers, function.Strings, function.Blobs:
		return nil
	case function.Timestamps, function.Dates, function.Decimals:
		if auto {
			return d.fail(c.Type.Pos, ast.ErrUnsupported, "a key that is generated is an integer, a string or a blob, not a %s", typ.Name)
		}
		return nil
	}
	return d.fail(c.Type.Pos, ast.ErrType, "a key can't be a %s: keys are integers, strings or blobs", typ.Name)
}

// checkDefault returns an error if a value can't be the default of a column.
func (d *definition) checkDefault(value ast.Expr, typ function.Type) error {
	err := d.checkStored(value, "DEFAULT", func(c *ast.Column) error {
		return d.fail(c.Position(), ast.ErrUnsupported, "a DEFAULT can't use the column %s", c)
	})
	if err != nil {
		return err
	}
	if v, ok := literal(value); ok && !v.IsNil() {
		if _, err := function.Coerce(v, typ); err != nil {
			return d.fail(value.Position(), ast.ErrType, "the DEFAULT does not fit the column: %s", firstLine(err))
		}
	}
	return d.bindDefault(value)
}

// addCheck adds a CHECK constraint.
func (d *definition) addCheck(next *declaration, check ast.Expr) error {
	err := d.checkStored(check, "CHECK", func(c *ast.Column) error {
		if next.columnOf(c) < 0 {
			return d.fail(c.Position(), ast.ErrUnknownName, "the table has no column %s%s", c, next.nearest(c.Parts[0].Text))
		}
		return nil
	})
	if err == nil {
		err = d.bindCheck(next, check)
	}
	next.checks = append(next.checks, check.String())
	return err
}

// checkStored returns an error if an expression can't be stored. It calls column for its columns.
func (d *definition) checkStored(e ast.Expr, what string, column func(*ast.Column) error) error {
	err := d.checkText(e, what)
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			err = cmp.Or(err, d.fail(n.Position(), ast.ErrUnsupported, "a %s can't have a subquery", what))
		case *ast.Column:
			if err == nil {
				err = column(n)
			}
		}
		return err == nil
	})
	return err
}

// checkText returns an error if the text of an expression or a query means something else when it
// is read again: parameters have no values then, and the text is of the standard dialect.
func (d *definition) checkText(of ast.Node, what string) (err error) {
	ast.Inspect(of, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Param:
			err = d.fail(n.Pos, ast.ErrUnsupported, "a %s can't have parameters: it is stored", what)
		case *ast.Column:
			if d.aql && n.Parts[0].Quote == '"' {
				err = d.fail(n.Position(), ast.ErrUnsupported,
					"double quotes in a %s are not supported in the AQL dialect: write '...' for a string and `...` for a name", what)
			}
		}
		return err == nil
	})
	return err
}

// columnOf returns the index of the column that an expression names, perhaps with a path into it,
// or -1.
func (d *declaration) columnOf(c *ast.Column) int {
	if i := d.indexOf(c.Parts[0].Text); i >= 0 {
		return i
	}
	if len(c.Parts) > 1 && c.Parts[0].Text == d.set {
		return d.indexOf(c.Parts[1].Text)
	}
	return -1
}

// indexOf returns the index of a column: the one with the same name, or the one whose name differs
// only in the case of letters. It is -1 if there is none.
func (d *declaration) indexOf(name string) int {
	found := -1
	for i := range d.columns {
		switch {
		case d.columns[i].name == name:
			return i
		case strings.EqualFold(d.columns[i].name, name):
			found = i
		}
	}
	return found
}

// isBinName reports whether a bin can have a name.
func isBinName(name string) bool {
	return len(name) <= protocol.MaxBinNameLen && protocol.CheckNewName("bin", name) == nil
}
