package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A One says what a call that selects one element of a list or map gives, and so the
// type of the call: the element's value with [ReturnInt] and its like, its key with [ReturnIntKey] and
// its like, or one of [ReturnIndex], [ReturnRank], [ReturnCount], [ReturnExists] and so on.
type One[T Typed] interface{ one(T) cdt.MapReturn }

// A Many says what a call that selects several elements of a list or map
// gives, and so the type of the call: [ReturnValues], [ReturnKeys], [ReturnCount], [ReturnExists] and so on.
type Many[T Typed] interface{ many(T) cdt.MapReturn }

type (
	single[T Typed]  cdt.MapReturn // of one element
	several[T Typed] cdt.MapReturn // of several
	either[T Typed]  cdt.MapReturn // of one or several
)

func (r single[T]) one(T) cdt.MapReturn   { return cdt.MapReturn(r) }
func (r several[T]) many(T) cdt.MapReturn { return cdt.MapReturn(r) }
func (r either[T]) one(T) cdt.MapReturn   { return cdt.MapReturn(r) }
func (r either[T]) many(T) cdt.MapReturn  { return cdt.MapReturn(r) }

// Inverted selects all elements but those that the call names.
func (r several[T]) Inverted() several[T] { return r | cdt.Inverted }

// Inverted selects all elements but those that the call names.
func (r either[T]) Inverted() several[T] { return several[T](r) | cdt.Inverted }

// What a call gives of one element. Where the value or key is of another type, or
// there is no such element, the call is unknown.
const (
	ReturnBool   single[Bool]   = cdt.ReturnValue // the value, a boolean
	ReturnInt    single[Int]    = cdt.ReturnValue // the value, an integer
	ReturnFloat  single[Float]  = cdt.ReturnValue // the value, a float
	ReturnString single[String] = cdt.ReturnValue // the value, a string
	ReturnBlob   single[Blob]   = cdt.ReturnValue // the value, a blob
	ReturnList   single[List]   = cdt.ReturnValue // the value, a list
	ReturnMap    single[Map]    = cdt.ReturnValue // the value, a map
	ReturnGeo    single[Geo]    = cdt.ReturnValue // the value, GeoJSON
	ReturnHLL    single[HLL]    = cdt.ReturnValue // the value, a HyperLogLog

	ReturnIntKey    single[Int]    = single[Int](cdt.ReturnKey)    // the key, an integer; maps only
	ReturnStringKey single[String] = single[String](cdt.ReturnKey) // the key, a string; maps only
	ReturnBlobKey   single[Blob]   = single[Blob](cdt.ReturnKey)   // the key, a blob; maps only

	ReturnIndex        single[Int] = cdt.ReturnIndex        // its index
	ReturnReverseIndex single[Int] = cdt.ReturnReverseIndex // its index from the end
	ReturnRank         single[Int] = cdt.ReturnRank         // its rank, 0 for the smallest value
	ReturnReverseRank  single[Int] = cdt.ReturnReverseRank  // its rank, 0 for the greatest value
)

// What a call gives of several elements; all lists are in the order in which
// the elements were selected.
const (
	ReturnValues         several[List] = cdt.ReturnValue              // their values
	ReturnKeys           several[List] = several[List](cdt.ReturnKey) // their keys; maps only
	ReturnIndexes        several[List] = cdt.ReturnIndex              // their indexes
	ReturnReverseIndexes several[List] = cdt.ReturnReverseIndex       // their indexes from the end
	ReturnRanks          several[List] = cdt.ReturnRank               // their ranks, 0 for the smallest value
	ReturnReverseRanks   several[List] = cdt.ReturnReverseRank        // their ranks, 0 for the greatest value

	ReturnIndexRange        several[List] = cdt.ReturnIndexRange        // [start, count] of indexes
	ReturnReverseIndexRange several[List] = cdt.ReturnReverseIndexRange // [start, count] of indexes from the end
	ReturnRankRange         several[List] = cdt.ReturnRankRange         // [start, count] of ranks
	ReturnReverseRankRange  several[List] = cdt.ReturnReverseRankRange  // [start, count] of ranks from the greatest value
)

// What a call gives of one element or of several.
const (
	ReturnCount        either[Int]  = cdt.ReturnCount                     // how many there are
	ReturnExists       either[Bool] = cdt.ReturnExists                    // whether there are any; server 6.1
	ReturnKeyValue     either[Map]  = either[Map](cdt.ReturnKeyValue)     // keys and values as a map in their order; maps only
	ReturnUnorderedMap either[Map]  = either[Map](cdt.ReturnUnorderedMap) // keys and values as a map; maps only; server 6.1
	ReturnOrderedMap   either[Map]  = either[Map](cdt.ReturnOrderedMap)   // keys and values as a key-ordered map; maps only; server 6.1
)
