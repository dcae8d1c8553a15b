// Package lease lets one of several processes do something at a time, such as migrating a schema:
//
//	key := protocol.MustKey("test", "leases", "migrations")
//	l, err := lease.Acquire(ctx, client, key, nil) // waits for other processes
//	if err != nil {
//		return err
//	}
//	defer l.Release(context.WithoutCancel(ctx))
//	ctx, cancel := l.Context(ctx) // ends if the lease is lost
//	defer cancel()
//
// A lease is a record. Its holder writes it again and again, as a heartbeat. If the holder dies,
// another process takes the lease after its time to live. The server's clock decides about that, so
// that the clocks of the processes don't matter; only the clocks of the cluster's nodes must agree
// much better than the time to live.
//
// # Fencing
//
// A process that is stopped for longer than the time to live loses the lease without noticing at
// once. Each acquisition has a token, which is larger than all tokens before. Operate writes other
// bins of the lease's record, atomically with a check of the token. Such writes are safe: a process
// that lost the lease can't make them. For writes elsewhere, store the token there and compare it,
// or accept that a write which is under way when the lease is lost still takes effect.
//
// # Guarantees
//
// With strong consistency two processes never hold a lease at the same time. In other namespaces
// that is so while the cluster is whole; when the network divides it, each part can grant the
// lease.
//
// The record must not be deleted while leases are in use, because the tokens would start again. It
// has no expiry.
package lease
