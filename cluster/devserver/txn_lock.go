package devserver

import (
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A multi-record transaction locks each record that it writes with a provisional version, which
// takes the record's place and keeps the original. Reads outside of transactions see the original.
// Other writes and other transactions are refused until the lock is rolled forward or back. Records
// that the transaction only reads are not locked: the client learns their versions and verifies
// them when it commits (docs/wire-core.md#10.4).

// version returns the record's version, 0 if there is no record.
func (r *record) version() wire.RecordVersion {
	if r == nil {
		return 0
	}
	return wire.NewRecordVersion(r.lastUpdate, r.generation)
}

// A part is a command's part in a transaction.
type part struct {
	wire.TransactionFields
	malformed bool
	own       bool // the command's own transaction has locked the record

	// For the answer: the version that the command found, unless its own transaction wrote it, and
	// the transaction's deadline.
	version    wire.RecordVersion
	hasVersion bool
	deadline   uint32
}

// strong reports whether the namespace has strong consistency, which transactions need.
func (ns *namespace) strong() bool { return ns.config().StrongConsistency }

// mayRead decides whether transactions allow the command to read the stored record. stored is nil
// if there is none.
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

// mayWrite decides whether transactions allow the command to write the stored record. stored is nil
// if there is none.
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

// inTime refuses writes after the transaction's deadline, when its locks may already be rolled
// back.
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

// visible returns the version of the stored record that the command sees.
func (c *command) visible(stored *record) *record {
	if c.part.own {
		return stored
	}
	return stored.committed()
}

// gone reports whether the record has expired or was truncated. A transaction still sees its own
// writes, regardless of time to live and truncation.
func (c *command) gone(r *record) bool {
	return !c.part.own && r.expiredOrTruncated(c.ns, c.ns.server.clock.seconds())
}

// noteVersion records the version of a record for the answer. r is nil if the record does not
// exist. In a batch, missing records have no version in the answer, because the official Go client
// parses a row without a record as a bare header.
func (c *command) noteVersion(r *record) {
	if c.part.ID != 0 && !c.part.own && (r != nil || !c.inBatch) {
		c.part.version, c.part.hasVersion = r.version(), true
	}
}

// storeWritten stores the record that the command wrote, provisionally if the command is in a
// transaction.
func (c *command) storeWritten(p *partition, next *record) {
	if c.part.ID != 0 {
		next.transaction, next.original = c.part.ID, c.previous
		if c.part.own {
			next.original = c.previous.original
		}
		// The transaction does not verify records that it has locked.
		c.part.hasVersion = false
	}
	c.ns.store(p, next)
}

// appendPart inserts the transaction's fields between the header and the bins of the answer.
func (c *command) appendPart() {
	t := wire.TransactionFields{Version: c.part.version, HasVersion: c.part.hasVersion, Deadline: c.part.deadline}
	var space [32]byte
	fields, count := t.AppendTo(space[:0])
	if count == 0 {
		return
	}
	c.out = slices.Insert(c.out, c.start+wire.HeaderSize, fields...)
	binary.BigEndian.PutUint16(c.out[c.start+offFieldCount:], count)
}
