package devserver

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// delete removes the record without a tombstone. The answer has no metadata, not even on errors. An
// expired record that is still in the index counts as found, as on a real server.
func (c *command) delete() protocol.ResultCode {
	if code := c.checkDurability(); code != protocol.OK {
		return code
	}
	p, code := c.lock()
	if code != protocol.OK {
		return code
	}
	defer p.unlock()
	r := p.working().get(&c.digest)
	if code := c.mayWrite(r); code != protocol.OK && c.ns.server.options.Edition == Enterprise {
		return code
	}
	switch {
	case r == nil || r.tombstone:
		return protocol.KeyNotFound
	case !c.sameSet(r):
		return protocol.ParameterError
	case !c.generationFits(r.generation):
		return protocol.GenerationError
	}
	if code := c.applyFilter(r); code != protocol.OK {
		return code
	}
	if !c.sameKey(r) {
		return protocol.KeyMismatch
	}
	c.ns.drop(p, &c.digest)
	return protocol.OK
}

// generationFits checks the expected generation of a write. A missing record has generation 0.
func (c *command) generationFits(generation uint16) bool {
	m := c.message
	return !(m.Info2&wire.Info2Generation != 0 && m.Generation != uint32(generation) ||
		m.Info2&wire.Info2GenerationGT != 0 && m.Generation <= uint32(generation))
}
