package mapper

import (
	"unsafe"

	"github.com/aerosql/aerosql/protocol/wire"
)

// A methodReader is the state of reading a record with the generated methods of its type.
type methodReader struct {
	BinReader
	plan *plan
	base place
	// decoding is for the bins that the methods don't handle. It begins with the first of them.
	decoding decoding
	begun    bool
}

// readMethods is decodeEncoded with the generated methods. What they don't handle is decoded as
// without them.
func (p *plan) readMethods(base unsafe.Pointer, bins wire.Encoded, fresh bool) error {
	r, _ := p.readers.Get().(*methodReader)
	if r == nil {
		r = &methodReader{plan: p}
		r.other = func(*BinReader) error { return r.readOther() }
	}
	r.rest, r.base = bins, placeOf(p.typ, base)
	if !fresh {
		for i := range p.steps {
			s := &p.steps[i]
			if at := s.location.of(r.base); !s.form.clear(at) {
				p.fields[i].codec.clear(at)
			}
		}
	}
	interfaceAt[generated](p.typ, r.base).DecodeBins(&r.BinReader)
	err := r.err
	if r.begun {
		r.decoding, r.begun = decoding{}, false
	}
	var none place
	r.rest, r.op, r.err, r.base = wire.Encoded{}, wire.RawOp{}, nil, none
	p.readers.Put(r)
	return err
}

// readOther decodes a bin that the methods don't handle.
func (r *methodReader) readOther() error {
	if !r.begun {
		r.decoding, r.begun = r.plan.beginDecoding(r.base, true), true
	}
	if f, err := r.decoding.setEncoded(&r.op); err != nil {
		return r.plan.fieldError(f, err)
	}
	return nil
}
