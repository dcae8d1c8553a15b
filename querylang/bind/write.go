package bind

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// MarkerBin is the bin that a record of a declared table has if all its columns are NULL: a record
// without bins does not exist. No * shows the bin.
const MarkerBin = "__row"

// A Write is a bound statement that changes records: [*Insert], [*Update], [*Delete] or
// [*Truncate].
type Write interface{ write() }

func (*Insert) write()   {}
func (*Update) write()   {}
func (*Delete) write()   {}
func (*Truncate) write() {}

// Insert is a bound INSERT, UPSERT or REPLACE.
//
// Its expressions read a frame that holds the existing record, in the columns of Existing, and the
// new row, in the columns of NewRow.
type Insert struct {
	Verb ast.InsertVerb
	// Existing is the set, with the columns of the existing record that Conflict and Returning
	// read.
	Existing *Relation
	// NewRow has the columns of the new row that Conflict, Checks and Returning read. A column has
	// the Bin or the Pseudo of a column of Columns; any other column is NULL.
	NewRow *Relation
	Width  int // of the frame
	// Columns are the columns of a new row. Of a declared table they are all columns, so that
	// defaults are stored.
	Columns []InsertColumn
	// Key is the index of the user key in Columns, or -1 if the key is generated or the value of a
	// column that is UniqueKey.
	Key int
	// KeyType is the type of a key that is generated.
	KeyType function.Type
	// Rows are the rows of VALUES. They read no frame. If Source is set there are none.
	Rows   [][]Expr
	Source *Query
	// Checks are the CHECK constraints. They read NewRow.
	Checks []Check
	// Conflict is what happens to an existing record, nil for what Verb says. Verb is ast.Create
	// then.
	Conflict   *Conflict
	Returning  *Returning
	Subqueries []*Subquery
	Options    map[string]Expr
}

// An InsertColumn is a column of a new row.
type InsertColumn struct {
	Name    string
	Bin     string // "" for the user key
	Type    function.Type
	NotNull bool
	// UniqueKey means that the value is the user key too, unless it is NULL.
	UniqueKey bool
	// KeyPart is the place of the column in a PRIMARY KEY of several columns, from 1 on, or 0.
	KeyPart int
	// From is the index of the value in a row of the source, or -1 if the source does not have the
	// column. The value is Default then; nil stands for NULL.
	From    int
	Default Expr
	Pos     ast.Pos
}

// A Check is a CHECK constraint. A row is rejected if it is false.
type Check struct {
	X    Expr
	Text string
}

// A Conflict is ON CONFLICT DO UPDATE. Its expressions read the existing record and the new row.
type Conflict struct {
	Set   []Assignment
	Where Expr // nil without WHERE
	// Checks are the CHECK constraints of the changed record. They read Existing.
	Checks []Check
}

// Returning is RETURNING. The items read the record as it is after the statement, or as it was
// before a DELETE.
type Returning struct {
	Items   []Expr
	Columns []OutputColumn
	Star    bool // * of an undeclared set
}

// An Assignment is target = value.
type Assignment struct {
	Name string // of the column
	Bin  string
	// Path are the steps below the bin, nil if the whole bin is assigned.
	Path  []Expr
	Value Expr
	// Target is the column, which also gives the old value of a bin that Path changes a part of.
	// Package plan has it read only if it is needed.
	Target  *Column
	Type    function.Type
	NotNull bool
	Pos     ast.Pos
}

// Update is a bound UPDATE. All values are computed from the record as it was. With an ORDER BY or
// a LIMIT the relation has the columns Digest and PrimaryKey.
type Update struct {
	Relation   *Relation
	Set        []Assignment
	Where      Expr // nil without WHERE
	Order      []OrderKey
	Limit      Expr // nil without LIMIT
	Checks     []Check
	Returning  *Returning
	Subqueries []*Subquery
	Width      int // of the frame
	Options    map[string]Expr
}

// Delete is a bound DELETE. With an ORDER BY or a LIMIT the relation has the columns Digest and
// PrimaryKey.
type Delete struct {
	Relation   *Relation
	Where      Expr // nil without WHERE
	Order      []OrderKey
	Limit      Expr // nil without LIMIT
	Returning  *Returning
	Subqueries []*Subquery
	Width      int // of the frame
	Options    map[string]Expr
}

// Truncate is a bound TRUNCATE.
type Truncate struct {
	Namespace, Set string
	Before         Expr // a timestamp; nil without BEFORE
}
