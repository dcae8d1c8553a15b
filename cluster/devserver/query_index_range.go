package devserver

import (
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An indexChoice is how a query selects its index: by name or by target.
type indexChoice struct {
	name   string
	target indexTarget
}

const (
	// maxQueryText is the length at which strings and blobs are too long for a range.
	maxQueryText = 2048
	// maxQueryGeometry is the same limit for GeoJSON.
	maxQueryGeometry = 1 << 20
)

// parseRange reads an index range and the other fields that select an index
// (docs/wire-core.md#7.3).
func parseRange(m *wire.Message, data []byte) (choice indexChoice, r *secondary.Range, ok bool) {
	name, hasName := m.Field(wire.FieldIndexName)
	packed, hasExp := m.Field(wire.FieldIndexExp)
	context, hasContext := m.Field(wire.FieldIndexContext)
	form, hasForm := m.Field(wire.FieldIndexType)
	if len(data) < 2 || data[0] != 1 || len(data)-3 < int(data[1]) {
		return choice, nil, false
	}
	bin := data[2 : 2+int(data[1])]
	rest := data[2+len(bin):]
	switch {
	case (hasName || hasExp) == (len(bin) > 0), len(bin) > protocol.MaxBinNameLen:
		return choice, nil, false
	case hasName && hasExp, hasContext && (hasName || hasExp):
		return choice, nil, false
	case hasForm && len(form) == 0, hasExp && len(packed) == 0, hasContext && len(context) == 0:
		return choice, nil, false
	}
	choice.name = string(name)
	choice.target = indexTarget{bin: string(bin), context: string(context), expression: string(packed)}
	choice.target.particle = protocol.ParticleType(rest[0])
	if hasForm {
		choice.target.form = secondary.Form(form[0])
	}
	r, ok = parseEnds(choice.target.particle, rest[1:])
	return choice, r, ok
}

// parseEnds reads the two ends of a range. Except for integers, the server uses only the first one.
func parseEnds(t protocol.ParticleType, data []byte) (*secondary.Range, bool) {
	first, rest, ok := cutSized(data)
	if !ok {
		return nil, false
	}
	switch t {
	case protocol.ParticleInteger:
		last, _, ok := cutSized(rest)
		if !ok || len(first) != 8 || len(last) != 8 {
			return nil, false
		}
		from, to := int64(binary.BigEndian.Uint64(first)), int64(binary.BigEndian.Uint64(last))
		return secondary.Integers(from, to), from <= to
	case protocol.ParticleString, protocol.ParticleBlob:
		return secondary.Equal(t, first), len(first) < maxQueryText
	case protocol.ParticleGeoJSON:
		if len(first) == 0 || len(first) >= maxQueryGeometry {
			return nil, false
		}
		return secondary.Geometry(slices.Clone(first))
	}
	return nil, false
}

// cutSized splits a part with a size prefix from data.
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

// choose finds the index of a query with a range and sets the query's index and index name.
func (q *query) choose(choice indexChoice) protocol.ResultCode {
	indexes := &q.ns.server.indexes
	d, ok := indexes.named(q.ns.name, choice.name)
	if choice.name == "" {
		setName := q.setName
		if q.set == nil {
			setName = ""
		}
		d, ok = indexes.over(q.ns.name, setName, choice.target)
	}
	switch {
	case !ok || d.live == nil:
		return protocol.IndexNotFound
	case !d.live.ready.Load():
		return protocol.IndexNotReadable
	}
	q.index, q.indexName = d.live, d.name
	return protocol.OK
}
