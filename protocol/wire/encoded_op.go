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

// A BinName is the name of a bin in the form that is compared with those of operations: words of
// its bytes, so that short names need no call for it.
type BinName struct {
	// head is that of an operation with a value of 8 bytes, with neither code nor type.
	head        uint64
	n           int // bytes of the name
	first, last uint64
	masks       [2]uint64 // for the bytes that belong to the name
}

// NewBinName returns the BinName of a name, which has at most 15 bytes.
func NewBinName(name string) BinName {
	var bytes, mask [16]byte
	copy(bytes[:], name)
	for i := range min(len(name), len(mask)) {
		mask[i] = 0xff
	}
	return BinName{
		head: opHead(name, 0, 8) &^ opCodes, n: len(name),
		first: binary.NativeEndian.Uint64(bytes[:]), last: binary.NativeEndian.Uint64(bytes[8:]),
		masks: [2]uint64{binary.NativeEndian.Uint64(mask[:]), binary.NativeEndian.Uint64(mask[8:])},
	}
}

// opCodes are the bits of the code in the head of an operation.
const opCodes = 0xff << 24

// WordSize returns the size of an operation of the bin with a value of 8 bytes.
func (b *BinName) WordSize() int { return b.n + rawOpMin + 8 }

// Word returns the value of the operation at the start of ops, which has a value of 8 bytes.
func (b *BinName) Word(ops []byte) uint64 { return binary.BigEndian.Uint64(ops[b.n+rawOpMin:]) }

// StartsWord reports whether ops starts with an operation of the bin with a value of type t and 8
// bytes. There must be at least [BinName.WordSize] bytes.
func (b *BinName) StartsWord(ops []byte, t protocol.ParticleType) bool {
	return binary.BigEndian.Uint64(ops)&^opCodes == b.head|uint64(t)<<16 && (binary.NativeEndian.Uint64(ops[8:])^b.first)&b.masks[0] == 0 &&
		(b.n <= 8 || (binary.NativeEndian.Uint64(ops[16:])^b.last)&b.masks[1] == 0)
}

// NameSize is the number of bytes that [BinName.Starts] reads.
const NameSize = rawOpMin + 16

// Starts reports whether ops starts with an operation of the bin with a value of type t, whose size
// it doesn't check. There must be at least NameSize bytes.
func (b *BinName) Starts(ops []byte, t protocol.ParticleType) bool {
	return binary.BigEndian.Uint32(ops[4:])&^opCodes == uint32(t)<<16|uint32(b.n) && (binary.NativeEndian.Uint64(ops[8:])^b.first)&b.masks[0] == 0 &&
		(b.n <= 8 || (binary.NativeEndian.Uint64(ops[16:])^b.last)&b.masks[1] == 0)
}

// Value returns the bounds of the value of the operation at the start of ops. They are not valid if
// start > end or end > len(ops).
func (b *BinName) Value(ops []byte) (start, end int) {
	return rawOpMin + b.n, 4 + int(binary.BigEndian.Uint32(ops))
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
