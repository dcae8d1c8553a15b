package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// BatchFlags are the attributes of a whole batch.
type BatchFlags uint8

// The attributes of a batch.
const (
	BatchInline     BatchFlags = 0x01 // rows of in-memory namespaces are done by the receiving thread
	BatchInlineSSD  BatchFlags = 0x02 // so are rows of namespaces on disk
	BatchRespondAll BatchFlags = 0x04 // go on behind a row that failed
	BatchReportRow  BatchFlags = 0x08 // name the row that ended a batch
)

// The flags in front of a row.
const (
	rowRepeat     = 0x01 // namespace, set, info bits and operations are the previous row's
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
	// Filter is a packed filter expression for the rows that have none of their own.
	Filter []byte
}

// A BatchRow is a command with the index under which its answer comes back.
type BatchRow struct {
	Index   uint32
	Command *Command
}

// AppendMessage appends the batch with its proto header. Rows that say the same
// as the row before them but for the digest are written in their short form. Errors name the
// index of the row that can't be written; dst is unchanged then.
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
	c := row.Command
	if err := c.check(); err != nil {
		return dst, err
	}
	dst = binary.BigEndian.AppendUint32(dst, row.Index)
	digest := c.Key.Digest()
	dst = append(dst, digest[:]...)
	if previous != nil && c.repeats(previous) {
		return append(dst, rowRepeat), nil
	}
	return c.appendRow(dst)
}

// appendRow appends what stands behind a row's digest.
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

// appendRowHeader appends a row's flags and what they announce. A write row always asks
// for an answer to each operation, as the official clients do; one that verifies a version has no time to live.
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

// repeats reports whether the row differs from the one before it in its digest
// alone. Only identical slices count: comparing their contents would cost more than it saves.
func (c *Command) repeats(p *Command) bool {
	return !c.sendsKey() && !p.sendsKey() && c.Transaction == nil && p.Transaction == nil &&
		c.Key.Namespace == p.Key.Namespace && c.Key.Set == p.Key.Set &&
		c.Info1 == p.Info1 && c.Info2 == p.Info2 && c.Info3 == p.Info3 && c.Info4 == p.Info4 &&
		c.Generation == p.Generation && c.RecordTTL == p.RecordTTL && c.code == p.code && c.udf == p.udf &&
		same(c.Filter, p.Filter) && same(c.names, p.names) && same(c.bins, p.bins) && same(c.ops, p.ops)
}

func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// A BatchRequest reads the rows of a batch message one by one, as a server does.
type BatchRequest struct {
	Flags BatchFlags
	Rows  int // rows that the message announces

	r    reader
	row  ParsedRow
	read int
}

// A ParsedRow is one row of a batch as it stands on the wire.
type ParsedRow struct {
	Index  uint32
	Digest protocol.Digest
	Message
	hasKey bool
}

// rowMin is the length of a row in its short form.
const rowMin = 4 + 20 + 1

// ParseBatch reads the start of the data of a batch field. The official Go
// client announces a wrong size for that field when a filter precedes it, so data should be all
// that is left of the message.
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

// Next returns the next row, valid until the next call, or nil at the end. A row in
// its short form comes with all that it repeats.
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
		b.r.fail("first batch row repeats nothing")
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
