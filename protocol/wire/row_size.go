package wire

import "github.com/aerosql/aerosql/protocol"

// shortRow is the estimated size of the shortest row of a batch, in bytes.
const shortRow = len(protocol.Digest{}) + 9

// RowSize returns an estimate of the size in bytes of the command as a row of a batch. previous is
// the command of the previous row, nil for the first row.
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
	if c.encoded != nil {
		size += len(c.encoded.Ops)
	}
	if c.udf != nil {
		for _, arg := range c.udf.Args {
			size += arg.Size()
		}
	}
	return size
}
