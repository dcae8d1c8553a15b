// Package querylang parses and plans the SQL dialect of this module. It does no I/O: [Parse] turns
// text into a [Statement] and [NewPlan] turns a statement into a [Plan]; [Prepare] does both. A
// plan is data. Package exec runs it, and EXPLAIN prints it.
//
// # Statements
//
//	SELECT a, b AS c, PK, __generation | * | COUNT(*) FROM [ns.]t [AS x] [WHERE ...] [LIMIT n]
//	SELECT 1 + 1
//	INSERT  INTO t (PK, a, ...) VALUES (...), ...   creates records; an existing record is an error
//	UPSERT  INTO t (PK, a, ...) VALUES (...), ...   creates records, or changes the named bins
//	REPLACE INTO t (PK, a, ...) VALUES (...), ...   creates records, or replaces all their bins
//	UPDATE t SET a = 1, n = n + 1, s = s || 'x', b = NULL [WHERE ...]
//	DELETE FROM t [WHERE ...]
//	TRUNCATE [TABLE] t
//	EXPLAIN statement
//
// A table is a set and a column is a bin. Keywords can be written in any case; names are
// case-sensitive. SQL that is not implemented is an error of kind [ErrUnsupported] with its
// position.
//
// The table [NullSet] (__default) is the records without a set. Without a condition on PK it is
// read by a scan of the whole namespace. It can't be truncated.
//
// # Names and constants
//
//	'it''s'          string; a doubled quote means one, a backslash is an ordinary character
//	"a b", `a b`     names (see [AQL] for "...")
//	X'0AFF'          blob
//	10, 0x1F         integers
//	1.0, 1e3         floats
//	TRUE, FALSE      booleans
//	NULL             NULL
//	-- to the end of the line, /* ... */     comments
//
// A name without quotes consists of letters, digits and underscores, does not start with a digit
// and is not a reserved word. A bin's name has at most 15 bytes.
//
// These columns are not bins. They are not part of *, and bins with their names can't be used:
//
//	PK, __key        the user key; PK can be written in any case
//	__digest         a blob of 20 bytes
//	__generation     an integer
//	__ttl            the time to live in seconds, -1 for never
//	__set            the name of the set
//
// PK is NULL for a record that was stored without its user key, unless the statement selects the
// record by PK.
//
// # Parameters
//
// ?, $1, :name and @name are parameters. A statement uses only one of these styles, except that
// :name and @name are the same style. Parameters are values, never names. A list that is bound to a
// parameter in IN (...) is replaced by its elements; a nil slice has no elements.
//
// # NULL and unknown
//
// A missing bin is NULL. Logic has three values: the result of computing or comparing with NULL is
// NULL, which means unknown. WHERE selects a record only if its condition is true. The rules are
// those of the server's expressions:
//
//   - Integers and floats compare exactly, without rounding. Strings and blobs compare by bytes,
//     and FALSE is less than TRUE. Lists and ordered maps compare by the server's order.
//   - Values of different types can't be compared: the result is unknown, not false. Neither
//     a = '5' nor a <> '5' selects a record whose bin a is the integer 5. GeoJSON and HyperLogLog
//     values, and values that contain an unordered map, can't be compared either.
//   - Integer arithmetic wraps around. Integer division drops the fraction. Division by zero, the
//     remainder of floats, and arithmetic with values that are not numbers are unknown.
//   - || and CONCAT join two strings or two blobs. The result for other values is unknown.
//   - LIKE compares the whole string and is case-sensitive: % matches any characters, _ one
//     character. There is no escape character unless ESCAPE gives one.
//   - A condition that is not a boolean is unknown.
//
// # Keys
//
// A condition PK = x reads one record, and PK IN (...) reads a batch. Conditions on __digest do the
// same if there is no condition on PK. All other conditions read the whole set. Further conditions
// are checked by the client on the records that it has read.
//
// A key is an integer, a string or a blob. Its type matters: 1 and '1' are different records. No
// record has the key NULL.
//
// # Writes
//
// NULL removes the bin, or leaves it out of a new record. Each row of an INSERT needs a value that
// is not NULL, because a record has at least one bin. For the same reason the server deletes a
// record when an UPDATE removes its last bin.
//
// UPDATE changes all columns of a record or none, in one command. It never creates a record. The
// server computes n = n + x and s = s || x from the current value of the bin. A missing bin is 0 or
// empty there, unlike in standard SQL, where the result is NULL.
//
// Other values computed from columns, and conditions in addition to the key, need the record first.
// The client reads it, checks it, and writes it only if its generation has not changed. If it has
// changed the client starts over. A condition __generation = x together with PK = y is checked by
// the server.
package querylang
