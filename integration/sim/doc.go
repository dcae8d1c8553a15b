// Package sim tests a client on a cluster with injected faults, and compares everything that the
// client reported with what actually happened.
//
// A seed determines a [Plan]: a cluster of up to three nodes, a client's configuration, many
// callers with their operations (reads, writes, operations, batches, queries) on a few records, and
// faults. All of these are data. [Run] executes the plan in a testing/synctest bubble, on an
// in-memory devserver, so that seconds of timeouts and pauses take milliseconds. It returns the
// [Evidence], and [Check] finds the rules that were broken.
//
// # Evidence
//
//   - The calls: what each caller requested, when, and what the client reported. A write is
//     reported as applied, not applied, or in doubt.
//   - The truth: the devserver's history of what was applied to each record, in order. Every
//     write contains a [Token] that identifies it there.
//   - The messages sent: connections are wrapped, and the bytes that they accepted are split
//     into messages. This count does not depend on the client's own.
//   - The strikes: which faults hit which writes.
//
// # Rules
//
// The rules are in violation.go. The most important ones: A write that is reported as not applied
// is never applied, not even later. A write that is reported as applied was applied during the
// call, and not more often than it may be tried. A write in doubt was sent completely, or was in a
// shared message when its caller gave up. A read returns a version that was in effect during the
// call. A query without an error returns each record that existed during the whole query, and no
// query returns a record twice. Every call ends in time. After the last fault everything works
// again within two tend intervals. At the end no connection and no goroutine is left.
//
// Some of the operations go through package mapper and through SQL, which read and write again
// after a conflict. Such a guarded write is applied once, however often it was sent, and each write
// that adds to a counter increases it by one in the history.
//
// # Repeating a seed
//
//	make sim SEEDS=10000
//	cd integration && go test ./sim -run TestSeeds -seeds 1 -first 4711
//
// A seed always gives the same plan. Which requests a fault hits depends on a random choice that is
// a function of the request's content. TestSeeds uses one processor, so a whole run usually repeats
// exactly: time advances only when no goroutine can run, and the latencies that determine the order
// come from the seed.
package sim
