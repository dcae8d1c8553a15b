package mapper

import (
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A BinWriter collects the bins of an object in the form in which they are sent. The methods that
// aerosql gen writes call its methods, with the bins in the order of the fields.
type BinWriter struct {
	encoded wire.Encoded
	bins    protocol.Bins
	// collects says that the bins are collected in bins, not encoded.
	collects bool
	// nulls says that bins without a value are written, which removes them.
	nulls bool
	// nativeBools says that bools are booleans and not integers.
	nativeBools bool
	// refused says that a value must be written by the codecs of the plan: it may be an error.
	refused bool
	// base is the object, and field writes field i of it.
	base  place
	field func(w *BinWriter, i int) error
	err   error
}

// reset prepares the writer for another object. It keeps the memory.
func (w *BinWriter) reset(nulls bool) {
	ops := w.encoded.Ops[:0]
	*w = BinWriter{nulls: nulls}
	w.encoded.Ops = ops
}

// Int writes a bin with an integer.
func (w *BinWriter) Int(bin string, n int64) {
	ops := wire.AppendOpHead(w.encoded.Ops, bin, protocol.ParticleInteger, 8)
	w.encoded.Ops = binary.BigEndian.AppendUint64(ops, uint64(n))
	w.encoded.Count++
}

// Uint writes a bin with an integer that was unsigned.
func (w *BinWriter) Uint(bin string, n uint64) {
	w.refused = w.refused || n > math.MaxInt64
	w.Int(bin, int64(n))
}

// Float writes a bin with a float.
func (w *BinWriter) Float(bin string, f float64) {
	ops := wire.AppendOpHead(w.encoded.Ops, bin, protocol.ParticleFloat, 8)
	w.encoded.Ops = binary.BigEndian.AppendUint64(ops, math.Float64bits(f))
	w.encoded.Count++
}

// Bool writes a bin with a bool, as an integer or with [WithNativeTypes] as a boolean.
func (w *BinWriter) Bool(bin string, b bool) {
	n := byte(0)
	if b {
		n = 1
	}
	if !w.nativeBools {
		w.Int(bin, int64(n))
		return
	}
	w.encoded.Ops = append(wire.AppendOpHead(w.encoded.Ops, bin, protocol.ParticleBool, 1), n)
	w.encoded.Count++
}

// String writes a bin with a string.
func (w *BinWriter) String(bin, s string) {
	w.encoded.Ops = append(wire.AppendOpHead(w.encoded.Ops, bin, protocol.ParticleString, len(s)), s...)
	w.encoded.Count++
}

// Bytes writes a bin with a blob, or removes the bin if b is nil.
func (w *BinWriter) Bytes(bin string, b []byte) {
	if b == nil {
		w.refused = true
		return
	}
	w.encoded.Ops = append(wire.AppendOpHead(w.encoded.Ops, bin, protocol.ParticleBlob, len(b)), b...)
	w.encoded.Count++
}

// Field writes the bin of the field with the number i, counted from 0, as its type and its tag's
// options say.
func (w *BinWriter) Field(i int) {
	if err := w.field(w, i); err != nil {
		w.err = err
	}
}

// add writes a bin with a value.
func (w *BinWriter) add(bin string, v protocol.Value) error {
	if !w.nulls && v.IsNil() {
		return nil
	}
	if w.collects {
		w.bins = append(w.bins, protocol.Bin{Name: bin, Value: v})
		return nil
	}
	return w.encoded.Add(bin, v)
}

// A step is what writes and reads of a field need at once, close together in memory.
type step struct {
	bin      string
	location location
	encode   func(at place, depth int) (protocol.Value, error)
	form     binForm
	size     int  // of an array of bytes
	direct   bool // the field is always written, and no embedded pointer leads to it
	// readable says that the form can be read at the location, without the codec.
	readable bool
}
