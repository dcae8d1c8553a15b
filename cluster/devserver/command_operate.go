package devserver

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// operate applies the operations of a write in order to c.bins and collects their results
// (docs/wire-cdt-exp.md#5.3 and 5.4).
func (c *command) operate() protocol.ResultCode {
	for i := range c.message.Ops {
		op := &c.message.Ops[i]
		if code := c.operation(op); code != protocol.OK {
			c.failedOp = op
			return code
		}
		if !c.limitMemory() {
			return protocol.RecordTooBig
		}
	}
	return protocol.OK
}

func (c *command) operation(op *wire.RawOp) protocol.ResultCode {
	switch op.Code {
	case protocol.OpTouch:
		return protocol.OK // the metadata has already been updated; there is no result
	case protocol.OpWrite:
		return c.withoutResult(op, c.writeBin(op))
	case protocol.OpAdd, protocol.OpAppend, protocol.OpPrepend:
		return c.withoutResult(op, c.modifyBin(op))
	case protocol.OpDelete:
		c.bins = c.bins[:0]
		return c.withoutResult(op, protocol.OK)
	case protocol.OpBitsModify:
		return c.withoutResult(op, c.modifyBits(op))
	case protocol.OpExpModify:
		return c.withoutResult(op, c.modifyExpression(op))
	case protocol.OpCDTModify:
		return c.withResult(op, c.modifyCollection)
	case protocol.OpHLLModify:
		return c.withResult(op, c.modifyHLL)
	}
	switch {
	case c.isReadAll(op):
		for _, b := range c.bins {
			c.appendResult(protocol.OpRead, b)
		}
		return protocol.OK
	case isRead(op.Code):
		b, exists := c.bin(op.Name)
		return c.readOp(op, b, exists, op.Code != protocol.OpRead)
	}
	return protocol.ParameterError
}

// withoutResult finishes an operation without a result. It is answered only if the client asked for
// an answer to every operation.
func (c *command) withoutResult(op *wire.RawOp, code protocol.ResultCode) protocol.ResultCode {
	if code == protocol.OK && c.respondAll() {
		c.appendNull(op)
	}
	return code
}

// withResult runs an operation that may have a result and answers it.
func (c *command) withResult(op *wire.RawOp, run func(*wire.RawOp) (bin, protocol.ResultCode)) protocol.ResultCode {
	result, code := run(op)
	if code == protocol.OK && result.particle != protocol.ParticleNull {
		result.name = op.Name
		c.appendResult(op.Code, result)
		return code
	}
	return c.withoutResult(op, code)
}

// bin returns the bin with the given name after the operations so far.
func (c *command) bin(name []byte) (b bin, exists bool) {
	if i := c.binIndex(name); i >= 0 {
		return c.bins[i], true
	}
	return bin{}, false
}

func (c *command) binIndex(name []byte) int {
	for i := range c.bins {
		if string(c.bins[i].name) == string(name) {
			return i
		}
	}
	return -1
}

// setBin stores a value. A new bin is appended.
func (c *command) setBin(name []byte, particle protocol.ParticleType, value []byte) {
	c.put(bin{name: name, particle: particle, value: value})
}

func (c *command) put(b bin) {
	if i := c.binIndex(b.name); i >= 0 {
		b.name = c.bins[i].name
		c.bins[i] = b
		return
	}
	c.bins = append(c.bins, b)
}

// removeBin removes a bin. The last bin takes its place, as in the real server's memory, which
// determines the order of bins in answers.
func (c *command) removeBin(name []byte) {
	if i := c.binIndex(name); i >= 0 {
		last := len(c.bins) - 1
		c.bins[i] = c.bins[last]
		c.bins = c.bins[:last]
	}
}

func (c *command) writeBin(op *wire.RawOp) protocol.ResultCode {
	if op.Type == protocol.ParticleNull {
		c.removeBin(op.Name)
		return protocol.OK
	}
	if op.Type == protocol.ParticleList || op.Type == protocol.ParticleMap {
		return c.writeCollection(op)
	}
	value, code := c.storedValue(op.Type, op.Data)
	if code == protocol.OK {
		c.setBin(op.Name, op.Type, value)
	}
	return code
}
