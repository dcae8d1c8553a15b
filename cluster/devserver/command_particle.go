package devserver

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/internal/hll"
	"github.com/aerosql/aerosql/protocol"
)

// isStorable reports whether a bin can hold values of the particle type.
func isStorable(t protocol.ParticleType) bool {
	switch t {
	case protocol.ParticleInteger, protocol.ParticleFloat, protocol.ParticleString, protocol.ParticleBool,
		protocol.ParticleHLL, protocol.ParticleMap, protocol.ParticleList, protocol.ParticleGeoJSON:
		return true
	}
	return t.IsBlob()
}

// storedValue validates a value that a client wrote and converts it to the stored form
// (docs/wire-cdt-exp.md#5.1).
func (c *command) storedValue(t protocol.ParticleType, data []byte) ([]byte, protocol.ResultCode) {
	switch t {
	case protocol.ParticleInteger:
		if len(data) == 8 {
			return data, protocol.OK
		}
		n, ok := integerOf(data)
		return c.number(n), valid(ok)
	case protocol.ParticleFloat:
		return data, valid(len(data) == 8)
	case protocol.ParticleBool:
		return data, valid(len(data) == 1 && data[0] <= 1)
	case protocol.ParticleHLL:
		return data, valid(hll.Valid(data))
	case protocol.ParticleGeoJSON:
		return c.storedGeoJSON(data)
	case protocol.ParticleString:
		return data, protocol.OK
	}
	return data, valid(t.IsBlob())
}

func valid(ok bool) protocol.ResultCode {
	if ok {
		return protocol.OK
	}
	return protocol.ParameterError
}

// integerOf decodes an integer of 1, 2, 4 or 8 bytes. Shorter ones are unsigned.
func integerOf(data []byte) (n uint64, ok bool) {
	switch len(data) {
	case 8:
		return binary.BigEndian.Uint64(data), true
	case 4, 2, 1:
		for _, b := range data {
			n = n<<8 | uint64(b)
		}
		return n, true
	}
	return 0, false
}
