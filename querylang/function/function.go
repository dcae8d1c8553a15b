package function

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// A Context holds what functions can use besides their arguments.
type Context struct {
	Now       time.Time // the start of the statement
	Namespace string
	User      string
	Version   string // of the server
}

// A Function is an entry of the table of functions.
type Function struct {
	Name    string // in upper case
	Aliases []string
	Group   string // heading in the documentation
	// Params are the parameters. The last one may be Variadic.
	Params []Parameter
	// Strict means that the result is NULL if an argument is NULL or of a kind that the parameter
	// does not allow. Eval is not called then.
	Strict bool
	// Volatile means that two calls with the same arguments can differ, as of UUID().
	Volatile bool
	// Stable means that the result depends on the Context: it is the same in one execution, as of
	// NOW(), but it must not be computed when a statement is prepared.
	Stable bool
	// Unify means that the arguments for the parameters of any kind have one type, which is that of
	// the result too, as of COALESCE. The binder converts constants to the declared type of another
	// argument, and refuses different types whose values can't be compared; see CommonType.
	Unify bool
	// Result returns the type of the result and the kinds that it can have.
	Result func(args []Type) (Type, Kinds)
	// Eval computes the result. It must not keep args.
	Eval func(c *Context, args []protocol.Value) protocol.Value
	// Lower returns the server expression with the same result for arguments of the given kinds, or
	// ok false if there is none. It may be nil. The client computes the call for arguments of kinds
	// without an expression. No integer may be divided by a divisor that can be -1: other divisors
	// than constants need the form cond(x == -1 => 1, else => x), because the smallest integer
	// divided by -1 ends a real server.
	Lower func(args []Lowered) (result Lowered, ok bool)
	// Change returns the operation of the servers that changes a bin as the function changes its
	// first argument, or ok false if there is none for the other arguments. It is nil for functions
	// that don't return their first argument changed. In is where the value is in a list or map,
	// nil for the whole bin. Only lists and maps can be in another one.
	Change func(bin string, args []protocol.Value, in cdt.Context) (op protocol.Operation, ok bool)
	// Doc describes the function in a sentence or two. Example is an expression, and ExampleResult
	// another one of the same value, which a test compares; a time is written as its text.
	// ExampleResult is "" for volatile functions.
	Doc, Example, ExampleResult string
}

// A Parameter describes an argument of a function.
type Parameter struct {
	Name     string
	Kinds    Kinds
	Optional bool
	Variadic bool
	// Stored are the families whose values the function takes as they are stored, as the integers
	// of timestamps; see Argument.
	Stored Families
	// Check returns an error for a constant or an argument that the function has no result for,
	// such as a unit that there is not. It may be nil. Such a value of a column gives NULL.
	Check func(v protocol.Value) error
}

// A Lowered is a server expression with the single kind of its value. A value that the expression
// can't give is unknown on the server, which is NULL in SQL.
type Lowered struct {
	Node exp.Node
	Kind protocol.Kind
	// Total means that the expression has a value for all arguments of these kinds.
	Total bool
	// Since is the oldest server version that can run it.
	Since Version
}

// A Version is the version of a server, such as {8, 1, 2}.
type Version [3]int

// An Aggregate is an entry of the table of aggregate functions.
type Aggregate struct {
	Name    string // in upper case
	Aliases []string
	Params  []Parameter // COUNT(*) has none
	Result  func(args []Type) (Type, Kinds)
	// New returns an accumulator for a group. The constants are the arguments after the first, such
	// as the separator of GROUP_CONCAT.
	New func(constants []protocol.Value) Accumulator

	// Doc, Example and ExampleResult are those of a Function. In the examples x is 4, 1, 2 and 2.
	Doc, Example, ExampleResult string
}

// An Accumulator computes an aggregate of a group.
type Accumulator interface {
	// Add adds the value of a row, which is not NULL; for COUNT(*) it is any value. It copies what
	// it keeps.
	Add(v protocol.Value)
	// Result returns the aggregate of the rows so far. An aggregate that no value can hold, such as
	// a sum of integers of more than 64 bits, is an error.
	Result() (protocol.Value, error)
	// Size returns the memory that is used, in bytes.
	Size() int
}
