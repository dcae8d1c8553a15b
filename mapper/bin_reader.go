package mapper

import (
	"bytes"
	"cmp"
	"fmt"
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A BinReader reads the bins of a record from a response. The methods that aerosql gen writes call
// the functions that begin with Read and the method Field, one of them for each field in their
// order, and then End. The methods get it by value, as they do a [BinWriter].
//
// Servers send the bins in the order in which they were asked for, which is that of the fields. So
// each function reads its bin if it is the next one; otherwise it sets the field to zero. End reads
// what is left.
type BinReader struct {
	ops   []byte
	count int
	steps []step // of the plan
	plan  fieldReader
	base  place
	fresh bool // the object is zero
	err   error
}

// A fieldReader is a plan, for what generated methods don't read themselves.
type fieldReader interface {
	// fieldOf returns the field of a bin that has one.
	fieldOf(bin string) int
	// clear sets a field to zero.
	clear(base place, i int)
	// readField sets a field with its codec.
	readField(base place, i int, v protocol.Value) error
	// readRest sets the fields of the bins, in any order.
	readRest(base place, bins wire.Encoded) error
}

// Field reads the bin of the field with the number i, counted from 0, as its type and its tag's
// options say.
func (r *BinReader) Field(i int) {
	if uint(i) >= uint(len(r.steps)) {
		r.err = cmp.Or(r.err, r.noField(i))
		return
	}
	s := &r.steps[i]
	t, data, rest, ok := wire.CutOp(r.ops, s.bin)
	if !ok {
		if !r.fresh {
			r.plan.clear(r.base, i)
		}
		return
	}
	r.next(rest)
	if s.readable && s.form.set(s.location.of(r.base), t, data, s.size) {
		return
	}
	if t == protocol.ParticleNull {
		r.plan.clear(r.base, i)
		return
	}
	if err := r.plan.readField(r.base, i, valueOf(t, data)); err != nil && r.err == nil {
		r.err = err
	}
}

// noField returns the error for a number that no field has.
func (r *BinReader) noField(i int) error {
	if r.plan == nil {
		return &emptyError{"BinReader.Field", "the reader is empty; only the mapper makes one"}
	}
	return fmt.Errorf("mapper: BinReader.Field(%d): %w: there are %d fields; run aerosql gen", i, ErrRange, len(r.steps))
}

// End reads the bins that were not in the order of the fields and those without a field. It returns
// the first error of the record.
func (r *BinReader) End() error {
	if r.err != nil {
		return r.err
	}
	if r.count == 0 && r.plan != nil {
		return nil
	}
	if r.plan == nil {
		return &emptyError{"BinReader.End", "the reader is empty; only the mapper makes one"}
	}
	return r.plan.readRest(r.base, wire.Encoded{Ops: r.ops, Count: r.count})
}

// other reads the next bin with the codec of its field, if it is the named one: its value is of
// another type than that of the field, or may be an error.
func (r *BinReader) other(bin string) {
	if _, _, _, ok := wire.CutOp(r.ops, bin); ok {
		r.Field(r.plan.fieldOf(bin))
	}
}

// next goes to the next bin.
func (r *BinReader) next(rest []byte) { r.ops, r.count = rest, r.count-1 }

// ReadInt sets an integer.
func ReadInt[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](r *BinReader, bin string, field *N) {
	w, rest, ok := wire.CutWord(r.ops, bin, protocol.ParticleInteger)
	n := int64(w)
	if !ok || int64(N(n)) != n || n < 0 && N(n) > 0 {
		*field = 0
		r.other(bin)
		return
	}
	r.next(rest)
	*field = N(n)
}

// ReadFloat sets a float64.
func ReadFloat[F ~float64](r *BinReader, bin string, field *F) {
	w, rest, ok := wire.CutWord(r.ops, bin, protocol.ParticleFloat)
	if !ok {
		*field = 0
		r.other(bin)
		return
	}
	r.next(rest)
	*field = F(math.Float64frombits(w))
}

// ReadBool sets a bool.
func ReadBool[B ~bool](r *BinReader, bin string, field *B) {
	n, rest, ok := wire.CutWord(r.ops, bin, protocol.ParticleInteger)
	if !ok || n > 1 {
		*field = false
		r.other(bin)
		return
	}
	r.next(rest)
	*field = n == 1
}

// ReadString sets a string.
func ReadString[S ~string](r *BinReader, bin string, field *S) {
	t, data, rest, ok := wire.CutOp(r.ops, bin)
	if !ok || t != protocol.ParticleString {
		*field = ""
		r.other(bin)
		return
	}
	r.next(rest)
	*field = S(data)
}

// ReadBytes sets a slice of bytes.
func ReadBytes[B ~[]byte](r *BinReader, bin string, field *B) {
	t, data, rest, ok := wire.CutOp(r.ops, bin)
	if !ok || t != protocol.ParticleBlob {
		*field = nil
		r.other(bin)
		return
	}
	r.next(rest)
	*field = bytes.Clone(data)
}

// ReadArray sets an array of bytes, of which array is the slice.
func ReadArray(r *BinReader, bin string, array []byte) {
	t, data, rest, ok := wire.CutOp(r.ops, bin)
	if !ok || t != protocol.ParticleBlob || len(data) != len(array) {
		clear(array)
		r.other(bin)
		return
	}
	r.next(rest)
	copy(array, data)
}

// valueOf decodes the value of a bin. One that can't be decoded is invalid.
func valueOf(t protocol.ParticleType, data []byte) protocol.Value {
	v, err := protocol.ParseParticle(t, data)
	if err != nil {
		return protocol.InvalidValue(err)
	}
	return v
}
