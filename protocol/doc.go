// Package protocol has the words of Aerospike's protocol that users of this module meet: keys and
// digests, values, bins and records, operations, result codes and errors. The messages that carry them
// are in package wire, which it knows nothing about. It does no I/O.
//
// # Values
//
// A [Value] is one value of a bin, a list or a map. It is small and is passed by value; numbers are
// not boxed. [ValueOf] makes one of nearly any Go value, and [Value.Any] gives it back.
//
//	bins := protocol.Bins{protocol.NewBin("name", "Ada"), protocol.NewBin("age", 36)}
//
// Values that were read share the memory of the response that they came in. Whoever keeps a string or
// a blob for long keeps the whole response; strings.Clone and bytes.Clone make a copy.
//
// # Keys
//
// A [Key] is namespace, set and user key: an integer, a string or a []byte. Servers find records by
// the key's [Digest], which the key computes. [MustKey] is for keys that are known to be right.
//
// # Errors
//
// What a command returns is an [*Error]. errors.Is compares it with a [ResultCode], such as
// [KeyNotFound]; errors.As gives the node, the number of attempts and whether a write is in doubt.
package protocol
