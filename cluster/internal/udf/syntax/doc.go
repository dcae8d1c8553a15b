// Package syntax reads Lua 5.4, the language of a real server's user-defined
// functions, and gives it as a syntax tree that github.com/yuin/gopher-lua, an
// implementation of Lua 5.1, compiles and runs.
//
// What the two versions do differently becomes a call of an operator (see
// Operators) which whoever runs the tree supplies: arithmetic and comparison,
// because 5.4 has integers beside floats; operators that 5.1 lacks; and access
// to fields and calls, because 5.4 names the variable at fault in its error
// messages ("attempt to index a nil value (field 'x')"), and only the source
// knows that name.
//
// gopher-lua compiles a tree by recursion, and checks few of its limits. So what this package
// returns is never deep and needs few registers, however long the source is: see spill.go, split.go
// and measure.go.
//
// Messages about faulty source are those of Lua 5.4.6, byte for byte, for what
// this package finds itself. The differences that remain: a variable marked
// <close> is read-only but not closed, and a function may use somewhat fewer local
// variables, as gopher-lua's registers are fewer.
package syntax
