package protocol

import (
	"encoding/binary"
	"fmt"
	"unsafe"
)

// geoHeaderLen is the length of the header of a GeoJSON particle: a byte of flags and the number of
// cell ids, which follow.
const geoHeaderLen = 3

func sliceData(b []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b)) }

// AppendParticle appends the bytes of a bin's value in the form of its particle type, see
// [Value.Particle]. A nil value has no bytes. If no bin can hold the value the error wraps
// [ErrInvalidValue] or [ErrTooDeep], and dst is returned unchanged.
func AppendParticle(dst []byte, v Value) ([]byte, error) {
	switch v.kind {
	case KindNil:
		return dst, nil
	case KindInt, KindFloat:
		return binary.BigEndian.AppendUint64(dst, v.num), nil
	case KindBool:
		return append(dst, byte(v.num)), nil
	case KindString:
		return append(dst, v.text()...), nil
	case KindBlob, KindHLL:
		return append(dst, v.bytes()...), nil
	case KindGeoJSON:
		// No flags and no cell ids: the server computes them from the text.
		return append(append(dst, 0, 0, 0), v.text()...), nil
	case KindList, KindMap:
		return AppendMsgpack(dst, v)
	case KindInvalid:
		return dst, v.Err()
	}
	return dst, fmt.Errorf("%w: a bin can't hold %s", ErrInvalidValue, v.kind)
}

// ParseParticle decodes the bytes of a bin's value. Strings and blobs share the memory of data,
// also those in lists and maps. Errors wrap [ErrMalformed] or [ErrTooDeep].
func ParseParticle(t ParticleType, data []byte) (Value, error) {
	switch t {
	case ParticleString:
		return Value{tag: tag{kind: KindString}, ptr: sliceData(data), num: uint64(len(data))}, nil
	case ParticleInteger:
		return parseInteger(data)
	case ParticleFloat:
		if len(data) == 8 {
			return Value{tag: tag{kind: KindFloat}, num: binary.BigEndian.Uint64(data)}, nil
		}
	case ParticleBool:
		if len(data) == 1 && data[0] <= 1 {
			return Bool(data[0] == 1), nil
		}
	case ParticleNull:
		return Nil(), nil
	case ParticleList:
		return parseCollection(KindList, data)
	case ParticleMap:
		return parseCollection(KindMap, data)
	case ParticleGeoJSON:
		return parseGeoJSON(data)
	case ParticleHLL:
		return blobValue(KindHLL, data, t), nil
	default:
		if t.IsBlob() {
			return blobValue(KindBlob, data, t), nil
		}
	}
	return Value{}, fmt.Errorf("%w: %d bytes as a particle of type %d", ErrMalformed, len(data), t)
}

// parseInteger also accepts the shorter forms, which are unsigned.
func parseInteger(data []byte) (Value, error) {
	var n uint64
	switch len(data) {
	case 8:
		n = binary.BigEndian.Uint64(data)
	case 4, 2, 1:
		for _, b := range data {
			n = n<<8 | uint64(b)
		}
	default:
		return Value{}, fmt.Errorf("%w: an integer of %d bytes", ErrMalformed, len(data))
	}
	return Value{tag: tag{kind: KindInt}, num: n}, nil
}

// parseGeoJSON skips the cell ids of the server.
func parseGeoJSON(data []byte) (Value, error) {
	if len(data) < geoHeaderLen {
		return Value{}, fmt.Errorf("%w: GeoJSON of %d bytes", ErrMalformed, len(data))
	}
	skip := geoHeaderLen + 8*int(binary.BigEndian.Uint16(data[1:]))
	if skip > len(data) {
		return Value{}, fmt.Errorf("%w: GeoJSON with more cell ids than fit in %d bytes", ErrMalformed, len(data))
	}
	text := data[skip:]
	return Value{tag: tag{kind: KindGeoJSON}, ptr: sliceData(text), num: uint64(len(text))}, nil
}

func parseCollection(want Kind, data []byte) (Value, error) {
	if want == KindList {
		if v, ok := flatList(data, nil, 1); ok {
			return v, nil
		}
	}
	v, err := ParseMsgpack(data)
	if err == nil && v.kind != want {
		return Value{}, fmt.Errorf("%w: a %s particle that holds %s", ErrMalformed, want, v.kind)
	}
	return v, err
}
