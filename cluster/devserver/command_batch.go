package devserver

import (
	"encoding/binary"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// batchBlock is the size of the rows in one message, in bytes: the server's blocks are 128 KiB
	// and start with a 28-byte header of its own.
	batchBlock = 128<<10 - 28
	// batchTimeout is how long a client may leave rows unread if the batch has no time budget.
	batchTimeout = 30 * time.Second
)

// A batch is the state of an answer to a batch (docs/wire-core.md#6.2 and 6.3).
type batch struct {
	conn   *conn
	flags  wire.BatchFlags
	limit  time.Duration
	budget uint32              // time budget from the client in milliseconds, 0 for the server's own limit
	result protocol.ResultCode // of the whole batch; if set, unsent rows are dropped
	start  int                 // of the block in conn.out; its proto header is not written yet
	failed protocol.ResultCode // result of a row in the block that ends the batch, OK if none does
}

// handleBatch executes the rows of a batch in order.
func (c *conn) handleBatch(body []byte) error {
	c.node.counters.batchesBegun.Add(1)
	if code := c.identity.authenticated(); code != protocol.OK {
		return c.refuseBatch(code)
	}
	rows, filter, ok := findBatch(body)
	if !ok {
		return c.refuseBatch(protocol.ParameterError)
	}
	announced := clampRows(rows)
	request, err := wire.ParseBatch(rows)
	if err != nil {
		return c.refuseBatch(protocol.ParameterError)
	}
	f, code := c.node.server.parseFilter(filter)
	if code != protocol.OK {
		return c.refuseBatch(code)
	}
	c.takeOutBuffer()
	c.command.batchFilter = f
	defer func() { c.command.batchFilter = nil }()
	b := &c.rows
	*b = batch{conn: c, flags: request.Flags, limit: batchTimeout}
	if b.budget = binary.BigEndian.Uint32(body[14:]); b.budget != 0 {
		b.limit = time.Duration(b.budget) * time.Millisecond
	}
	return b.run(request, announced)
}

// minRow is the length of the shortest row: index, digest and flags.
const minRow = 4 + 20 + 1

// clampRows reduces the announced number of rows to what the body can hold, and returns the number
// that was announced. As on a real server, the rows that are present are executed before the batch
// fails because of the missing ones.
func clampRows(rows []byte) (announced int) {
	const header = 4 + 1
	if len(rows) < header {
		return 0
	}
	announced = int(binary.BigEndian.Uint32(rows))
	if most := (len(rows) - header) / minRow; announced > most {
		binary.BigEndian.PutUint32(rows, uint32(most))
	}
	return announced
}

// refuseBatch answers the whole batch with a result code.
func (c *conn) refuseBatch(code protocol.ResultCode) error {
	c.logRefusal("batch", code)
	c.node.counters.batchesFailed.Add(1)
	c.out = appendBare(c.out, wire.Header{Info3: wire.Info3Last, ResultCode: code})
	return nil
}

// findBatch returns the rows and the packed filter for all rows. The rows extend to the end of the
// body, because the field size that clients send is not always right.
func findBatch(body []byte) (rows, filter []byte, ok bool) {
	count := int(binary.BigEndian.Uint16(body[18:]))
	rest := body[wire.HeaderSize:]
	for range count {
		if len(rest) < 5 {
			return nil, nil, false
		}
		size := int64(binary.BigEndian.Uint32(rest))
		t, data := wire.FieldType(rest[4]), rest[5:]
		switch {
		case t == wire.FieldBatch || t == wire.FieldBatchWithSet:
			rows, ok = data, true
		case t == wire.FieldFilterExp && size >= 1 && size-1 <= int64(len(data)):
			filter = data[:size-1]
		}
		if size < 1 || size-1 > int64(len(data)) {
			break
		}
		rest = data[size-1:]
	}
	return rows, filter, ok
}

func (b *batch) run(request *wire.BatchRequest, announced int) error {
	c := b.conn
	b.begin()
	done := 0
	for {
		row, err := request.Next()
		if row == nil || err != nil {
			break
		}
		ns := b.namespace(row)
		if ns == nil {
			break
		}
		row.Info1 &^= wire.Info1CompressResponses | wire.Info1XDR
		row.TransactionTTL = b.budget
		if err := b.row(ns, row); err != nil {
			return err
		}
		done++
	}
	if done < announced {
		b.result = protocol.ParameterError
	}
	return b.end(c)
}

// namespace returns the namespace of a row. Its field must be the first one.
func (b *batch) namespace(row *wire.ParsedRow) *namespace {
	if len(row.Fields) == 0 {
		return nil
	}
	return b.conn.node.server.namespace(row.Fields[0].Data)
}

func (b *batch) begin() {
	c := b.conn
	b.start, b.failed = len(c.out), protocol.OK
	c.out = append(c.out, make([]byte, wire.ProtoHeaderSize)...)
}

// row executes one row. If the answer does not fit into the current block, it starts a new one.
func (b *batch) row(ns *namespace, row *wire.ParsedRow) error {
	c := b.conn
	at := len(c.out)
	code, err := b.execute(ns, row)
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint32(c.out[at+offRowIndex:], row.Index)
	first := b.start + wire.ProtoHeaderSize
	if at > first && len(c.out)-first > batchBlock {
		if err := b.send(at); err != nil {
			return err
		}
	}
	if b.endsBatch(code) {
		if b.flags&wire.BatchReportRow != 0 {
			b.failed = code
		} else {
			b.result = code
		}
	}
	return nil
}

// execute appends the answer of one row and returns its result code.
func (b *batch) execute(ns *namespace, row *wire.ParsedRow) (code protocol.ResultCode, err error) {
	c := b.conn
	at := len(c.out)
	if c.fault.on {
		if code, err = c.interceptRow(row); err != nil {
			return code, err
		}
	}
	if code != protocol.OK {
		c.out = (&wire.Header{ResultCode: code}).AppendTo(c.out)
	} else {
		c.out = c.command.run(c.out, ns, &row.Message, row.Digest, true)
	}
	return protocol.ResultCode(c.out[at+offResultCode]), nil
}

// endsBatch reports whether a row with this code ends the answer. Later rows are executed
// nevertheless.
func (b *batch) endsBatch(code protocol.ResultCode) bool {
	return code != protocol.OK && code != protocol.KeyNotFound && code != protocol.FilteredOut &&
		b.flags&wire.BatchRespondAll == 0
}

// send completes the block, which ends at end, and sends it. Bytes after end move to a new block.
func (b *batch) send(end int) error {
	c := b.conn
	if b.result != protocol.OK || end == b.start+wire.ProtoHeaderSize {
		c.out = append(c.out[:b.start+wire.ProtoHeaderSize], c.out[end:]...)
		return nil
	}
	b.result = b.failed
	b.failed = protocol.OK
	carry := append([]byte(nil), c.out[end:]...)
	c.out = c.out[:end]
	closeProto(c.out, b.start)
	if len(c.out) >= flushSize {
		if err := c.flushWithin(b.limit); err != nil {
			return err
		}
	}
	b.begin()
	c.out = append(c.out, carry...)
	return nil
}

// end sends the last block and then the result of the batch in its own message.
func (b *batch) end(c *conn) error {
	if err := b.send(len(c.out)); err != nil {
		return err
	}
	c.out = c.out[:b.start]
	if b.result != protocol.OK {
		c.node.counters.batchesFailed.Add(1)
	}
	c.out = appendBare(c.out, wire.Header{Info3: wire.Info3Last, ResultCode: b.result})
	return nil
}
