// Package udf runs user-defined functions: Lua on one record, and Lua on a stream
// of records (docs/wire-cdt-exp.md#10). It is pure: records, time and log come from the
// caller, and what a function has done to its record is for the caller to store.
// The in-process server runs functions with it; package luareduce runs the client's part of stream functions.
//
// The language is Lua 5.4, as on a real server. Package syntax reads it and
// github.com/yuin/gopher-lua, an implementation of Lua 5.1, runs it; number.go tells how
// integers and floats are told apart, and operators.go holds what the two versions do
// differently. Messages of errors are those of Lua 5.4, with file and line.
//
// # Limits
//
// A function ends when its context does, with the words of the real server's own limit, also in the middle of a search by a pattern. The heap
// may grow by 128 MiB while it runs (watch.go tells how that is found out), calls may nest about 4,000 deep, and protected calls
// and coroutines 198. It is given up to 400,000 arguments. A real server has no bound on memory, and takes up to 999,900 arguments.
//
// # What differs from a real server
//
//   - Nothing reaches the machine: there is no io, package, dofile or loadfile, and of
//     os there is what concerns time, which is always UTC. require finds registered modules.
//   - string.pack, unpack, packsize and dump, utf8.offset and codes, and coroutine.close
//     and isyieldable are missing. A variable marked <close> is not closed.
//   - Random numbers are others after the same seed.
//   - The error of calls nested too deep is without a place, and an argument at fault is called by the name of the library's function where that
//     was called through a variable of another name.
//   - Bytes that a real server would take from beyond the end of a Bytes read as zeros.
//   - A table's own length counts up to 262,144 elements that a constructor takes from a call or from "...".
//   - A module has ten machines that take turns, each with its own global variables, as there.
package udf
