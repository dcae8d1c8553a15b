// Package protocol has the types of Aerospike's wire protocol that a program works with: keys and
// digests, values, bins and records, operations, result codes and errors. Package wire has the
// messages that carry them; programs rarely need it, because a cluster.Client sends and receives
// them. Package protocol does no I/O.
//
// # Values
//
// A [Value] is one value of a bin, a list or a map. It is small and is passed by value; numbers are
// not boxed. [ValueOf] makes a Value from nearly any Go value, and [Value.Any] returns it as a Go
// value.
//
//	bins := protocol.Bins{protocol.NewBin("name", "Ada"), protocol.NewBin("age", 36)}
//
// Values that were read share the memory of the response. As long as a program keeps a string or a
// blob, the whole response stays in memory. Use strings.Clone or bytes.Clone to keep a small part
// of a large response.
//
// # Keys
//
// A [Key] has a namespace, a set and a user key: an integer, a string or a []byte. Servers find
// records by the [Digest] of set and user key, which [NewKey] computes. [MustKey] is for keys that
// are known to be valid.
//
// # Operations
//
// An [Operation] reads or writes a part of a record; one command can have many. The functions of
// this package, such as [AddBin], work on whole bins. Package cdt has those for elements of lists
// and maps, for bits and for HyperLogLog, and package exp those with expressions.
//
// # Errors
//
// A command that fails returns an [*Error]. errors.Is compares it with a [ResultCode], such as
// [KeyNotFound]. errors.As gives access to the node, the number of attempts and whether a write is
// in doubt.
package protocol
