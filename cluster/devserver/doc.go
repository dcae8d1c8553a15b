// Package devserver is an Aerospike-compatible cluster inside the process, on
// the real wire protocol, so that programs, tests and examples run with nothing
// installed. It is for development and tests; it keeps everything in memory and
// forgets it when it is closed.
//
// A [Server] is a cluster of one or more nodes. Each node listens on a TCP port
// of its own or, with Options.Listen empty, is reached through [Server.Dial]
// without any socket. What a client sees is what a Community Edition 8.1 would
// have sent, byte for byte where bytes are defined.
//
// # Data
//
// A namespace has 4096 partitions. Which nodes hold a partition follows from
// the node ids by the same hashes as on a real cluster, so that nodes of the
// same ids own the same partitions. Records never change once they are stored: a
// write makes a new record and puts it into the copy of every node that
// replicates the partition. A copy therefore costs one index entry a record, the copies of
// different nodes are free to differ, and readers and scans work on records
// without holding a lock. Each partition has one lock for all of its copies.
//
// Records of a partition are kept in the order of their digests, in which scans
// return them, from the greatest digest down.
//
// # Strong consistency
//
// Under [Enterprise] a namespace may have strong consistency, and with it multi-record transactions. A transaction
// locks a record by a provisional version in its place, which keeps the original beside it for everybody else. What a client
// leaves unfinished is rolled back or forward once its time is over, by the cluster's clock.
//
// # Security
//
// With Options.Security clients must log in, and every command is held against the privileges of the user's
// roles, with their scopes, allow lists and quotas (wire-core.md 9). Changes of users and roles take effect at
// once, on connections that are open too. Sessions end by Options.Clock, or when a test calls
// [Server.ExpireSessions].
//
// # Bounds
//
// Expressions, collection, bit and HyperLogLog operations are answered with
// ParameterError, a user-defined function with Forbidden once its module is
// registered. Secondary indexes and modules are kept as definitions: they are
// listed and deleted as on a real server, but no query finds its index.
package devserver
