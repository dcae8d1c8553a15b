package querylang

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// An Expr is an expression: [*Literal], [*Param], [*Column], [*Unary], [*Binary], [*In],
// [*Between], [*Like], [*IsNull] or [*Call]. Expressions are immutable, so that plans can be
// shared. String returns SQL.
type Expr interface {
	String() string
	// Position returns the position of the expression's first token.
	Position() Pos
	precedence() precedence
	write(b *strings.Builder)
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
	OpConcat
	OpAdd
	OpSubtract
	OpMultiply
	OpDivide
	OpRemainder
	OpNegate
)

var operators = [...]struct {
	text string
	precedence
}{
	OpOr: {"OR", precedenceOr}, OpAnd: {"AND", precedenceAnd}, OpNot: {"NOT", precedenceNot},
	OpEqual: {"=", precedenceCompare}, OpNotEqual: {"<>", precedenceCompare},
	OpLess: {"<", precedenceCompare}, OpLessEqual: {"<=", precedenceCompare},
	OpGreater: {">", precedenceCompare}, OpGreaterEqual: {">=", precedenceCompare},
	OpConcat: {"||", precedenceConcat},
	OpAdd:    {"+", precedenceSum}, OpSubtract: {"-", precedenceSum},
	OpMultiply: {"*", precedenceProduct}, OpDivide: {"/", precedenceProduct}, OpRemainder: {"%", precedenceProduct},
	OpNegate: {"-", precedenceNegate},
}

// String returns the operator as it is written.
func (o Operator) String() string { return operators[o].text }

func (o Operator) isComparison() bool { return o >= OpEqual && o <= OpGreaterEqual }

// precedence is how tightly an operator binds. Higher binds tighter.
type precedence uint8

const (
	precedenceOr precedence = iota + 1
	precedenceAnd
	precedenceNot
	precedenceCompare // does not associate: a = b = c is an error
	precedenceConcat
	precedenceSum
	precedenceProduct
	precedenceNegate
	precedencePrimary
)

// A Pseudo is a column that is not a bin, or NoPseudo for a bin.
type Pseudo uint8

// The pseudo columns. They are never part of *.
const (
	NoPseudo   Pseudo = iota // a bin
	PrimaryKey               // PK or __key: the user key, NULL if only the digest is known
	Digest                   // __digest: 20 bytes
	Generation               // __generation: an integer, 1 for a new record
	TimeToLive               // __ttl: seconds, -1 for a record that never expires
	SetName                  // __set
)

// A Literal is a constant in the text.
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
	Pos  Pos
}

// A Column is the value of a bin, or of a pseudo column.
type Column struct {
	// Qualifier is the part before the name: table, or namespace and table, or empty.
	Qualifier []string
	Name      string
	Pseudo    Pseudo
	Pos       Pos
}

// A Unary is NOT x or -x.
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

// In is x [NOT] IN (list). A parameter in the list may be bound to a list of values.
type In struct {
	X    Expr
	List []Expr
	Not  bool
}

// Between is x [NOT] BETWEEN low AND high.
type Between struct {
	X, Low, High Expr
	Not          bool
}

// Like is x [NOT] LIKE pattern [ESCAPE escape].
type Like struct {
	X, Pattern Expr
	Escape     Expr // nil without ESCAPE
	Not        bool
}

// IsNull is x IS [NOT] NULL.
type IsNull struct {
	X   Expr
	Not bool
}

// A Call is a function with its arguments: CONCAT(a, b) or COUNT(*).
type Call struct {
	Name string // in upper case
	Star bool   // COUNT(*)
	Args []Expr
	Pos  Pos
}

// Position returns the place of the literal.
func (e *Literal) Position() Pos { return e.Pos }

// Position returns the place of the parameter.
func (e *Param) Position() Pos { return e.Pos }

// Position returns the place of the column's first word.
func (e *Column) Position() Pos { return e.Pos }

// Position returns the place of the operator.
func (e *Unary) Position() Pos { return e.Pos }

// Position returns the place of the left operand.
func (e *Binary) Position() Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *In) Position() Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *Between) Position() Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *Like) Position() Pos { return e.X.Position() }

// Position returns the place of the operand.
func (e *IsNull) Position() Pos { return e.X.Position() }

// Position returns the place of the function's name.
func (e *Call) Position() Pos { return e.Pos }

func (e *Literal) precedence() precedence {
	if e.isNegative() {
		return precedenceNegate
	}
	return precedencePrimary
}
func (*Param) precedence() precedence    { return precedencePrimary }
func (*Column) precedence() precedence   { return precedencePrimary }
func (*Call) precedence() precedence     { return precedencePrimary }
func (e *Unary) precedence() precedence  { return operators[e.Op].precedence }
func (e *Binary) precedence() precedence { return operators[e.Op].precedence }
func (*In) precedence() precedence       { return precedenceCompare }
func (*Between) precedence() precedence  { return precedenceCompare }
func (*Like) precedence() precedence     { return precedenceCompare }
func (*IsNull) precedence() precedence   { return precedenceCompare }

// isNegative reports whether the literal is written with a leading minus sign.
func (e *Literal) isNegative() bool {
	if n, ok := e.Value.Int(); ok {
		return n < 0
	}
	f, ok := e.Value.Float()
	return ok && (f < 0 || f == 0 && 1/f < 0)
}
