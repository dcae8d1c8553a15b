package cdt

// ListReturn selects what a get or remove on a list returns: one of the untyped constants,
// optionally or-ed with [Inverted].
type ListReturn uint32

// MapReturn selects what a get or remove on a map returns: one of the constants that are untyped or
// of this type, optionally or-ed with [Inverted].
type MapReturn uint32

// The return types of lists and maps. The package documentation shows the form of each result.
const (
	ReturnNone         = 0 // nothing; the response has no bin for the operation
	ReturnIndex        = 1 // the index, counted from the start
	ReturnReverseIndex = 2 // the index, counted from the end: 0 is the last
	ReturnRank         = 3 // the rank: 0 is the smallest value
	ReturnReverseRank  = 4 // the rank, counted from the greatest value
	ReturnCount        = 5 // how many elements were selected
	ReturnValue        = 7 // the values; for one element the value, or nil if there is none

	// The four ranges return [start, count] instead of a list of numbers. The selection must be one
	// range of that kind and not inverted. Otherwise the operation fails with error 26, for example
	// if it asks for the indexes of a selection by value in an unordered list.

	ReturnIndexRange        = 9
	ReturnReverseIndexRange = 10
	ReturnRankRange         = 11
	ReturnReverseRankRange  = 12

	ReturnExists = 13 // whether anything was selected, as a boolean. Needs server 6.1.
)

// Return types that only maps support.
const (
	ReturnKey          MapReturn = 6  // the keys; for one element the key, or nil if there is none
	ReturnKeyValue     MapReturn = 8  // the entries in result order: a map whose Order is PreserveOrder
	ReturnUnorderedMap MapReturn = 16 // the entries as an unordered map. Needs server 6.1.
	ReturnOrderedMap   MapReturn = 17 // the entries as a map ordered by key. Needs server 6.1.
)

// Inverted, or-ed to a return type, inverts a selection: the operation works on the elements that
// are not selected. It is valid only for selectors of several elements. Needs server 4.3.
const Inverted = 0x10000
