// Package exec runs the plans of package querylang on a cluster.
//
// A [Runner] holds nothing but a client and its policies and can be shared. Reads
// come back as [Rows], which pull from the cluster while they are read: a slow reader slows the nodes
// down, and closing Rows ends the work on them. Writes come back as the number of records that were changed.
//
// # Columns of SELECT *
//
// A set has no columns of its own. [Rows] reads up to 64 rows ahead and takes the
// bins that they have, sorted by name, for the columns; a bin that only shows up in
// later rows is left out, so a program that depends on a bin should name it. A result without
// rows has no columns.
//
// # What a write is
//
// A row counts as affected if the server answered OK for it. A record that is
// missing, that does not fit the conditions, or whose generation is not the one asked for, is
// no error: it does not count. Everything else that goes wrong is an error, also when it
// concerns one record of many: see [PartialError].
//
// A guarded plan reads a record, checks it here and writes it under the condition
// that its generation has not moved; if it has, the record is read and checked again, up
// to a limit ([ErrConflict]). The generation is the server's own count of a record's writes. It
// starts at 1 again for a record that was deleted and created anew, so a record that is
// replaced that way, with as many writes, between the two steps is taken for the one that was read.
package exec
