package mapper

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// A binForm says how a variable of a basic type is a bin, so that it can be written to and read
// from a message without a protocol.Value. The functions of this file store the same bytes as the
// codec of the variable's type.
type binForm uint8

const (
	formValue binForm = iota // only its codec knows
	formInt
	formInt64
	formInt32
	formInt16
	formInt8
	formUint
	formUint64
	formUint32
	formUint16
	formUint8
	formFloat64
	formFloat32
	formBool    // a boolean
	formBoolInt // a bool as the integer 0 or 1
	formString
	formBytes     // a slice of bytes
	formByteArray // an array of bytes as a blob
)

// integerForms has the forms of the types of integers.
var integerForms = map[any]binForm{
	int(0): formInt, int64(0): formInt64, int32(0): formInt32, int16(0): formInt16, int8(0): formInt8,
	uint(0): formUint, uint64(0): formUint64, uint32(0): formUint32, uint16(0): formUint16, uint8(0): formUint8,
}

// particle returns the type of the stored value and its size, or 0 if the size differs.
func (f binForm) particle() (t protocol.ParticleType, size int) {
	switch f {
	case formFloat64, formFloat32:
		return protocol.ParticleFloat, 8
	case formBool:
		return protocol.ParticleBool, 1
	case formString:
		return protocol.ParticleString, 0
	case formBytes, formByteArray:
		return protocol.ParticleBlob, 0
	}
	return protocol.ParticleInteger, 8
}

// set sets the variable at a place from a stored value. It returns false, without a change, if the
// value must be decoded by the codec, for which it may be an error.
func (f binForm) set(at place, t protocol.ParticleType, data []byte, size int) bool {
	switch {
	case f == formString:
		if t != protocol.ParticleString {
			return false
		}
		*variable[string](at) = string(data)
	case t == protocol.ParticleInteger && len(data) == 8:
		return f.setInteger(at, int64(binary.BigEndian.Uint64(data)))
	case f == formFloat64 && t == protocol.ParticleFloat && len(data) == 8:
		*variable[float64](at) = math.Float64frombits(binary.BigEndian.Uint64(data))
	case (f == formBool || f == formBoolInt) && t == protocol.ParticleBool && len(data) == 1 && data[0] <= 1:
		*variable[bool](at) = data[0] == 1
	case f == formBytes && t == protocol.ParticleBlob:
		storeBytes(at, bytes.Clone(data))
	case f == formByteArray && t == protocol.ParticleBlob && len(data) == size:
		copy(arrayBytes(at, size), data)
	default:
		return false
	}
	return true
}

// setInteger sets the variable at a place. It returns false, without a change, if it can't hold n.
func (f binForm) setInteger(at place, n int64) bool {
	switch f {
	case formInt:
		return storeNumber[int](at, n)
	case formInt64:
		return storeNumber[int64](at, n)
	case formInt32:
		return storeNumber[int32](at, n)
	case formInt16:
		return storeNumber[int16](at, n)
	case formInt8:
		return storeNumber[int8](at, n)
	case formUint:
		return n >= 0 && storeNumber[uint](at, n)
	case formUint64:
		return n >= 0 && storeNumber[uint64](at, n)
	case formUint32:
		return storeNumber[uint32](at, n)
	case formUint16:
		return storeNumber[uint16](at, n)
	case formUint8:
		return storeNumber[uint8](at, n)
	case formBool, formBoolInt:
		if n != 0 && n != 1 {
			return false
		}
		*variable[bool](at) = n == 1
		return true
	}
	return false
}

func storeNumber[N int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64](at place, n int64) bool {
	if int64(N(n)) != n {
		return false
	}
	*variable[N](at) = N(n)
	return true
}

// clear sets the variable at a place to zero. It returns false, without a change, if the codec must
// do it.
func (f binForm) clear(at place) bool {
	switch f {
	case formInt:
		*variable[int](at) = 0
	case formInt64:
		*variable[int64](at) = 0
	case formInt32:
		*variable[int32](at) = 0
	case formInt16:
		*variable[int16](at) = 0
	case formInt8:
		*variable[int8](at) = 0
	case formUint:
		*variable[uint](at) = 0
	case formUint64:
		*variable[uint64](at) = 0
	case formUint32:
		*variable[uint32](at) = 0
	case formUint16:
		*variable[uint16](at) = 0
	case formUint8:
		*variable[uint8](at) = 0
	case formFloat64:
		*variable[float64](at) = 0
	case formFloat32:
		*variable[float32](at) = 0
	case formString:
		*variable[string](at) = ""
	case formBool, formBoolInt:
		*variable[bool](at) = false
	case formBytes:
		storeBytes(at, nil)
	default:
		return false
	}
	return true
}
