package bind

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// A Query is a bound query.
type Query struct {
	Body Body
	// Columns are the columns of the output row. Rows may have further values behind them, which
	// ORDER BY needs and the result leaves out; see Hidden.
	Columns []OutputColumn
	// Order are the keys of ORDER BY. For a Block without DISTINCT they read the frame of the
	// select list; for all other bodies they read the output row.
	Order         []OrderKey
	OrderOnOutput bool
	Limit, Offset Expr // nil without
	Options       map[string]Expr
}

// A Body is a [*Block], a [*Values] or a [*SetOperation], or a [*Query] with an ORDER BY or LIMIT
// of its own.
type Body interface{ body() }

// An OutputColumn is a column of a result.
type OutputColumn struct {
	Name  string
	Type  function.Type
	Kinds function.Kinds
	// Namespace, Set and Bin are the origin of a plain column, "" for computed ones.
	Namespace, Set, Bin string
}

// A Block is a SELECT.
type Block struct {
	From      []From // joined with CROSS JOIN; empty without FROM
	Relations []*Relation
	Width     int  // of the frame of the relations
	Where     Expr // nil without WHERE

	// Aggregated means that the select list, HAVING and ORDER BY read the second frame: the values
	// of Groups and then those of Aggregates.
	Aggregated bool
	Groups     []Expr
	Aggregates []*AggregateCall
	Having     Expr // nil without HAVING

	Items    []Expr // of the select list
	Distinct bool
	// Star means that the result names every bin of undeclared sets: a row with another bin is an
	// error that names it.
	Star []*Relation
	// Subqueries are those in the block's expressions.
	Subqueries []*Subquery
}

// Values is VALUES.
type Values struct {
	Rows [][]Expr
}

// A SetOperation combines two bodies with the same number of columns.
type SetOperation struct {
	Op          ast.SetOperator
	All         bool
	Left, Right *Query
}

func (*Block) body()        {}
func (*Values) body()       {}
func (*SetOperation) body() {}
func (*Query) body()        {}

// A From is an item of FROM: [*Source] or [*Join].
type From interface{ from() }

// A Source is a relation: a set; a derived table, view or common table, whose Query is not nil; or
// an UNNEST, whose Unnest is not nil and reads the relations to its left.
type Source struct {
	Relation   *Relation
	Query      *Query
	Unnest     Expr
	Ordinality bool
	Partitions []PartitionRange
	Sample     *ast.Sample
}

// A PartitionRange is first..last, both included.
type PartitionRange struct{ First, Last Expr }

// A Join joins two items of FROM. A RIGHT JOIN is bound as a LEFT JOIN.
type Join struct {
	Kind        ast.JoinKind // InnerJoin, CrossJoin or LeftJoin
	Left, Right From
	On          Expr // nil without a condition
}

func (*Source) from() {}
func (*Join) from()   {}

// An OrderKey is a key of ORDER BY.
type OrderKey struct {
	X          Expr
	Descending bool
	NullsFirst bool // resolved: the default is true unless Descending
}
