package devserver

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// An indexRange is what a query asks of a secondary index (wire-core.md 7.3).
type indexRange struct {
	bin        []byte // empty if an index name or an expression stands for it
	particle   protocol.ParticleType
	begin, end []byte
}

// maxIndexedText is the length above which strings and blobs are not indexed.
const maxIndexedText = 2048

// parseRange reads an index range and holds it against the other fields that
// choose an index.
func parseRange(m *protocol.Message, data []byte) (r indexRange, ok bool) {
	if len(data) < 2 || data[0] != 1 || len(data)-3 < int(data[1]) {
		return r, false
	}
	r.bin = data[2 : 2+int(data[1])]
	rest := data[2+len(r.bin):]
	r.particle = protocol.ParticleType(rest[0])
	if r.begin, rest, ok = cutSized(rest[1:]); ok {
		r.end, _, ok = cutSized(rest)
	}
	_, hasName := m.Field(protocol.FieldIndexName)
	_, hasExp := m.Field(protocol.FieldIndexExp)
	_, hasContext := m.Field(protocol.FieldIndexContext)
	switch {
	case !ok, (hasName || hasExp) == (len(r.bin) > 0), len(r.bin) > protocol.MaxBinNameLen:
		return r, false
	case hasName && hasExp, hasContext && (hasName || hasExp):
		return r, false
	}
	return r, r.valid()
}

// cutSized cuts a part with its size in front off data.
func cutSized(data []byte) (part, rest []byte, ok bool) {
	if len(data) < 4 {
		return nil, nil, false
	}
	size := int64(binary.BigEndian.Uint32(data))
	if size > int64(len(data)-4) {
		return nil, nil, false
	}
	return data[4 : 4+size], data[4+size:], true
}

// valid checks the ends of the range for their type.
func (r *indexRange) valid() bool {
	switch r.particle {
	case protocol.ParticleInteger:
		return len(r.begin) == 8 && len(r.end) == 8 &&
			int64(binary.BigEndian.Uint64(r.begin)) <= int64(binary.BigEndian.Uint64(r.end))
	case protocol.ParticleString, protocol.ParticleBlob:
		return len(r.begin) < maxIndexedText
	case protocol.ParticleGeoJSON:
		_, ok := parseGeoJSON(r.begin)
		return ok
	}
	return false
}
