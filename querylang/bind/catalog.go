package bind

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// ReservedSet is the set of a namespace that holds its declarations. Statements can't name it.
const ReservedSet = "__catalog"

// SequenceSet is the set of a namespace that holds the counters of generated keys. Statements can't
// name it.
const SequenceSet = "__sequence"

// AllSets is the set by which [Catalog].Sample knows all sets of a namespace but the reserved ones.
// No set has this name.
const AllSets = "\x00"

// IsReservedSet reports whether statements can't name a set.
func IsReservedSet(set string) bool { return set == ReservedSet || set == SequenceSet }

// A Catalog knows the declared tables. Its methods may read from the cluster.
type Catalog interface {
	// Table returns a declared table or view, or nil if nothing is declared with this name. It
	// returns the same pointer until the declaration changes.
	Table(ctx context.Context, namespace, set string) (*Table, error)
	// Sample returns the sorted names of the bins of an undeclared set, for *, and the version of
	// this answer. The version changes when rows show further bins.
	Sample(ctx context.Context, namespace, set string) (bins []string, version uint64, err error)
	// Version returns a number that changes when a declaration changes.
	Version() uint64
}

// A CaseFolder is a Catalog that finds declared tables whatever the case of their names.
type CaseFolder interface {
	// OtherCase returns the name of a declared table or view that differs from set in the case of
	// its letters only, "" if the catalog knows none.
	OtherCase(ctx context.Context, namespace, set string) (string, error)
}

// InformationSchema is the name of the namespace whose tables describe the declarations.
const InformationSchema = "information_schema"

// An Informer is a Catalog with the tables of information_schema, which are read-only.
type Informer interface {
	// Information returns the rows of a table, whose name is in lower case, or nil if there is no
	// table with this name. Tables returns the names.
	Information(ctx context.Context, table string) (*Information, error)
	InformationTables() []string
}

// An Information is a table of information_schema as it is now.
type Information struct {
	Columns []OutputColumn
	Rows    [][]protocol.Value
}

// A Table is a declared table or a view.
type Table struct {
	Namespace, Set string
	Columns        []TableColumn // in the declared order
	// Key is the index of the column that is the user key, or -1 if the key has no name but PK.
	Key int
	// KeyColumns are the indexes of the columns of a PRIMARY KEY of several columns, whose values
	// make the user key; see function.CompositeKey. It is nil for other tables. Key is -1 then, and
	// GeneratedKey is true.
	KeyColumns []int
	// GeneratedKey means that the key of a new row is generated if it is not given, or not made
	// from the column that is UniqueKey.
	GeneratedKey bool
	// Checks are the CHECK constraints.
	Checks []ast.Expr
	// View is the query of a view, nil for a table. Of the other fields only the names of Columns
	// are used then; Columns is empty if the view was created without a list of names.
	View *ast.Query
	// ViewText is the text of View, which errors in it quote.
	ViewText string
	// ViewNamespace is the namespace of the names without one in View.
	ViewNamespace string
	Comment       string
}

// A TableColumn is a declared column.
type TableColumn struct {
	Name    string
	Bin     string // "" for the key
	Type    function.Type
	NotNull bool
	// UniqueKey means that the value is unique because the user key of a row is made from it. The
	// table has no PRIMARY KEY then, and its GeneratedKey is true: a row with NULL gets another
	// key.
	UniqueKey bool
	Default   ast.Expr // nil without DEFAULT
	Comment   string
}

// UniqueColumn returns the column whose values are the keys of the rows, or nil.
func (t *Table) UniqueColumn() *TableColumn {
	if t == nil {
		return nil
	}
	for i := range t.Columns {
		if t.Columns[i].UniqueKey {
			return &t.Columns[i]
		}
	}
	return nil
}
