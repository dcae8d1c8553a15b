//go:build race

package sqlcompare

// queries is the number of queries that are compared. The race detector makes them ten times
// slower.
const queries = 200
