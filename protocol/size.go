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

// RowSize estimates what the command takes as a row of a batch behind another command, which may be nil, in bytes.
func (c *Command) RowSize(previous *Command) int {
	size := len(c.Key.digest) + valueOverhead
	if previous != nil && c.repeats(previous) {
		return size
	}
	size += HeaderSize + len(c.Key.Namespace) + len(c.Key.Set) + len(c.Filter)
	for _, name := range c.names {
		size += rawOpMin + len(name)
	}
	for i := range c.bins {
		size += rawOpMin + len(c.bins[i].Name) + c.bins[i].Value.Size()
	}
	for i := range c.ops {
		size += rawOpMin + len(c.ops[i].Bin) + c.ops[i].Value.Size()
	}
	if c.udf != nil {
		for _, arg := range c.udf.Args {
			size += arg.Size()
		}
	}
	return size
}
