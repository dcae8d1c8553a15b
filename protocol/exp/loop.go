package exp

import "strconv"

// A LoopPart is what a loop variable tells of the element that a path
// expression has arrived at.
type LoopPart uint8

// The parts of an element.
const (
	LoopKey   LoopPart = 0 // the key of a map's entry
	LoopValue LoopPart = 1 // the value of a map's entry, the element of a list
	LoopIndex LoopPart = 2 // the index in a list
)

// String returns the part's name in lower case.
func (p LoopPart) String() string {
	switch p {
	case LoopKey:
		return "key"
	case LoopValue:
		return "value"
	case LoopIndex:
		return "index"
	}
	return "part " + strconv.Itoa(int(p))
}

// LoopVar is a part of the element that a path expression has arrived at. It is
// for the filters of a path and for what [ModifyByPath] writes, where bins and metadata are unknown.
//
// Unknown if the part is of another type. Needs server 8.1.1.
func LoopVar[T Typed](part LoopPart) T {
	return typed[T](&Node{Op: OpLoopVar, Type: typeOf[T](), Number: int64(part)})
}

// BoolLoopVar is a boolean part of the element, see [LoopVar].
func BoolLoopVar(part LoopPart) Bool { return LoopVar[Bool](part) }

// IntLoopVar is an integer part of the element, see [LoopVar].
func IntLoopVar(part LoopPart) Int { return LoopVar[Int](part) }

// FloatLoopVar is a floating-point part of the element, see [LoopVar].
func FloatLoopVar(part LoopPart) Float { return LoopVar[Float](part) }

// StringLoopVar is a string part of the element, see [LoopVar].
func StringLoopVar(part LoopPart) String { return LoopVar[String](part) }

// BlobLoopVar is a part of the element that is raw bytes, see [LoopVar].
func BlobLoopVar(part LoopPart) Blob { return LoopVar[Blob](part) }

// ListLoopVar is a part of the element that is a list, see [LoopVar].
func ListLoopVar(part LoopPart) List { return LoopVar[List](part) }

// MapLoopVar is a part of the element that is a map, see [LoopVar].
func MapLoopVar(part LoopPart) Map { return LoopVar[Map](part) }

// GeoLoopVar is a GeoJSON part of the element, see [LoopVar].
func GeoLoopVar(part LoopPart) Geo { return LoopVar[Geo](part) }

// HLLLoopVar is a HyperLogLog part of the element, see [LoopVar].
func HLLLoopVar(part LoopPart) HLL { return LoopVar[HLL](part) }
