package devserver

import (
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A multi-record transaction locks each record that it writes by a provisional version, which stands in
// the record's place and keeps the original beside it. Whoever reads outside of transactions is shown the
// original; whoever writes, and every other transaction, is refused until the lock has been rolled forward or back.
// What the transaction only reads is not locked: it learns the versions and has them verified when it
// commits (docs/wire-core.md#10.4).

// version is the record's version, 0 if there is none.
func (r *record) version() wire.RecordVersion {
	if r == nil {
		return 0
	}
	return wire.NewRecordVersion(r.lastUpdate, r.generation)
}

// A part is what a command has to do with a transaction.
type part struct {
	wire.TransactionFields
	malformed bool
	own       bool // the record at hand is locked by the command's own transaction

	// What the answer tells: the version that the command has met, unless it was its own, and the end of
	// the transaction.
	met     wire.RecordVersion
	hasMet  bool
	endTold uint32
}

// strong reports whether the namespace has strong consistency, without which there are no transactions.
func (ns *namespace) strong() bool { return ns.config().StrongConsistency }

// mayRead decides whether a command may read the stored record, nil for none, as far as transactions go.
func (c *command) mayRead(stored *record) protocol.ResultCode {
	if !c.inTransaction() {
		return protocol.OK
	}
	switch {
	case c.ns.server.options.Edition != Enterprise:
		return protocol.EnterpriseOnly
	case c.part.malformed:
		return protocol.ParameterError
	case !c.ns.strong():
		return protocol.UnsupportedFeature
	case stored.provisional() && stored.transaction != c.part.ID:
		return c.blocked()
	case stored.provisional():
		c.part.own = true
	case c.part.HasVersion && stored.version() != c.part.Version:
		return c.mismatched()
	}
	return protocol.OK
}

// mayWrite decides whether a command may write to the stored record, nil for none.
func (c *command) mayWrite(stored *record) protocol.ResultCode {
	if !c.inTransaction() {
		if stored.provisional() {
			return c.blocked()
		}
		return protocol.OK
	}
	if code := c.mayRead(stored); code != protocol.OK {
		return code
	}
	return c.inTime()
}

// inTime refuses writes behind the transaction's end, when its locks may have been rolled back already.
func (c *command) inTime() protocol.ResultCode {
	if c.part.ID != 0 && c.part.Deadline != 0 && c.part.Deadline < c.ns.server.clock.seconds() {
		return protocol.TransactionExpired
	}
	return protocol.OK
}

func (c *command) blocked() protocol.ResultCode {
	c.transactionCounters().blocked.Add(1)
	return protocol.TransactionBlocked
}

func (c *command) mismatched() protocol.ResultCode {
	c.transactionCounters().mismatched.Add(1)
	return protocol.TransactionVersionMismatch
}

// shown is the version of the stored record that the command is to see.
func (c *command) shown(stored *record) *record {
	if c.part.own {
		return stored
	}
	return stored.committed()
}

// gone reports whether the record counts as gone. What a transaction has written does not for itself, however
// short the time to live and whatever was truncated meanwhile.
func (c *command) gone(r *record) bool {
	return !c.part.own && r.doomed(c.ns, c.ns.server.clock.seconds())
}

// meets notes the version of a record for the answer, nil for a record that does not exist. Rows of batches tell
// no version of those: the official Go client takes a row without a record for a bare header.
func (c *command) meets(r *record) {
	if c.part.ID != 0 && !c.part.own && (r != nil || !c.inBatch) {
		c.part.met, c.part.hasMet = r.version(), true
	}
}

// place stores the record that the command has written: for all, or for its transaction alone.
func (c *command) place(p *partition, next *record) {
	if c.part.ID != 0 {
		next.transaction, next.original = c.part.ID, c.previous
		if c.part.own {
			next.original = c.previous.original
		}
		// The transaction needs no version to know again what it has locked.
		c.part.hasMet = false
	}
	c.ns.store(p, next)
}

// appendPart puts what the answer tells of the transaction between its header and its bins.
func (c *command) appendPart() {
	t := wire.TransactionFields{Version: c.part.met, HasVersion: c.part.hasMet, Deadline: c.part.endTold}
	var space [32]byte
	fields, count := t.AppendTo(space[:0])
	if count == 0 {
		return
	}
	c.out = slices.Insert(c.out, c.start+wire.HeaderSize, fields...)
	binary.BigEndian.PutUint16(c.out[c.start+offFieldCount:], count)
}
