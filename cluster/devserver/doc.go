// Package devserver is an Aerospike-compatible cluster inside the process, on
// the real wire protocol, so that programs, tests and examples run with nothing
// installed. It is for development and tests; it keeps everything in memory and
// forgets it when it is closed.
//
// A [Server] is a cluster of one to eight nodes. Each node listens on a TCP port
// of its own or, with Options.Listen empty, is reached through [Server.Dial]
// without any socket, also within a testing/synctest bubble. What a client sees is what a Community
// Edition 8.1 would have sent, byte for byte where bytes are defined; under Options.Edition [Enterprise] it is
// the other edition.
//
// # What it answers
//
// Everything that the official clients send. Single records: reads, writes, operations on lists, maps, bits and
// HyperLogLogs, expressions as filters and as operations, touches, deletes, functions in Lua. Batches of all of
// these. Queries over the primary index and over secondary ones, by pages, with projections and
// paces; aggregations, and queries that write in the background. Info commands: the cluster, its statistics and configuration, indexes, modules,
// jobs, truncation. Records expire by Options.Clock; their space is given back by nsup (NamespaceOptions.NsupPeriod) or by
// [Server.RemoveExpired].
//
// # Enterprise
//
//   - NamespaceOptions.StrongConsistency: durable deletes and tombstones, multi-record transactions, linearized reads, rosters
//     ([Server.SetRoster]), partitions that are unavailable rather than wrong, and [Server.Revive].
//   - Options.Security: users, roles, privileges with their scopes, allow lists, quotas, sessions that end
//     ([Server.ExpireSessions]).
//   - NamespaceOptions.Racks and [Server.SetRack]: replicas in different racks.
//   - Compressed requests, and filters of what is shipped to other data centers, which are kept and told.
//
// # The life of a cluster
//
// Nodes join ([Server.AddNode]), crash ([Server.KillNode]), stop ([Server.StopNode]), come back with or without their data
// and under another address ([Server.RestartNode]), hang ([Server.FreezeNode], [Server.ThawNode]) and are given up by the
// others ([Server.LoseNode]). The cluster notices at once unless [Server.HoldCluster] keeps it from noticing. After each change the
// nodes tell other peers, generations, cluster keys and maps, as three real nodes did whose answers are recorded. A
// new master becomes one only when it has received the partition; until then who had it acts for it, and replicas that
// are not complete yet answer no queries.
//
// Partitions migrate within the call that changed the cluster; with a pause between them (Options.MigrateEvery); or by hand
// ([MigrateManually] and [Server.Migrate]). [Server.MovePartition] and [Server.MovePartitions] give them other masters without any
// change of nodes.
//
// What happens to records follows from it: with a replica left nothing is lost, without one it is, and a node that comes
// back with its data brings back what was deleted without a tombstone. With strong consistency a partition waits instead.
//
// # Faults
//
// A [Fault] is an [Action] for some of the requests, chosen by node, connection, kind, content and count, and in
// place from [Server.Inject] on. An [Interceptor] chooses by a function of its own, for example by drawing from a seed. Actions are data: they
// hold requests or answers up, refuse with a result code, lose or cut answers, cut requests, break
// connections, answer with given bytes, repeat answers, send them byte by byte, or give info
// commands another value. They work the same by TCP and in memory, and take no real time in a bubble.
//
// # The truth
//
// With Options.History the server tells what was really applied and what reads really saw, in one order for
// the whole cluster ([Server.History]), so that a test can hold against it what its client was told. [Server.Peek]
// reads a record as it is, whatever nodes and connections do.
//
// # Inside
//
// A namespace has 4096 partitions. Which nodes hold a partition follows from
// the node ids by the same hashes as on a real cluster, so that nodes of the
// same ids own the same partitions; internal/balance decides who has it, who acts for whom and what moves next. Records never change once they are stored: a
// write makes a new record and puts it into the copy of every node that
// replicates the partition. A copy therefore costs one index entry a record, the copies of
// different nodes are free to differ, and readers and scans work on records
// without holding a lock. Each partition has one lock for all of its copies.
//
// Records of a partition are kept in the order of their digests, in which scans
// return them, from the greatest digest down. A transaction locks a record by a provisional version in its place, which keeps the
// original beside it for everybody else; what a client leaves unfinished is rolled back or forward once its time is over, by the
// cluster's clock.
//
// With Options.TLS every node has a second address that speaks TLS, with certificates of the caller's or of an
// [Authority] in memory; users can log in by certificate there.
//
// # Bounds
//
// The cluster is one: it can't be split in two that both go on. A write reaches all replicas of its
// partition at once or not at all, so that replicas never lag. Nothing is kept on disk, shipped to another data center, or evicted. Latency
// histograms have no data.
package devserver
