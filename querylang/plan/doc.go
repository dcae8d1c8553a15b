// Package plan turns bound statements into plans: trees of logical operators, as data. Before each
// run the scans of a plan are lowered: with the arguments, the declared indexes and the versions of
// the servers it is decided how each set is read and what part of its condition the servers check.
// EXPLAIN prints both. Package exec runs them.
package plan
