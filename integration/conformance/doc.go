// Package conformance replays recorded conversations with a real server and
// compares what another server answers with what the real one did.
//
// A recording is a file of lines, each a scenario in JSON:
//
//	{"name": "scalar/1-0", "frames": [[request, responses], ...]}
//
// with whole messages in hexadecimal. The part of the name before the slash is
// the scenario's category. Scenarios share nothing but the set "c" of the
// namespace "test", which must be empty at the start; each has keys of its own.
//
// Answers compare byte for byte. One thing differs by nature: a void time
// depends on when the recording was made, so all void times but 0 and
// 0xffffffff compare as equal.
package conformance
