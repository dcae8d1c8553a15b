// Package casetest reads files of test cases for list, map, bit and HyperLogLog operations and for
// expressions. The devserver's evaluators and a real server are tested with the same files.
//
// A file is a sequence of blocks, separated by empty lines:
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
// A given block sets the input of the cases after it: the value of a bin, "missing" for no bin, or
// for expressions the bins of a record (given i=7 s="a"). A define block names a value; the name is
// used to read and to print it. All other blocks are cases: a call or an expression, four dashes,
// and the outcome.
//
// # Outcomes
//
// The outcome of a call is the bin's new value, or "same" if it has not changed, followed by an
// arrow and the result if there is one. The outcome of an expression is its value, or "unknown".
// The outcome of a failure is "error" and the name of the result code.
//
// # Language
//
// Values are written as in JSON, with these additions: nil; 0x0102 is a blob; hll(0x...) is a
// HyperLogLog; geo("...") is GeoJSON; float32(1.5) is a 32-bit float; wildcard and infinity. Map
// keys can be any values. "ordered [...]" is a list that the server keeps sorted. "ordered {...}"
// and "kv_ordered {...}" are ordered maps. The prefix "persisted" asks for a persisted index.
// "pairs {...}" is a map result whose order is significant.
//
// Calls and expressions are written as package exp prints them. A call on a bin has neither an
// operand nor a result type. Flags can be written by name, joined by |.
package casetest
