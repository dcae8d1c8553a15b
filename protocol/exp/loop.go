package exp

import "strconv"

// A LoopPart selects a part of the current element of a path expression.
type LoopPart uint8

// The parts of an element.
const (
	LoopKey   LoopPart = 0 // the key of a map entry
	LoopValue LoopPart = 1 // the value of a map entry, or the element of a list
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

// LoopVar returns a part of the current element of a path expression. It is for the filters of a
// path and for the value of [ModifyByPath], where bins and metadata are unknown.
//
// Unknown if the part has another type. Needs server 8.1.1.
func LoopVar[T Typed](part LoopPart) T {
	return typed[T](&Node{Op: OpLoopVar, Type: typeOf[T](), Number: int64(part)})
}

// BoolLoopVar returns a boolean part of the element; see [LoopVar].
func BoolLoopVar(part LoopPart) Bool { return LoopVar[Bool](part) }

// IntLoopVar returns an integer part of the element; see [LoopVar].
func IntLoopVar(part LoopPart) Int { return LoopVar[Int](part) }

// FloatLoopVar returns a floating-point part of the element; see [LoopVar].
func FloatLoopVar(part LoopPart) Float { return LoopVar[Float](part) }

// StringLoopVar returns a string part of the element; see [LoopVar].
func StringLoopVar(part LoopPart) String { return LoopVar[String](part) }

// BlobLoopVar returns a part of the element that is raw bytes; see [LoopVar].
func BlobLoopVar(part LoopPart) Blob { return LoopVar[Blob](part) }

// ListLoopVar returns a part of the element that is a list; see [LoopVar].
func ListLoopVar(part LoopPart) List { return LoopVar[List](part) }

// MapLoopVar returns a part of the element that is a map; see [LoopVar].
func MapLoopVar(part LoopPart) Map { return LoopVar[Map](part) }

// GeoLoopVar returns a GeoJSON part of the element; see [LoopVar].
func GeoLoopVar(part LoopPart) Geo { return LoopVar[Geo](part) }

// HLLLoopVar returns a HyperLogLog part of the element; see [LoopVar].
func HLLLoopVar(part LoopPart) HLL { return LoopVar[HLL](part) }
