// Package gen is the command aerosql gen: it writes the typed fields of structs, and faster
// methods, for package mapper. With -from it writes the structs for the tables of a cluster.
//
//	//go:generate go run github.com/aerosql/aerosql/cmd/aerosql@latest gen -type User,Order
//
// For a type User the file has a struct of typed fields and the variable UserFields, which
// mapper.MustFields checks when the program starts:
//
//	adults := users.Where(UserFields.Age.Ge(18))
//
// It also has the methods AppendBins and DecodeBins, with which the mapper writes and reads such
// objects faster. The bytes are the same. Structs with embedded or inlined structs, or with the
// options rest, alias or required, have no methods. After a change of the struct's bins the command
// must be run again: mapper.New returns an error otherwise, and -check finds it in CI.
//
// The package is parsed and type-checked as far as possible: uses of the variables that are yet to
// be written are not an obstacle.
package gen
