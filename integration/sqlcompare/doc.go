// Package sqlcompare compares the answers to random queries: with all rules of the planner, without
// each of them, without all, with SQLite where it means the same, and with those of equivalent
// queries. A seed always gives the same tables and queries:
//
//	go test ./sqlcompare -queries 10000 -seed 1 [-everything]
//	go test ./sqlcompare -run TestStatement -v -seed 7 -statement "SELECT ..."
//
// Each 500 queries share tables, whose seed is one more than that of the tables before. A query
// with different answers is reduced to a shorter one before it is printed. The second command shows
// the plans and answers of a statement on the tables of a seed. testdata/seeds.txt has the
// statements that once had different answers.
package sqlcompare
