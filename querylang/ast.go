package querylang

// A Statement is a parsed statement: [*Select], [*Insert], [*Update], [*Delete], [*Truncate] or
// [*Explain]. Its String method returns text that parses to the same statement in every dialect.
type Statement interface {
	String() string
	statement()
}

// NullSet is the name of the table of records that are in no set. A set with this name can't be
// used.
const NullSet = "__default"

// A TableName is the name of a set with an optional namespace and alias.
type TableName struct {
	Namespace string // "" for the default namespace
	Set       string // "" for the records without a set; see NullSet
	Alias     string // "" without AS
	Pos       Pos
}

// A SelectItem is one item of a select list.
type SelectItem struct {
	// Star means the item is *; Expr is nil then.
	Star bool
	// Qualifier is the name before a star, as in t.*.
	Qualifier []string
	Expr      Expr
	Alias     string // "" without AS
	Pos       Pos
}

// An OrderItem is one item of ORDER BY.
type OrderItem struct {
	Expr       Expr
	Descending bool
	Pos        Pos
}

// Select is SELECT items [FROM table [WHERE ...] [ORDER BY ...] [LIMIT n [OFFSET n]]].
type Select struct {
	Items  []SelectItem
	Table  *TableName // nil without FROM
	Where  Expr       // nil without WHERE
	Order  []OrderItem
	Limit  Expr // nil without LIMIT
	Offset Expr // nil without OFFSET
}

// An InsertVerb is what an insert does if a record exists already.
type InsertVerb uint8

// The verbs.
const (
	Create  InsertVerb = iota // INSERT: the record must not exist
	Upsert                    // UPSERT: create it, or change the named bins only
	Replace                   // REPLACE: create it, or replace all its bins
)

// A Name is a name with its position.
type Name struct {
	Text string
	Pos  Pos
}

// Insert is INSERT, UPSERT or REPLACE INTO table (columns) VALUES (...), ...
type Insert struct {
	Verb    InsertVerb
	Table   TableName
	Columns []Name
	Rows    []ValueRow
}

// A ValueRow is one parenthesized row of VALUES.
type ValueRow struct {
	Values []Expr
	Pos    Pos
}

// An Assignment is column = value in UPDATE.
type Assignment struct {
	Column Name
	Value  Expr
}

// Update is UPDATE table SET assignments [WHERE ...].
type Update struct {
	Table TableName
	Set   []Assignment
	Where Expr // nil without WHERE
}

// Delete is DELETE FROM table [WHERE ...].
type Delete struct {
	Table TableName
	Where Expr // nil without WHERE
}

// Truncate is TRUNCATE TABLE table.
type Truncate struct {
	Table TableName
}

// Explain is EXPLAIN statement.
type Explain struct {
	Statement Statement
}

func (*Select) statement()   {}
func (*Insert) statement()   {}
func (*Update) statement()   {}
func (*Delete) statement()   {}
func (*Truncate) statement() {}
func (*Explain) statement()  {}
