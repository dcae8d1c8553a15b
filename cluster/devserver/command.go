package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A command is a command on one record while it is executed, whether it came
// as a message of its own or as a row of a batch. It is used again for the next one, with all
// its buffers.
type command struct {
	node    *node
	conn    *conn // nil on behalf of a query in the background
	ns      *namespace
	message *wire.Message
	digest  protocol.Digest
	pid     uint16
	inBatch bool
	inQuery bool // on behalf of a query in the background
	// stillFound tells such a query's command whether the record is one for it; nil if any is.
	stillFound func(*record) bool

	setName []byte
	part    part
	key     []byte // nil if none was sent
	hasKey  bool
	filter  []byte // nil if none was sent
	// batchFilter is the filter of the whole batch, for rows without one of their own.
	batchFilter *filter

	// The answer grows in out behind its header at start.
	out                  []byte
	start                int
	ops                  int // in the answer
	generation, voidTime uint32

	reading *record // the record that is being read
	written writing // the record that is being written
	// previous is the version behind which a written one comes, a tombstone among them; nil if there is none.
	previous *record
	bins     []bin  // of the record that is being written
	scratch  []byte // values that operations have computed
}

// run executes the command and appends its answer, a message without proto header, to dst.
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
		// An error carries no bins.
		c.out, c.ops = c.out[:c.start+wire.HeaderSize], 0
	}
	c.appendPart()
	setHeader(c.out[c.start:], code, c.generation, c.voidTime, c.ops)
	out := c.out
	c.release()
	return out
}

// release lets go of what belongs to the request and the record.
func (c *command) release() {
	clear(c.bins)
	c.reading, c.written, c.previous = nil, writing{}, nil
	c.out, c.message, c.bins = nil, nil, c.bins[:0]
	if cap(c.scratch) > retainSize {
		c.scratch = nil
	}
}

// readFields finds the fields that commands have in common.
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

// dispatch chooses by the header's bits (docs/wire-core.md#5.4).
func (c *command) dispatch() protocol.ResultCode {
	if code := c.route(); code != protocol.OK {
		return code
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

// stats returns the counters of the node and kind of command. A command for a
// partition of another node's counts there as passed on, as it would between real nodes.
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

// transactionSteps are the flags of commands that only multi-record transactions make.
const transactionSteps = wire.Info4VerifyRead | wire.Info4RollForward | wire.Info4RollBack

func (c *command) partition() *partition { return &c.ns.partitions[c.pid] }

// lock locks the command's partition and stands for what happens there until it is unlocked. It fails, without
// the lock, if nobody decides about the partition.
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

// appendResult adds a bin to the answer. Results of operations carry the code of
// the request's operation; the rows of a batch of reads always carry that of a read.
func (c *command) appendResult(code protocol.OpCode, b bin) {
	if c.inBatch && c.message.Info2&wire.Info2Write == 0 {
		code = protocol.OpRead
	}
	c.out = appendBin(c.out, code, b.name, b.particle, b.value)
	c.ops++
}

// appendNull adds the result of an operation that has none.
func (c *command) appendNull(op *wire.RawOp) { c.appendResult(op.Code, bin{name: op.Name}) }

// found takes over the record's metadata, which the answer carries from now on, also with an error.
func (c *command) found(r *record) { c.generation, c.voidTime = uint32(r.generation), r.voidTime }

// sameSet reports whether the record is in the set that was sent. Reads and
// deletes need not send one.
func (c *command) sameSet(r *record) bool {
	return len(c.setName) == 0 || r.setName() == string(c.setName)
}

// sameKey reports whether the key that was sent, if any, is the stored one, if any.
func (c *command) sameKey(r *record) bool {
	return !c.hasKey || r.key == nil || string(r.key) == string(c.key)
}
