package protocol

import "fmt"

// IndexCollection says what of a bin's value a secondary index holds.
type IndexCollection uint8

// The collection forms.
const (
	IndexDefault   IndexCollection = 0 // the value itself
	IndexList      IndexCollection = 1 // each element of a list
	IndexMapKeys   IndexCollection = 2 // each key of a map
	IndexMapValues IndexCollection = 3 // each value of a map
)

// String returns the name that info commands have for it.
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
