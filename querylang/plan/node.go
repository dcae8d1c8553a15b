package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A Node is a logical operator: [*Scan], [*Derived], [*Unnest], [*OneRow], [*Values], [*Filter],
// [*Join], [*Aggregate], [*Sort], [*Limit], [*Project], [*Distinct] or [*SetOperation]. Plans are
// immutable: one plan can run several times concurrently with different arguments.
//
// A node has an output: a frame of a block, which the nodes of its FROM share, or an output row.
type Node interface {
	// Inputs returns the nodes that it reads.
	Inputs() []Node
	node()
}

// A Block is the plan of a query or of a subquery.
type Block struct {
	Root Node
	// Columns are the columns of the result. Rows of Root may be longer; see bind.Query.
	Columns []bind.OutputColumn
	// Subqueries are the plans of the subqueries in the expressions, by bind.Subquery.ID.
	Subqueries map[int]*Block
}

// A Scan reads a set into its relation's part of the frame.
type Scan struct {
	Relation *bind.Relation
	// Conditions are the conjuncts that read no other relation. All of them must be true.
	Conditions []bind.Expr
	// Elements are what operators above demand of the elements of collections.
	Elements []*Elements
	// Limit plus Offset is the number of rows that are needed at most; nil means all, or 0. They
	// are set if no operator above drops rows.
	Limit, Offset bind.Expr
	Partitions    []bind.PartitionRange
	Sample        *ast.Sample
	// Options are those of WITH, by their names.
	Options map[string]bind.Expr
	// Needed are the indexes of the relation's columns that operators above read. Columns that only
	// Conditions read are not among them.
	Needed []int
	// Extracts are what operators above read of collections that they do not need as a whole, nil
	// for nothing.
	Extracts *Extracts
	// Point is the plan of a Scan that reads one key in every run, nil for others. It is run
	// without lowering.
	Point *Point
	// Star means that the columns are all bins: a record with another bin is an error.
	Star bool
	// OnlyQueried means that the filter is needed for the scan's query only. The filter leaves out
	// then what index ranges decide. Writes check it again for each record.
	OnlyQueried bool
}

// A Point reads one record by its user key.
type Point struct {
	// Key is the user key, which is the same for all records of a run. NULL and values that can't
	// be keys match no record.
	Key bind.Expr
	// Conditions are the other conditions, for the client.
	Conditions []bind.Expr
	// Bins are the bins to read. AllBins reads all of them; with neither only metadata is read.
	Bins    []string
	AllBins bool
	// Digest means that the column of the digest is needed.
	Digest bool
	// Context means that the query needs the [function.Context], as for NOW() or __ttl. Otherwise
	// the clock is not read.
	Context bool
}

// A Derived reads the output rows of a query into its relation's part of the frame.
type Derived struct {
	Relation *bind.Relation
	Query    *Block
	// Conditions are conjuncts that read no other relation.
	Conditions []bind.Expr
}

// An Unnest returns, for each row of its input, a row for each element of a list or each pair of a
// map.
type Unnest struct {
	Input      Node // nil for the first item of FROM
	Relation   *bind.Relation
	X          bind.Expr
	Ordinality bool
	Outer      bool // LEFT JOIN UNNEST: an empty list gives one row of NULL
	On         bind.Expr
}

// OneRow is the input of a SELECT without FROM: one row with no columns.
type OneRow struct{}

// Values returns constant rows.
type Values struct {
	Rows  [][]bind.Expr
	Width int
}

// A Filter keeps the rows that meet all conditions.
type Filter struct {
	Input      Node
	Conditions []bind.Expr
	// Once means that the conditions do not depend on the row. They are evaluated once, when the
	// operator opens, and unless all are true the input is not opened.
	Once bool
}

// A JoinMethod is how a join finds the matching rows.
type JoinMethod uint8

// The methods.
const (
	// NestedLoop compares each row of Left with all rows of Right, which are kept in memory.
	NestedLoop JoinMethod = iota
	// HashJoin keeps the rows of Right in a hash table by their keys.
	HashJoin
	// LookupJoin reads the records of Right, which is a *Scan, by their user keys, in batches.
	LookupJoin
)

