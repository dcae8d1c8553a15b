package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/protocol"
)

// readCollection executes a call on a list or map that changes nothing. On a bin that
// does not exist there is nothing to call (wire-cdt-exp.md 5.3).
func (c *command) readCollection(op *protocol.RawOp, b bin, exists bool) (bin, protocol.ResultCode) {
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
func (c *command) modifyCollection(op *protocol.RawOp) (bin, protocol.ResultCode) {
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
	return &collection.Env{MaxRecordSize: c.ns.config().MaxRecordSize}
}

// storedCollection checks a list or map that was written as a whole bin and
// packs it anew in its shortest form, maps sorted by key (wire-cdt-exp.md 1.4).
func (c *command) storedCollection(t protocol.ParticleType, data []byte) ([]byte, protocol.ResultCode) {
	v, err := protocol.ParseMsgpack(data)
	if err != nil || v.Particle() != t {
		return nil, protocol.ServerError
	}
	v, ok := collection.Normalize(v)
	if !ok {
		return nil, protocol.ServerError
	}
	b, code := c.pack(v, protocol.OK)
	return b.value, code
}
