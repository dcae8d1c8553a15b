// Package casetest reads files of cases that say what operations on lists, maps, bits and HyperLogLogs, and expressions, give. The
// devserver's evaluators are tested with them, and so is a real server.
//
// A file is a sequence of blocks, with an empty line between two:
//
//	# A comment.
//
//	define abc = hll(0x000400000000000000000040800030000000)
//
//	given [5, 3, 9]
//
//	list_pop(index: 0)
//	----
//	[3, 9] -> 5
//
// A given block says what the cases behind it are about: the value of a bin, "missing" for none, or for expressions the bins of a
// record (given i=7 s="a"). A definition gives a value a name, under which it is read and shown. All other blocks are cases: a call or
// an expression, four dashes, and the outcome.
//
// # Outcomes
//
// The outcome of a call is the bin's value afterwards, or "same" if it has not changed, then an arrow and the result if there is
// one. That of an expression is its value, or "unknown". Errors are "error" with the name of the result code.
//
// # Language
//
// Values are written as in JSON, and besides: nil; 0x0102 is a blob; hll(0x...) a HyperLogLog; geo("...") GeoJSON; float32(1.5) a
// float of four bytes; wildcard and infinity. Map keys are any values. "ordered [...]" is a list that the server keeps sorted,
// "ordered {...}" and "kv_ordered {...}" are such maps; "persisted" before that asks for a stored index; "pairs {...}" is the
// result whose order has a meaning.
//
// Calls and expressions are written as package exp prints them. A call that stands alone lacks the operand that it works on and the
// type of its result. Flags may be written by their names, or'ed with |.
package casetest
