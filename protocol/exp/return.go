package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A One selects what a call on one element of a list or map returns, and thereby the type of the
// call: the value of the element ([ReturnInt], ...), its key ([ReturnIntKey], ...), or one of
// [ReturnIndex], [ReturnRank], [ReturnCount], [ReturnExists] and so on.
type One[T Typed] interface{ one(T) cdt.MapReturn }

// A Many selects what a call on several elements of a list or map returns, and thereby the type of
// the call: [ReturnValues], [ReturnKeys], [ReturnCount], [ReturnExists] and so on.
type Many[T Typed] interface{ many(T) cdt.MapReturn }

type (
	single[T Typed]  cdt.MapReturn // for one element
	several[T Typed] cdt.MapReturn // for several elements
	either[T Typed]  cdt.MapReturn // for one or several elements
)

func (r single[T]) one(T) cdt.MapReturn   { return cdt.MapReturn(r) }
func (r several[T]) many(T) cdt.MapReturn { return cdt.MapReturn(r) }
func (r either[T]) one(T) cdt.MapReturn   { return cdt.MapReturn(r) }
func (r either[T]) many(T) cdt.MapReturn  { return cdt.MapReturn(r) }

// Inverted returns the return type for all elements that the call does not select.
func (r several[T]) Inverted() several[T] { return r | cdt.Inverted }

// Inverted returns the return type for all elements that the call does not select.
func (r either[T]) Inverted() several[T] { return several[T](r) | cdt.Inverted }

// The results of a call on one element. The call is unknown if the value or key has another type,
// or if there is no such element.
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

	ReturnIndex        single[Int] = cdt.ReturnIndex        // the index
	ReturnReverseIndex single[Int] = cdt.ReturnReverseIndex // the index from the end
	ReturnRank         single[Int] = cdt.ReturnRank         // the rank; 0 is the smallest value
	ReturnReverseRank  single[Int] = cdt.ReturnReverseRank  // the rank; 0 is the greatest value
)

// The results of a call on several elements. Lists are in the order in which the elements were
// selected.
const (
	ReturnValues         several[List] = cdt.ReturnValue              // the values
	ReturnKeys           several[List] = several[List](cdt.ReturnKey) // the keys; maps only
	ReturnIndexes        several[List] = cdt.ReturnIndex              // the indexes
	ReturnReverseIndexes several[List] = cdt.ReturnReverseIndex       // the indexes from the end
	ReturnRanks          several[List] = cdt.ReturnRank               // the ranks; 0 is the smallest value
	ReturnReverseRanks   several[List] = cdt.ReturnReverseRank        // the ranks; 0 is the greatest value

	ReturnIndexRange        several[List] = cdt.ReturnIndexRange        // [start, count] of indexes
	ReturnReverseIndexRange several[List] = cdt.ReturnReverseIndexRange // [start, count] of indexes from the end
	ReturnRankRange         several[List] = cdt.ReturnRankRange         // [start, count] of ranks
	ReturnReverseRankRange  several[List] = cdt.ReturnReverseRankRange  // [start, count] of ranks from the greatest value
)

// The results of a call on one or several elements.
const (
	ReturnCount        either[Int]  = cdt.ReturnCount                     // the number of elements
	ReturnExists       either[Bool] = cdt.ReturnExists                    // whether there are any elements. Needs server 6.1.
	ReturnKeyValue     either[Map]  = either[Map](cdt.ReturnKeyValue)     // keys and values as a map in selection order; maps only
	ReturnUnorderedMap either[Map]  = either[Map](cdt.ReturnUnorderedMap) // keys and values as a map; maps only. Needs server 6.1.
	ReturnOrderedMap   either[Map]  = either[Map](cdt.ReturnOrderedMap)   // keys and values as a key-ordered map; maps only. Needs server 6.1.
)
