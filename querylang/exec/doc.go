// Package exec runs the plans of package querylang on a cluster.
//
// A [Runner] has a client and policies, and is safe for concurrent use. Reads return [Rows], which
// read from the cluster on demand: a slow reader slows the nodes down, and closing the Rows stops
// their work. Writes return the number of changed records.
//
// # Columns of SELECT *
//
// A set has no declared columns. For * [Rows] reads up to 64 rows ahead; the columns are the bins
// of these rows, sorted by name. A bin that occurs only in later rows is not returned, so a program
// that needs a bin should name it. A result without rows has no columns.
//
// # Affected rows
//
// A record is counted if the server reports success for its write. A record that is missing, does
// not match the conditions, or does not have the required generation is not counted; that is not an
// error. Every other failure is an error, even of one record among many; see [PartialError].
//
// # Guarded writes
//
// A guarded plan reads a record, checks it in the client, and writes it on the condition that its
// generation has not changed. If it has changed, the record is read and checked again, up to a
// limit ([ErrConflict]). The generation counts the writes of a record, and starts at 1 again after
// the record was deleted and created. If between the read and the write a record is deleted,
// created again and written as often as before, the change is not detected.
package exec
