package ast

// A Query is what SELECT, VALUES and their combinations give: rows.
type Query struct {
	With    []CommonTable
	Body    Body
	Order   []OrderItem
	Limit   Expr // nil without LIMIT or FETCH FIRST
	Offset  Expr // nil without OFFSET
	Options []Option
	Pos     Pos
}

// A CommonTable is name [(columns)] AS (query) after WITH.
type CommonTable struct {
	Name    Name
	Columns []Name
	Query   *Query
}

// A Body is a [*Select], a [*Values], a [*SetOperation] or a [*Query] in parentheses.
type Body interface {
	String() string
	Position() Pos
	body()
}

// Select is SELECT [DISTINCT] items [FROM ...] [WHERE ...] [GROUP BY ...] [HAVING ...].
type Select struct {
	Distinct bool
	Items    []SelectItem
	From     []TableExpr // separated by commas; empty without FROM
	Where    Expr        // nil without WHERE
	Group    []Expr
	Having   Expr // nil without HAVING
	Pos      Pos
}

// Values is VALUES (a, b), (c, d).
type Values struct {
	Rows []ValueRow
	Pos  Pos
}

// A ValueRow is one parenthesized row of VALUES.
type ValueRow struct {
	Values []Expr
	Pos    Pos
}

// A SetOperator is UNION, EXCEPT or INTERSECT.
type SetOperator uint8

// The operators.
const (
	Union SetOperator = iota
	Except
	Intersect
)

// A SetOperation is left UNION [ALL] right, and so on.
type SetOperation struct {
	Op          SetOperator
	All         bool
	Left, Right Body
}

func (*Select) body()       {}
func (*Values) body()       {}
func (*SetOperation) body() {}
func (*Query) body()        {}

// A SelectItem is one item of a select list or of RETURNING.
type SelectItem struct {
	// Star means the item is *; Expr is nil then.
	Star bool
	// Qualifier is the name before a star, as in t.* and ns.t.*.
	Qualifier []Name
	Expr      Expr
	Alias     Name // its Text is "" without an alias
	// Text is the expression as written, for the name of a column without an alias.
	Text string
	Pos  Pos
}

// NullsOrder is where ORDER BY puts NULL.
type NullsOrder uint8

// The places. Without NULLS FIRST or LAST, NULL is the smallest value.
const (
	NullsDefault NullsOrder = iota
	NullsFirst
	NullsLast
)

// An OrderItem is one item of ORDER BY.
type OrderItem struct {
	Expr       Expr
	Descending bool
	Nulls      NullsOrder
	Pos        Pos
}

// A TableExpr is an item of FROM: [*Table], [*Derived], [*Join] or [*Unnest].
type TableExpr interface {
	String() string
	Position() Pos
	tableExpr()
}

// A TableName is [namespace.]set or [namespace.]set/bin. The set NULL, unquoted, is the records
// without a set.
type TableName struct {
	Namespace Name // its Text is "" for the default namespace
	Set       Name
	// Bin is the bin of a child table, as in set/bin: its Text is "" otherwise.
	Bin Name
}

// A Table is a table of FROM.
type Table struct {
	Name  TableName
	Alias Name // its Text is "" without an alias
	// Partitions are the ranges of PARTITION (0..1023, 2000).
	Partitions []PartitionRange
	// Sample is TABLESAMPLE PARTITIONS (n) or TABLESAMPLE SYSTEM (percent), or nil.
	Sample *Sample
	// In is IN LIST, MAPKEYS or MAPVALUES of the AQL dialect, in upper case, or "".
	In string
}

// A PartitionRange is first..last, both included.
type PartitionRange struct {
	First, Last Expr // Last is nil for one partition
}

// A Sample is TABLESAMPLE.
type Sample struct {
	Method string // in upper case: PARTITIONS, SYSTEM or BERNOULLI
	Size   Expr
	Pos    Pos
}

// Derived is (query) AS alias [(columns)].
type Derived struct {
	Query   *Query
	Alias   Name
	Columns []Name
	Pos     Pos
}

// Unnest is UNNEST(expr) [WITH ORDINALITY] AS alias [(columns)].
type Unnest struct {
	X          Expr
	Ordinality bool
	Alias      Name
	Columns    []Name
	Pos        Pos
}

// A JoinKind is the kind of a join.
type JoinKind uint8

// The kinds. RIGHT and FULL are parsed; package bind decides about them.
const (
	InnerJoin JoinKind = iota
	CrossJoin
	LeftJoin
	RightJoin
	FullJoin
)

// Join is left JOIN right [ON cond | USING (columns)].
type Join struct {
	Kind        JoinKind
	Natural     bool
	Left, Right TableExpr
	On          Expr // nil without ON
	Using       []Name
	Pos         Pos // of the first word of the join
}

func (*Table) tableExpr()   {}
func (*Derived) tableExpr() {}
func (*Unnest) tableExpr()  {}
func (*Join) tableExpr()    {}

// An Option is name = value in WITH (...).
type Option struct {
	Name  Name
	Value Expr // nil for a name alone
}
