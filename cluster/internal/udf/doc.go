// Package udf runs user-defined functions written in Lua: on one record, or on a stream of records
// (docs/wire-cdt-exp.md#10). It does no I/O. The caller supplies records, the time and a log, and
// stores what a function changed. The in-process server runs functions with it. Package luareduce
// runs the client's part of stream functions.
//
// The language is Lua 5.4, as on a real server. Package syntax parses it, and
// github.com/yuin/gopher-lua, an implementation of Lua 5.1, runs it. number.go explains how
// integers and floats are represented. operators.go implements what differs between the two
// versions. Error messages are those of Lua 5.4, with file and line.
//
// # Limits
//
// A function ends when its context does, with the server's own timeout message. This also
// interrupts a pattern search. While a function runs, the heap may grow by 128 MiB (watch.go
// explains how that is measured), calls may nest about 4,000 deep, and protected calls and
// coroutines may nest 198 deep. A function accepts up to 400,000 arguments. A real server does not
// limit memory and accepts up to 999,900 arguments.
//
// # Differences from a real server
//
//   - Nothing reaches the machine: io, package, dofile and loadfile are missing, and os
//     has only the time functions, always in UTC. require finds registered modules.
//   - string.pack, unpack, packsize and dump, utf8.offset and codes, and coroutine.close
//     and isyieldable are missing. A variable marked <close> is not closed.
//   - The random number generator produces a different sequence for the same seed.
//   - The error about calls nested too deeply has no position. An error about an argument
//     names the library function, even if it was called through a variable of another name.
//   - If an argument of a method call is at fault, the message counts the receiver as an
//     argument, and a bad receiver is "bad argument #1" instead of "bad self".
//   - Assigning to _ENV, or declaring a local variable of that name, does not change where
//     global variables are found. The fourth argument of load does.
//   - A function may have 190 local variables instead of 200.
//   - Bytes that a real server would read from beyond the end of a Bytes object read as zeros.
//   - The length of a table counts at most 262,144 elements that a constructor takes from a
//     call or from "...".
//   - A module has ten machines that take turns, each with its own global variables, as on
//     a real server.
package udf
