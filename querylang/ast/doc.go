// Package ast is the syntax tree of the SQL dialect: statements, queries and expressions with their
// positions in the text. Package parse makes it, package bind gives its names a meaning. String
// methods return SQL that parses to the same tree in the standard dialect.
package ast
