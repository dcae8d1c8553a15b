package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A command is a command on one record while it is executed, either from its own message or from a
// row of a batch. The struct and its buffers are reused for the next command.
type command struct {
	node    *node
	conn    *conn // nil for background queries
	ns      *namespace
	message *wire.Message
	digest  protocol.Digest
	pid     uint16
	inBatch bool
	inQuery bool // part of a background query
	// stillMatches reports whether a background query still selects the record. It is nil if every
	// record qualifies.
	stillMatches func(*record) bool

	setName []byte
	part    part
	key     []byte // nil if not sent
	hasKey  bool
	filter  []byte // nil if not sent
	// batchFilter is the filter of the whole batch, for rows without their own.
	batchFilter *filter

	// The answer is built in out. Its header is at start.
	out                  []byte
	start                int
	ops                  int // number of operations in the answer
	generation, voidTime uint32

	reading *record // the record being read
	written writing // the record being written
	// previous is the version, possibly a tombstone, that a write replaces. It is nil if there is
	// none.
	previous *record
	bins     []bin  // of the record being written
	scratch  []byte // values computed by operations
	// failedOp is the operation that failed, nil if none did.
	failedOp *wire.RawOp
}

// run executes the command and appends its answer, a message without a proto header, to dst.
func (c *command) run(dst []byte, ns *namespace, m *wire.Message, digest protocol.Digest, inBatch bool) []byte {
	c.ns, c.message, c.digest, c.pid, c.inBatch = ns, m, digest, digest.Partition(), inBatch
	c.generation, c.voidTime, c.ops = 0, 0, 0
	c.start = len(dst)
	c.out = appendBlankHeader(dst)
	c.scratch = c.scratch[:0]
	c.readFields()
	ns.endTransactions()
	code := c.permitted()
	if code == protocol.OK {
		code = c.dispatch()
	}
	if code != protocol.OK && code != protocol.UDFError {
		// An error has no bins.
		c.out, c.ops = c.out[:c.start+wire.HeaderSize], 0
	}
	c.logRefusal(code)
	c.appendPart()
	setHeader(c.out[c.start:], code, c.generation, c.voidTime, c.ops)
	out := c.out
	c.release()
	return out
}

// release drops references to the request and the record.
func (c *command) release() {
	clear(c.bins)
	c.reading, c.written, c.previous, c.failedOp = nil, writing{}, nil, nil
	c.out, c.message, c.bins = nil, nil, c.bins[:0]
	if cap(c.scratch) > retainSize {
		c.scratch = nil
	}
}

// readFields reads the fields that all commands share.
func (c *command) readFields() {
	t, err := wire.ParseTransactionFields(c.message.Fields)
	c.part = part{TransactionFields: t, malformed: err != nil}
	c.setName, c.key, c.hasKey, c.filter = nil, nil, false, nil
	for _, f := range c.message.Fields {
		switch f.Type {
		case wire.FieldSet:
			c.setName = f.Data
		case wire.FieldKey:
			c.key, c.hasKey = f.Data, true
		case wire.FieldFilterExp:
			c.filter = f.Data
		}
	}
}

// dispatch selects the handler by the header's bits (docs/wire-core.md#5.4).
func (c *command) dispatch() protocol.ResultCode {
	if code := c.route(); code != protocol.OK {
		return code
	}
	if c.unsupported() {
		return protocol.UnsupportedFeature
	}
	m := c.message
	stats := c.stats()
	write, remove := m.Info2&wire.Info2Write != 0, m.Info2&wire.Info2Delete != 0
	enterprise := c.ns.server.options.Edition == Enterprise
	switch {
	case !enterprise && m.Info4&transactionSteps != 0 && !remove:
		return protocol.EnterpriseOnly
	case write && remove && enterprise && c.durable():
		return stats.write.count(c.deleteDurably())
	case write && remove:
		return stats.delete.count(c.delete())
	case write && c.isUDF():
		return stats.udf.count(c.applyUDF())
	case write && m.Info4&(wire.Info4RollForward|wire.Info4RollBack) != 0:
		forward := m.Info4&wire.Info4RollForward != 0
		return c.transactionCounters().rolls(forward).count(c.roll(forward))
	case write:
		return stats.write.count(c.write())
	case m.Info1&wire.Info1Read == 0:
		return protocol.ParameterError
	case m.Info4&wire.Info4VerifyRead != 0:
		return c.transactionCounters().verified.count(c.verify())
	}
	return stats.read.count(c.read())
}

func (c *command) transactionCounters() *transactionCounters {
	return &c.ns.counters[c.node.number].transactions
}

// stats returns the counters for the command. A command that another node executes counts there as
// proxied, as it would between real nodes.
func (c *command) stats() *commandCounters {
	mine := &c.ns.counters[c.node.number]
	o := c.ns.owners(c.pid)
	switch {
	case !c.executesHere(o):
		mine.proxied.Add(1)
		return &c.ns.counters[o.Working].fromProxy
	case c.inBatch:
		return &mine.batch
	case c.inQuery:
		return &mine.background
	}
	return &mine.client
}

// transactionSteps are the flags of commands that only multi-record transactions use.
const transactionSteps = wire.Info4VerifyRead | wire.Info4RollForward | wire.Info4RollBack

func (c *command) partition() *partition { return &c.ns.partitions[c.pid] }

// lock locks the command's partition and makes the command the cause of events there until unlock.
// If the partition is unavailable, it returns an error and does not hold the lock.
func (c *command) lock() (*partition, protocol.ResultCode) {
	p := c.partition()
	p.mu.Lock()
	if p.owners.Load().Working == balance.NoNode {
		p.mu.Unlock()
		return nil, protocol.PartitionUnavailable
	}
	p.cause = c
	return p, protocol.OK
}

func (c *command) respondAll() bool { return c.message.Info2&wire.Info2RespondAllOps != 0 }

func (c *command) inTransaction() bool {
	_, ok := c.message.Field(wire.FieldTransactionID)
	return ok
}

// appendResult adds a bin to the answer. Its operation code is that of the request's operation,
// except in rows of read-only batches, where it is always a read.
func (c *command) appendResult(code protocol.OpCode, b bin) {
	if c.inBatch && c.message.Info2&wire.Info2Write == 0 {
		code = protocol.OpRead
	}
	c.out = appendBin(c.out, code, b.name, b.particle, b.value)
	c.ops++
}

// appendNull adds a null result for an operation.
func (c *command) appendNull(op *wire.RawOp) { c.appendResult(op.Code, bin{name: op.Name}) }

// found makes the answer carry the record's metadata, even if the command fails later.
func (c *command) found(r *record) { c.generation, c.voidTime = uint32(r.generation), r.voidTime }

// sameSet reports whether the record is in the set that the client sent. Reads and deletes may omit
// the set.
func (c *command) sameSet(r *record) bool {
	return len(c.setName) == 0 || r.setName() == string(c.setName)
}

// sameKey reports whether the key that the client sent matches the stored key. It returns true if
// either is missing.
func (c *command) sameKey(r *record) bool {
	return !c.hasKey || r.key == nil || string(r.key) == string(c.key)
}
