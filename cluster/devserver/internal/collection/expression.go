package collection

import "github.com/aerosql/aerosql/protocol"

// Expression is a built expression of a path call. It sees the loop variables
// and literals; bins, keys and metadata are unknown to it (docs/wire-cdt-exp.md#2.6).
type Expression interface {
	// Matches evaluates the expression as a filter.
	Matches(*Loop) Trilean
	// Compute evaluates it as the new value of an element.
	Compute(*Loop) (protocol.Value, Outcome)
}

// Loop holds the variables of the element that an expression is evaluated for:
// the value, and its key in a map or its index in a list.
type Loop struct {
	Value protocol.Value
	InMap bool
	Key   protocol.Value
	Index int
}

// Trilean is the value of a filter.
type Trilean uint8

// The values of a filter.
const (
	False Trilean = iota
	True
	Unknown
)

// Outcome tells what the value of a computed element is worth.
type Outcome uint8

// The outcomes of a computation.
const (
	Computed  Outcome = iota // there is a value
	Undefined                // the expression is unknown
	Removed                  // the element is to be removed
)