// A Join joins rows of Left and Right, which own different parts of one frame.
type Join struct {
	Method      JoinMethod
	Outer       bool // LEFT JOIN
	Left, Right Node
	// LeftKeys and RightKeys are expressions that must be equal, for HashJoin and LookupJoin. The
	// right one of a LookupJoin is the user key, or what makes it of the columns of a key.
	LeftKeys, RightKeys []bind.Expr
	// KeySets are, for each key of a HashJoin, nil or the relation of a set whose records are
	// compared by their digests: the key of that relation is its user key, of which the client
	// knows only the digest if the record was stored without it. The other key is converted to the
	// digest that a record of that set would have. KeySets is nil if there are none.
	KeySets []*bind.Relation
	// On is the rest of the join's condition.
	On []bind.Expr
	// Names are the conditions that name the user keys of the relations Named, those of the right
	// side only for a LEFT JOIN. See [bind.NamesKey].
	Names []bind.Expr
	Named []*bind.Relation
}

// An Aggregate groups the rows of its input. Its output is the values of the groups and then those
// of the calls. Without groups it returns one row even if there is no input.
type Aggregate struct {
	Input  Node
	Groups []bind.Expr
	Calls  []*bind.AggregateCall
	// CountOnly means that the only call is COUNT(*) over a Scan, which needs no bins.
	CountOnly bool
}

// A Sort returns its input in order. With a Limit only the first rows are kept in memory.
type Sort struct {
	Input         Node
	Keys          []bind.OrderKey
	Limit, Offset bind.Expr // nil without
}

// A Limit drops the rows before Offset and after Limit.
type Limit struct {
	Input         Node
	Limit, Offset bind.Expr // nil without
}

// A Project computes the output row.
type Project struct {
	Input Node
	Items []bind.Expr
}

// A Distinct drops rows that are equal to an earlier one. NULLs are equal.
type Distinct struct {
	Input Node
	// Width is the number of values that count; rows may have hidden values behind them.
	Width int
}

// A SetOperation combines the output rows of two queries.
type SetOperation struct {
	Op          ast.SetOperator
	All         bool
	Left, Right Node
	Width       int
}

// Inputs returns nothing: a Scan reads no node.
func (*Scan) Inputs() []Node { return nil }

// Inputs returns the root of the query.
func (n *Derived) Inputs() []Node { return []Node{n.Query.Root} }

// Inputs returns the input, if there is one.
func (n *Unnest) Inputs() []Node {
	if n.Input == nil {
		return nil
	}
	return []Node{n.Input}
}

// Inputs returns nothing.
func (*OneRow) Inputs() []Node { return nil }

// Inputs returns nothing.
func (*Values) Inputs() []Node { return nil }

// Inputs returns the input.
func (n *Filter) Inputs() []Node { return []Node{n.Input} }

// Inputs returns the left and the right input.
func (n *Join) Inputs() []Node { return []Node{n.Left, n.Right} }

// Inputs returns the input.
func (n *Aggregate) Inputs() []Node { return []Node{n.Input} }

// Inputs returns the input.
func (n *Sort) Inputs() []Node { return []Node{n.Input} }

// Inputs returns the input.
func (n *Limit) Inputs() []Node { return []Node{n.Input} }

// Inputs returns the input.
func (n *Project) Inputs() []Node { return []Node{n.Input} }

// Inputs returns the input.
func (n *Distinct) Inputs() []Node { return []Node{n.Input} }

// Inputs returns the left and the right input.
func (n *SetOperation) Inputs() []Node { return []Node{n.Left, n.Right} }

func (*Scan) node()         {}
func (*Derived) node()      {}
func (*Unnest) node()       {}
func (*OneRow) node()       {}
func (*Values) node()       {}
func (*Filter) node()       {}
func (*Join) node()         {}
func (*Aggregate) node()    {}
func (*Sort) node()         {}
func (*Limit) node()        {}
func (*Project) node()      {}
func (*Distinct) node()     {}
func (*SetOperation) node() {}
