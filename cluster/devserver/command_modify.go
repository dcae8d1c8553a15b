package devserver

import (
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// modifyBin executes ADD, APPEND and PREPEND. If the bin does not exist, all three write their
// operand, whatever its type (docs/wire-cdt-exp.md#5.1).
func (c *command) modifyBin(op *wire.RawOp) protocol.ResultCode {
	if !isStorable(op.Type) {
		return protocol.ParameterError
	}
	b, exists := c.bin(op.Name)
	if !exists {
		return c.writeBin(op)
	}
	var value []byte
	var code protocol.ResultCode
	if op.Code == protocol.OpAdd {
		value, code = c.add(b, op)
	} else {
		value, code = c.concat(b, op)
	}
	if code == protocol.OK {
		c.setBin(op.Name, b.particle, value)
	}
	return code
}

func (c *command) add(b bin, op *wire.RawOp) ([]byte, protocol.ResultCode) {
	if b.particle == protocol.ParticleGeoJSON {
		return nil, protocol.ServerError
	}
	if b.particle != op.Type || b.particle != protocol.ParticleInteger && b.particle != protocol.ParticleFloat {
		return nil, protocol.BinTypeError
	}
	old := binary.BigEndian.Uint64(b.value)
	if b.particle == protocol.ParticleFloat {
		if len(op.Data) != 8 {
			return nil, protocol.ParameterError
		}
		sum := math.Float64frombits(old) + math.Float64frombits(binary.BigEndian.Uint64(op.Data))
		return c.number(math.Float64bits(sum)), protocol.OK
	}
	if len(op.Data) == memcacheOperand {
		return c.number(addMemcache(old, binary.BigEndian.Uint64(op.Data))), protocol.OK
	}
	n, ok := integerOf(op.Data)
	if !ok {
		return nil, protocol.ParameterError
	}
	return c.number(old + n), protocol.OK
}

// memcacheOperand is the length of an operand with which a decrement stops at 0.
const memcacheOperand = 16

func addMemcache(old, n uint64) uint64 {
	sum := old + n
	if int64(n) < 0 && sum > old {
		return 0
	}
	return sum
}

// concat joins two strings or two blobs.
func (c *command) concat(b bin, op *wire.RawOp) ([]byte, protocol.ResultCode) {
	switch {
	case b.particle == protocol.ParticleGeoJSON:
		return nil, protocol.ServerError
	case b.particle != protocol.ParticleString && !b.particle.IsBlob(), b.particle != op.Type:
		return nil, protocol.BinTypeError
	case op.Code == protocol.OpAppend:
		return c.keep(b.value, op.Data), protocol.OK
	}
	return c.keep(op.Data, b.value), protocol.OK
}

// number returns eight bytes of scratch space that hold n.
func (c *command) number(n uint64) []byte {
	start := len(c.scratch)
	c.scratch = binary.BigEndian.AppendUint64(c.scratch, n)
	return c.scratch[start:len(c.scratch):len(c.scratch)]
}

// keep copies the concatenated parts into scratch space. Slices returned earlier stay valid even if
// the scratch space is reallocated.
func (c *command) keep(parts ...[]byte) []byte {
	start := len(c.scratch)
	for _, part := range parts {
		c.scratch = append(c.scratch, part...)
	}
	return c.scratch[start:len(c.scratch):len(c.scratch)]
}
