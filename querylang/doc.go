// Package querylang reads the SQL dialect of this module and plans it. It does no I/O:
// text becomes a [Statement] ([Parse]), a statement a [Plan] ([NewPlan], or
// [Prepare] for both), and a plan is data, which package exec runs and EXPLAIN prints.
//
// # Statements
//
//	SELECT a, b AS c, PK, __generation | * | COUNT(*) FROM [ns.]t [AS x] [WHERE ...] [LIMIT n]
//	SELECT 1 + 1
//	INSERT  INTO t (PK, a, ...) VALUES (...), ...   creates records; one that exists is an error
//	UPSERT  INTO t (PK, a, ...) VALUES (...), ...   creates records, or changes the named bins
//	REPLACE INTO t (PK, a, ...) VALUES (...), ...   creates records, or replaces all their bins
//	UPDATE t SET a = 1, n = n + 1, s = s || 'x', b = NULL [WHERE ...]
//	DELETE FROM t [WHERE ...]
//	TRUNCATE [TABLE] t
//	EXPLAIN statement
//
// Keywords can be written in any case, names can't. A table is a set, a column
// is a bin. The table [NullSet] (__default) is the records without a set; without a condition on PK it is
// found by a scan of the whole namespace, and it can't be truncated. What is SQL but has no implementation is an error of kind [ErrUnsupported] that
// points to it.
//
// # Names and constants
//
// '...' is a string, in which a doubled quote stands for one and a backslash for itself; "..." and
// `...` are names (but see [AQL]); X'0A' is a blob, 0x1F an integer, 1.0 and 1e3 are floats. A name without quotes
// is made of letters, digits and underscores. TRUE, FALSE and NULL are constants. Comments are
// -- to the end of the line and /* */. The names of bins have at most 15 bytes.
//
// PK (in any case, also __key) is the user key, and these columns too are no bins: __digest (a
// blob of 20 bytes), __generation, __ttl (in seconds, -1 for never) and __set. They are not part
// of *. PK is NULL for a record that was stored without its user key, unless PK selects the record. Bins that have one of these
// names can't be reached.
//
// # Parameters
//
// ?, $1, :name and @name stand for arguments, and a statement uses one of these styles.
// They stand for values, never for names. A list that is bound to a parameter inside IN (...) stands for its
// elements, and a nil slice for none.
//
// # Values and unknowns
//
// A missing bin is NULL, and logic has three values: what is computed or
// compared with NULL is NULL, that is unknown, and WHERE takes a record only if its condition is true. The
// rules are those of the server's expressions, so that it makes no difference where a
// condition is evaluated:
//
//   - Integers and floats compare by what they stand for, without rounding. Strings and
//     blobs compare by their bytes, FALSE is less than TRUE, lists compare by the server's order.
//   - Values of different types can't be compared: the result is unknown, not false. So
//     neither a = '5' nor a <> '5' finds a record whose bin a is the integer 5. The same goes for GeoJSON and
//     HyperLogLog values, and for whatever has an unordered map in it.
//   - Integer arithmetic wraps around, the division of integers drops the fraction; division by zero,
//     the remainder of floats and arithmetic with anything but numbers are unknown.
//   - || and CONCAT join two strings or two blobs; anything else is unknown.
//   - LIKE compares a whole string: % stands for any characters, _ for one. Case
//     counts. There is no escape character but the one that ESCAPE names.
//   - A condition that is no boolean is unknown.
//
// # Keys
//
// PK = x reads one record and PK IN (...) a batch, and so do conditions on __digest where none on PK
// stands beside them; every other condition reads the whole set. Further conditions are checked on what was read. A key is an integer, a
// string or a blob, and its type counts: 1 and '1' are different records. No record has the key NULL.
//
// # Writes
//
// NULL as a value removes the bin, or leaves it out of a new record; a row of an
// INSERT needs one value that is not NULL, because there is no record without a bin.
//
// UPDATE changes a record in one command of the server, all columns or none; it
// never creates one. n = n + x and s = s || x are executed by the server on the value that is in the bin then; a missing bin counts as 0 or
// empty there, which is where this dialect differs from standard SQL. Other values that use
// columns, and conditions besides the key, need the record first: it is read,
// checked, and written only if its generation has not changed since, else read again. A condition
// __generation = x beside PK = y is checked by the server.
package querylang
