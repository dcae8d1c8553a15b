// Package wiretest has tools for tests of code that reads what a peer has sent. It is for the tests
// of this project: it is not covered by compatibility promises and can change in any version.
//
// [Bounded] checks that a decoder does not take more memory or time than its input justifies.
// [Scenarios] and [Samples] read recorded exchanges with a real server. A [Mutator] changes
// recorded frames at random, with the mistakes that malformed and malicious messages have. The
// package knows only the outline of messages and does not import package protocol.
//
// # Memory limits
//
// A limit counts all bytes that are allocated, also those that are freed again: [Slack] for any
// input, and for each received byte a number that depends on the result. [Bytes] is for code that
// only collects bodies. Code that decodes them needs more ([Parts], [Values], [Entries]): a list
// element of one byte is a value of 24 bytes in memory. Each number is for the most expensive input
// of its kind. A decoder must never allocate memory for elements that are announced but not
// received.
package wiretest
