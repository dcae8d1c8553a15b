package expression

import (
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
)

// kind is the kind of a value during evaluation.
type kind uint8

const (
	kindUnknown kind = iota
	kindNil
	kindBool
	kindInt
	kindFloat
	kindString
	kindBlob
	kindHLL
	kindGeo
	kindList
	kindMap
	kindSentinel // a wildcard, infinity or extension, valid only in calls and comparisons
	kindRemove   // the result that removes the current element of a path
)

// A value is the result of an operand. Lists and maps stay packed: comparing or copying them needs
// no more, and calls unpack their own input.
type value struct {
	kind kind
	// indexed is Indexed of a [Bin].
	indexed bool
	// num holds the bits of a boolean, integer or float. For GeoJSON it is the offset in data at
	// which the text starts.
	num uint64
	// data is the content of a string, blob or HyperLogLog, a packed list, map or sentinel, the
	// text of a GeoJSON literal, or the whole particle of a GeoJSON bin.
	data []byte
	// shape is the shape of a GeoJSON literal. It is nil if the text has not been parsed.
	shape *geo.Shape
}

var (
	unknown = value{}
	isNil   = value{kind: kindNil}
)

func boolean(b bool) value {
	if b {
		return value{kind: kindBool, num: 1}
	}
	return value{kind: kindBool}
}

func integer(n int64) value { return value{kind: kindInt, num: uint64(n)} }

func float(f float64) value { return value{kind: kindFloat, num: math.Float64bits(f)} }

func (v *value) isTrue() bool { return v.kind == kindBool && v.num != 0 }

func (v *value) isFalse() bool { return v.kind == kindBool && v.num == 0 }

func (v *value) int() int64 { return int64(v.num) }

func (v *value) float() float64 { return math.Float64frombits(v.num) }

// ofBin returns the value of a record's bin.
func ofBin(b Bin) value {
	v := ofParticle(b.Type, b.Data)
	v.indexed = b.Indexed
	return v
}

// ofParticle returns the value of a particle. Types that expressions do not support are unknown.
func ofParticle(t protocol.ParticleType, data []byte) value {
	switch t {
	case protocol.ParticleInteger, protocol.ParticleFloat:
		if len(data) != 8 {
			return unknown
		}
		k := kindInt
		if t == protocol.ParticleFloat {
			k = kindFloat
		}
		return value{kind: k, num: binary.BigEndian.Uint64(data)}
	case protocol.ParticleBool:
		return boolean(len(data) > 0 && data[0] != 0)
	case protocol.ParticleString:
		return value{kind: kindString, data: data}
	case protocol.ParticleBlob:
		return value{kind: kindBlob, data: data}
	case protocol.ParticleHLL:
		return value{kind: kindHLL, data: data}
	case protocol.ParticleList:
		return value{kind: kindList, data: data}
	case protocol.ParticleMap:
		return value{kind: kindMap, data: data}
	case protocol.ParticleGeoJSON:
		if text, ok := geo.TextOffset(data); ok {
			return value{kind: kindGeo, num: uint64(text), data: data}
		}
	}
	return unknown
}

// particles maps kinds to the particle types of bins.
var particles = [...]protocol.ParticleType{
	kindNil: protocol.ParticleNull, kindBool: protocol.ParticleBool, kindInt: protocol.ParticleInteger,
	kindFloat: protocol.ParticleFloat, kindString: protocol.ParticleString, kindBlob: protocol.ParticleBlob,
	kindHLL: protocol.ParticleHLL, kindGeo: protocol.ParticleGeoJSON, kindList: protocol.ParticleList,
	kindMap: protocol.ParticleMap,
}

// bin returns the value as a bin. ok is false if a bin cannot hold it.
func (v *value) bin() (b Bin, ok bool) {
	b, ok = Bin{Data: v.data, Indexed: v.indexed}, true
	switch v.kind {
	case kindUnknown, kindSentinel, kindRemove:
		return Bin{}, false
	case kindBool:
		b.Data = []byte{byte(v.num)}
	case kindInt, kindFloat:
		b.Data = binary.BigEndian.AppendUint64(nil, v.num)
	case kindGeo:
		if v.num == 0 {
			b.Data, ok = geo.AppendParticle(nil, v.data)
		}
	case kindList, kindMap:
		var indexed bool
		b.Data, indexed = visible(v.data)
		b.Indexed = b.Indexed || indexed
	}
	b.Type = particles[v.kind]
	return b, ok
}

// geometry returns the shape of a GeoJSON value. It reports false if its text is not a geometry.
func (v *value) geometry() (*geo.Shape, bool) {
	if v.shape != nil {
		return v.shape, true
	}
	return geo.Parse(v.data[v.num:])
}

// appendPacked appends the value in packed form. It reports false if the value has none.
func (v *value) appendPacked(dst []byte) ([]byte, bool) {
	var p protocol.Value
	switch v.kind {
	case kindUnknown, kindRemove:
		return dst, false
	case kindList, kindMap, kindSentinel:
		return append(dst, v.data...), true
	case kindNil:
	case kindBool:
		p = protocol.Bool(v.num != 0)
	case kindInt:
		p = protocol.Int(v.int())
	case kindFloat:
		p = protocol.Float(v.float())
	case kindGeo:
		p = protocol.BlobOf(protocol.ParticleGeoJSON, v.data[v.num:])
	default:
		p = protocol.BlobOf(particles[v.kind], v.data)
	}
	dst, err := protocol.AppendMsgpack(dst, p)
	return dst, err == nil
}
