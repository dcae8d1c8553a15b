package replay

import (
	"bytes"
	"encoding/binary"
	"regexp"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// secretFields are the fields of administration messages that are never recorded.
var secretFields = map[wire.AdminFieldID]bool{
	wire.AdminFieldPassword: true, wire.AdminFieldOldPassword: true, wire.AdminFieldCredential: true,
	wire.AdminFieldClearPassword: true, wire.AdminFieldSessionToken: true,
}

// hideSecrets returns the frame without passwords and session tokens. A message that can't be
// parsed loses everything after its header.
func hideSecrets(f frame, answer bool) frame {
	if f.proto() != wire.ProtoAdmin {
		return f
	}
	f = bytes.Clone(f)
	rest := f.body()
	if !answer {
		r, err := wire.ParseAdminRequest(rest)
		if err != nil {
			clear(rest[min(wire.AdminHeaderSize, len(rest)):])
		}
		clearSecrets(r.Fields)
		return f
	}
	for len(rest) > 0 {
		e, next, err := wire.ParseAdminEntry(rest)
		if err != nil {
			clear(rest[min(wire.AdminHeaderSize, len(rest)):])
			break
		}
		clearSecrets(e.Fields)
		rest = next
	}
	return f
}

func clearSecrets(fields []wire.AdminField) {
	for _, f := range fields {
		if secretFields[f.ID] {
			clear(f.Data)
		}
	}
}

// redact returns the frame without secrets, values of bins, user keys and digests. Compressed
// messages are decompressed.
func redact(f frame, answer bool) frame {
	f = hideSecrets(f, answer)
	f = f.plain()
	switch f.proto() {
	case wire.ProtoMessage:
		f = bytes.Clone(f)
		redactBody(f, answer)
	case wire.ProtoCompressed: // it can't be decompressed
		f = bytes.Clone(f)
		clear(f.body())
	}
	return f
}

// redactBody redacts the messages of a frame in place.
func redactBody(f frame, answer bool) {
	body := f.body()
	if len(body) < wire.HeaderSize {
		clear(body)
		return
	}
	if !answer && wire.Info1(body[1])&wire.Info1Batch != 0 {
		redactBatch(f)
		return
	}
	for len(body) > 0 {
		m := new(wire.Message)
		rest, err := m.Parse(body)
		if err != nil {
			clear(body[min(wire.HeaderSize, len(body)):])
			return
		}
		redactMessage(m, answer)
		body = rest
	}
}

// redactBatch redacts the rows of a batch, and its filter.
func redactBatch(f frame) {
	rows := batchRows(f)
	if rows == nil {
		clear(f.body()[wire.HeaderSize:])
		return
	}
	head := f.body()[wire.HeaderSize : len(f.body())-len(rows)]
	for len(head) >= 5 {
		size := min(int(binary.BigEndian.Uint32(head)), len(head)-4)
		if wire.FieldType(head[4]) == wire.FieldFilterExp && size >= 1 {
			redactPacked(head[5:4+size], true)
		}
		head = head[4+size:]
	}
	b, err := wire.ParseBatch(rows)
	for err == nil {
		var row *wire.ParsedRow
		if row, err = b.Next(); row == nil || err != nil {
			break
		}
		redactMessage(&row.Message, false)
		// The row is found by its index and digest, because they are copies.
		id := append(binary.BigEndian.AppendUint32(nil, row.Index), row.Digest[:]...)
		at := bytes.Index(rows, id)
		if at < 0 {
			break
		}
		redactDigest(rows[at+4 : at+len(id)])
	}
	if err != nil {
		clear(rows)
	}
}

// redactMessage redacts the fields and operations of a message in place.
func redactMessage(m *wire.Message, answer bool) {
	for _, f := range m.Fields {
		redactField(f)
	}
	for i := range m.Ops {
		if op := &m.Ops[i]; !answer && packedOperations[op.Code] {
			redactPacked(op.Data, true)
		} else {
			redactParticle(op.Type, op.Data)
		}
	}
}

// packedOperations are the operations whose data is a packed list of a code and arguments.
var packedOperations = map[protocol.OpCode]bool{
	protocol.OpCDTRead: true, protocol.OpCDTModify: true, protocol.OpExpRead: true, protocol.OpExpModify: true,
	protocol.OpBitsRead: true, protocol.OpBitsModify: true, protocol.OpHLLRead: true, protocol.OpHLLModify: true,
}

func redactField(f wire.Field) {
	switch f.Type {
	case wire.FieldKey:
		if len(f.Data) > 0 {
			redactParticle(protocol.ParticleType(f.Data[0]), f.Data[1:])
		}
	case wire.FieldDigest:
		redactDigest(f.Data)
	case wire.FieldDigests:
		for rest := f.Data; len(rest) >= len(protocol.Digest{}); rest = rest[len(protocol.Digest{}):] {
			redactDigest(rest[:len(protocol.Digest{})])
		}
	case wire.FieldBValues, wire.FieldErrorDetails:
		clear(f.Data)
	case wire.FieldFilterExp, wire.FieldIndexExp, wire.FieldIndexContext:
		redactPacked(f.Data, true)
	case wire.FieldUDFArgs:
		redactPacked(f.Data, false)
	case wire.FieldIndexRange:
		redactRange(f.Data)
	}
}

// partitionBytes is the length of the start of a digest that selects the partition.
const partitionBytes = 2

// redactDigest keeps the bytes of a digest that select the partition.
func redactDigest(d []byte) {
	if len(d) > partitionBytes {
		clear(d[partitionBytes:])
	}
}

// redactRange replaces the bounds of an index range: after the number of ranges and the name of the
// bin come the particle type and, for each bound, its length and value.
func redactRange(data []byte) {
	if len(data) < 2 || len(data) < 3+int(data[1]) {
		clear(data)
		return
	}
	rest := data[2+int(data[1]):]
	particle, rest := protocol.ParticleType(rest[0]), rest[1:]
	for len(rest) >= 4 {
		size := int(binary.BigEndian.Uint32(rest))
		rest = rest[4:]
		if size > len(rest) {
			clear(rest)
			return
		}
		redactParticle(particle, rest[:size])
		rest = rest[size:]
	}
}

// hllHeader is the length of the start of a HyperLogLog that describes it.
const hllHeader = 3

// redactParticle replaces a value. Its type and length stay.
func redactParticle(t protocol.ParticleType, data []byte) {
	switch t {
	case protocol.ParticleString:
		fillText(data, 0)
	case protocol.ParticleList, protocol.ParticleMap:
		redactPacked(data, false)
	case protocol.ParticleGeoJSON:
		redactGeoJSON(data)
	case protocol.ParticleHLL:
		clear(data[min(hllHeader, len(data)):])
	default:
		clear(data)
	}
}

var (
	geoWord   = regexp.MustCompile(`"[^"]*"`)
	geoNumber = regexp.MustCompile(`[0-9]`)
	geoWords  = map[string]bool{
		`"type"`: true, `"coordinates"`: true, `"Point"`: true, `"Polygon"`: true, `"MultiPolygon"`: true, `"AeroCircle"`: true,
		`"Feature"`: true, `"geometry"`: true, `"properties"`: true,
	}
)

// redactGeoJSON replaces numbers, and strings that are not keywords of GeoJSON. Binary data before
// the text becomes zeros.
func redactGeoJSON(data []byte) {
	text := data
	if start := bytes.IndexByte(data, '{'); start > 0 {
		clear(data[1:start][min(2, start-1):])
		text = data[start:]
	}
	for _, at := range geoWord.FindAllIndex(text, -1) {
		if word := text[at[0]:at[1]]; !geoWords[string(word)] {
			fillText(word[1:len(word)-1], 0)
		}
	}
	for _, at := range geoNumber.FindAllIndex(text, -1) {
		text[at[0]] = '1'
	}
}
