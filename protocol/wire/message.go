package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// HeaderSize is the size of a message header in bytes.
const HeaderSize = 22

// A Header is the start of every message, request or response:
//
//	off size
//	  0    1  header size, 22
//	  1    1  info1
//	  2    1  info2
//	  3    1  info3
//	  4    1  info4
//	  5    1  result code
//	  6    4  generation
//	 10    4  record TTL      request: time to live; response: void time
//	 14    4  transaction TTL request: time budget in ms; response: index of the batch row
//	 18    2  number of fields
//	 20    2  number of operations
type Header struct {
	Info1          Info1
	Info2          Info2
	Info3          Info3
	Info4          Info4
	ResultCode     protocol.ResultCode // 0 to 255
	Generation     uint32
	RecordTTL      uint32
	TransactionTTL uint32
	FieldCount     uint16
	OpCount        uint16
}

// AppendTo appends the 22 bytes of the header.
func (h *Header) AppendTo(dst []byte) []byte {
	dst = append(dst, HeaderSize, byte(h.Info1), byte(h.Info2), byte(h.Info3), byte(h.Info4), byte(h.ResultCode))
	dst = binary.BigEndian.AppendUint32(dst, h.Generation)
	dst = binary.BigEndian.AppendUint32(dst, h.RecordTTL)
	dst = binary.BigEndian.AppendUint32(dst, h.TransactionTTL)
	dst = binary.BigEndian.AppendUint16(dst, h.FieldCount)
	return binary.BigEndian.AppendUint16(dst, h.OpCount)
}

func (r *reader) header() (h Header) {
	b := r.take(HeaderSize, "message header")
	if b == nil {
		return Header{}
	}
	return Header{
		Info1: Info1(b[1]), Info2: Info2(b[2]), Info3: Info3(b[3]), Info4: Info4(b[4]),
		ResultCode:     protocol.ResultCode(b[5]),
		Generation:     binary.BigEndian.Uint32(b[6:]),
		RecordTTL:      binary.BigEndian.Uint32(b[10:]),
		TransactionTTL: binary.BigEndian.Uint32(b[14:]),
		FieldCount:     binary.BigEndian.Uint16(b[18:]),
		OpCount:        binary.BigEndian.Uint16(b[20:]),
	}
}

// A Field is a part of a message: a 4-byte size, a type byte, then its data.
type Field struct {
	Type FieldType
	Data []byte
}

func appendFieldHeader(dst []byte, t FieldType, size int) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(size)+1)
	return append(dst, byte(t))
}

// AppendField appends one field.
func AppendField[T string | []byte](dst []byte, t FieldType, data T) []byte {
	return append(appendFieldHeader(dst, t, len(data)), data...)
}

// field parses a field. A valid one is parsed at once.
func (r *reader) field() Field {
	if b := r.buf; r.err == nil && len(b) >= fieldMin {
		if size := uint64(binary.BigEndian.Uint32(b)) + 4; size >= fieldMin && size <= uint64(len(b)) {
			r.buf = b[size:]
			return Field{FieldType(b[4]), b[fieldMin:size:size]}
		}
	}
	return r.malformedField()
}

// malformedField is field for one that is malformed.
func (r *reader) malformedField() Field {
	size := r.u32("field size")
	if r.err == nil && size == 0 {
		r.fail("field without a type")
	}
	b := r.take(int(size), "field")
	if b == nil {
		return Field{}
	}
	return Field{FieldType(b[0]), b[1:]}
}

// A RawOp is an operation of a request, or a bin of a response, in its encoded form: a 4-byte size,
// op code, particle type, flags, length of the name, name, value.
type RawOp struct {
	Code protocol.OpCode
	Type protocol.ParticleType
	Name []byte
	Data []byte
}

const (
	rawOpMin   = 8    // size of an operation without name and value
	fieldMin   = 5    // size of a field without data
	opHasLUT   = 0x01 // flag: a last-update time follows the name
	opLUTBytes = 8    // size of the last-update time
)

// AppendRawOp appends one operation of a request, or bin of a response.
func AppendRawOp[T string | []byte](dst []byte, code protocol.OpCode, t protocol.ParticleType, name string, data T) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(4+len(name)+len(data)))
	dst = append(dst, byte(code), byte(t), 0, byte(len(name)))
	dst = append(dst, name...)
	return append(dst, data...)
}

