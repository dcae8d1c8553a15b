package secondary

import (
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
)

// A Form selects which values of a bin are indexed. The numbers are those of the index types on the
// wire (docs/wire-cdt-exp.md#9.1).
type Form uint8

// The forms.
const (
	Whole     Form = iota // the bin itself
	Elements              // every element of a list
	MapKeys               // every key of a map
	MapValues             // every value of a map
)

// MaxText is the largest indexed length of a string or blob that is the value of a bin. Elements of
// collections are indexed at any length.
const MaxText = 2048

// A Key is an indexed value, converted so that keys compare as unsigned numbers.
type Key uint64

// signBit converts signed numbers so that they compare as unsigned numbers.
const signBit = 1 << 63

// A Target describes what is indexed.
type Target struct {
	Form Form
	// Type is the type of the values: integer, string, blob or GeoJSON.
	Type protocol.ParticleType
	// Context leads from the bin to the value or collection: a packed array of steps
	// (docs/wire-cdt-exp.md#2.2). It is nil for the bin itself.
	Context []byte
}

// Key returns the key of a number on the wire.
func (t *Target) Key(value int64) Key {
	if t.Type == protocol.ParticleGeoJSON {
		return Key(value)
	}
	return Key(uint64(value) ^ signBit)
}

// Value returns the number on the wire of a key.
func (t *Target) Value(key Key) int64 {
	if t.Type == protocol.ParticleGeoJSON {
		return int64(key)
	}
	return int64(uint64(key) ^ signBit)
}

// AppendKeys appends the keys of a bin in stored form to dst, in order and without duplicates.
// Values of other types have no keys.
func (t *Target) AppendKeys(dst []Key, particle protocol.ParticleType, data []byte) []Key {
	start := len(dst)
	t.each(particle, data, func(v value) bool {
		dst = t.appendKeysOf(dst, v)
		return true
	})
	if len(dst)-start < 2 {
		return dst
	}
	slices.Sort(dst[start:])
	return append(dst[:start], slices.Compact(dst[start:])...)
}

// A value is an indexed value.
type value struct {
	number int64
	data   []byte   // of a string or blob, or the text of a geometry
	cells  []uint64 // of a geometry
}

func (t *Target) appendKeysOf(dst []Key, v value) []Key {
	switch t.Type {
	case protocol.ParticleInteger:
		return append(dst, t.Key(v.number))
	case protocol.ParticleGeoJSON:
		for _, cell := range v.cells {
			dst = append(dst, Key(cell))
		}
		return dst
	}
	return append(dst, t.Key(int64(hash(v.data))))
}

// each calls visit with the values of a bin until visit returns false.
func (t *Target) each(particle protocol.ParticleType, data []byte, visit func(value) bool) {
	if t.Form == Whole && t.Context == nil {
		t.visitParticle(particle, data, visit)
		return
	}
	if particle != protocol.ParticleList && particle != protocol.ParticleMap {
		return
	}
	v, err := collection.Unpack(particle, data)
	if err != nil {
		return
	}
	if t.Context != nil {
		var ok bool
		if v, ok = collection.Follow(t.Context, v); !ok {
			return
		}
	}
	t.visitParts(v, visit)
}

// visitParts visits the values that the context leads to.
func (t *Target) visitParts(v protocol.Value, visit func(value) bool) {
	switch t.Form {
	case Whole:
		if len(bytesOf(v)) <= MaxText || t.Type == protocol.ParticleGeoJSON {
			t.visitPart(v, visit)
		}
	case Elements:
		list, _ := v.List()
		for _, element := range list {
			if !t.visitPart(element, visit) {
				return
			}
		}
	default:
		pairs, _ := v.Map()
		for _, pair := range pairs {
			part := pair.Key
			if t.Form == MapValues {
				part = pair.Value
			}
			if !t.visitPart(part, visit) {
				return
			}
		}
	}
}

// visitPart visits a part of a collection if it has the right type, and reports whether to
// continue.
func (t *Target) visitPart(v protocol.Value, visit func(value) bool) bool {
	if v.Particle() != t.Type {
		return true
	}
	switch t.Type {
	case protocol.ParticleInteger:
		n, ok := v.Int()
		return !ok || visit(value{number: n})
	case protocol.ParticleGeoJSON:
		text := bytesOf(v)
		particle, ok := geo.AppendParticle(nil, text)
		return !ok || visit(value{data: text, cells: cellsOf(particle)})
	}
	return visit(value{data: bytesOf(v)})
}

// bytesOf returns the bytes of a string, blob or GeoJSON text.
func bytesOf(v protocol.Value) []byte {
	if text, ok := v.Text(); ok {
		return []byte(text)
	}
	data, _ := v.Bytes()
	return data
}

// visitParticle visits the value of a bin in stored form.
func (t *Target) visitParticle(particle protocol.ParticleType, data []byte, visit func(value) bool) {
	switch {
	case particle != t.Type:
	case particle == protocol.ParticleInteger:
		visit(value{number: int64(binary.BigEndian.Uint64(data))})
	case particle == protocol.ParticleGeoJSON:
		if at, ok := geo.TextOffset(data); ok {
			visit(value{data: data[at:], cells: cellsOf(data)})
		}
	case len(data) <= MaxText:
		visit(value{data: data})
	}
}

// geoHeader is the size of a stored geometry before its cells: flags and the number of cells
// (docs/wire-cdt-exp.md#6.1).
const geoHeader = 3

func cellsOf(particle []byte) []uint64 {
	cells := make([]uint64, binary.BigEndian.Uint16(particle[1:]))
	for i := range cells {
		cells[i] = binary.BigEndian.Uint64(particle[geoHeader+8*i:])
	}
	return cells
}
