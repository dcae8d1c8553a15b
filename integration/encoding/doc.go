// Package encoding compares, byte by byte, what package protocol and its
// builders write with what the official Go client writes for the same call, over generated
// arguments. Nothing is sent: no server is needed.
//
// Both sides write MessagePack. Two differences of form are let pass, and no other:
//
//   - The width of integers. The official client writes an integer above
//     math.MaxUint32 as a signed one (d3) and every uint64 in eight bytes; we write the
//     shortest form, which is the one that the server keeps and the only one that it takes in
//     the context of a secondary index.
//   - The sequence of a map's entries, which Go's maps do not have.
package encoding
