// Package secondary is the inside of secondary indexes (docs/wire-cdt-exp.md#9): which
// values of a record are indexed, in what order, and which of them a query asks for. It is
// pure: bytes in, keys and answers out, and it takes no locks.
//
// A [Target] turns a bin into keys, 64-bit numbers: an integer itself, the hash of a string or
// blob, the S2 cells of a geometry. A [Tree] keeps the keys of one copy of one partition, each with
// the digest of its record, in the order in which queries answer them and in which they are
// resumed. A [Range] is what a query asks for.
//
// # Order
//
// Integers and hashes are in the order of signed numbers, cells in that of unsigned ones. A
// [Key] is such a number turned so that keys of either kind compare as unsigned numbers; [Target.Value]
// gives the number that stands on the wire.
package secondary
