package protocol

// valueOverhead is about what a number, or the head of a value, takes on the wire in bytes.
const valueOverhead = 9

// Size estimates what the value takes on the wire, in bytes. It is meant for limits on memory. What is nested deeper than MaxDepth, and
// can't be written, does not count.
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
