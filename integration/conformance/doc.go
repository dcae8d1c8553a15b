// Package conformance replays recorded conversations with a real server against another server and
// compares the responses.
//
// A recording is a file of lines. Each line is a scenario in JSON:
//
//	{"name": "scalar/1-0", "frames": [[request, responses], ...]}
//
// with whole messages in hexadecimal. The part of the name before the slash is the scenario's
// category. Scenarios share only the set "c" of the namespace "test", which must be empty at the
// start. Each scenario has keys of its own.
//
// Responses are compared byte for byte, except for void times: they depend on the time of the
// recording. All void times other than 0 and 0xffffffff compare as equal.
package conformance
