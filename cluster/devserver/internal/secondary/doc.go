// Package secondary implements secondary indexes (docs/wire-cdt-exp.md#9): which values of a record
// are indexed, in what order, and which of them a query selects. It does no I/O and takes no locks.
//
// A [Target] converts a bin to keys, which are 64-bit numbers: an integer itself, the hash of a
// string or blob, or the S2 cells of a geometry. A [Tree] holds the keys of one copy of a
// partition, each with the digest of its record, in the order in which queries return and resume. A
// [Range] selects the keys of a query.
//
// # Order
//
// Integers and hashes are ordered as signed numbers, cells as unsigned numbers. A [Key] is such a
// number converted so that all keys compare as unsigned numbers. [Target.Value] returns the number
// on the wire.
package secondary
