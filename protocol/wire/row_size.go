package wire

import "github.com/aerosql/aerosql/protocol"

// shortRow is about what the shortest row of a batch takes in bytes.
const shortRow = len(protocol.Digest{}) + 9

// RowSize estimates what the command takes as a row of a batch behind another command, which may be nil, in bytes.
func (c *Command) RowSize(previous *Command) int {
	size := shortRow
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
