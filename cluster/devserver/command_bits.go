package devserver

import (
	"github.com/aerosql/aerosql/internal/bits"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// readBits executes a bit operation that only reads. If the bin does not exist there is no result.
func (c *command) readBits(op *wire.RawOp, b bin, exists bool) (bin, protocol.ResultCode) {
	if !exists {
		return bin{}, protocol.OK
	}
	if op.Type != protocol.ParticleBlob {
		return bin{}, protocol.BinTypeError
	}
	value, code := b.parse()
	if code != protocol.OK {
		return bin{}, code
	}
	return c.pack(bits.Read(op.Data, value))
}

// modifyBits executes a bit operation that modifies or creates a blob.
func (c *command) modifyBits(op *wire.RawOp) protocol.ResultCode {
	if op.Type != protocol.ParticleBlob {
		return protocol.BinTypeError
	}
	value, code := c.binValue(op.Name)
	if code != protocol.OK {
		return code
	}
	changed, code := bits.Modify(op.Data, value)
	if code != protocol.OK {
		return code
	}
	return c.setValue(op.Name, changed)
}
