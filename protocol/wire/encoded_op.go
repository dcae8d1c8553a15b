package wire

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// The functions of this file are for the operations in an [Encoded]. They take and return the
// slice, so that a loop over many bins keeps it in registers.

// opHead returns the first 8 bytes of an operation that writes a bin: its size, its code, the type
// of its value, its flags and the length of its name.
func opHead(bin string, t protocol.ParticleType, size int) uint64 {
	return uint64(rawOpMin-4+len(bin)+size)<<32 | uint64(protocol.OpWrite)<<24 | uint64(t)<<16 | uint64(byte(len(bin)))
}

// OpHead returns the start of an encoded operation that writes a bin, up to its value. The size in
// it is that of a value of size bytes.
func OpHead(bin string, t protocol.ParticleType, size int) string {
	return string(AppendOpHead(nil, bin, t, size))
}

// AppendOpHead appends what [OpHead] returns.
func AppendOpHead(ops []byte, bin string, t protocol.ParticleType, size int) []byte {
	return append(binary.BigEndian.AppendUint64(ops, opHead(bin, t, size)), bin...)
}

// SetOpSize sets the size in the head of the operation that begins at start and extends to the end
// of ops.
func SetOpSize(ops []byte, start int) {
	binary.BigEndian.PutUint32(ops[start:], uint32(len(ops)-start-4))
}

// CutWord returns the value of the first operation and the operations after it, if it is an
// operation of the bin with a value of type t and 8 bytes. Otherwise ok is false.
func CutWord(ops []byte, bin string, t protocol.ParticleType) (value uint64, rest []byte, ok bool) {
	const code = 0xff << 24 // any
	end := rawOpMin + len(bin) + 8
	if len(ops) < end || (binary.BigEndian.Uint64(ops)^opHead(bin, t, 8))&^code != 0 || string(ops[rawOpMin:end-8]) != bin {
		return 0, nil, false
	}
	return binary.BigEndian.Uint64(ops[end-8:]), ops[end:], true
}

// CutOp returns the value of the first operation and the operations after it, if it is a valid
// operation of the bin without a last-update time. Otherwise ok is false. The value shares the
// memory of ops.
func CutOp(ops []byte, bin string) (t protocol.ParticleType, value, rest []byte, ok bool) {
	name := rawOpMin + len(bin)
	if len(ops) < name || int(ops[7]) != len(bin) || ops[6]&opHasLUT != 0 || string(ops[rawOpMin:name]) != bin {
		return 0, nil, nil, false
	}
	end := 4 + int(binary.BigEndian.Uint32(ops))
	if end < name || end > len(ops) {
		return 0, nil, nil, false
	}
	return protocol.ParticleType(ops[5]), ops[name:end:end], ops[end:], true
}
