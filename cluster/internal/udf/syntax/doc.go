// Package syntax parses Lua 5.4, the language of a real server's user-defined functions. It returns
// a syntax tree that github.com/yuin/gopher-lua, an implementation of Lua 5.1, compiles and runs.
//
// What differs between the two versions becomes a call of an operator (see Operators). The code
// that runs the tree supplies the operators. They implement arithmetic and comparison, because 5.4
// has integers and floats; operators that 5.1 lacks; and field accesses and calls, because error
// messages of 5.4 name the variable ("attempt to index a nil value (field 'x')"), and only the
// source has that name.
//
// gopher-lua compiles a tree by recursion, and checks few of its limits. Therefore the trees that
// this package returns are never deep and need few registers, even for long source: see spill.go,
// split.go and measure.go.
//
// Error messages about source are those of Lua 5.4.6, byte for byte, for the errors that this
// package detects itself. Two differences remain: a variable marked <close> is read-only but not
// closed, and a function may use somewhat fewer local variables, because gopher-lua has fewer
// registers.
package syntax
