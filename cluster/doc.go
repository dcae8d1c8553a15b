// Package cluster is the native Aerospike client. It discovers the nodes of a cluster, keeps a map
// of which node owns which partition, and sends commands, batches and queries to the right nodes.
//
//	client, err := cluster.Open(ctx, cluster.Config{Seeds: []string{"10.0.0.1:3000"}})
//	rec, err := client.Get(ctx, nil, key, "name", "age")
//	err = client.Put(ctx, &cluster.WritePolicy{TTL: cluster.TTLFor(time.Hour)}, key, bins)
//	for rec, err := range client.Scan(ctx, nil, "test", "users") { ... }
//
// # What is where
//
// A [Client] has methods for
//
//   - one record: Get, GetHeader, Exists, Put, Add, Append, Prepend, Touch, Delete, Operate
//   - many records by key: BatchRead, BatchExists, BatchWrite, BatchOperate, BatchDelete,
//     BatchExecute
//   - many records by set or index: Scan, Query, QueryFrom
//   - background work on the servers: QueryOperate, QueryExecute
//   - user-defined functions: Execute on one record, Aggregate on a stream of records
//   - transactions: Transact, Commit, Abort, CommitOrAbort
//   - truncating a set, and raw info commands: Truncate, Info, InfoAll, InfoNode
//   - the client itself: Nodes, Ping, Metrics, Close, Shutdown
//
// Keys, bins, values, records, operations and result codes are in package protocol. Operations on
// lists, maps, bits and HyperLogLogs are in protocol/cdt, expressions in protocol/exp.
//
// Administration is in package cluster/admin, whose admin.New(client) returns an administrator that
// shares the client's connections: users, roles, indexes, UDF modules, jobs, statistics and server
// configuration.
//
// Package cluster/devserver runs a cluster inside the process, for development and tests.
//
// # Policies
//
// Every command takes a policy. Pass nil to use the client's default for that kind of command
// (Config.Policies). Policies are flat structs, and their zero values are the defaults of the
// official clients. Where zero could be read as "none", none is -1 ([NoTimeout], [NoRetries]).
//
// # Timeouts
//
// A command and all its retries must finish within the policy's TotalTimeout or before the
// context's deadline, whichever is earlier. Each request carries the remaining time, so that the
// server can give up too. SocketTimeout limits each wait for the next bytes. Canceling the context
// interrupts the command at once and closes its connection.
//
// # Errors
//
// Commands return a [*protocol.Error]. Its Code is the server's result code, or
// [protocol.ClientError] if the failure happened in the client. The cause is then in Err, and is
// one of this package's Err variables where one applies. InDoubt reports that a write may have been
// applied even though the client has no answer that confirms it:
//
//	nothing was sent, or only part of the request             not applied
//	sent, and refused with any code except 9 (timeout)        not applied
//	sent, and no answer, or refused with code 9 (timeout)     in doubt
//	sent again after that, and failed in any way              in doubt
//
// A request counts as sent once its last byte has been handed to the operating system. The official
// clients report every write that was sent twice as in doubt. This client doesn't if the server
// refused it both times.
//
// By default reads are tried three times and writes once. If the server has closed an idle
// connection, the client replaces the connection, and that doesn't count as a try.
//
// # Overload and failing nodes
//
// A node that fails more often than Config.MaxErrorRate allows is put in backoff: commands to it
// fail immediately with [ErrNodeBackoff], and reads go to another replica. Config.RetryPercent
// limits the load that retries add while a cluster keeps failing. A command that may not be retried
// because of this limit fails with [ErrRetryBudget]. Each node has a bounded pool of connections,
// and the client opens only a few at a time. Callers get connections in the order in which they
// asked. A caller whose time runs out first gets [ErrPoolExhausted]. If all nodes are lost, each
// round of tending resolves and tries the seeds again. If commands for a node arrive faster than it
// answers them, those that can't wait fail with [ErrOverload], and nothing is sent.
//
// Close interrupts running calls; [Client.Shutdown] waits for them.
//
// # Transactions
//
// With a [Txn], commands on many records take effect together or not at all. Needs server 8.0
// Enterprise and a namespace with strong consistency. The context carries the transaction to the
// commands:
//
//	err := client.Transact(ctx, nil, func(ctx context.Context) error {
//		if err := client.Add(ctx, nil, from, protocol.Bins{protocol.NewBin("amount", -10)}); err != nil {
//			return err
//		}
//		return client.Add(ctx, nil, to, protocol.Bins{protocol.NewBin("amount", 10)})
//	})
//
// To control the steps yourself, use [NewTxn], [WithTxn], Commit and Abort. Like any write, a
// commit can be in doubt; calling Commit again resolves it. Scans and queries can't run in a
// transaction.
//
// # Coalescing
//
// A single-record command is sent at once while only a few such commands are in flight to its node.
// Beyond that, commands that are waiting at the same time are sent as one batch message, which
// costs the server much less. There are no timers: a command waits for others only while it would
// have waited for the node anyway, and at most 20 ms. A lone caller never waits. Each caller keeps
// its own policy, deadline, result and error. Reads and writes are never mixed in one message.
// Config.Coalesce turns coalescing off.
//
// # Observability
//
// With Config.Metrics, or after EnableMetrics, the client counts per node and namespace: latency
// histograms, bytes, retries, timeouts, commands in doubt, errors by kind, and the state of the
// connection pools. Metrics returns the counters. Config.Observer receives every command and each
// of its tries, which is what a tracer needs; Client.Observe does so for the commands of a context.
// [LogObserver] logs failed and slow commands. Metrics and observers cost nothing while they are
// off. Config.Logger receives nodes that join, leave and fail.
//
// # Authentication
//
// With Config.User the client logs in at each node. It logs in once per node no matter how many
// callers wait for connections, and again a minute before the session expires or if a node no
// longer knows the session. Callers don't notice either. If a node rejects the login, calls that
// need a new connection to it fail with [ErrLogin], which has the node's result code. The client
// tries again after one second, then less often, up to once a minute. Commands that the user may
// not run fail with protocol.RoleViolation. Passwords never appear in errors or logs.
//
// # TLS
//
// With Config.TLS the client uses TLS 1.2 or later for every connection, and connects to the nodes'
// TLS addresses. A server's certificate must be valid for its TLS name. This is the name in a seed
// of the form "host:tls-name:port", the name that other nodes report for it, Config.TLSName, or the
// host, in this order. If verification fails the error is [ErrTLS], nothing has been sent, and the
// client never falls back to plain text. AuthExternal and AuthPKI need TLS. [LoadTLS] makes a
// configuration from files, and reloads a client certificate when its file is replaced.
//
// # Concurrency
//
// A [Client] is safe for concurrent use. One goroutine per client tends the cluster: every
// TendInterval it asks each node whether its peers or partitions have changed, and replaces the
// immutable partition map if they have. A command runs on its caller's goroutine, with a connection
// from the node's pool. Decisions that need no I/O, such as which retry is right, are made in
// internal packages.
package cluster
