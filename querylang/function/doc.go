// Package function is what the SQL dialect computes: the types of values, the operators, and one
// table of the functions with their arguments, evaluators, lowering to server expressions and
// documentation. It knows no tables and no plans.
//
// # Types
//
// ParseType reads the names of types. A value of a declared type is stored as a [Type] says: times
// and decimals are integers. Coerce returns the value that a column stores, Comparand the value
// that compares with what a column stores, CastFrom the value of CAST, and Text the text of a
// value. Parameter.Argument returns the type that a function needs in the place of a time or a
// decimal.
//
// # Functions
//
// Lookup and LookupAggregate find functions by name. Where SQLite has a function, its results are
// the same. The result for a value of the wrong kind is NULL, as that of operators is.
package function
