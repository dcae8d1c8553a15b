package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// readCollection executes a call on a list or map that changes nothing. On a bin that
// does not exist there is nothing to call (docs/wire-cdt-exp.md#5.3).
func (c *command) readCollection(op *wire.RawOp, b bin, exists bool) (bin, protocol.ResultCode) {
	if !exists {
		return bin{}, protocol.OK
	}
	value, code := b.parse()
	if code != protocol.OK {
		return bin{}, code
	}
	_, result, code := collection.Apply(c.collections(), op.Data, value, false)
	return c.pack(result, code)
}

// modifyCollection executes a call that changes a list or map, or creates one.
func (c *command) modifyCollection(op *wire.RawOp) (bin, protocol.ResultCode) {
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

// collections is what calls on lists and maps must know of their surroundings.
func (c *command) collections() *collection.Env {
	return &collection.Env{MaxRecordSize: c.ns.config().MaxRecordSize, Compile: expression.CompilePath}
}

// writeCollection writes a list or map as a whole bin, packed anew in its shortest form
// and maps sorted by key (docs/wire-cdt-exp.md#1.4).
func (c *command) writeCollection(op *wire.RawOp) protocol.ResultCode {
	v, ok := collection.Normalized(op.Type, op.Data)
	if !ok {
		return protocol.ServerError
	}
	return c.setValue(op.Name, v)
}
