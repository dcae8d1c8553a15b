// Package cdt builds the operations on what lies inside a bin: lists and maps,
// the bits of a blob, and HyperLogLog sketches. Each builder returns a
// [protocol.Operation] for Client.Operate and for batches; [Describe] and [Parse]
// read such operations back.
//
//	cdt.ListAppend("tags", v)
//	cdt.ListAppend("tags", v, cdt.ListPolicy{Flags: cdt.AddUnique | cdt.NoFail}, cdt.In(cdt.MapKey(k)))
//	cdt.ListGet("tags", cdt.ByRank(-1), cdt.ReturnValue)
//	cdt.MapRemove("scores", cdt.ByValueRange(lo, hi), cdt.ReturnCount|cdt.Inverted)
//
// # Selectors
//
// Which elements a get or a remove is about is said by a selector: [ByIndex],
// [ByRank], [ByValue], [ByKey] and their ranges. Lists take a [Selector], maps a
// [Selector] or a [KeySelector]. Indexes and ranks start at 0, negative ones
// count from the end (-1 is the last, or the greatest). The index of a map's entry is its place
// in the order of the keys, in unordered maps too. Rank is the place in the order
// of values that [protocol.Compare] gives.
//
// An index or rank that does not exist is error 26 (OpNotApplicable) if it was asked for
// alone, and cuts the selection short in a range.
//
// # Results
//
// What a get or a remove gives back is said by a [ListReturn] or [MapReturn]. One
// element yields a single value, a selector of several yields a list:
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
// The other operations say their result. One that has none leaves no bin in the
// answer, or a nil one where the command asks for an answer to each operation.
//
// # Contexts
//
// Lists and maps nest. [In] names the steps from the bin to the collection that
// an operation is about; without it that is the bin's own value. The same
// [Context] says what a secondary index is built on ([Context.Base64]).
//
// # Policies
//
// [ListPolicy] and [MapPolicy] are options of the operations that write values.
// Bit and HyperLogLog operations take their flags as trailing arguments. Some
// constants ([NoFail], [ReturnValue], [Inverted], ...) have no type because they mean the same
// for several of these; those that only maps have, have the type that only maps take.
//
// # Errors
//
// What can't be written (a value that has no form on the wire, a negative
// count, [Inverted] with a selector of one element) makes an operation whose
// Value is of [protocol.KindInvalid]: whoever sends it reports the error before
// anything is sent. All else is for the server to judge:
//
//	 4 ParameterError    arguments that make no sense, a map key that is none of integer, string, blob
//	12 BinTypeError      the bin, or the end of the context, is of another type
//	23 ElementNotFound   UpdateOnly, and the map has no such key
//	24 ElementExists     AddUnique and the list has the value; CreateOnly and the map has the key
//	26 OpNotApplicable   index or rank out of range, context that leads nowhere, return type that does not fit
//
// A get on a bin that does not exist is no error: the answer has no such bin. A
// remove on one does nothing. If one operation of a command fails, none takes effect.
//
// # Server versions
//
// Lists need server 3.7, ordered lists and everything by rank or value 3.16, maps 3.8.3,
// bits and contexts 4.6, creation by context and HyperLogLog 4.9,
// ReturnExists and the two map return types 6.1, persisted indexes 7.1, path expressions 8.1.1.
// Functions that need a later version than their family say so.
//
// The encoding is that of
package cdt
