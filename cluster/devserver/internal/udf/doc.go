// Package udf runs user-defined functions: Lua on one record, and Lua on a stream
// of records (wire-cdt-exp.md 10). It is pure: records, time and log come from the
// caller, and what a function has done to its record is for the caller to store.
//
// The server's commands do not call it yet: a registered module is answered as where functions are disabled.
//
// The language is Lua 5.4, as on a real server. Package syntax reads it and
// github.com/yuin/gopher-lua, an implementation of Lua 5.1, runs it; number.go tells how
// integers and floats are told apart, and operators.go holds what the two versions do
// differently. Messages of errors are those of Lua 5.4, with file and line.
//
// # What differs from a real server
//
//   - Nothing reaches the machine: there is no io, package, dofile or loadfile, and of
//     os there is what concerns time, which is always UTC. require finds registered modules.
//   - string.pack, unpack, packsize and dump, utf8.offset and codes, and coroutine.close
//     and isyieldable are missing. A variable marked <close> is not closed.
//   - A function ends when its context does, with the words of the real server's own limit; it may
//     also spend 256 MiB on strings and collections, and nest 100,000 calls. A single search by a pattern is not
//     interrupted.
//   - Bytes that a real server would take from beyond the end of a Bytes read as zeros.
//   - A module's global variables stay for later calls that meet the same machine, as they do there.
package udf
