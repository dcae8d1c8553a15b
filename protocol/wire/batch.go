package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// BatchFlags are the options of a batch: BatchInline, BatchInlineSSD, BatchRespondAll and
// BatchReportRow, or-ed together.
type BatchFlags uint8

// The options of a batch.
const (
	BatchInline     BatchFlags = 0x01 // the receiving thread processes rows of in-memory namespaces
	BatchInlineSSD  BatchFlags = 0x02 // and those of namespaces on disk
	BatchRespondAll BatchFlags = 0x04 // continue after a row that failed
	BatchReportRow  BatchFlags = 0x08 // return the index of the row that ended the batch
)

// The flags at the start of a row.
const (
	rowRepeat     = 0x01 // namespace, set, info bits and operations are those of the previous row
	rowInfo       = 0x02 // info2 and info3 follow info1
	rowGeneration = 0x04
	rowTTL        = 0x08
	rowInfo4      = 0x10
)

// A Batch is a message of many single-record commands for one node.
type Batch struct {
	Flags BatchFlags
	// Info1 may have Info1CompressResponses.
	Info1 Info1
	// Filter is a packed filter expression for all rows without their own filter.
	Filter []byte
}

// A BatchRow is a command in a batch. The response to it has the same index.
type BatchRow struct {
	Index   uint32
	Command *Command
	// Key replaces the key of the command, so that rows can share a command; nil does not. It must
	// have the same namespace and set, and the command must not have SendKey.
	Key *protocol.Key
}

// AppendMessage appends the batch with its proto header. A row that differs from the previous one
// only in its digest is written in a short form. timeBudget is that of [Command.AppendMessage]. If
// a row can't be encoded the error contains its index, and dst is returned unchanged.
func (b *Batch) AppendMessage(dst []byte, rows []BatchRow, timeBudget uint32) ([]byte, error) {
	start := len(dst)
	if len(rows) == 0 {
		return dst, fmt.Errorf("%w: a batch without rows", protocol.ErrInvalidCommand)
	}
	h := Header{Info1: Info1Batch | b.Info1, TransactionTTL: timeBudget, FieldCount: 1}
	if b.Filter != nil {
		h.FieldCount++
	}
	buf := h.AppendTo(beginProto(dst))
	if b.Filter != nil {
		buf = AppendField(buf, FieldFilterExp, b.Filter)
	}
	field := len(buf)
	buf = appendFieldHeader(buf, FieldBatch, 0)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(rows)))
	buf = append(buf, byte(b.Flags))
	var previous *Command
	for i := range rows {
		var err error
		if buf, err = rows[i].appendTo(buf, previous); err != nil {
			return buf[:start], fmt.Errorf("batch row %d: %w", rows[i].Index, err)
		}
		previous = rows[i].Command
	}
	if size := len(buf) - field - 4; size <= protocol.MaxProtoSize {
		binary.BigEndian.PutUint32(buf[field:], uint32(size))
	}
	return finishProto(buf, start, ProtoMessage)
}

func (row *BatchRow) appendTo(dst []byte, previous *Command) ([]byte, error) {
	c, key := row.Command, row.Key
	if c != previous {
		if err := c.check(); err != nil {
			return dst, err
		}
	}
	if key == nil {
		key = &c.Key
	}
	dst = binary.BigEndian.AppendUint32(dst, row.Index)
	digest := key.Digest()
	dst = append(dst, digest[:]...)
	if previous != nil && c.repeats(previous) {
		return append(dst, rowRepeat), nil
	}
	return c.appendRow(dst)
}

// appendRow appends the part of a row that follows the digest.
func (c *Command) appendRow(dst []byte) ([]byte, error) {
	dst = c.appendRowHeader(dst)
	fields := uint16(2)
	if c.sendsKey() {
		fields++
	}
	if c.Filter != nil {
		fields++
	}
	if c.udf != nil {
		fields += udfFields
	}
	if c.Transaction != nil {
		fields += c.Transaction.count()
	}
	dst = binary.BigEndian.AppendUint16(dst, fields)
	dst = binary.BigEndian.AppendUint16(dst, uint16(c.opCount()))
	dst = AppendField(dst, FieldNamespace, c.Key.Namespace)
	dst = AppendField(dst, FieldSet, c.Key.Set)
	dst, _ = c.Transaction.AppendTo(dst)
	if c.Filter != nil {
		dst = AppendField(dst, FieldFilterExp, c.Filter)
	}
	if c.sendsKey() {
		dst = appendKeyField(dst, c.Key.UserKey())
	}
	return c.appendBody(dst)
}

