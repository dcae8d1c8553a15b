package catalog

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// addUnique adds the UNIQUE constraint of a table. The servers keep only the user key unique. So
// either the constraint is on the PRIMARY KEY, or the table has none, and the values of the one
// column that is UNIQUE are the keys.
func (d *definition) addUnique(next *declaration, s *ast.CreateTable, key int) error {
	unique := -1
	add := func(i int, pos ast.Pos) error {
		switch {
		case i == key || i == unique:
			return nil
		case key >= 0:
			return d.notUnique(pos, "beside a PRIMARY KEY")
		case unique >= 0:
			return d.notUnique(pos, "on a second column")
		}
		unique = i
		return d.checkUniqueType(&s.Columns[i], pos)
	}
	for i, c := range s.Columns {
		if c.Unique {
			if err := add(i, c.Name.Pos); err != nil {
				return err
			}
		}
	}
	for _, names := range s.Unique {
		if len(names) > 1 {
			return d.notUnique(names[1].Pos, "on several columns")
		}
		i := next.indexOf(names[0].Text)
		if i < 0 {
			return d.fail(names[0].Pos, ast.ErrUnknownName, "the table has no column %s%s", names[0], next.nearest(names[0].Text))
		}
		if err := add(i, names[0].Pos); err != nil {
			return err
		}
	}
	if unique >= 0 {
		next.unique = next.columns[unique].name
	}
	return nil
}

func (d *definition) notUnique(pos ast.Pos, where string) error {
	return d.fail(pos, ast.ErrUnsupported,
		"UNIQUE %s is not supported: the servers keep only the key unique, and a secondary index can't refuse a value", where)
}

// checkUniqueType returns an error if the values of a column can't be keys as they are.
func (d *definition) checkUniqueType(c *ast.ColumnDef, pos ast.Pos) error {
	typ, _, err := d.columnType(c)
	if err != nil {
		return err
	}
	switch typ.Family {
	case function.Integers, function.Strings, function.Blobs:
		return nil
	case function.Undeclared:
		return d.fail(pos, ast.ErrUnsupported, "UNIQUE on a column without a type is not supported: its values are keys, so they are integers, strings or blobs")
	}
	return d.fail(pos, ast.ErrUnsupported, "UNIQUE on a column of the type %s is not supported: its values are keys, so they are integers, strings or blobs", typ)
}

// checkNoRows returns an error if the set of a table with a UNIQUE column, which is not declared
// yet, has records: their keys are not the values of the column.
func (d *definition) checkNoRows(n setName, next *declaration) error {
	known, err := d.declared(d.ctx, n.namespace, n.set)
	if known != nil || err != nil {
		return err
	}
	records, err := d.records(n)
	if err != nil || records == 0 {
		return err
	}
	if next.keys != nil {
		return d.fail(n.pos, ast.ErrExists, "the set %s has records, whose keys are not made from the columns of the PRIMARY KEY", n)
	}
	return d.fail(n.pos, ast.ErrExists, "the set %s has records, whose keys are not the values of the UNIQUE column %s", n, ast.QuoteName(next.unique))
}

// isUnique reports whether a column is the one that is UNIQUE and not the PRIMARY KEY.
func (d *declaration) isUnique(i int) bool {
	return d.columns[i].name == d.unique
}