// op parses an operation. The usual form, without a last-update time, is parsed at once.
func (r *reader) op() RawOp {
	b := r.buf
	if r.err == nil && len(b) >= rawOpMin && b[6]&opHasLUT == 0 {
		size, name := uint64(binary.BigEndian.Uint32(b))+4, rawOpMin+uint64(b[7])
		if name <= size && size <= uint64(len(b)) {
			r.buf = b[size:]
			return RawOp{
				Code: protocol.OpCode(b[4]), Type: protocol.ParticleType(b[5]),
				Name: b[rawOpMin:name:name], Data: b[name:size:size],
			}
		}
	}
	return r.longOp()
}

// atNil reports whether the next operation has no value.
func (r *reader) atNil() bool {
	return len(r.buf) >= rawOpMin && protocol.ParticleType(r.buf[5]) == protocol.ParticleNull
}

// longOp is op for an operation with a last-update time, and for a malformed one.
func (r *reader) longOp() RawOp {
	size := r.u32("operation size")
	op := reader{buf: r.take(int(size), "operation"), err: r.err}
	o := RawOp{Code: protocol.OpCode(op.u8("op code")), Type: protocol.ParticleType(op.u8("particle type"))}
	flags, nameLen := op.u8("operation flags"), op.u8("length of a bin name")
	o.Name = op.take(int(nameLen), "bin name")
	if flags&opHasLUT != 0 {
		op.take(opLUTBytes, "last-update time")
	}
	if op.err != nil {
		r.fail("operation")
		return RawOp{}
	}
	o.Data = op.buf
	return o
}

// A Message is the parts of a message. Fields and operations of a message that was parsed share the
// memory of the body.
type Message struct {
	Header
	Fields []Field
	Ops    []RawOp
}

// Field returns the data of the first field with the type, and whether there is one.
func (m *Message) Field(t FieldType) ([]byte, bool) {
	for i := range m.Fields {
		if m.Fields[i].Type == t {
			return m.Fields[i].Data, true
		}
	}
	return nil, false
}

// ParseMessage parses a body with exactly one message. Errors wrap [protocol.ErrMalformed].
func ParseMessage(body []byte) (*Message, error) {
	m := new(Message)
	rest, err := m.Parse(body)
	if err == nil && len(rest) != 0 {
		err = fmt.Errorf("%w: %d bytes after the end of a message", protocol.ErrMalformed, len(rest))
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Parse parses the message at the start of body and returns the bytes after it. It reuses the
// slices of m. Errors wrap [protocol.ErrMalformed].
func (m *Message) Parse(body []byte) (rest []byte, err error) {
	r := reader{buf: body}
	m.Header = r.header()
	m.parts(&r, "fields", "operations")
	return r.buf, r.err
}

// parts parses the fields and operations, whose numbers are in the header.
func (m *Message) parts(r *reader, fields, ops string) {
	n := r.count(int(m.FieldCount), fieldMin, fields)
	m.Fields = emptied(m.Fields, n)
	for range n {
		m.Fields = append(m.Fields, r.field())
	}
	n = r.count(int(m.OpCount), rawOpMin, ops)
	m.Ops = emptied(m.Ops, n)
	for range n {
		m.Ops = append(m.Ops, r.op())
	}
}

// emptied returns an empty slice with a capacity of at least n: the old one if it is large enough.
func emptied[T any](old []T, n int) []T {
	const least = 8
	if n > cap(old) {
		return make([]T, 0, max(n, least))
	}
	return old[:0]
}

// AppendTo appends the message without its proto header. The numbers of fields and operations are
// those of the slices, not those of the header.
func (m *Message) AppendTo(dst []byte) []byte {
	h := m.Header
	h.FieldCount, h.OpCount = uint16(len(m.Fields)), uint16(len(m.Ops))
	dst = h.AppendTo(dst)
	for _, f := range m.Fields {
		dst = AppendField(dst, f.Type, f.Data)
	}
	for _, o := range m.Ops {
		dst = AppendRawOp(dst, o.Code, o.Type, string(o.Name), o.Data)
	}
	return dst
}
