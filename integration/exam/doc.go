// Package exam holds cases of SQL with their expected results. The test runs them through
// database/sql on an in-process server. testdata/cases.txt has the cases and testdata/failing.txt
// the names of those that are known to fail.
package exam
