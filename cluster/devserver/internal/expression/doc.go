// Package expression evaluates packed expressions as a real server does (docs/wire-cdt-exp.md#7):
// filters, operations that read or write a result, and the expressions in paths through
// collections. It does no I/O: it maps packed bytes and a [Record] to values and result codes.
//
// [Parse] builds a tree of nodes and rejects what the server rejects. build.go has the common part;
// each family of operators has a file with its builders and nodes. Evaluation walks the tree. Each
// node returns a [value], which may be unknown. Package protocol/exp parses the same bytes for
// programs that inspect expressions. This package differs in its goals: it accepts exactly the
// bytes that a server accepts, keeps literals as they were packed, and is fast, because filters run
// on whole sets.
//
// # Regular expressions
//
// Patterns are basic or extended POSIX patterns in the dialect of the GNU C library and in the C
// locale, where a character is a byte. They are translated for Go's regexp package (posix.go),
// which runs in linear time. It does not support back-references or repetitions of more than 1,000
// times: such patterns are parameter errors. The word boundaries \< and \> match like \b.
package expression
