package mapper

import (
	"bytes"
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A BinReader reads the bins of a record from a response. The methods that aerosql gen writes call
// its methods and the functions that begin with Read.
type BinReader struct {
	rest wire.Encoded
	op   wire.RawOp
	// other sets a field from the current bin, or does what is to be done without a field.
	other func(r *BinReader) error
	err   error
}

// Next reads the next bin. It returns false at the end and after an error.
func (r *BinReader) Next() bool {
	if r.err != nil {
		return false
	}
	var ok bool
	r.op, ok, r.err = r.rest.Next()
	return ok && r.err == nil
}

// Name returns the name of the bin, which is valid until the next call of Next.
func (r *BinReader) Name() string {
	return unsafe.String(unsafe.SliceData(r.op.Name), len(r.op.Name))
}

// Other handles a bin that has no other form in the generated code.
func (r *BinReader) Other() { r.err = r.other(r) }

// integer returns the integer of the bin.
func (r *BinReader) integer() (int64, bool) {
	if r.op.Type != protocol.ParticleInteger || len(r.op.Data) != 8 {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(r.op.Data)), true
}

// ReadInt sets an integer.
func ReadInt[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](r *BinReader, field *N) {
	n, ok := r.integer()
	if !ok || int64(N(n)) != n || n < 0 && N(n) > 0 {
		r.Other()
		return
	}
	*field = N(n)
}

// ReadFloat sets a float64.
func ReadFloat[F ~float64](r *BinReader, field *F) {
	if r.op.Type != protocol.ParticleFloat || len(r.op.Data) != 8 {
		r.Other()
		return
	}
	*field = F(math.Float64frombits(binary.BigEndian.Uint64(r.op.Data)))
}

// ReadBool sets a bool.
func ReadBool[B ~bool](r *BinReader, field *B) {
	n, ok := r.integer()
	if !ok || n != 0 && n != 1 {
		r.Other()
		return
	}
	*field = n == 1
}

// ReadString sets a string.
func ReadString[S ~string](r *BinReader, field *S) {
	if r.op.Type != protocol.ParticleString {
		r.Other()
		return
	}
	*field = S(r.op.Data)
}

// ReadBytes sets a slice of bytes.
func ReadBytes[B ~[]byte](r *BinReader, field *B) {
	if r.op.Type != protocol.ParticleBlob {
		r.Other()
		return
	}
	*field = bytes.Clone(r.op.Data)
}

// ReadArray sets an array of bytes, of which array is the slice.
func ReadArray(r *BinReader, array []byte) {
	if r.op.Type != protocol.ParticleBlob || len(r.op.Data) != len(array) {
		r.Other()
		return
	}
	copy(array, r.op.Data)
}
