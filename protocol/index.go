package protocol

import "fmt"

// IndexCollection is the part of a bin's value that a secondary index holds: IndexDefault,
// IndexList, IndexMapKeys or IndexMapValues.
type IndexCollection uint8

// The parts of a value that an index can hold.
const (
	IndexDefault   IndexCollection = 0 // the value itself
	IndexList      IndexCollection = 1 // each element of a list
	IndexMapKeys   IndexCollection = 2 // each key of a map
	IndexMapValues IndexCollection = 3 // each value of a map
)

// String returns the name that info commands use, such as "MAPKEYS".
func (k IndexCollection) String() string {
	switch k {
	case IndexDefault:
		return "DEFAULT"
	case IndexList:
		return "LIST"
	case IndexMapKeys:
		return "MAPKEYS"
	case IndexMapValues:
		return "MAPVALUES"
	}
	return fmt.Sprintf("IndexCollection(%d)", uint8(k))
}
