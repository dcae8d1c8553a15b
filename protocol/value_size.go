package protocol

// valueOverhead is the estimated size of a number, or of the header of another value, in bytes.
const valueOverhead = 9

// Size returns an estimate of the encoded size of the value in bytes, for memory limits. Values
// nested deeper than [MaxDepth], which can't be encoded, do not count.
func (v Value) Size() int { return v.size(0) }

func (v Value) size(depth int) int {
	size := valueOverhead
	if depth > MaxDepth {
		return size
	}
	switch v.kind {
	case KindList:
		for _, element := range v.list() {
			size += element.size(depth + 1)
		}
	case KindMap:
		for _, pair := range v.pairs() {
			size += pair.Key.size(depth+1) + pair.Value.size(depth+1)
		}
	default:
		size += v.Len()
	}
	return size
}
