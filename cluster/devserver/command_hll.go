package devserver

import (
	"github.com/aerosql/aerosql/internal/hll"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// readHLL executes a HyperLogLog operation that only reads. If the bin does not exist there is no
// result.
func (c *command) readHLL(op *wire.RawOp, b bin, exists bool) (bin, protocol.ResultCode) {
	if !exists {
		return bin{}, protocol.OK
	}
	value, code := b.parse()
	if code != protocol.OK {
		return bin{}, code
	}
	return c.pack(hll.Read(op.Data, value))
}

// modifyHLL executes a HyperLogLog operation that modifies or creates a value.
func (c *command) modifyHLL(op *wire.RawOp) (bin, protocol.ResultCode) {
	value, code := c.binValue(op.Name)
	if code != protocol.OK {
		return bin{}, code
	}
	changed, result, code := hll.Modify(op.Data, value)
	if code == protocol.OK {
		code = c.setValue(op.Name, changed)
	}
	return c.pack(result, code)
}
