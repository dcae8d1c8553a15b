package querylang

// A Statement is one parsed statement: [*Select], [*Insert], [*Update],
// [*Delete], [*Truncate] or [*Explain]. Its String method gives text that parses to the same
// statement, in whatever dialect.
type Statement interface {
	String() string
	statement()
}

// NullSet is the table of the records that are in no set. A set that has this name can't be reached.
const NullSet = "__default"

// A TableName names a set, if need be with its namespace, and perhaps gives it another name.
type TableName struct {
	Namespace string // "" for the session's namespace
	Set       string // "" for the records without a set, see NullSet
	Alias     string // "" without AS
	Pos       Pos
}

// A SelectItem is one item between SELECT and FROM.
type SelectItem struct {
	// Star is the * of all columns; Expr is nil then.
	Star bool
	// Qualifier is what stands before a star: t.*.
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

// An InsertVerb tells how rows meet records that exist.
type InsertVerb uint8

// The verbs.
const (
	Create  InsertVerb = iota // INSERT: the record must not exist
	Upsert                    // UPSERT: create it, or change the named bins only
	Replace                   // REPLACE: create it, or replace all its bins
)

// A Name is a name at a place.
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

// A ValueRow is one parenthesised row of VALUES.
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
