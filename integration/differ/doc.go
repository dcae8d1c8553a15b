// Package differ compares the answers of a devserver with those of a real server, byte for byte, to
// random commands on single records: see TestAnswers. Use a real server of your own for it, and one
// that holds nothing.
//
// A scenario writes bins of every type to a record and then sends random commands: operations on
// scalars, lists, maps, bits and HyperLogLog values, in contexts and by paths, and expressions that
// read, write and filter. Commands that are known to crash a real server are not sent
// (docs/operations.md).
package differ
