// Package wiretest is for tests of whatever reads what a peer has sent: it holds decoders to what hostile
// bytes may cost, reads recorded conversations with a real server, and changes their frames in the ways in which
// frames go wrong. It knows the frames' outline alone and nothing of package protocol.
//
// What decoding may cost is counted in bytes received, all allocation included, whether it lives on or not:
// [Slack] in any case, and beyond it a multiple that depends on what becomes of the bytes.
// [Bytes] is for bodies alone, before anything in them is believed. What is taken apart
// ([Parts], [Values], [Entries]) can't do with that: a list element of one byte on the wire is a value of 24 in memory.
// The multiple is the dearest form's; what the bytes do not hold is never paid for.
package wiretest
