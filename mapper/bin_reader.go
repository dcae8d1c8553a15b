package mapper

import (
	"bytes"
	"fmt"
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A BinReader reads the bins of a record from a response. The methods that aerosql gen writes call
// the functions that begin with Read and the method Field, one of them for each field in their
// order, with the number of the field counted from 0, and then End. The methods get it by value, as
// they do a [BinWriter].
//
// Servers send the bins in the order in which they were asked for, which is that of the fields. So
// each function reads its bin if it is the next one; otherwise it sets the field to zero. End reads
// what is left.
type BinReader struct {
	// With these fields a call passes a BinReader in registers.
	ops   []byte
	at    int // the next bin in ops
	plan  *readerPlan
	base  place
	fresh bool   // the object is zero
	err   *error // the first one, nil if there is none
}

// A readerPlan is what a BinReader uses of a plan.
type readerPlan struct {
	steps []step
	fieldReader
}

// A fieldReader is a plan, for what generated methods don't read themselves.
type fieldReader interface {
	// clear sets a field to zero.
	clear(base place, i int)
	// readField sets a field with its codec.
	readField(base place, i int, v protocol.Value) error
	// readRest sets the fields of encoded bins, in any order.
	readRest(base place, ops []byte) error
}

// Field reads the bin of the field with the number i as its type and its tag's options say.
func (r *BinReader) Field(i int) {
	s := r.step(i)
	if s == nil {
		r.noField(i)
		return
	}
	t, data, rest, ok := wire.CutOp(r.ops[r.at:], s.bin)
	if !ok {
		if !r.fresh {
			r.plan.clear(r.base, i)
		}
		return
	}
	r.at = len(r.ops) - len(rest)
	if s.readable && s.form.set(s.location.of(r.base), t, data, s.size) {
		return
	}
	if t == protocol.ParticleNull {
		r.plan.clear(r.base, i)
		return
	}
	r.fail(r.plan.readField(r.base, i, valueOf(t, data)))
}

// step returns the step of field i, or nil if there is none.
func (r *BinReader) step(i int) *step {
	if r.plan == nil || uint(i) >= uint(len(r.plan.steps)) {
		return nil
	}
	return &r.plan.steps[i]
}

// fail keeps the first error.
func (r *BinReader) fail(err error) {
	if err != nil && r.err == nil {
		r.err = &err
	}
}

// noField is Field for a number that no field has.
func (r *BinReader) noField(i int) {
	if r.plan == nil {
		r.fail(&emptyError{"BinReader.Field", "the reader is empty; only the mapper makes one"})
		return
	}
	r.fail(fmt.Errorf("mapper: BinReader.Field(%d): %w: there are %d fields; run aerosql gen", i, ErrRange, len(r.plan.steps)))
}

// End reads the bins that were not in the order of the fields and those without a field. It returns
// the first error of the record.
func (r *BinReader) End() error {
	switch {
	case r.err != nil:
		return *r.err
	case r.plan == nil:
		return &emptyError{"BinReader.End", "the reader is empty; only the mapper makes one"}
	case r.at == len(r.ops):
		return nil
	}
	return r.plan.readRest(r.base, r.ops[r.at:])
}

// other reads the next bin with the codec of field i, if it is that field's: its value is of
// another type than that of the field, or may be an error.
func (r *BinReader) other(i int) {
	s := r.step(i)
	if s == nil {
		r.noField(i)
	} else if _, _, _, ok := wire.CutOp(r.ops[r.at:], s.bin); ok {
		r.Field(i)
	}
}

// The functions below repeat the same few lines, because calls would take a good part of their
// time.

// ReadInt sets an integer.
func ReadInt[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](r *BinReader, i int, field *N) {
	if s := r.step(i); s != nil {
		name, ops := &s.name, r.ops[r.at:]
		if len(ops) >= name.WordSize() && name.StartsWord(ops, protocol.ParticleInteger) {
			n := int64(name.Word(ops))
			if v := N(n); int64(v) == n && (n >= 0 || v < 0) {
				r.at += name.WordSize()
				*field = v
				return
			}
		}
	}
	*field = 0
	r.other(i)
}

// ReadFloat sets a float64.
func ReadFloat[F ~float64](r *BinReader, i int, field *F) {
	if s := r.step(i); s != nil {
		name, ops := &s.name, r.ops[r.at:]
		if len(ops) >= name.WordSize() && name.StartsWord(ops, protocol.ParticleFloat) {
			r.at += name.WordSize()
			*field = F(math.Float64frombits(name.Word(ops)))
			return
		}
	}
	*field = 0
	r.other(i)
}

// ReadBool sets a bool.
func ReadBool[B ~bool](r *BinReader, i int, field *B) {
	if s := r.step(i); s != nil {
		name, ops := &s.name, r.ops[r.at:]
		if len(ops) >= name.WordSize() && name.StartsWord(ops, protocol.ParticleInteger) {
			if n := name.Word(ops); n <= 1 {
				r.at += name.WordSize()
				*field = n == 1
				return
			}
		}
	}
	*field = false
	r.other(i)
}

// ReadString sets a string.
func ReadString[S ~string](r *BinReader, i int, field *S) {
	if s := r.step(i); s != nil {
		name, ops := &s.name, r.ops[r.at:]
		if len(ops) >= wire.NameSize && name.Starts(ops, protocol.ParticleString) {
			if start, end := name.Value(ops); start <= end && end <= len(ops) {
				r.at += end
				*field = S(ops[start:end])
				return
			}
		}
	}
	*field = ""
	r.other(i)
}

// ReadBytes sets a slice of bytes.
func ReadBytes[B ~[]byte](r *BinReader, i int, field *B) {
	if s := r.step(i); s != nil {
		name, ops := &s.name, r.ops[r.at:]
		if len(ops) >= wire.NameSize && name.Starts(ops, protocol.ParticleBlob) {
			if start, end := name.Value(ops); start <= end && end <= len(ops) {
				r.at += end
				*field = bytes.Clone(ops[start:end])
				return
			}
		}
	}
	*field = nil
	r.other(i)
}

// ReadArray sets an array of bytes, of which array is the slice.
func ReadArray(r *BinReader, i int, array []byte) {
	if s := r.step(i); s != nil {
		name, ops := &s.name, r.ops[r.at:]
		if len(ops) >= wire.NameSize && name.Starts(ops, protocol.ParticleBlob) {
			if start, end := name.Value(ops); start+len(array) == end && end <= len(ops) {
				r.at += end
				copy(array, ops[start:end])
				return
			}
		}
	}
	clear(array)
	r.other(i)
}

// valueOf decodes the value of a bin. One that can't be decoded is invalid.
func valueOf(t protocol.ParticleType, data []byte) protocol.Value {
	v, err := protocol.ParseParticle(t, data)
	if err != nil {
		return protocol.InvalidValue(err)
	}
	return v
}
