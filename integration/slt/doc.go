// Package slt runs files of SQL statements with their published answers, in the format of SQLite's
// sqllogictest, through database/sql. Where database systems differ it takes SQLite's side.
//
// A file is a list of records separated by empty lines. A record is a statement that must succeed
// or fail, or a query with its answer: the values one a line, or their number and MD5 hash. [Parse]
// reads a file and [Run] scores it: each query is right, wrong or refused.
package slt
