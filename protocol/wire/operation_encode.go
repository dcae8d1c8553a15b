package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/protocol"
)

// operationParticle returns the particle type of the value of an operation.
func operationParticle(o *protocol.Operation) protocol.ParticleType {
	if o.Code == protocol.OpRead {
		return protocol.ParticleNull
	}
	return o.Value.Particle()
}

// appendOperation appends an operation. If it returns an error dst is returned unchanged.
func appendOperation(dst []byte, o *protocol.Operation) ([]byte, error) {
	if err := o.Check(); err != nil {
		return dst, err
	}
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, byte(o.Code), byte(operationParticle(o)), 0, byte(len(o.Bin)))
	dst = append(dst, o.Bin...)
	if o.Code != protocol.OpRead {
		var err error
		if dst, err = protocol.AppendParticle(dst, o.Value); err != nil {
			return dst[:start], fmt.Errorf("bin %q: %w", o.Bin, err)
		}
	}
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst, nil
}

// respondsToAll reports whether, in the official clients, an operation makes the command ask for a
// response to each operation: map, bit, HyperLogLog and expression operations do, list operations
// do not.
func respondsToAll(o *protocol.Operation) bool {
	switch o.Code {
	case protocol.OpExpRead, protocol.OpExpModify, protocol.OpBitsRead, protocol.OpBitsModify, protocol.OpHLLRead, protocol.OpHLLModify:
		return true
	case protocol.OpCDTRead, protocol.OpCDTModify:
		return isMapCall(o.Value)
	}
	return false
}

// firstMapCall is the lowest number of a map operation. List operations have lower numbers
// (docs/wire-core.md#3.4).
const firstMapCall = 64

// isMapCall reports whether a packed call [number, ...] is a map operation. For [0xff, context,
// call] it checks the inner call.
func isMapCall(call protocol.Value) bool {
	b, _ := call.Bytes()
	number, rest, ok := callNumber(b)
	if ok && number == cdtContextCall {
		if _, inner, err := protocol.ParseMsgpackPrefix(rest); err == nil {
			number, _, ok = callNumber(inner)
		}
	}
	return ok && number >= firstMapCall && number < cdtSelectCall
}

// callNumber returns the number of a packed call and the bytes after it. The number always fits in
// a byte.
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
