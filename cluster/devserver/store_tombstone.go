package devserver

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// countTombstones keeps the copy's number of tombstones when a record takes the place of
// another; either may be nil.
func (x *index) countTombstones(old, now *record) {
	if old != nil && old.tombstone {
		x.tombstones--
	}
	if now != nil && now.tombstone {
		x.tombstones++
	}
}

// durable reports whether a record that the command removes is to leave a tombstone.
func (c *command) durable() bool { return c.message.Info2&wire.Info2DurableDelete != 0 }

// checkDurability decides whether the command may remove a record in the way that it asks for.
// Tombstones are a matter of the Enterprise Edition. What strong consistency has once acknowledged may
// only vanish without one if the namespace allows it, and never within a transaction, which could not be rolled back.
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

// deleteDurably removes the record as a server does that is to leave a tombstone: by a write that must
// find the record and removes its bins. Its answer is a write's, metadata of errors among it.
func (c *command) deleteDurably() protocol.ResultCode {
	m := *c.message
	m.Info2 &^= wire.Info2Delete | wire.Info2RespondAllOps | wire.Info2CreateOnly
	m.Info3 |= wire.Info3UpdateOnly
	m.RecordTTL, m.Ops = protocol.TTLNever, deleteAllBins
	c.message = &m
	return c.write()
}
