package exp

import "github.com/aerosql/aerosql/protocol"

func bin(t Type, name string) *Node {
	return &Node{Op: OpBin, Type: t, Value: protocol.String(name)}
}

// IntBin is the value of an integer bin. It is unknown if the record has no
// such bin or one of another type.
//
// Needs server 5.2.
func IntBin(name string) Int { return typed[Int](bin(TypeInt, name)) }

// FloatBin is the value of a floating-point bin. It is unknown if the record
// has no such bin or one of another type, an integer for one.
//
// Needs server 5.2.
func FloatBin(name string) Float { return typed[Float](bin(TypeFloat, name)) }

// BoolBin is the value of a boolean bin. It is unknown if the record has no
// such bin or one of another type.
//
// Needs server 5.6.
func BoolBin(name string) Bool { return typed[Bool](bin(TypeBool, name)) }

// StringBin is the value of a string bin. It is unknown if the record has no
// such bin or one of another type.
//
// Needs server 5.2.
func StringBin(name string) String { return typed[String](bin(TypeString, name)) }

// BlobBin is the value of a blob bin. It is unknown if the record has no such
// bin or one of another type.
//
// Needs server 5.2.
func BlobBin(name string) Blob { return typed[Blob](bin(TypeBlob, name)) }

// GeoBin is the value of a GeoJSON bin. It is unknown if the record has no
// such bin or one of another type.
//
// Needs server 5.2.
func GeoBin(name string) Geo { return typed[Geo](bin(TypeGeo, name)) }

// ListBin is the value of a list bin. It is unknown if the record has no such
// bin or one of another type.
//
// Needs server 5.2.
func ListBin(name string) List { return typed[List](bin(TypeList, name)) }

// MapBin is the value of a map bin. It is unknown if the record has no such
// bin or one of another type.
//
// Needs server 5.2.
func MapBin(name string) Map { return typed[Map](bin(TypeMap, name)) }

// HLLBin is the value of a HyperLogLog bin. It is unknown if the record has no
// such bin or one of another type.
//
// Needs server 5.2.
func HLLBin(name string) HLL { return typed[HLL](bin(TypeHLL, name)) }

// BinOf is the value of a bin of a type that is known at run time only; its Go
// type is the one that belongs to t. It is unknown if the record has no such bin or one of another type.
//
// Needs server 5.2.
func BinOf(t Type, name string) Expression { return expressionOf(bin(t, name)) }

// BinType is the particle type of a bin as an integer, such as
// protocol.ParticleString; 0 if the record has no such bin. It is never unknown while the record is there.
//
// Needs server 5.2.
func BinType(name string) Int {
	return typed[Int](&Node{Op: OpBinType, Value: protocol.String(name)})
}

// BinExists is whether the record has the bin: its type is not 0.
//
// Needs server 5.2.
func BinExists(name string) Bool {
	return Ne(BinType(name), IntVal(int64(protocol.ParticleNull)))
}

func key(t Type) *Node { return &Node{Op: OpKey, Type: t} }

// IntKey is the record's user key. It is unknown if no user key is stored with
// the record (see [KeyExists]) or one of another type.
//
// Needs server 5.2.
func IntKey() Int { return typed[Int](key(TypeInt)) }

// StringKey is the record's user key. It is unknown if no user key is stored
// with the record (see [KeyExists]) or one of another type.
//
// Needs server 5.2.
func StringKey() String { return typed[String](key(TypeString)) }

// BlobKey is the record's user key. It is unknown if no user key is stored
// with the record (see [KeyExists]) or one of another type.
//
// Needs server 5.2.
func BlobKey() Blob { return typed[Blob](key(TypeBlob)) }
