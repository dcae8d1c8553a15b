package protocol

import (
	"encoding/binary"
	"fmt"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// An Operation is one step of a command on a record. Several of them in one
// command are applied in order and all or none.
type Operation struct {
	Code OpCode
	// Bin is the bin's name; "" where the operation is about the whole record.
	Bin string
	// Value is what a write writes, or the packed call of a collection operation
	// or expression as a blob.
	Value Value

	// whole marks a read of all bins or of none, which look the same as operations
	// and differ in the message's header.
	whole Info1
}

// GetBin reads one bin; it is left out of the answer if the record has no such bin.
func GetBin(name string) Operation { return Operation{Code: OpRead, Bin: name} }

// GetAll reads all bins.
func GetAll() Operation { return Operation{Code: OpRead, whole: Info1GetAll} }

// GetHeader reads generation and void time only.
func GetHeader() Operation { return Operation{Code: OpRead, whole: Info1NoBins} }

// PutBin writes a bin; a nil value removes it.
func PutBin(name string, v Value) Operation { return Operation{Code: OpWrite, Bin: name, Value: v} }

// AddBin adds a number to a bin of the same type, or creates it.
func AddBin(name string, v Value) Operation { return Operation{Code: OpAdd, Bin: name, Value: v} }

// AppendBin adds a string or blob at the end of a bin of the same type, or creates it.
func AppendBin(name string, v Value) Operation { return Operation{Code: OpAppend, Bin: name, Value: v} }

// PrependBin adds a string or blob at the front of a bin of the same type, or creates it.
func PrependBin(name string, v Value) Operation {
	return Operation{Code: OpPrepend, Bin: name, Value: v}
}

// TouchRecord renews the record's time to live and raises its generation; the record must exist.
func TouchRecord() Operation { return Operation{Code: OpTouch} }

// DeleteRecord removes all bins, and with them the record unless a later operation writes one.
func DeleteRecord() Operation { return Operation{Code: OpDelete} }

// check reports an operation that no server could take.
func (o *Operation) check() error {
	switch {
	case o.Code == OpTouch || o.Code == OpDelete || o.whole != 0:
		return nil
	case o.Value.kind == KindInvalid:
		return fmt.Errorf("bin %q: %w", o.Bin, o.Value.Err())
	}
	return CheckBinName(o.Bin)
}

// particle is the type that the operation's value has on the wire.
func (o *Operation) particle() ParticleType {
	if o.Code == OpRead {
		return ParticleNull
	}
	return o.Value.Particle()
}

func (o *Operation) appendTo(dst []byte) ([]byte, error) {
	if err := o.check(); err != nil {
		return dst, err
	}
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, byte(o.Code), byte(o.particle()), 0, byte(len(o.Bin)))
	dst = append(dst, o.Bin...)
	if o.Code != OpRead {
		var err error
		if dst, err = AppendParticle(dst, o.Value); err != nil {
			return dst[:start], fmt.Errorf("bin %q: %w", o.Bin, err)
		}
	}
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst, nil
}

// answersAlways reports whether operations of this kind ask the server to
// answer each operation of the command: map, bit, HyperLogLog and expression operations do, lists don't.
func (o *Operation) answersAlways() bool {
	switch o.Code {
	case OpExpRead, OpExpModify, OpBitsRead, OpBitsModify, OpHLLRead, OpHLLModify:
		return true
	case OpCDTRead, OpCDTModify:
		return isMapCall(o.Value)
	}
	return false
}

// firstMapCall is the lowest number of a map operation; list operations lie below (wire-core.md 3.4).
const firstMapCall = 64

// isMapCall looks at the number of a packed call [number, ...], or of the call inside of [0xff, context, call].
func isMapCall(call Value) bool {
	b, _ := call.Bytes()
	number, rest, ok := callNumber(b)
	if ok && number == cdtContextCall {
		if _, inner, err := ParseMsgpackPrefix(rest); err == nil {
			number, _, ok = callNumber(inner)
		}
	}
	return ok && number >= firstMapCall && number < cdtSelectCall
}

// callNumber reads the start of a packed call and returns what follows its number, which
// always fits in a byte. The rest may be long, and need not be looked at.
func callNumber(packed []byte) (number uint8, rest []byte, ok bool) {
	r := reader{buf: packed}
	switch head := r.u8("call"); {
	case head == msgpcode.Array16:
		r.take(2, "call")
	case head == msgpcode.Array32:
		r.take(4, "call")
	case !msgpcode.IsFixedArray(head):
		return 0, nil, false
	}
	number = r.u8("number of a call")
	if number == msgpcode.Uint8 {
		number = r.u8("number of a call")
	}
	return number, r.buf, r.err == nil
}

const (
	cdtSelectCall  = 0xfe
	cdtContextCall = 0xff
)
