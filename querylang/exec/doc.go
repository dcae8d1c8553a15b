// Package exec runs plans on a cluster. A statement runs as a tree of operators, one for each node
// of its plan. The operators of a block's FROM share one frame; see package bind. An operator that
// keeps rows in memory takes what it keeps from the statement's memory budget, and copies the
// values, so that they don't keep the answers of the servers in memory.
//
// A value that can't be decoded is in the frame as a value of protocol.KindInvalid, whose error
// names the record. It is an error of the statement only if an expression or the result uses it.
package exec
