package devserver

import (
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// appendRow appends a record (docs/wire-core.md#7.4). In a query with an index it includes the
// value by which the record was found. A record without any of the projected bins is left out, but
// counts. appendRow returns false if an operation of the projection fails.
func (s *scan) appendRow(dst []byte, r *record, value int64) ([]byte, bool) {
	start := len(dst)
	dst = s.appendRowHead(dst, r, value)
	count := 0
	switch {
	case s.noBins:
	case len(s.ops) == 0:
		dst, count = append(dst, r.bins...), r.binCount
	default:
		var code protocol.ResultCode
		dst, count, code = s.conn.command.project(dst, s.ns, &s.conn.message, r, s.ops)
		if code != protocol.OK || count == 0 {
			return dst[:start], code == protocol.OK
		}
	}
	setHeader(dst[start:], protocol.OK, uint32(r.generation), r.voidTime, count)
	return dst, true
}

func (s *scan) appendRowHead(dst []byte, r *record, value int64) []byte {
	var h wire.Header
	if s.noBins {
		h.Info1 = wire.Info1NoBins
	}
	if s.index != nil {
		h.FieldCount = 1
	}
	dst = r.appendHead(dst, h, s.ns.name)
	if s.index != nil {
		var packed [8]byte
		binary.LittleEndian.PutUint64(packed[:], uint64(value))
		dst = wire.AppendField(dst, wire.FieldBValues, packed[:])
	}
	return dst
}

// appendHead appends the header of a row and the fields that identify the record. h must count the
// fields that the caller adds afterwards.
func (r *record) appendHead(dst []byte, h wire.Header, namespace string) []byte {
	h.FieldCount += 2
	if r.set != nil {
		h.FieldCount++
	}
	if r.key != nil {
		h.FieldCount++
	}
	dst = h.AppendTo(dst)
	dst = wire.AppendField(dst, wire.FieldNamespace, namespace)
	dst = wire.AppendField(dst, wire.FieldDigest, r.digest[:])
	if r.set != nil {
		dst = wire.AppendField(dst, wire.FieldSet, r.set.name)
	}
	if r.key != nil {
		dst = wire.AppendField(dst, wire.FieldKey, r.key)
	}
	return dst
}

// export returns the record as a client would read it. It returns nil for a nil record.
func (r *record) export(namespace string) *protocol.Record {
	if r == nil {
		return nil
	}
	h := wire.Header{Generation: uint32(r.generation), RecordTTL: r.voidTime, OpCount: uint16(r.binCount)}
	row, _, _ := wire.ParseResponse(append(r.appendHead(nil, h, namespace), r.bins...))
	// Leave out bins that no client can decode. Their bytes were stored without validation.
	row.Bins = slices.DeleteFunc(row.Bins, func(b protocol.Bin) bool { return b.Value.Kind() == protocol.KindInvalid })
	return row.QueryRecord()
}

// project appends the results of a query's operations on a record (docs/wire-core.md#7.2).
func (c *command) project(dst []byte, ns *namespace, m *wire.Message, r *record, ops []wire.RawOp) (out []byte, count int, code protocol.ResultCode) {
	if len(ops) > protocol.MaxOps {
		return dst, 0, protocol.ParameterError
	}
	c.ns, c.message, c.digest, c.pid, c.inBatch = ns, m, r.digest, r.digest.Partition(), false
	c.out, c.start, c.ops, c.scratch = dst, len(dst), 0, c.scratch[:0]
	code = c.readOps(r, ops)
	out, count = c.out, c.ops
	c.release()
	return out, count, code
}
