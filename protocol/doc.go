// Package protocol is the wire: headers, fields, operations, values, keys and result codes
// of Aerospike's protocol, with encoders and decoders side by side. It does no I/O, knows no clock
// and starts no goroutine.
//
// # Messages
//
// Everything on a connection is a proto header of eight bytes and a body:
//
//	+---------+------+---------------------+----------
//	| version | type | size of the body    | body ...
//	| 1 byte  | 1    | 6, big-endian       |
//	+---------+------+---------------------+----------
//
// A body of type 3 is a message: a [Header] of 22 bytes, then fields, then operations. Type 1 is a
// request for information in text ([AppendInfo], [ParseInfo]), type 4 a compressed message
// ([AppendCompressed], [Decompress]). Type 2 is an administration message, about users, roles and
// sessions ([AdminRequest], [AdminEntry], [Credential]).
//
// # Values
//
// A [Value] is what a bin holds. Numbers, strings and blobs live in it without
// an allocation; [ValueOf] and [Value.Any] convert from and to Go's own types. Values that were
// decoded share the memory of the body that they came from, so a caller who wants to keep one part
// of a large record for long should copy it.
//
// # Commands
//
// A [Command] is one command on one record. It writes itself as a message or as a row of a
// [Batch]; [Scan] reads whole sets. Who sends them where, and what happens when that fails,
// is package cluster's business.
//
// # Trust
//
// No decoder trusts what it reads: lengths, counts, depths and types are checked before memory is
// taken, and what is wrong gives an error that wraps [ErrMalformed], [ErrTooLarge] or [ErrTooDeep].
package protocol
