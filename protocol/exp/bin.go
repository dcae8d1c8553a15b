package exp

import "github.com/aerosql/aerosql/protocol"

func bin(t Type, name string) *Node {
	return &Node{Op: OpBin, Type: t, Value: protocol.String(name)}
}

// IntBin returns the value of an integer bin. It is unknown if the record does not have the bin or
// the bin has another type.
//
// Needs server 5.2.
func IntBin(name string) Int { return typed[Int](bin(TypeInt, name)) }

// FloatBin returns the value of a floating-point bin. It is unknown if the record does not have the
// bin or the bin has another type, such as integer.
//
// Needs server 5.2.
func FloatBin(name string) Float { return typed[Float](bin(TypeFloat, name)) }

// BoolBin returns the value of a boolean bin. It is unknown if the record does not have the bin or
// the bin has another type.
//
// Needs server 5.6.
func BoolBin(name string) Bool { return typed[Bool](bin(TypeBool, name)) }

// StringBin returns the value of a string bin. It is unknown if the record does not have the bin or
// the bin has another type.
//
// Needs server 5.2.
func StringBin(name string) String { return typed[String](bin(TypeString, name)) }

// BlobBin returns the value of a blob bin. It is unknown if the record does not have the bin or the
// bin has another type.
//
// Needs server 5.2.
func BlobBin(name string) Blob { return typed[Blob](bin(TypeBlob, name)) }

// GeoBin returns the value of a GeoJSON bin. It is unknown if the record does not have the bin or
// the bin has another type.
//
// Needs server 5.2.
func GeoBin(name string) Geo { return typed[Geo](bin(TypeGeo, name)) }

// ListBin returns the value of a list bin. It is unknown if the record does not have the bin or the
// bin has another type.
//
// Needs server 5.2.
func ListBin(name string) List { return typed[List](bin(TypeList, name)) }

// MapBin returns the value of a map bin. It is unknown if the record does not have the bin or the
// bin has another type.
//
// Needs server 5.2.
func MapBin(name string) Map { return typed[Map](bin(TypeMap, name)) }

// HLLBin returns the value of a HyperLogLog bin. It is unknown if the record does not have the bin
// or the bin has another type.
//
// Needs server 5.2.
func HLLBin(name string) HLL { return typed[HLL](bin(TypeHLL, name)) }

// BinOf returns the value of a bin whose type is known only at run time. Its Go type is the one for
// t. It is unknown if the record does not have the bin or the bin has another type.
//
// Needs server 5.2.
func BinOf(t Type, name string) Expression { return expressionOf(bin(t, name)) }

// BinType returns the particle type of a bin as an integer, such as protocol.ParticleString, or 0
// if the record does not have the bin. If the record exists it is never unknown.
//
// Needs server 5.2.
func BinType(name string) Int {
	return typed[Int](&Node{Op: OpBinType, Value: protocol.String(name)})
}

// BinExists reports whether the record has the bin: whether its [BinType] is not 0.
//
// Needs server 5.2.
func BinExists(name string) Bool {
	return Ne(BinType(name), IntVal(int64(protocol.ParticleNull)))
}

func key(t Type) *Node { return &Node{Op: OpKey, Type: t} }

// IntKey returns the record's user key. It is unknown if the record does not store a user key (see
// [KeyExists]) or the key has another type.
//
// Needs server 5.2.
func IntKey() Int { return typed[Int](key(TypeInt)) }

// StringKey returns the record's user key. It is unknown if the record does not store a user key
// (see [KeyExists]) or the key has another type.
//
// Needs server 5.2.
func StringKey() String { return typed[String](key(TypeString)) }

// BlobKey returns the record's user key. It is unknown if the record does not store a user key (see
// [KeyExists]) or the key has another type.
//
// Needs server 5.2.
func BlobKey() Blob { return typed[Blob](key(TypeBlob)) }
