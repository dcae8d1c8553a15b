package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// An Expr is a bound expression: [*Const], [*Param], [*Column], [*Not], [*Negate], [*Logic],
// [*Compare], [*Arithmetic], [*In], [*InQuery], [*Between], [*Match], [*Is], [*Case], [*Call],
// [*Cast], [*Path], [*Array], [*MapLiteral], [*Scalar] or [*Exists], or an [*Extract] of a plan.
// Expressions are immutable once they are bound, so that plans can be shared.
type Expr interface {
	// Eval returns the value. NULL and unknown are the nil value. A value that can't be computed is
	// unknown, except for the errors that Env.Fail names.
	Eval(env *Env) protocol.Value
	// Type returns the declared type, or the zero Type.
	Type() function.Type
	// Kinds returns the kinds that the value can have.
	Kinds() function.Kinds
	// Position returns the position in the text.
	Position() ast.Pos
	// String returns SQL, for EXPLAIN.
	String() string
}

// A Const is a constant, or constants that were computed at binding.
type Const struct {
	Value protocol.Value
	Of    function.Type
	Pos   ast.Pos
}

// A Param is a parameter.
type Param struct {
	Index int
	Text  string
	// As is the type that the parameter's place demands, such as a timestamp beside a TIMESTAMP
	// column; the zero Type for none.
	As function.Type
	// Can are the kinds that the argument can have; 0 means any.
	Can function.Kinds
	Pos ast.Pos
}

// A Column is a slot of a frame.
type Column struct {
	// Relation is nil for a slot of the aggregated frame or of the output row.
	Relation *Relation
	Index    int // in Relation.Columns
	// Slot is the index in the frame. The binder sets it when the block is complete.
	Slot int
	// Depth is 0 for the expression's own block, 1 for the enclosing block, and so on.
	Depth int
	Name  string // for EXPLAIN
	Of    function.Type
	Can   function.Kinds
	Pos   ast.Pos
}

// A Not is NOT x.
type Not struct {
	X   Expr
	Pos ast.Pos
}

// A Negate is -x, or ~x if Bits is true.
type Negate struct {
	X    Expr
	Bits bool
	Pos  ast.Pos
}

// A Logic is AND or OR of two or more operands.
type Logic struct {
	Op       ast.Operator // ast.OpAnd or ast.OpOr
	Operands []Expr
}

// A Compare is a comparison with =, <>, <, <=, >, >=, IS [NOT] DISTINCT FROM or CONTAINS.
//
// ByKey means that X is the key of a set and that the two sides compare by the digests of keys, so
// that records stored without their user key are found too. Op is = or <> then.
type Compare struct {
	Op    ast.Operator
	X, Y  Expr
	ByKey bool
	Key   *KeyColumn // of X, if ByKey is true
	Other *KeyColumn // of Y, if it is the key of a set too
}

// A KeyColumn is what decides whether the key of a record equals a value. The user key is not known
// of a record that was stored without it; the digest is known of all.
type KeyColumn struct {
	Digest *Column
	// ID is the slot of Run.Sets for the digests of values that are constant in a run, or -1.
	ID int
}

// An Arithmetic is x op y for numbers, bits, or || for strings and blobs.
type Arithmetic struct {
	Op   ast.Operator
	X, Y Expr
	Of   function.Type
	// Can are the kinds that the value can have, or 0 if they are not computed yet.
	Can function.Kinds
	Pos ast.Pos // of the operator
}

// In is x [NOT] IN (list). Its set of values is built once for each execution, in slot ID of
// Run.Sets, if the list has no columns.
type In struct {
	ID    int
	X     Expr
	List  []Expr
	Not   bool
	ByKey bool       // see Compare
	Key   *KeyColumn // of X, if ByKey is true
}

// InQuery is x [NOT] IN (query).
type InQuery struct {
	X     Expr
	Query *Subquery
	Not   bool
	ByKey bool       // see Compare
	Key   *KeyColumn // of X, if ByKey is true
}

// Between is x [NOT] BETWEEN low AND high.
type Between struct {
	X, Low, High Expr
	Not          bool
}

// Match is x [NOT] LIKE, ILIKE or REGEXP pattern. A pattern without columns is compiled once for
// each execution, in slot ID of Run.Patterns.
type Match struct {
	ID         int
	Op         ast.MatchOp
	X, Pattern Expr
	Escape     Expr // nil without ESCAPE
	Not        bool
}

// Is is x IS [NOT] NULL, TRUE or FALSE.
type Is struct {
	X    Expr
	Test ast.Test
	Not  bool
}

// Case is CASE WHEN. A CASE with an operand is bound as comparisons with it.
type Case struct {
	Operand Expr // nil without an operand
	Whens   []When
	Else    Expr // nil without ELSE
	Of      function.Type
	Pos     ast.Pos
}

// When is one WHEN ... THEN ... of a Case.
type When struct {
	When, Then Expr
}

// A Call is a scalar function with its arguments.
type Call struct {
	Function *function.Function
	Args     []Expr
	Of       function.Type
	Can      function.Kinds
	Pos      ast.Pos
}

// A Cast is CAST(x AS type). From is the type of x, which decides what a timestamp or a decimal is
// as text.
type Cast struct {
	X        Expr
	From, To function.Type
	Pos      ast.Pos
}

// A Path is a value inside a list or map. A step is an index of a list or a key of a map; which one
// is decided by the value that it is applied to.
type Path struct {
	X     Expr
	Steps []Expr
	// Through are the kinds of the collections that the steps can lead through, nil for any. Those
	// of LIST_GET lead through lists only, and those of MAP_GET through maps.
	Through []function.Kinds
}

// An Array is a list of computed elements.
type Array struct {
	Elements []Expr
	Pos      ast.Pos
}

// A MapLiteral is an ordered map of computed keys and values.
type MapLiteral struct {
	Keys, Values []Expr
	Pos          ast.Pos
}

// A Subquery is a query inside an expression. ID is its slot in Env.Subqueries, where an execution
// keeps its rows. Correlated means that it reads columns of an enclosing block.
type Subquery struct {
	ID         int
	Query      *Query
	Correlated bool
	// Outer are the columns of enclosing blocks that it reads, with Depth 0 for the block that
	// contains the subquery.
	Outer []*Column
}

// A Scalar is (query) as a value: NULL without a row; two rows are an error.
type Scalar struct {
	Query *Subquery
	Pos   ast.Pos
}

// Exists is EXISTS (query).
type Exists struct {
	Query *Subquery
	Pos   ast.Pos
}

// An AggregateCall is an aggregate function of a block. Its value is a slot of the aggregated
// frame.
type AggregateCall struct {
	Function  *function.Aggregate
	Star      bool // COUNT(*)
	Distinct  bool
	Arg       Expr // nil for COUNT(*)
	Constants []Expr
	Order     []OrderKey // of GROUP_CONCAT
	Filter    Expr       // nil without FILTER
	Name      string     // for EXPLAIN
	Of        function.Type
}
