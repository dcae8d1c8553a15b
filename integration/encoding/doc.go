// Package encoding compares the bytes that package protocol and its builders produce with those of
// the official Go client, over generated arguments. It needs no server.
//
// Both sides write MessagePack. Only two differences are ignored:
//
//   - The width of integers. The official client writes an integer above math.MaxUint32 as a signed
//     integer (d3), and every uint64 in eight bytes. We write the shortest form: the form that the
//     server stores, and the only one that it accepts in the context of a secondary index.
//   - The order of map entries, because Go maps are unordered.
package encoding
