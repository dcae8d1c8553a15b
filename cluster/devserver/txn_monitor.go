package devserver

import (
	"bytes"
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A transaction that writes has a monitor: a record that lists the locked records and says whether
// to roll them forward, so that the server can end a transaction that its client has abandoned. Its
// key is the transaction's id and its void time the transaction's end.
const (
	reservedSets   = wire.ReservedSetPrefix
	monitorSet     = wire.MonitorSet
	monitorID      = wire.MonitorID
	monitorKeys    = wire.MonitorKeys
	monitorForward = wire.MonitorForward
)

const (
	maxTransactionWrites  = 4096
	minTransactionSeconds = 1
	maxTransactionSeconds = 120
	transactionSeconds    = 10 // mrt-duration
)

// refusesSet reports whether no record may be put into a set of the name.
func (ns *namespace) refusesSet(name []byte) bool {
	return ns.server.options.Edition == Enterprise && bytes.HasPrefix(name, []byte(reservedSets)) &&
		!(ns.strong() && string(name) == monitorSet)
}

// isMonitor reports whether the record is a transaction's monitor.
func (r *record) isMonitor() bool { return r.set != nil && r.set.monitors }

// A monitorStep is what a write does with a monitor. Clients may do nothing else with it.
type monitorStep uint8

const (
	notOfMonitor monitorStep = iota
	createMonitor
	addKeys
	markForward
	closeMonitor
)

// writesMonitor reports whether the command writes a monitor, or tries to.
func (c *command) writesMonitor() bool { return c.ns.strong() && string(c.setName) == monitorSet }

// monitorStep tells the steps apart by their operations.
func (c *command) monitorStep() monitorStep {
	ops := c.message.Ops
	last := &ops[len(ops)-1]
	addsKeys := last.Code == protocol.OpCDTModify && string(last.Name) == monitorKeys
	switch {
	case c.inTransaction() || len(ops) > 2:
	case len(ops) == 2 && addsKeys && c.namesTransaction(&ops[0]):
		return createMonitor
	case len(ops) == 2:
	case addsKeys:
		return addKeys
	case last.Code == protocol.OpDelete && c.durable():
		return closeMonitor
	case last.Code == protocol.OpWrite && string(last.Name) == monitorForward && isTrue(last.Type, last.Data):
		return markForward
	}
	return notOfMonitor
}

// namesTransaction reports whether an operation writes the id that is the monitor's key.
func (c *command) namesTransaction(op *wire.RawOp) bool {
	if op.Code != protocol.OpWrite || string(op.Name) != monitorID || op.Type != protocol.ParticleInteger || len(op.Data) != 8 {
		return false
	}
	id := int64(binary.BigEndian.Uint64(op.Data))
	return id != 0 && protocol.MustKey(c.ns.name, monitorSet, id).Digest() == c.digest
}

func isTrue(t protocol.ParticleType, data []byte) bool {
	return t == protocol.ParticleBool && len(data) == 1 && data[0] == 1
}

// mayStep decides whether a monitor is in a state for the step; monitor is nil if there is none, or only its tombstone.
func (c *command) mayStep(step monitorStep, monitor *record) protocol.ResultCode {
	switch step {
	case createMonitor:
		return c.mayCreateMonitor(monitor)
	case addKeys:
		switch {
		case monitor == nil:
			return protocol.TransactionExpired
		case monitor.forward():
			return protocol.TransactionCommitted
		case monitor.over(c.ns):
			return protocol.TransactionExpired
		}
	case markForward:
		switch {
		case monitor == nil && c.previous == nil:
			return protocol.TransactionAborted
		case monitor == nil:
			return c.previous.outcome
		case monitor.forward():
			return protocol.TransactionCommitted
		case monitor.outcome != protocol.OK:
			return monitor.outcome
		case monitor.over(c.ns):
			return protocol.TransactionExpired
		}
	case notOfMonitor:
		return protocol.UnsupportedFeature
	}
	return protocol.OK
}

func (c *command) mayCreateMonitor(monitor *record) protocol.ResultCode {
	switch {
	case monitor != nil:
		return protocol.TransactionMonitorExists
	case c.previous != nil:
		return protocol.TransactionExpired // a transaction of this id has ended
	case c.ns.config().ForbidTransactions:
		return protocol.Forbidden
	case c.message.RecordTTL > maxTransactionSeconds:
		return protocol.ParameterError
	}
	return protocol.OK
}

// writeMonitor takes a step with a monitor.
func (c *command) writeMonitor(p *partition, old *record, policy writePolicy) protocol.ResultCode {
	step := c.monitorStep()
	if code := c.mayStep(step, old); code != protocol.OK {
		return code
	}
	next, code := c.admit(old, policy)
	if code != protocol.OK {
		return code
	}
	next.voidTime = c.transactionEnd(old)
	if step == closeMonitor {
		next.outcome = old.verdict()
	}
	if step == createMonitor || step == addKeys {
		c.part.endTold = next.voidTime
	}
	if code := c.apply(p, old, next, policy); code != protocol.OK {
		c.part.endTold = 0
		return code
	}
	switch step {
	case createMonitor:
		c.ns.monitors.open(next)
	case closeMonitor:
		c.ns.monitors.forget(&c.digest)
	}
	return protocol.OK
}

// transactionEnd is when the transaction ends by itself: what its first write has fixed.
func (c *command) transactionEnd(monitor *record) uint32 {
	if monitor != nil {
		return monitor.voidTime
	}
	seconds := c.message.RecordTTL
	if seconds == 0 {
		seconds = c.ns.config().TransactionSeconds
	}
	return c.ns.server.clock.seconds() + seconds
}

// checkKeys refuses a monitor that names more records than a transaction may write.
func (c *command) checkKeys() protocol.ResultCode {
	b, _ := c.bin([]byte(monitorKeys))
	list, code := b.parse()
	if code != protocol.OK {
		return code
	}
	if list.Len() > maxTransactionWrites {
		return protocol.TransactionTooManyWrites
	}
	return protocol.OK
}

// forward reports whether what the transaction has written is to stay.
func (r *record) forward() bool {
	b, _ := findBin(r.bins, []byte(monitorForward))
	return isTrue(b.particle, b.value)
}

// over reports whether the transaction of a monitor takes no more writes.
func (r *record) over(ns *namespace) bool {
	return r.outcome != protocol.OK || r.voidTime < ns.server.clock.seconds()
}

// verdict is how the transaction of a monitor ends, or has ended.
func (r *record) verdict() protocol.ResultCode {
	if r.forward() {
		return protocol.TransactionCommitted
	}
	return protocol.TransactionAborted
}

// lockedRecords returns the transaction's id and the digests of the records that it may have locked.
func (r *record) lockedRecords() (transaction uint64, keys []protocol.Digest) {
	id, _ := findBin(r.bins, []byte(monitorID))
	if len(id.value) == 8 {
		transaction = binary.BigEndian.Uint64(id.value)
	}
	b, _ := findBin(r.bins, []byte(monitorKeys))
	list, _ := b.parse()
	items, _ := list.List()
	for i := range items {
		if digest, _ := items[i].Bytes(); len(digest) == len(protocol.Digest{}) {
			keys = append(keys, protocol.Digest(digest))
		}
	}
	return transaction, keys
}
