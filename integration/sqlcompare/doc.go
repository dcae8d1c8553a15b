// Package sqlcompare compares the answers to random queries: with each rule of the planner on and
// off, with SQLite's, and with those of equivalent queries. A seed always gives the same tables and
// queries:
//
//	go test ./sqlcompare -queries 10000 -seed 1 [-all]
//
// A query with different answers is reduced to a shorter one before it is printed.
package sqlcompare
