package catalog

import (
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// finishComposite adds a PRIMARY KEY of several columns, and the rest of the constraints.
func (d *definition) finishComposite(next *declaration, s *ast.CreateTable) error {
	for _, name := range s.Key {
		i := next.indexOf(name.Text)
		if i < 0 {
			return d.fail(name.Pos, ast.ErrUnknownName, "the PRIMARY KEY %s is not a column of the table", name)
		}
		c := &next.columns[i]
		if slices.Contains(next.keys, c.name) {
			return d.fail(name.Pos, ast.ErrExists, "the PRIMARY KEY has the column %s already", c.name)
		}
		typ, _, err := d.columnType(&s.Columns[i])
		if err != nil {
			return err
		}
		switch typ.Family {
		case function.Integers, function.Strings, function.Blobs, function.Timestamps, function.Dates, function.Decimals:
		default:
			return d.fail(name.Pos, ast.ErrUnsupported,
				"the column %s of a PRIMARY KEY of several columns needs a type: an integer, a string, a blob, a timestamp, a date or a decimal", c.name)
		}
		c.notNull = true
		next.keys = append(next.keys, c.name)
	}
	for _, c := range s.Columns {
		if c.Unique {
			return d.notUnique(c.Name.Pos, "beside a PRIMARY KEY")
		}
	}
	if len(s.Unique) > 0 {
		return d.notUnique(s.Unique[0][0].Pos, "beside a PRIMARY KEY")
	}
	next.setBins()
	return d.addChecks(next, s)
}

// isKeyPart reports whether a column belongs to a PRIMARY KEY of several columns.
func (d *declaration) isKeyPart(i int) bool { return slices.Contains(d.keys, d.columns[i].name) }
