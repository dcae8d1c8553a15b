// Package exec runs plans on a cluster. A statement runs as a tree of operators, one for each node
// of its plan. The operators of a block's FROM share one frame; see package bind. An operator that
// keeps rows in memory takes what it keeps from the statement's memory budget, and copies the
// values, so that they don't keep the answers of the servers in memory.
//
// A value that can't be decoded is in the frame as a value of protocol.KindInvalid, whose error
// names the record. It is an error of the statement only if an expression or the result uses it.
//
// # Sessions
//
// A [Session] has settings, cursors and at most one transaction. [Session.Reset] ends them.
//
//	SET name = value          a setting of the session: an option of WITH, or memory_limit
//	SET name = DEFAULT        removes it; RESET ALL removes all
//	SHOW VARIABLES            the settings: name, value, default
//
// Settings apply to all later statements; WITH (...) has precedence. The settings are atomic,
// commit, durable, fetch_rows, max_records, memory_limit, read_mode, records_per_second, replica,
// send_key and ttl. The setting max_records applies to queries only, not to statements that write.
//
//	DECLARE c CURSOR FOR query
//	FETCH n FROM c            the next n rows, with the columns of the query; FETCH ALL: the others
//	CLOSE c
//	SHOW CURSORS              name, fetched, query
//	SHOW CURSOR c             name, fetched, done, token
//	DECLARE c CURSOR FROM token FOR query
//
// A cursor moves with each row that the program reads: rows that it leaves are returned by the next
// FETCH. The query does not run ahead of the program.
//
// The position of a cursor can be saved as a token, from which another cursor continues, even in
// another process. The token holds no query: the new DECLARE repeats the query and its arguments,
// and a token of any other query is an error. Tokens need not be trusted; the worst that a forged
// one does is to skip or repeat records of the query. Only a query that reads one set, by a scan or
// by one range of an index, with conditions and expressions, has such a position. Between two
// FETCHes its cursor holds no connection, and it continues after a FETCH that has failed. Other
// queries, such as those with ORDER BY, GROUP BY, DISTINCT, LIMIT or a join, keep their rows open
// and within the memory limit, and a FETCH that fails or whose context ends, ends the cursor.
//
// As in a query without a cursor, a record that changes while a cursor reads is returned as it is
// then, and records that are created before its position are not returned.
//
// SHOW TABLES, VIEWS, COLUMNS, BINS, INDEXES, NAMESPACES, SETS, NODES, FUNCTIONS, MODULES, USERS,
// ROLES, JOBS, CREATE TABLE and CREATE VIEW return rows; LIKE compares the column name without
// regard to case. Package catalog has the tables of information_schema.
package exec
