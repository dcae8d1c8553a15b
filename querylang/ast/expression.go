package ast

import "github.com/aerosql/aerosql/protocol"

// An Expr is an expression: [*Literal], [*Param], [*Column], [*Path], [*Unary], [*Binary], [*In],
// [*Between], [*Match], [*Is], [*Call], [*Case], [*Cast], [*Exists], [*Subquery], [*Row], [*Array],
// [*Map], [*Interval] or [*Default]. Trees are immutable once they are parsed.
type Expr interface {
	// String returns SQL.
	String() string
	// Position returns the position of the expression's first token.
	Position() Pos
	expr()
}

// An Operator is a binary or a unary operator.
type Operator uint8

// The operators.
const (
	OpOr Operator = iota
	OpAnd
	OpNot
	OpEqual
	OpNotEqual
	OpLess
	OpLessEqual
	OpGreater
	OpGreaterEqual
	OpDistinctFrom    // IS DISTINCT FROM: NULL is a value
	OpNotDistinctFrom // IS NOT DISTINCT FROM
	OpContains        // list CONTAINS value, list @> value
	OpConcat
	OpAdd
	OpSubtract
	OpMultiply
	OpDivide
	OpRemainder
	OpNegate
	OpBitAnd
	OpBitOr
	OpBitXor
	OpBitNot
	OpShiftLeft
	OpShiftRight
)

// A Name is an identifier as it was written.
type Name struct {
	Text string
	// Quote is 0 for an unquoted name, or the quotation mark: '"' or '`'. In the AQL dialect a
	// name in double quotes may be a string; package bind decides.
	Quote byte
	Pos   Pos
}

// A Literal is a constant in the text. A typed literal, such as DATE '2026-01-02', is a [*Cast].
type Literal struct {
	Value protocol.Value
	Pos   Pos
}

// A Param is a parameter.
type Param struct {
	// Index is the index of its argument, from 0.
	Index int
	// Text is the parameter as written: ?, $1, :name or @name.
	Text string
	// Kind is the kind of the literal that the parameter stands for, in a statement that texts with
	// different literals share. It is KindNil for a parameter of the text.
	Kind protocol.Kind
	Pos  Pos
}

// A Column is one or more names joined by dots. It may be a column with its table and namespace, or
// a path into a map; package bind decides.
type Column struct {
	Parts []Name
}

// A Path is a value inside a list or map: x[0], x['k'], x[0].name.
type Path struct {
	X     Expr
	Steps []Step
}

// A Step is one step of a path: an index or key in brackets, or a name after a dot.
type Step struct {
	Name  Name // of .name; its Text is "" otherwise
	Index Expr // of [index]
	Pos   Pos
}

// A Unary is NOT x, -x or ~x.
type Unary struct {
	Op  Operator
	X   Expr
	Pos Pos
}

// A Binary is x op y.
type Binary struct {
	Op   Operator
	X, Y Expr
	Pos  Pos // of the operator
}

// In is x [NOT] IN (list) or x [NOT] IN (query). A parameter in the list may be bound to a list of
// values. An empty list is allowed.
type In struct {
	X     Expr
	List  []Expr
	Query *Query // nil for a list
	Not   bool
}

// Between is x [NOT] BETWEEN low AND high.
type Between struct {
	X, Low, High Expr
	Not          bool
}

// A MatchOp is an operator that compares a string with a pattern.
type MatchOp uint8

// The pattern operators.
const (
	Like   MatchOp = iota // % and _
	ILike                 // LIKE that ignores case
	Regexp                // REGEXP or RLIKE: a regular expression
)

// Match is x [NOT] LIKE pattern [ESCAPE escape], and the same for other operators.
type Match struct {
	Op         MatchOp
	X, Pattern Expr
	Escape     Expr // nil without ESCAPE
	Not        bool
}

// A Test is what IS tests for.
type Test uint8

// The tests. IS UNKNOWN is IsNull.
const (
	IsNull Test = iota
	IsTrue
	IsFalse
)

// Is is x IS [NOT] NULL, TRUE, FALSE or UNKNOWN, also written ISNULL and NOTNULL.
type Is struct {
	X    Expr
	Test Test
	Not  bool
}

// A Call is a function with its arguments: CONCAT(a, b), COUNT(*), SUM(DISTINCT a) FILTER (WHERE
// c).
type Call struct {
	Name      Name // as written; function names ignore case
	Star      bool // COUNT(*)
	Distinct  bool
	Args      []Expr
	Order     []OrderItem // inside the parentheses of an aggregate function
	Separator Expr        // GROUP_CONCAT(x SEPARATOR s); nil without
	Filter    Expr        // FILTER (WHERE ...); nil without
}

// Case is CASE [operand] WHEN ... THEN ... [ELSE ...] END.
type Case struct {
	Operand Expr // nil without an operand
	Whens   []When
	Else    Expr // nil without ELSE
	Pos     Pos
}

// When is one WHEN ... THEN ... of a CASE.
type When struct {
	When, Then Expr
}

// A TypeName is a type of SQL: INTEGER, VARCHAR(20), DECIMAL(10, 2), DOUBLE PRECISION.
type TypeName struct {
	Name string // in upper case, words separated by one space
	Args []int64
	Pos  Pos
}

// Cast is CAST(x AS type), x::type, or a typed literal such as TIMESTAMP '2026-01-02 03:04:05'.
type Cast struct {
	X    Expr
	Type TypeName
	// Literal means that X is a string constant after the type, as in DATE '2026-01-02', which is
	// an error if it is not of the type.
	Literal bool
	Pos     Pos
}

// Exists is EXISTS (query).
type Exists struct {
	Query *Query
	Pos   Pos
}

// Subquery is a query in parentheses as a value: that of its only column and row.
type Subquery struct {
	Query *Query
	Pos   Pos
}

// Row is (a, b) or ROW(a, b): values that are compared with those of another row.
type Row struct {
	Elements []Expr // at least two
	Pos      Pos
}

// Array is ARRAY[a, b], a list.
type Array struct {
	Elements []Expr
	Pos      Pos
}

// Map is MAP{k: v, ...}, an ordered map.
type Map struct {
	Keys, Values []Expr
	Pos          Pos
}

// Interval is INTERVAL '2' HOUR or INTERVAL '2 hours'.
type Interval struct {
	X    Expr
	Unit string // in upper case and singular; "" if it is in the text
	Pos  Pos
}

// Default is the word DEFAULT as a value of INSERT or UPDATE.
type Default struct {
	Pos Pos
}

func (*Literal) expr()  {}
func (*Param) expr()    {}
func (*Column) expr()   {}
func (*Path) expr()     {}
func (*Unary) expr()    {}
func (*Binary) expr()   {}
func (*In) expr()       {}
func (*Between) expr()  {}
func (*Match) expr()    {}
func (*Is) expr()       {}
func (*Call) expr()     {}
func (*Case) expr()     {}
func (*Cast) expr()     {}
func (*Exists) expr()   {}
func (*Subquery) expr() {}
func (*Row) expr()      {}
func (*Array) expr()    {}
func (*Map) expr()      {}
func (*Interval) expr() {}
func (*Default) expr()  {}
