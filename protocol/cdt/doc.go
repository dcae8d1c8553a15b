// Package cdt builds operations on what is inside a bin: lists and maps, the bits of a blob, and
// HyperLogLog sketches. Each builder returns a [protocol.Operation] for Client.Operate and for
// batches. [Describe] and [Parse] decode such operations.
//
//	cdt.ListAppend("tags", "new")
//	cdt.ListAppend("tags", "new", cdt.ListPolicy{Flags: cdt.AddUnique | cdt.NoFail}, cdt.In(cdt.MapKey("en")))
//	cdt.ListGet("tags", cdt.ByRank(-1), cdt.ReturnValue)
//	cdt.MapRemove("scores", cdt.ByValueRange(lo, hi), cdt.ReturnCount|cdt.Inverted)
//
// # Values
//
// Where a function takes a value or a key of any type, it takes a [protocol.Value] or any Go value
// that [protocol.ValueOf] takes. A nil has no type: use [protocol.Nil].
//
// # Selectors
//
// A selector names the elements that a get or remove works on: [ByIndex], [ByRank], [ByValue],
// [ByKey] and their ranges. Lists take a [Selector], maps a [Selector] or a [KeySelector]. Indexes
// and ranks start at 0. Negative ones count from the end: -1 is the last, or the greatest. The
// index of a map entry is its position in key order, even if the map is unordered. The rank of an
// element is its position in the order of [protocol.Compare].
//
// If a selector names a single index or rank that does not exist, the operation fails with error 26
// (OpNotApplicable). Ranges leave out indexes and ranks that do not exist.
//
// # Results
//
// [ListReturn] and [MapReturn] select what a get or remove returns. A selector of one element
// returns a single value, a selector of several elements returns a list:
//
//	return type              single element     several elements
//	ReturnNone               no bin             no bin
//	ReturnIndex, ReturnRank  integer (-1: none) list of integers
//	ReturnReverseIndex/Rank  integer (-1: none) list of integers
//	ReturnCount              integer            integer
//	ReturnValue, ReturnKey   value (nil: none)  list
//	ReturnKeyValue           map                map whose Order is PreserveOrder
//	ReturnUnorderedMap       map                map
//	ReturnOrderedMap         ordered map        ordered map
//	ReturnExists             boolean            boolean
//	ReturnIndexRange, ...    [start, count]     [start, count]
//
// The results of the other operations are described with them. An operation without a result adds
// no bin to the response. If the command asks for a response to each operation, it adds a nil bin.
//
// # Contexts
//
// Lists and maps nest. [In] lists the steps from the bin to the collection that an operation works
// on; without it the operation works on the bin's own value. A [Context] also selects what a
// secondary index covers ([Context.Base64]).
//
// # Policies
//
// [ListPolicy] and [MapPolicy] are options of the operations that write values. Bit and HyperLogLog
// operations take their flags as trailing arguments. Some constants ([NoFail], [ReturnValue],
// [Inverted], ...) are untyped because several of these types share them. Constants that only maps
// support have a map type.
//
// # Errors
//
// If an operation cannot be encoded, the Value of the operation has [protocol.KindInvalid].
// Examples are a value that has no wire form, a negative count, or [Inverted] with a selector of
// one element. The client reports the error before it sends anything. The server checks everything
// else:
//
//	 4 ParameterError    invalid arguments; a map key that is not an integer, string or blob
//	12 BinTypeError      the bin, or the element at the end of the context, has another type
//	23 ElementNotFound   UpdateOnly, and the map does not have the key
//	24 ElementExists     AddUnique and the list has the value; CreateOnly and the map has the key
//	26 OpNotApplicable   index or rank out of range, context not found, unsuitable return type
//
// A get on a bin that does not exist succeeds; the response does not have the bin. A remove on such
// a bin does nothing. If one operation of a command fails, none takes effect.
//
// # Server versions
//
// Lists need server 3.7, ordered lists and everything by rank or value 3.16, maps 3.8.3, bits and
// contexts 4.6, creation by context and HyperLogLog 4.9, ReturnExists and the two map return types
// 6.1, persisted indexes 7.1, path expressions 8.1.1. Functions that need a later version than the
// rest of their family say so.
package cdt
