// Package plan turns bound statements into plans: trees of logical operators, as data. Before each
// run the scans of a plan are lowered: with the arguments, the declared indexes and the versions of
// the servers it is decided how each set is read and what part of its condition the servers check.
// EXPLAIN prints both. Package exec runs them.
//
// # Conditions
//
// A condition is split at its ANDs. Each part goes to the lowest operator that has the columns that
// it reads, but never below the side of an outer join whose rows can be NULL. A condition that does
// not depend on the row is evaluated once; unless it is true nothing is read. Conditions on derived
// tables and views move into their queries if these neither group nor limit their rows. A LEFT JOIN
// whose right side can't be NULL by the conditions above it is an inner join.
//
// Inner joins are reordered. Equalities connect relations; along them each relation is joined by
// its user key, by a hash, or else by comparing all pairs. A product of unconnected relations is
// formed last.
//
// # Access
//
// What a condition says about the values of a bin is a set of values of all kinds, so that 3, 3.0
// and '3' keep their meanings: see [Lower]. Sets of one bin are intersected and united; a condition
// whose sets are empty is never true, and nothing is read. Indexes and keys give a superset of the
// rows: the conditions are still checked, by the server's filter or by the client.
//
// A numeric index has only the integers of a bin, while a > 1 is also true for the float 1.5. So a
// numeric index is used only if the bin is declared as an integer, or if the environment promises
// that numbers with an index are integers. Keys of maps are never floats. An index of strings finds
// only equal values.
//
// Costs are in records. They only decide between access methods that give the same rows; the
// constants are in cost.go.
package plan
