// Package sim puts a client to the test on a cluster where everything goes wrong, and holds each thing that the client said against what
// truly happened.
//
// A seed draws a [Plan]: a cluster of up to three nodes and a client's configuration, many callers with their operations (reads, writes,
// operations, batches, queries) on few records, and faults, which are data. [Run] carries the plan out in a bubble of
// testing/synctest, against a devserver in memory, so that seconds of timeouts and pauses take milliseconds. What is known when it has ended
// is the [Evidence]; [Check] finds the rules that it breaks.
//
// # What is known
//
//   - The calls: what each caller asked for, when, and what the client said. A write is said to be applied, not applied, or in doubt.
//   - The truth: the devserver's history of what was applied to each record, in its order. Every write carries a [Token], by which it is found
//     there.
//   - What has left: connections are wrapped, and the bytes that they took are taken apart into messages. That a message counts
//     as sent is found out without the client's own count.
//   - The strikes: which faults have hit which writes.
//
// # What is promised
//
// Some of the operations go through package mapper and through SQL, which read and write again
// where others were in the way: such a guarded write is applied once, however often it was sent,
// and each that adds to a counter is one more in the history.
//
// The rules stand in violation.go. The heart of them: a write that is said not to be applied never is, not even later. One that
// is said to be applied was, during the call, and not more often than it may be tried. One that is in doubt has left as a whole, or was on
// its way with others when its caller gave up. What a read gives is a version that was in effect during the call. A query without an error has each
// record that existed all the time, and no query has one twice. Every call ends in time. When the faults are over, all works again within two
// rounds of tending. In the end no connection and no goroutine is left.
//
// # Repeating a seed
//
//	make sim SEEDS=10000
//	cd integration && go test ./sim -run TestSeeds -seeds 1 -first 4711
//
// The plan of a seed is always the same, and what a fault hits depends on a lot that is drawn for each request by its content. On one processor, to
// which TestSeeds keeps itself, a run as a whole repeats as a rule to the last verdict: what can be done at all is done before time
// passes, in an order that latencies decide which the seed has drawn.
package sim
