// Package wire encodes and decodes the messages of Aerospike's wire protocol: headers, fields,
// commands on records, batches, queries, info and administration messages. It does no I/O, and does
// not deal with nodes, deadlines or retries.
//
// Package cluster encodes requests and decodes responses with it; package devserver does the
// reverse. Other programs need it only if they speak the protocol themselves. Use package cluster
// to read and write records.
//
// A message on a connection starts with a [ProtoHeader], which has its type and size. The body of a
// ProtoMessage is a [Header] with fields and operations: [Command], [Batch] and [Query] write such
// requests, [ParseResponse] reads the responses. The body of a ProtoInfo is text, see [AppendInfo],
// and that of a ProtoAdmin a list of fields, see [AdminRequest].
//
// Append functions append a message to a slice that the caller can reuse. Parse functions check
// lengths, counts, depths and types before they allocate memory. Their errors wrap
// [protocol.ErrMalformed], [protocol.ErrTooLarge] or [protocol.ErrTooDeep].
package wire
