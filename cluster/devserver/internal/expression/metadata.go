package expression

import (
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/protocol/exp"
)

// metadata builds the operators that read a record's metadata (docs/wire-cdt-exp.md#7.3).
func (b *builder) metadata(op exp.Op) (operand, bool) {
	switch op {
	case exp.OpDigestModulo:
		n, ok := b.in.Int()
		// The modulus has 32 bits.
		return operand{node: digestModulo(n), typ: exp.TypeInt}, ok && int32(n) != 0
	case exp.OpSetName:
		return operand{node: metadata(op), typ: exp.TypeString}, true
	case exp.OpKeyExists, exp.OpIsTombstone:
		return operand{node: metadata(op), typ: exp.TypeBool}, true
	}
	return operand{node: metadata(op), typ: exp.TypeInt}, true
}

// digestModulo is the last four bytes of the digest modulo a number.
type digestModulo int32

func (n digestModulo) eval(f *frame) value {
	if f.record == nil {
		return unknown
	}
	digest := f.record.Digest()
	return integer(int64(binary.LittleEndian.Uint32(digest[len(digest)-4:])) % int64(n))
}

type metadata exp.Op

func (n metadata) eval(f *frame) value {
	r := f.record
	if r == nil {
		return unknown
	}
	switch exp.Op(n) {
	case exp.OpLastUpdate:
		return integer(unixNanoseconds(r.LastUpdate()))
	case exp.OpSinceUpdate:
		now, then := r.Now(), r.LastUpdate()
		return integer(int64(max(now, then) - then))
	case exp.OpVoidTime:
		if r.VoidTime() == 0 {
			return integer(-1)
		}
		return integer(unixNanoseconds(uint64(r.VoidTime()) * milliseconds))
	case exp.OpTTL:
		return integer(timeToLive(r))
	case exp.OpSetName:
		return value{kind: kindString, data: []byte(r.SetName())}
	case exp.OpKeyExists:
		return boolean(r.HasKey())
	case exp.OpIsTombstone:
		return boolean(false)
	case exp.OpMemorySize, exp.OpRecordSize:
		return integer(int64(r.Size()))
	}
	return integer(0) // the device size is 0: records are stored in memory
}

// epoch is 2010-01-01 UTC in milliseconds since 1970. Times of records count from there.
const (
	epoch        = 1_262_304_000_000
	milliseconds = 1000      // per second
	nanoseconds  = 1_000_000 // per millisecond
)

func unixNanoseconds(ms uint64) int64 { return int64(ms+epoch) * nanoseconds }

// timeToLive returns the time to live in seconds, at least 1, or -1 if the record never expires.
func timeToLive(r Record) int64 {
	void := int64(r.VoidTime())
	if void == 0 {
		return -1
	}
	left := max(void-int64(r.Now()/milliseconds), 1)
	if left > math.MaxInt32 {
		return int64(int32(left))
	}
	return left
}
