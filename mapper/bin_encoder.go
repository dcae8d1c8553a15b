package mapper

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A binEncoder collects the bins of an object in the form in which they are sent.
type binEncoder struct {
	encoded wire.Encoded
	bins    protocol.Bins
	// collects says that the bins are collected in bins, not encoded.
	collects bool
	// nulls says that bins without a value are written, which removes them.
	nulls bool
	base  place // the object
	// fields, native and err are for a BinWriter.
	fields fieldWriter
	native bool // bools are booleans
	err    error
	// refused says that a BinWriter got a value that may be an error, or is NULL: only the codecs
	// of the plan can write it.
	refused bool
}

// A fieldWriter is a plan, for what generated methods don't write themselves.
type fieldWriter interface {
	// writeField writes the bin of a field with its codec.
	writeField(w *binEncoder, i int) error
}

// reset prepares the encoder for another object. It keeps the memory.
func (w *binEncoder) reset(nulls bool) {
	ops := w.encoded.Ops[:0]
	*w = binEncoder{nulls: nulls}
	w.encoded.Ops = ops
}

// add writes a bin with a value.
func (w *binEncoder) add(bin string, v protocol.Value) error {
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
	name     wire.BinName // bin
	location location
	encode   func(at place, depth int) (protocol.Value, error)
	form     binForm
	size     int  // of an array of bytes
	direct   bool // the field is always written, and no embedded pointer leads to it
	// readable says that the form can be read at the location, without the codec.
	readable bool
}
