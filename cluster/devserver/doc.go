// Package devserver runs an Aerospike-compatible cluster inside the process. It speaks the real
// wire protocol, so programs, tests and examples run with nothing installed. It is meant for
// development and tests: all data is in memory and is lost when the server is closed, unless
// Options.DataDir is set.
//
// A [Server] is a cluster of one to eight nodes. Each node listens on its own TCP port or, if
// Options.Listen is empty, is reached through [Server.Dial] without a socket. The second way also
// works in a testing/synctest bubble. Clients see what a Community Edition 8.1 server would send,
// byte for byte where bytes are defined. With Options.Edition [Enterprise], they see that edition.
//
// # Supported requests
//
// The server supports everything that the official clients send:
//
//   - Commands on one record: reads, writes, operations on lists, maps, bits and HyperLogLogs,
//     expressions as filters and as operations, touches, deletes, and functions in Lua.
//   - Batches of all of these.
//   - Queries with and without a secondary index, with pages, projections and rate limits;
//     aggregations; background queries that write.
//   - Info commands: cluster, statistics, configuration, indexes, modules, jobs and truncation.
//
// Records expire by Options.Clock. Their space is reclaimed by nsup (NamespaceOptions.NsupPeriod)
// or by [Server.RemoveExpired].
//
// # Enterprise
//
//   - NamespaceOptions.StrongConsistency: durable deletes with tombstones, multi-record
//     transactions, linearized reads, rosters ([Server.SetRoster]), partitions that become
//     unavailable instead of inconsistent, and [Server.Revive].
//   - Options.Security: users, roles, privileges with scopes, allowlists, quotas, and sessions that
//     expire ([Server.ExpireSessions]).
//   - NamespaceOptions.Racks and [Server.SetRack]: replicas in different racks.
//   - Options.TLS: every node gets a second address that speaks TLS, with certificates of the
//     caller or of an in-memory [Authority]. Users can log in there by certificate.
//   - Compressed requests. XDR filters can be set and read, but nothing is shipped.
//
// # Cluster changes
//
// Nodes join ([Server.AddNode]), crash ([Server.KillNode]), shut down ([Server.StopNode]), return
// with or without their data and at another address ([Server.RestartNode]), hang
// ([Server.FreezeNode], [Server.ThawNode]) and are dropped by the others ([Server.LoseNode]). The
// cluster notices at once, unless [Server.HoldCluster] delays it. After each change the nodes
// report the same peers, generations and partition maps as three real nodes whose answers were
// recorded. A new master takes over only when it has received the partition. Until then the
// previous one acts as master, and incomplete replicas do not answer queries.
//
// Partitions migrate within the call that changed the cluster, or one by one with a pause between
// them (Options.MigrateEvery), or on request ([MigrateManually] and [Server.Migrate]).
// [Server.MovePartition] and [Server.MovePartitions] change masters without changing nodes.
//
// The effect on records follows. If a replica is left, nothing is lost. If none is left, the
// records are lost. A node that returns with its data brings back records that were deleted without
// a tombstone. With strong consistency the partition becomes unavailable instead.
//
// # Forks
//
// [Server.Fork] copies a running cluster in about a millisecond, however many records it has: the
// copy shares them until one of the two changes them. [RunT] and [Server.ForkT] start and fork a
// cluster for one test. [Server.AdvanceTime] and [Server.SetTime] change the time by which records
// expire.
//
// # Faults
//
// A [Fault] applies an [Action] to requests selected by node, connection, kind, content and count,
// from [Server.Inject] on. An [Interceptor] selects requests by a function, for example with a
// seeded random generator. Actions are data. They delay or hold requests and answers, refuse
// requests with a result code, drop, truncate, repeat or replace answers, cut requests, reset
// connections, send answers in small pieces, and change the values of info commands. They work the
// same way on TCP and in memory. In a bubble they take no real time.
//
// # History
//
// With Options.History the server records every change that it applied and what every read saw, in
// one order for the whole cluster ([Server.History]). A test can compare this with the results that
// its client got. [Server.Peek] returns a record's current state, regardless of the state of nodes
// and connections.
//
// # Implementation
//
// A namespace has 4096 partitions. The owners of a partition follow from the node ids by the same
// hash as in a real cluster, so nodes with the same ids own the same partitions. Package
// internal/balance decides who owns a partition, who acts as master and which copies migrate next.
//
// A stored record is immutable. A write creates a new version and puts it into the copies of all
// nodes that own the partition. A copy therefore costs one index entry per record, the copies of
// different nodes can differ, and readers use records without a lock. Each partition has one lock
// for all of its copies.
//
// The records of a partition are in digest order. Scans return them in descending order. A
// transaction locks a record with a provisional version in its place. The provisional version keeps
// the original, which all others see. Abandoned transactions are rolled forward or back after their
// deadline, by the cluster's clock.
//
// # Limitations
//
// The cluster cannot split into two parts that both continue. A write reaches all copies of its
// partition at once or none, so replicas never lag behind. Nothing is shipped to another data
// center or evicted. Histograms count commands but do not measure their duration.
//
// # Files
//
// The prefix of a file name is its subject.
//
//	options.go                    options of clusters and namespaces, with their checks
//	options_version.go            versions to act as
//	server.go                     Server: start, dial, close
//
//	command.go                    a command on one record: fields, dispatch, locking
//	command_answer.go             message headers of answers
//	command_batch.go              batches
//	command_bits.go               bit operations
//	command_collection.go         list and map operations
//	command_delete.go             deletes without a tombstone
//	command_expression.go         filter expressions and expression operations
//	command_expression_record.go  the record as expressions see it
//	command_geojson.go            stored form of GeoJSON values
//	command_hll.go                HyperLogLog operations
//	command_modify.go             add, append and prepend
//	command_operate.go            the operations of a write
//	command_particle.go           validation of written values
//	command_policy.go             flags of a write
//	command_read.go               reads and read operations
//	command_readtouch.go          reads that renew the time to live
//	command_routing.go            which node executes a command
//	command_ttl.go                times to live
//	command_udf.go                Lua functions on records
//	command_udf_module.go         registered Lua modules
//	command_udf_record.go         the record as a function sees it
//	command_value.go              conversion between bins and values
//	command_write.go              writes
//
//	store_clock.go                time of the cluster
//	store_consistency.go          regimes and generations of strong consistency
//	store_index.go                one copy of a partition: records in digest order
//	store_namespace.go            namespaces and their usage
//	store_nsup.go                 removal of expired records
//	store_partition.go            partitions and their copies
//	store_record.go               versions of records and their bins
//	store_record_size.go          size of a record on a device
//	store_secondary.go            secondary indexes: entries of a copy
//	store_secondary_build.go      building a secondary index
//	store_set.go                  sets
//	store_set_config.go           options of sets
//	store_setindex.go             set indexes
//	store_sindex.go               definitions of secondary indexes
//	store_tombstone.go            durable deletes
//	store_truncate.go             truncation
//
//	life_control.go               AddNode, KillNode, RestartNode and the like
//	life_identity.go              the user of a connection
//	life_membership.go            cluster formation and peer lists
//	life_migrate.go               rebalance and migration of partitions
//	life_node.go                  nodes: addresses and accepting connections
//	life_process.go               one run of a node: goroutines and connections
//	life_racks.go                 racks
//	life_roster.go                rosters
//	life_succession.go            order in which nodes own a partition
//
//	state_describe.go             descriptions of nodes, namespaces and indexes; Settle
//	state_entry.go                format of snapshots and logs
//	state_fork.go                 Fork
//	state_journal.go              data directories
//	state_lock_other.go           no lock
//	state_lock_unix.go            lock of a data directory
//	state_records.go              records without a client; Reset
//	state_settings.go             users and configuration in data directories
//	state_snapshot.go             Snapshot and Restore
//	state_testing.go              RunT and ForkT
//
//	txn_lock.go                   record locks of multi-record transactions
//	txn_monitor.go                transaction monitors
//	txn_monitor_end.go            end of abandoned transactions
//	txn_roll.go                   verify, roll forward and roll back
//
//	fault.go                      Fault and Interceptor
//	fault_action.go               Action
//	fault_history.go              History and Peek
//	fault_request.go              Request
//
//	conn.go                       connections: reading requests, sending answers
//	conn_authority.go             certificates for tests
//	conn_fault.go                 actions on requests and connections
//	conn_limits.go                connection limits and timeouts
//	conn_log.go                   log messages about refused requests
//	conn_memory.go                buffers and memory limits
//	conn_pipe.go                  in-memory connections
//	conn_tls.go                   TLS addresses
//
//	info.go                       info requests
//	info_cluster.go               peers, partition maps, stability
//	info_commands.go              table of all info commands
//	info_config.go                get-config and set-config
//	info_counters.go              counters
//	info_debug.go                 debug-record
//	info_identity.go              build, edition, features
//	info_latencies.go             rates of commands
//	info_log.go                   log levels and messages
//	info_metadata.go              system metadata
//	info_operator.go              dumps, heartbeats and other commands for operators
//	info_query.go                 query-show and query-abort
//	info_settings.go              default statistics and configuration
//	info_sindex.go                sindex commands
//	info_statistics.go            statistics
//	info_useragent.go             user agents of connections
//	info_xdr.go                   XDR filters
//
//	query.go                      queries: parsing and dispatch
//	query_aggregate.go            aggregations
//	query_background.go           background queries
//	query_counters.go             counters of queries
//	query_fields.go               fields of a query
//	query_index_context.go        context paths of indexes
//	query_index_expression.go     expressions of indexes
//	query_index_range.go          index ranges
//	query_job.go                  running and finished queries
//	query_kind.go                 kinds of queries
//	query_pace.go                 rate limits
//	query_records.go              records that a query selects
//	query_row.go                  rows of an answer
//	query_scan.go                 queries that return records
//
//	admin.go                      administration messages
//	admin_login.go                login and sessions
//	admin_permission.go           permissions of commands
//	admin_role.go                 roles
//	admin_security.go             access control options and state
//	admin_user.go                 users
package devserver

