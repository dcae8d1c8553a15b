package bind

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// uniqueKey makes the value of a column that is UniqueKey the key. A key that is generated for NULL
// has another type than the column, so that no value of the column can be equal to it.
func (i *insertBinder) uniqueKey(declared *Table) {
	unique := declared.UniqueColumn()
	if unique == nil || i.err != nil {
		return
	}
	if i.w.Key >= 0 {
		i.fail(i.w.Columns[i.w.Key].Pos, ast.ErrUnsupported, "the key can't be given: it is the value of the UNIQUE column %s",
			ast.QuoteName(unique.Name))
		return
	}
	for at := range i.w.Columns {
		if c := &i.w.Columns[at]; c.Bin == unique.Bin {
			c.UniqueKey = true
		}
	}
	if i.w.KeyType.Family = function.Strings; unique.Type.Family == function.Strings {
		i.w.KeyType.Family = function.Blobs
	}
}

// isUnique reports whether the keys of a table are the values of the column with a bin.
func isUnique(t *Table, bin string) bool {
	c := t.UniqueColumn()
	return c != nil && c.Bin == bin
}
