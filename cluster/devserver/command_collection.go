package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// readCollection executes a list or map operation that only reads. If the bin does not exist there
// is no result (docs/wire-cdt-exp.md#5.3).
func (c *command) readCollection(op *wire.RawOp, b bin, exists bool) (bin, protocol.ResultCode) {
	switch {
	case c.unknownOperation(op):
		return bin{}, protocol.ParameterError
	case !exists:
		return bin{}, protocol.OK
	}
	value, code := b.parse()
	if code != protocol.OK {
		return bin{}, code
	}
	_, result, code := collection.Apply(c.collections(), op.Data, value, false)
	return c.pack(result, code)
}

// modifyCollection executes an operation that modifies or creates a list or map.
func (c *command) modifyCollection(op *wire.RawOp) (bin, protocol.ResultCode) {
	if c.unknownOperation(op) {
		return bin{}, protocol.ParameterError
	}
	value, code := c.binValue(op.Name)
	if code != protocol.OK {
		return bin{}, code
	}
	changed, result, code := collection.Apply(c.collections(), op.Data, value, true)
	if code == protocol.OK {
		code = c.setValue(op.Name, changed)
	}
	return c.pack(result, code)
}

// collections returns the environment of list and map operations.
func (c *command) collections() *collection.Env {
	return &collection.Env{MaxRecordSize: c.ns.config().MaxRecordSize, Compile: expression.CompilePath}
}

// writeCollection writes a list or map as a whole bin. It is repacked in its shortest form, and
// maps are sorted by key (docs/wire-cdt-exp.md#1.4).
func (c *command) writeCollection(op *wire.RawOp) protocol.ResultCode {
	v, ok := collection.Normalized(op.Type, op.Data)
	if !ok {
		return protocol.ServerError
	}
	return c.setValue(op.Name, v)
}