// Lock order. A goroutine that holds a lock may acquire only locks further down in this list,
// except where noted.
//
//  1. Server.mu: changes of the cluster and its namespaces, migrations, closing. Server.endNode
//     waits for the goroutines of a process while it holds Server.mu. A goroutine that serves a
//     connection must therefore never acquire Server.mu; the info command recluster starts a
//     goroutine for it.
//  2. setConfig.mu: changes of set options. Not held together with Server.mu.
//  3. indexRegistry.mu: definitions of secondary indexes.
//  4. partition.mu: all copies of a partition, its index trees and kept copies. At most one
//     partition is locked at a time, except by Fork, which locks all in order. Options.Clock,
//     Options.Logger (from functions) and Lua functions are called with the lock held.
//  5. Leaves, which are held only for their own fields: journal.mu, history.mu, monitorRegistry.mu,
//     namespace.setsMu, and the mutexes of cluster/internal/udf are acquired with partition.mu
//     held, setsMu also with indexRegistry.mu held, roster.mu with Server.mu held, and the mutex of
//     the users with journal.mu held.
//
// Separate chains, not held together with any of the above except Server.mu:
//
//   - process.mu, then stream.mu (closing in-memory connections). Server.mu may be held.
//   - namespace.configMu, then settings.mu.
//   - queryManager.mu, then job.mu.
//   - journal.writing, held during writes to the log, then journal.mu. No other lock is held when
//     journal.writing is acquired, except by Start and Close.
//   - moduleRegistry.mu, then the mutexes of cluster/internal/udf.
//   - faults.mu, held while an Interceptor runs. The Interceptor must not call the server.
//   - guard.mu, shippingFilters.mu and the mutexes of internal/access are leaves.
//
// Without a lock: namespaces, nodes, formation, peer books, ownerships and options are immutable
// values behind atomic pointers. Stored records are immutable.
