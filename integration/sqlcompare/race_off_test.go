//go:build !race

package sqlcompare

// queries is the number of queries that are compared.
const queries = 10_000
