// Package replay records what clients and an Aerospike cluster say to each other, and answers
// clients from such a recording.
//
// A [Proxy] stands between clients and a cluster. It passes everything on, in both directions, and
// writes each request with its answer to a file. It replaces the addresses of nodes in the answers
// by its own, so clients that look for further nodes find the proxy again.
//
// Clients and nodes may use TLS or not, independently of each other: the proxy asks nodes for the
// addresses that it can use, and clients get those that they ask for. A recording has the bytes
// inside TLS, and can be replayed to clients with TLS and without.
//
// [Start] runs a server that answers from a [Recording]. The server has as many nodes as the
// recording. Faults and the other controls of connections work as usual.
//
// # Format
//
// A recording is a file of JSON lines. The first line names the format and its version:
//
//	{"format":"aerosql recording","version":1,"time":"2026-05-01T12:00:00Z","redacted":false}
//
// A line with "node" describes a node, before the first exchange with it. A later line about the
// same node replaces it. "tls_address" is there if clients could use TLS.
//
//	{"node":0,"name":"BB9020011AC4202","address":"127.0.0.1:3100"}
//
// All other lines are exchanges, in the order in which the answers were complete:
//
//	{"n":7,"at_us":1532,"took_us":88,"on":0,"conn":2,"kind":"read","about":"test users ...",
//	 "request":"0203...","answer":"0203..."}
//
// n counts the requests of all connections in the order in which they arrived. at_us is the time
// since the start of the recording and took_us the time until the answer was complete, in
// microseconds. on is the number of the node and conn that of the connection. kind is info, admin,
// read, write, batch, query or invalid. about is a description for readers. request and answer are
// the bytes in hexadecimal, as the client sent and received them. "end" says that the answer is
// incomplete: "server" if the server closed the connection, "client" if the client did.
//
// # Secrets
//
// Passwords, their hashes and session tokens are never recorded: zeros of the same length stand for
// them. Logins in a replay therefore match whatever the password is. With ProxyOptions.Redact the
// values of bins, user keys and digests are replaced as well. Types and lengths stay. Of a digest
// the bytes that select the partition stay. The names of namespaces, sets, bins, indexes and users,
// and the answers to info commands, are not replaced.
//
// # Matching
//
// A request matches a recorded one if the bytes are the same, apart from time budgets, timeouts,
// the ids of queries and transactions, and secrets. If the same request was recorded several times,
// the answers come in their order, and the last one is repeated. Each node has its own answers;
// those of other nodes stand in if a node has none for a request. The commands of an info request
// that was not recorded as a whole are answered one by one. If the recording has no answer, the
// request fails with UnsupportedFeature, and the log names the recorded request that is most like
// it.
//
// Clients that gather commands of concurrent callers into batches send other batches each time.
// Turn that off for a recording (cluster.Config.Coalesce).
package replay