// appendRowHeader appends the flags of a row and the values that they announce. A row that writes
// always asks for a response to each operation, as in the official clients. A row that verifies a
// version has no time to live.
func (c *Command) appendRowHeader(dst []byte) []byte {
	flags, info2 := byte(rowInfo|rowTTL), c.Info2
	if c.IsWrite() {
		flags |= rowGeneration
		if c.Info1&Info1GetAll == 0 && c.udf == nil {
			info2 |= Info2RespondAllOps
		}
	}
	if c.Info4 != 0 || c.Transaction != nil {
		flags |= rowInfo4
	}
	if c.Info4 == Info4VerifyRead {
		flags &^= rowTTL
	}
	dst = append(dst, flags, byte(c.Info1), byte(info2), byte(c.Info3))
	if flags&rowInfo4 != 0 {
		dst = append(dst, byte(c.Info4))
	}
	if flags&rowGeneration != 0 {
		dst = binary.BigEndian.AppendUint16(dst, uint16(c.Generation))
	}
	if flags&rowTTL != 0 {
		dst = binary.BigEndian.AppendUint32(dst, c.RecordTTL)
	}
	return dst
}

// repeats reports whether a row differs from the previous one only in its digest. Slices must be
// identical: comparing their elements would cost more than it saves.
func (c *Command) repeats(p *Command) bool {
	if c == p {
		return !c.sendsKey() && c.Transaction == nil
	}
	return !c.sendsKey() && !p.sendsKey() && c.Transaction == nil && p.Transaction == nil &&
		c.Key.Namespace == p.Key.Namespace && c.Key.Set == p.Key.Set &&
		c.Info1 == p.Info1 && c.Info2 == p.Info2 && c.Info3 == p.Info3 && c.Info4 == p.Info4 &&
		c.Generation == p.Generation && c.RecordTTL == p.RecordTTL && c.code == p.code && c.udf == p.udf && c.encoded == p.encoded &&
		same(c.Filter, p.Filter) && same(c.names, p.names) && same(c.bins, p.bins) && same(c.ops, p.ops)
}

func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// A BatchRequest parses the rows of a batch one by one, as a server does.
type BatchRequest struct {
	Flags BatchFlags
	Rows  int // rows that the message announces

	r    reader
	row  ParsedRow
	read int
}

// A ParsedRow is one row of a batch.
type ParsedRow struct {
	Index  uint32
	Digest protocol.Digest
	Message
	hasKey bool
}

// rowMin is the size of a row in the short form: index, digest and flags.
const rowMin = 4 + 20 + 1

// ParseBatch parses the start of the data of a batch field. data should be all bytes to the end of
// the message: the official Go client sends a wrong size for the field if it follows a filter.
// Errors wrap [protocol.ErrMalformed].
func ParseBatch(data []byte) (*BatchRequest, error) {
	b := &BatchRequest{r: reader{buf: data}}
	rows := b.r.u32("number of batch rows")
	b.Flags = BatchFlags(b.r.u8("batch flags"))
	if b.r.err != nil {
		return nil, b.r.err
	}
	if rows == 0 || int64(rows) > int64(len(b.r.buf)/rowMin) {
		return nil, fmt.Errorf("%w: %d batch rows in %d bytes", protocol.ErrMalformed, rows, len(b.r.buf))
	}
	b.Rows = int(rows)
	return b, nil
}

// Next returns the next row, or nil at the end. The row is valid until the next call. A row in the
// short form has the contents of the previous row. Errors wrap [protocol.ErrMalformed].
func (b *BatchRequest) Next() (*ParsedRow, error) {
	if b.read == b.Rows || b.r.err != nil {
		return nil, b.r.err
	}
	row := &b.row
	row.Index = b.r.u32("batch row")
	copy(row.Digest[:], b.r.take(len(row.Digest), "digest of a batch row"))
	flags := b.r.u8("flags of a batch row")
	switch {
	case b.r.err != nil:
	case flags&rowRepeat == 0:
		b.parseRow(row, flags)
	case b.read == 0:
		b.r.fail("first batch row repeats a previous row")
	case row.hasKey:
		b.r.fail("batch row repeats a row with a user key")
	}
	b.read++
	if b.r.err != nil {
		return nil, b.r.err
	}
	return row, nil
}

func (b *BatchRequest) parseRow(row *ParsedRow, flags byte) {
	r := &b.r
	h := Header{Info1: Info1(r.u8("info1 of a batch row"))}
	if flags&rowInfo != 0 {
		h.Info2, h.Info3 = Info2(r.u8("info2 of a batch row")), Info3(r.u8("info3 of a batch row"))
	}
	if flags&rowInfo4 != 0 {
		h.Info4 = Info4(r.u8("info4 of a batch row"))
	}
	if flags&rowGeneration != 0 {
		h.Generation = uint32(r.u16("generation of a batch row"))
	}
	if flags&rowTTL != 0 {
		h.RecordTTL = r.u32("time to live of a batch row")
	}
	h.FieldCount, h.OpCount = max(r.u16("fields of a batch row"), 1), r.u16("operations of a batch row")
	row.Header = h
	row.parts(r, "fields of a batch row", "operations of a batch row")
	_, row.hasKey = row.Field(FieldKey)
}
