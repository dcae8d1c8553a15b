// Package expression evaluates packed expressions as a real server does
// (docs/wire-cdt-exp.md#7): filters, operations that read or write a result, and the expressions in
// paths through collections. It is pure: packed bytes and a [Record] in, values and result codes out.
//
// [Parse] makes a tree of nodes out of the packed form and refuses what the server
// refuses (build.go, and a file for each family of operators, which has its builders and its nodes). Evaluating
// goes down the tree; every node gives a [value], which may be unknown. Package protocol/exp reads the same
// bytes for programs that want to look at them; here what counts is which bytes a server accepts, that a
// literal stays as it was packed, and speed, because filters run over whole sets.
//
// # Regular expressions
//
// Patterns are POSIX, basic or extended, in the dialect of the GNU C library and
// in the C locale, where a character is a byte. They run on Go's regexp package (posix.go), which
// never takes more than linear time. It has no back-references, and no repetition over 1,000 times: such
// patterns are refused as parameter errors. The word boundaries \< and \> match like \b.
package expression
