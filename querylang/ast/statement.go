package ast

// A Statement is a parsed statement: [*Query], [*Insert], [*Update], [*Delete], [*Truncate],
// [*Explain], [*CreateTable], [*AlterTable], [*DropTable], [*CreateIndex], [*DropIndex],
// [*CreateView], [*DropView], [*Comment], [*Transaction], [*Set], [*Show], [*Declare], [*Fetch],
// [*Close], [*User], [*Role], [*Grant], [*Module], [*Execute], [*Kill], [*Analyze], [*AlterSystem],
// [*AlterXDR] or [*TruncateNamespace].
type Statement interface {
	String() string
	Position() Pos
	statement()
}

// An InsertVerb is what an insert does if a record exists already.
type InsertVerb uint8

// The verbs.
const (
	Create  InsertVerb = iota // INSERT: the record must not exist
	Upsert                    // UPSERT: create it, or change the named bins only
	Replace                   // REPLACE, INSERT OR REPLACE: create it, or replace all its bins
	Ignore                    // INSERT IGNORE, INSERT OR IGNORE, ON CONFLICT DO NOTHING
)

// Insert is INSERT, UPSERT or REPLACE INTO table [(columns)] source.
type Insert struct {
	Verb    InsertVerb
	Table   TableName
	Alias   Name
	Columns []Name // nil: the declared columns in their order
	// Source is the rows: a *Values, another Query body in a *Query, or nil for DEFAULT VALUES. A
	// value of *Values may be a *Default.
	Source *Query
	// Conflict is ON CONFLICT ... DO UPDATE or ON DUPLICATE KEY UPDATE, nil without. With the verb
	// Ignore it is ON CONFLICT (columns) DO NOTHING, and only its Columns are set.
	Conflict  *Conflict
	Returning []SelectItem
	Options   []Option
	Pos       Pos
}

// A Conflict is ON CONFLICT [(columns)] DO UPDATE SET ... [WHERE ...].
type Conflict struct {
	Columns []Name
	Set     []Assignment
	Where   Expr
	// NewRow is the alias of the new row: excluded, or the name in INSERT ... AS name. VALUES(c) in
	// ON DUPLICATE KEY UPDATE is the column c of this row.
	NewRow Name
	Pos    Pos
}

// An Assignment is target = value in UPDATE. The target is a *Column or a *Path.
type Assignment struct {
	Target Expr
	Value  Expr
}

// Update is UPDATE table SET assignments [WHERE ...].
type Update struct {
	Table     TableName
	Alias     Name
	Set       []Assignment
	Where     Expr // nil without WHERE
	Order     []OrderItem
	Limit     Expr
	Returning []SelectItem
	Options   []Option
	Pos       Pos
}

// Delete is DELETE FROM table [WHERE ...].
type Delete struct {
	Table     TableName
	Alias     Name
	Where     Expr // nil without WHERE
	Order     []OrderItem
	Limit     Expr
	Returning []SelectItem
	Options   []Option
	Pos       Pos
}

// Truncate is TRUNCATE [TABLE] table [BEFORE time].
type Truncate struct {
	Table  TableName
	Before Expr // nil without BEFORE
	Pos    Pos
}

// Explain is EXPLAIN [ANALYZE] [FORMAT JSON] statement.
type Explain struct {
	Statement Statement
	Analyze   bool
	JSON      bool
	Pos       Pos
}

// CreateTable is CREATE TABLE [IF NOT EXISTS] table (columns and constraints).
type CreateTable struct {
	Table       TableName
	IfNotExists bool
	Columns     []ColumnDef
	// Key are the columns of PRIMARY KEY (...), if it is a constraint of the table.
	Key     []Name
	Checks  []Expr
	Unique  [][]Name
	Comment string
	Options []Option
	Pos     Pos
}

// A ColumnDef is a column of CREATE TABLE.
type ColumnDef struct {
	Name          Name
	Type          TypeName // its Name is "" without a type
	NotNull       bool
	Key           bool // PRIMARY KEY
	Unique        bool
	AutoIncrement bool
	Default       Expr // nil without DEFAULT
	Checks        []Expr
	Comment       string
}

// An AlterAction is what ALTER TABLE changes.
type AlterAction uint8

// The actions.
const (
	AddColumn    AlterAction = iota // ADD [COLUMN] [IF NOT EXISTS] column
	DropColumn                      // DROP [COLUMN] [IF EXISTS] name
	RenameColumn                    // RENAME [COLUMN] name TO name
	RenameTable                     // RENAME TO name
	SetDefault                      // ALTER [COLUMN] name SET DEFAULT value, or DROP DEFAULT
)

// AlterTable is ALTER TABLE [IF EXISTS] table action. It changes one thing.
type AlterTable struct {
	Table    TableName
	IfExists bool // the table may be missing
	Action   AlterAction
	// Column is the new column of AddColumn. Of the other actions it has the Name only, and the
	// Default of SetDefault, which is nil for DROP DEFAULT.
	Column ColumnDef
	// Lenient means that the column may exist already (AddColumn) or may be missing (DropColumn).
	Lenient bool
	NewName Name // of RenameColumn and RenameTable
	Pos     Pos
}

