package bind

import "github.com/aerosql/aerosql/querylang/function"

// A Relation is an item of FROM after binding: a set, a derived table, or an UNNEST.
type Relation struct {
	// Name is what qualifies its columns: the alias or the name of the table.
	Name string
	// Namespace and Set are of a set; Table is its declaration, nil if there is none. IsSet is true
	// for a set.
	IsSet          bool
	Namespace, Set string
	Table          *Table
	// Whole means that the relation is the records of all sets of the namespace, as the name of a
	// namespace is in AQL. Set is "" then: keys are those of records without a set.
	Whole bool
	// Columns are the columns that the block uses, in the order of their slots.
	Columns []RelationColumn
	// Base is the slot of the first column in the frame.
	Base int
	// Named are the comparisons of the user key in the block, wherever they stand, with values that
	// are the same for all rows. They make the key known of a record that was stored without it.
	// See [NamedKey].
	Named []Expr
}

// SampleSet returns the set by which a Catalog knows the bins of the relation.
func (r *Relation) SampleSet() string {
	if r.Whole {
		return AllSets
	}
	return r.Set
}

// A RelationColumn is a column of a relation that the block uses.
type RelationColumn struct {
	Name string
	// Bin is the bin of a column of a set. It is "" for a pseudo column.
	Bin    string
	Pseudo Pseudo
	// Output is the index of the column in the output of a derived table.
	Output int
	Type   function.Type
	Kinds  function.Kinds
}

// A Pseudo is a column of a set that is not a bin, or NoPseudo.
type Pseudo uint8

// The pseudo columns. They are never part of *.
const (
	NoPseudo   Pseudo = iota // a bin
	PrimaryKey               // PK or __key, or the declared key: NULL if only the digest is known
	Digest                   // __digest: 20 bytes
	Generation               // __generation: an integer, 1 for a new record
	TimeToLive               // __ttl: seconds, -1 for a record that never expires
	VoidTime                 // __void_time: a timestamp, NULL for never
	LastUpdate               // __last_update: a timestamp; needs an expression on the server
	RecordSize               // __size: bytes; needs an expression on the server
	SetName                  // __set
)
