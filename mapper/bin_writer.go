package mapper

import (
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A BinWriter writes the bins of an object in the form in which they are sent. The methods that
// aerosql gen writes call its methods, with the bins in the order of the fields, and then End.
//
// Most methods take the head of a bin: the bytes of the message up to the value, which end with the
// bin's name. The compiler then copies constants, and keeps the BinWriter in registers.
type BinWriter struct {
	ops []byte
	to  *binEncoder
}

// Int writes a bin with an integer.
func (w BinWriter) Int(head string, n int64) BinWriter { return w.word(head, uint64(n)) }

// Uint writes a bin with an integer that was unsigned.
func (w BinWriter) Uint(head string, n uint64) BinWriter {
	if n > math.MaxInt64 && w.to != nil {
		w.to.refused = true
	}
	return w.word(head, n)
}

// Float writes a bin with a float.
func (w BinWriter) Float(head string, f float64) BinWriter {
	return w.word(head, math.Float64bits(f))
}

// word writes a bin with a value of 8 bytes.
func (w BinWriter) word(head string, value uint64) BinWriter {
	return BinWriter{binary.BigEndian.AppendUint64(append(w.ops, head...), value), w.to}
}

// Bool writes the named bin with a bool, as an integer or with [WithNativeTypes] as a boolean.
func (w BinWriter) Bool(bin string, b bool) BinWriter {
	n := byte(0)
	if b {
		n = 1
	}
	if w.to != nil && w.to.native {
		return BinWriter{append(wire.AppendOpHead(w.ops, bin, protocol.ParticleBool, 1), n), w.to}
	}
	return BinWriter{binary.BigEndian.AppendUint64(wire.AppendOpHead(w.ops, bin, protocol.ParticleInteger, 8), uint64(n)), w.to}
}

// String writes a bin with a string. The size in the head is ignored.
func (w BinWriter) String(head, s string) BinWriter {
	if w.to == nil {
		return w
	}
	start := len(w.ops)
	ops := append(append(w.ops, head...), s...)
	wire.SetOpSize(ops, start)
	return BinWriter{ops, w.to}
}

// Bytes writes a bin with a blob, or removes the bin if b is nil. The size in the head is ignored.
func (w BinWriter) Bytes(head string, b []byte) BinWriter {
	if w.to == nil {
		return w
	}
	if b == nil {
		w.to.refused = true
	}
	start := len(w.ops)
	ops := append(append(w.ops, head...), b...)
	wire.SetOpSize(ops, start)
	return BinWriter{ops, w.to}
}

// Field writes the bin of the field with the number i, counted from 0, as its type and its tag's
// options say.
func (w BinWriter) Field(i int) BinWriter {
	to := w.to
	if to == nil {
		return w
	}
	to.encoded.Ops = w.ops
	if err := to.fields.writeField(to, i); err != nil && to.err == nil {
		to.err = err
	}
	return BinWriter{to.encoded.Ops, to}
}

// End ends the writing of an object. It returns the first error of a field.
func (w BinWriter) End() error {
	if w.to == nil {
		return &emptyError{"BinWriter.End", "the writer is empty; only the mapper makes one"}
	}
	w.to.encoded.Ops = w.ops
	return w.to.err
}