// DropTable is DROP TABLE [IF EXISTS] table, ...
type DropTable struct {
	Tables   []TableName
	IfExists bool
	Pos      Pos
}

// CreateIndex is CREATE [UNIQUE] [collection] INDEX [IF NOT EXISTS] name ON table (parts) [type].
type CreateIndex struct {
	Name        Name
	IfNotExists bool
	Unique      bool
	Table       TableName
	// Collection is LIST, MAPKEYS or MAPVALUES before INDEX, in upper case, or "".
	Collection string
	Parts      []IndexPart
	// Type is NUMERIC, INTEGER, STRING, BLOB, GEO2DSPHERE or "" if it is to be inferred.
	Type string
	// SetIndex is CREATE SET INDEX: an index of all records of the set.
	SetIndex bool
	Wait     bool
	Options  []Option
	Pos      Pos
}

// An IndexPart is an expression of CREATE INDEX. A collection is written as a call of LIST, MAPKEYS
// or MAPVALUES.
type IndexPart struct {
	Expr       Expr
	Descending bool // accepted without effect
}

// DropIndex is DROP INDEX [IF EXISTS] name [ON table].
type DropIndex struct {
	Name     Name
	Table    TableName // its Set is "" without ON
	IfExists bool
	Pos      Pos
}

// CreateView is CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [(columns)] AS query.
type CreateView struct {
	Name        TableName
	IfNotExists bool
	Replace     bool
	Columns     []Name
	Query       *Query
	Pos         Pos
}

// DropView is DROP VIEW [IF EXISTS] name.
type DropView struct {
	Name     TableName
	IfExists bool
	Pos      Pos
}

// Comment is COMMENT ON TABLE, VIEW or COLUMN name IS text.
type Comment struct {
	View   bool // of a view
	Table  TableName
	Column Name   // its Text is "" if the comment is on the table
	Text   string // "" for NULL, which removes the comment
	Pos    Pos
}

// A TransactionVerb is BEGIN, COMMIT or ROLLBACK.
type TransactionVerb uint8

// The verbs.
const (
	Begin TransactionVerb = iota
	Commit
	Rollback
)

// Transaction is BEGIN, START TRANSACTION, COMMIT or ROLLBACK.
type Transaction struct {
	Verb     TransactionVerb
	ReadOnly bool
	Pos      Pos
}

// Set is SET name = value or RESET name, of a session variable. SET name = DEFAULT is RESET, and
// RESET ALL has the unquoted name ALL. A value that is a word is a *Column, except for ON and OFF,
// which are booleans.
type Set struct {
	Name  Name
	Value Expr // nil for RESET
	Pos   Pos
}

// Show is SHOW what [FROM table] [LIKE pattern]. DESCRIBE table is SHOW COLUMNS FROM table. The
// table may be a namespace, as in SHOW TABLES FROM namespace; its name is in Table.Set then.
type Show struct {
	// What is in upper case: TABLES, COLUMNS, INDEXES, NAMESPACES, SETS, BINS, VARIABLES,
	// FUNCTIONS, MODULES, USERS, ROLES, GRANTS, NODES, JOBS, VIEWS, CURSORS, CURSOR, USER, ROLE,
	// VARIABLE, CREATE TABLE, CREATE VIEW, CREATE INDEX or CREATE FUNCTION. The name of what is not
	// a table is in Table.Set.
	What  string
	Table TableName
	Like  Expr
	Pos   Pos
}

// Declare is DECLARE name CURSOR [FROM token] FOR query. The query is nil if only a token is given.
type Declare struct {
	Name  Name
	Query *Query
	// From is the token, which continues another cursor of the query; nil without.
	From Expr
	Pos  Pos
}

// Fetch is FETCH n FROM name.
type Fetch struct {
	Count  Expr // nil for ALL
	Cursor Name
	Pos    Pos
}

// Close is CLOSE name.
type Close struct {
	Cursor Name
	Pos    Pos
}

func (*Query) statement()       {}
func (*Insert) statement()      {}
func (*Update) statement()      {}
func (*Delete) statement()      {}
func (*Truncate) statement()    {}
func (*Explain) statement()     {}
func (*CreateTable) statement() {}
func (*AlterTable) statement()  {}
func (*DropTable) statement()   {}
func (*CreateIndex) statement() {}
func (*DropIndex) statement()   {}
func (*CreateView) statement()  {}
func (*DropView) statement()    {}
func (*Comment) statement()     {}
func (*Transaction) statement() {}
func (*Set) statement()         {}
func (*Show) statement()        {}
func (*Declare) statement()     {}
func (*Fetch) statement()       {}
func (*Close) statement()       {}
