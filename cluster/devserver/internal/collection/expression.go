package collection

import "github.com/aerosql/aerosql/protocol"

// Expression is a compiled expression of a path call. It can use the loop variables and literals.
// Bins, keys and metadata are unknown (docs/wire-cdt-exp.md#2.6).
type Expression interface {
	// Matches evaluates the expression as a filter.
	Matches(*Loop) Trilean
	// Compute evaluates the expression as the new value of an element.
	Compute(*Loop) (protocol.Value, Outcome)
}

// Loop holds the variables of the current element: its value, and its key in a map or its index in
// a list.
type Loop struct {
	Value protocol.Value
	InMap bool
	Key   protocol.Value
	Index int
}

// Trilean is the result of a filter.
type Trilean uint8

// The results of a filter.
const (
	False Trilean = iota
	True
	Unknown
)

// Outcome is the kind of result of Compute.
type Outcome uint8

// The outcomes of Compute.
const (
	Computed  Outcome = iota // there is a value
	Undefined                // the expression is unknown
	Removed                  // remove the element
)
