package function

import "github.com/aerosql/aerosql/protocol"

// Kinds is a set of kinds of values, the ones that an expression may have at run time. The kind
// protocol.KindNil stands for NULL.
type Kinds uint32

// KindsOf returns the set of some kinds.
func KindsOf(kinds ...protocol.Kind) Kinds {
	var set Kinds
	for _, k := range kinds {
		set |= 1 << k
	}
	return set
}

// Sets of kinds.
const (
	Null     = Kinds(1 << protocol.KindNil)
	Integer  = Kinds(1<<protocol.KindInt | 1<<protocol.KindUint)
	Number   = Integer | Kinds(1<<protocol.KindFloat)
	String   = Kinds(1 << protocol.KindString)
	Blob     = Kinds(1 << protocol.KindBlob)
	Bool     = Kinds(1 << protocol.KindBool)
	List     = Kinds(1 << protocol.KindList)
	Map      = Kinds(1 << protocol.KindMap)
	Geo      = Kinds(1 << protocol.KindGeoJSON)
	HLL      = Kinds(1 << protocol.KindHLL)
	AnyValue = Number | String | Blob | Bool | List | Map | Geo | HLL
	Any      = AnyValue | Null
)

// Has reports whether the sets have a kind in common.
func (k Kinds) Has(other Kinds) bool { return k&other != 0 }

// Only reports whether the set has no other kinds than these. NULL does not count.
func (k Kinds) Only(other Kinds) bool { return k&^(other|Null) == 0 }

// A Family is what a declared type means beyond the kind of its values.
type Family uint8

// The families.
const (
	Undeclared Family = iota // the type of a bin without a declaration: any value
	Integers
	Floats
	Strings
	Blobs
	Booleans
	Timestamps // an integer of nanoseconds since 1970 UTC
	Dates      // a timestamp at midnight UTC
	Decimals   // an integer, scaled by 10^Scale
	Lists
	Maps
	Documents // JSON: any value
	Points    // GeoJSON
	Sketches  // HyperLogLog
)

// A Type is the type of an expression or a declared column. The zero Type is undeclared.
type Type struct {
	Family Family
	// Name is the type as it was declared, such as VARCHAR(20), for ColumnTypes; "" if it was not.
	Name string
	// Precision and Scale are of DECIMAL(p, s). Length is of VARCHAR(n); 0 for no
	// limit. Only CAST uses it.
	Precision, Scale, Length int
}
