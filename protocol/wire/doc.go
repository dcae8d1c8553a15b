// Package wire has the messages of Aerospike's protocol: headers, fields, commands, batches, queries,
// info and administration messages. It does no I/O, and knows nothing of nodes, deadlines and retries.
//
// Package cluster writes requests and reads responses with it, package devserver the other way round.
// Programs need it for tools that speak the protocol themselves; package cluster is what they usually
// want.
//
// Messages are appended to a slice that the caller reuses. Each function that parses checks lengths,
// counts, depths and types before it takes memory; its errors wrap [protocol.ErrMalformed],
// [protocol.ErrTooLarge] or [protocol.ErrTooDeep].
package wire
