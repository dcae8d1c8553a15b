package cdt

// ListReturn says what a get or remove on a list gives back: one of the
// constants that have no type, with [Inverted] or-ed to it or not.
type ListReturn uint32

// MapReturn says what a get or remove on a map gives back: one of the
// constants that have no type or are of this type, with [Inverted] or-ed to it or not.
type MapReturn uint32

// The return types of lists and maps. The package's
// documentation has the shape of each result.
const (
	ReturnNone         = 0 // nothing; the answer has no bin for the operation
	ReturnIndex        = 1 // the index, counted from the start
	ReturnReverseIndex = 2 // the index, counted from the end: 0 is the last
	ReturnRank         = 3 // the rank: 0 is the smallest value
	ReturnReverseRank  = 4 // the rank, counted from the greatest value
	ReturnCount        = 5 // how many elements were selected
	ReturnValue        = 7 // the values; of one element the value, nil if there is none

	// The four ranges give [start, count] instead of a list of numbers. They fit
	// where the selection is one range of that kind (error 26 elsewhere, e.g. indexes of a selection by value in an unordered list)
	// and can't be inverted.

	ReturnIndexRange        = 9
	ReturnReverseIndexRange = 10
	ReturnRankRange         = 11
	ReturnReverseRankRange  = 12

	ReturnExists = 13 // whether anything was selected, as a boolean; server 6.1
)

// The return types of maps alone.
const (
	ReturnKey          MapReturn = 6  // the keys; of one element the key, nil if there is none
	ReturnKeyValue     MapReturn = 8  // the entries in the order of the result: a map whose Order is PreserveOrder
	ReturnUnorderedMap MapReturn = 16 // the entries as an unordered map; server 6.1
	ReturnOrderedMap   MapReturn = 17 // the entries as a map ordered by key; server 6.1
)

// Inverted, or-ed to a return type, turns a selection around: the operation is about the
// elements that are not selected. It fits selectors of several elements only. Server 4.3.
const Inverted = 0x10000
