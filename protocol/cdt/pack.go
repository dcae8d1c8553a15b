package cdt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/protocol"
)

// ToEnd is the count of a range that extends to the end.
const ToEnd = math.MaxInt

// packer encodes one packed call: an array of the call's number and its arguments, inside a frame
// with the context if there is one (docs/wire-cdt-exp.md#2.1). Its buffer is reused. It keeps the
// first error, which becomes the operation's value.
type packer struct {
	buf []byte
	err error
}

var packers = sync.Pool{New: func() any { return new(packer) }}

// maxKept is the largest buffer capacity, in bytes, that is kept for later calls.
const maxKept = 64 << 10

// begin starts a call with the given number of arguments.
func begin(in Context, code Code, args int) *packer {
	p := packers.Get().(*packer)
	p.buf, p.err = p.buf[:0], nil
	if len(in) > 0 {
		p.array(3)
		p.int(int64(CodeContext))
		p.context(in)
	}
	p.array(1 + args)
	p.int(int64(code))
	return p
}

// operation returns the encoded call as an operation and releases the packer.
func (p *packer) operation(code protocol.OpCode, bin string) protocol.Operation {
	op := protocol.Operation{Code: code, Bin: bin}
	if p.err != nil {
		op.Value = protocol.InvalidValue(p.err)
	} else {
		op.Value = protocol.Blob(bytes.Clone(p.buf))
	}
	p.release()
	return op
}

// release returns the packer to the pool.
func (p *packer) release() {
	if cap(p.buf) <= maxKept {
		packers.Put(p)
	}
}

func (p *packer) read(bin string) protocol.Operation {
	return p.operation(protocol.OpCDTRead, bin)
}

func (p *packer) modify(bin string) protocol.Operation {
	return p.operation(protocol.OpCDTModify, bin)
}

// fail makes the whole operation invalid. Only the first failure is kept.
func (p *packer) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("%w: "+format, append([]any{protocol.ErrInvalidValue}, args...)...)
	}
}

// array appends the header of an array of n elements.
func (p *packer) array(n int) {
	switch {
	case n <= int(msgpcode.FixedArrayMask):
		p.buf = append(p.buf, msgpcode.FixedArrayLow|byte(n))
	case n <= math.MaxUint16:
		p.buf = binary.BigEndian.AppendUint16(append(p.buf, msgpcode.Array16), uint16(n))
	default:
		p.buf = binary.BigEndian.AppendUint32(append(p.buf, msgpcode.Array32), uint32(n))
	}
}

func (p *packer) int(n int64) {
	if n >= 0 && n <= int64(msgpcode.PosFixedNumHigh) {
		p.buf = append(p.buf, byte(n))
		return
	}
	p.value(protocol.Int(n))
}

func (p *packer) value(v protocol.Value) {
	buf, err := protocol.AppendMsgpack(p.buf, v)
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		return
	}
	p.buf = buf
}

// raw appends a value that is already packed.
func (p *packer) raw(document []byte) {
	p.buf = append(p.buf, document...)
}

// count appends the length of a range, which must not be negative. The caller handles ToEnd.
func (p *packer) count(n int) {
	if n < 0 {
		p.fail("negative range length %d", n)
	}
	p.int(int64(n))
}

// countArgs returns the number of arguments that a count takes: ToEnd is encoded by leaving it out.
func countArgs(n int) int {
	if n == ToEnd {
		return 0
	}
	return 1
}

// optionalCount appends the argument that countArgs counted.
func (p *packer) optionalCount(n int) {
	if n != ToEnd {
		p.count(n)
	}
}
