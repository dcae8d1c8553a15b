// Package cluster is the native client for Aerospike: it finds the nodes of a
// cluster, keeps a map of who owns which partition, and sends commands, batches and queries to
// the nodes that can answer them.
//
//	client, err := cluster.Open(ctx, cluster.Config{Seeds: []string{"10.0.0.1:3000"}})
//	rec, err := client.Get(ctx, nil, key, "name", "age")
//	err = client.Put(ctx, &cluster.WritePolicy{TTL: cluster.TTLFor(time.Hour)}, key, bins)
//	for rec, err := range client.Scan(ctx, nil, "test", "users") { ... }
//
// # Policies
//
// Every command takes a policy, nil for the client's default of that family
// (Config.Policies). Policies are flat structs whose zero value is the default of the official
// clients; where zero could mean "none", none is -1 ([NoTimeout], [NoRetries]).
//
// # Time
//
// The smallest of the context's deadline and the policy's TotalTimeout bounds a
// command with all its retries, and what is left of it travels to the server as its time
// budget. SocketTimeout bounds a wait for the next bytes. Cancelling the context interrupts the
// connection at once; the connection is closed then.
//
// # Failures
//
// What goes wrong is a [*protocol.Error]. Its Code is the server's verdict, or
// [protocol.ClientError] with the cause in Err, one of the sentinels of this package where it has a
// name. InDoubt tells that a write may have been applied although no answer
// said so:
//
//	nothing was sent, or not the whole request               not applied
//	sent, and refused with another code than 9               not applied
//	sent, and no answer, or refused with code 9 (timeout)    in doubt
//	sent again after that, and any failure                   in doubt
//
// A request counts as sent when its last byte has been handed to the operating system. The official clients say in
// doubt for whatever was sent twice; here it is not if both were refused.
//
// Reads are tried three times, writes once, unless the policy says otherwise. A
// connection that the server had closed while it was idle is replaced without
// counting as a try.
//
// # Trouble
//
// A node that fails more often than Config.MaxErrorRate allows is left alone for a while: commands to it fail at once with
// [ErrNodeBackoff], and reads go to another replica. Config.RetryPercent bounds what retries add to the load of a cluster that goes on
// failing; a command that may not be tried again for that reason is [ErrRetryBudget]. Callers wait for connections in turn
// ([ErrPoolExhausted] when their time is over), and a node is dialled a few times at once at most. When all nodes are lost the seeds are looked up and
// tried again with every round of tending.
//
// Close interrupts what is under way; [Client.Shutdown] lets it come to its end.
//
// # Transactions
//
// Commands on many records take effect together, or not at all, within a [Txn] (server 8 Enterprise, namespaces with strong
// consistency). A context carries it to all commands below:
//
//	err := client.Transact(ctx, nil, func(ctx context.Context) error {
//		if err := client.Add(ctx, nil, from, protocol.Bins{protocol.NewBin("amount", -10)}); err != nil {
//			return err
//		}
//		return client.Add(ctx, nil, to, protocol.Bins{protocol.NewBin("amount", 10)})
//	})
//
// [NewTxn], [WithTxn], Commit and Abort are the same by hand. A commit may be in doubt as any write may; called again it finds out. Scans
// and queries can't belong to a transaction.
//
// # Many callers
//
// A single-record command goes out at once while few of its kind are in flight to its
// node. Beyond that, those that are under way at the same moment gather, and travel as one batch message,
// which costs the server a fraction. There are no timers in it: a command gathers
// only while it would have waited for the node anyway, at most 20 ms, and a lone caller never does. Policy, deadline, outcome and
// error stay each caller's own; reads and writes gather apart. Config.Coalesce turns it off.
//
// # Watching
//
// Config.Metrics, or EnableMetrics at any time, lets a client count: the times of tries as histograms, bytes, retries, errors by
// kind, timeouts and commands in doubt, for each node and namespace, and the state of the connections. Metrics returns the
// figures. Config.Observer is told of every command and each of its tries, which is what a tracer needs; LogObserver writes failed
// and slow commands to a log. Both cost nothing while they are off. Config.Logger hears of nodes that come, go and fail.
//
// # Users
//
// With Config.User the client logs in at each node: once, however many callers wait for connections, again a
// minute before the session ends, and when a node has forgotten it, which callers do not notice. A node that refuses the user is
// [ErrLogin], with the node's code; it is not tried again for a second, and up to a minute, and meanwhile calls that need a new
// connection fail at once. What a user may not do is protocol.RoleViolation. Passwords are shown nowhere.
//
// # TLS
//
// With Config.TLS every connection is a TLS one, at least of version 1.2, to the nodes' addresses for TLS. A server must show a
// certificate for its TLS name: that in a seed of the form "host:tls-name:port", or the one by which other nodes name it, or
// Config.TLSName, or the host. What is wrong with it is [ErrTLS]; nothing has been sent then, and clear text is not tried.
// AuthExternal and AuthPKI need TLS. [LoadTLS] makes the configuration from files and follows a client certificate that is replaced.
//
// # Shape
//
// A [Client] is safe for use by any number of goroutines. One goroutine per client tends
// the cluster: it asks every node once in TendInterval whether peers or partitions have changed and swaps in a new,
// immutable partition map. Commands run on their caller's goroutine, each on a connection of its own
// out of the node's bounded pool. What is decided without I/O, such as which retry is right, lives in internal packages.
package cluster
