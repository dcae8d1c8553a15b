package mapper

import (
	"unsafe"

	"github.com/aerosql/aerosql/protocol/wire"
)

// A methodReader is the state of reading a record with the generated methods of its type.
type methodReader struct {
	BinReader
	decoding
}

// readMethods is decodeEncoded with the generated methods. What they don't handle is decoded as
// without them.
func (p *plan) readMethods(base unsafe.Pointer, bins wire.Encoded, fresh bool) error {
	r, _ := p.readers.Get().(*methodReader)
	if r == nil {
		r = new(methodReader)
		r.other = func(*BinReader) error {
			if f, err := r.setEncoded(&r.op); err != nil {
				return r.plan.fieldError(f, err)
			}
			return nil
		}
	}
	r.BinReader = BinReader{rest: bins, other: r.other}
	r.decoding = p.beginDecoding(placeOf(p.typ, base), true)
	if !fresh {
		for i := range p.fields {
			p.fields[i].codec.clear(p.fields[i].location.of(r.base))
		}
	}
	interfaceAt[generated](p.typ, r.base).DecodeBins(&r.BinReader)
	err := r.err
	r.BinReader.rest, r.BinReader.op, r.decoding = wire.Encoded{}, wire.RawOp{}, decoding{}
	p.readers.Put(r)
	return err
}
