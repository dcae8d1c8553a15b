// Package gen is the command aerosql gen: it writes the typed fields of structs for package mapper.
//
//	//go:generate go run github.com/aerosql/aerosql/cmd/aerosql@latest gen -type User,Order
//
// For a type User the file has a struct of typed fields and the variable UserFields, which
// mapper.MustFields checks when the program starts:
//
//	adults := users.Where(UserFields.Age.Ge(18))
//
// The package is parsed and type-checked as far as possible: uses of the variables that are yet to
// be written are no obstacle.
package gen
