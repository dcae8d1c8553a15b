package devserver

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// countTombstones updates the copy's number of tombstones when the record now replaces old. Either
// may be nil.
func (x *index) countTombstones(old, now *record) {
	if old != nil && old.tombstone {
		x.tombstones--
	}
	if now != nil && now.tombstone {
		x.tombstones++
	}
}

// durable reports whether the command asks for durable deletes, which leave tombstones.
func (c *command) durable() bool { return c.message.Info2&wire.Info2DurableDelete != 0 }

// checkDurability decides whether the command may remove a record in the requested way. Durable
// deletes need the Enterprise Edition. With strong consistency, other deletes need AllowExpunge. A
// transaction must delete durably, because other deletes cannot be rolled back.
func (c *command) checkDurability() protocol.ResultCode {
	switch {
	case c.ns.server.options.Edition != Enterprise:
		if c.durable() {
			return protocol.EnterpriseOnly
		}
	case !c.durable() && (c.inTransaction() || c.ns.strong() && !c.ns.config().AllowExpunge):
		return protocol.Forbidden
	}
	return protocol.OK
}

var deleteAllBins = []wire.RawOp{{Code: protocol.OpDelete}}

// deleteDurably removes the record the way a server does for durable deletes: by a write that
// requires the record to exist and removes its bins. The answer is that of a write, including
// metadata in errors.
func (c *command) deleteDurably() protocol.ResultCode {
	m := *c.message
	m.Info2 &^= wire.Info2Delete | wire.Info2RespondAllOps | wire.Info2CreateOnly
	m.Info3 |= wire.Info3UpdateOnly
	m.RecordTTL, m.Ops = protocol.TTLNever, deleteAllBins
	c.message = &m
	return c.write()
}
