package devserver

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// appendRow appends a record (wire-core.md 7.4), in a query that uses an index with the value
// by which it was found. A record that has none of the wanted bins is left out, though it counts. It
// reports false if an operation of the projection fails.
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
	h := protocol.Header{FieldCount: 2}
	if r.set != nil {
		h.FieldCount++
	}
	if r.key != nil {
		h.FieldCount++
	}
	if s.index != nil {
		h.FieldCount++
	}
	if s.noBins {
		h.Info1 = protocol.Info1NoBins
	}
	dst = h.AppendTo(dst)
	dst = protocol.AppendField(dst, protocol.FieldNamespace, s.ns.name)
	dst = protocol.AppendField(dst, protocol.FieldDigest, r.digest[:])
	if r.set != nil {
		dst = protocol.AppendField(dst, protocol.FieldSet, r.set.name)
	}
	if r.key != nil {
		dst = protocol.AppendField(dst, protocol.FieldKey, r.key)
	}
	if s.index != nil {
		var packed [8]byte
		binary.LittleEndian.PutUint64(packed[:], uint64(value))
		dst = protocol.AppendField(dst, protocol.FieldBValues, packed[:])
	}
	return dst
}

// project appends the results of a query's operations on a record (wire-core.md 7.2).
func (c *command) project(dst []byte, ns *namespace, m *protocol.Message, r *record, ops []protocol.RawOp) (out []byte, count int, code protocol.ResultCode) {
	if len(ops) > protocol.MaxOps {
		return dst, 0, protocol.ParameterError
	}
	c.ns, c.message, c.digest, c.pid, c.inBatch = ns, m, r.digest, r.digest.Partition(), false
	c.out, c.ops, c.scratch = dst, 0, c.scratch[:0]
	code = c.readOps(r, ops)
	out, count = c.out, c.ops
	c.release()
	return out, count, code
}
