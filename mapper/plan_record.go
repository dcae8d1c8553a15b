package mapper

import (
	"math"
	"slices"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// setEncoded is set for a bin as it was received.
func (d *decoding) setEncoded(op *wire.RawOp) (*field, error) {
	i := d.find(unsafe.String(unsafe.SliceData(op.Name), len(op.Name)))
	if i >= 0 {
		s := &d.plan.steps[i]
		if s.readable && s.form.set(s.location.of(d.base), op.Type, op.Data, s.size) {
			if d.next = i + 1; d.track {
				d.mark(i)
			}
			return nil, nil
		}
	}
	v := valueOf(op.Type, op.Data)
	switch i {
	case noField:
		return d.unknown(string(op.Name), v)
	case hiddenField:
		return nil, nil
	}
	return &d.plan.fields[i], d.setField(i, v)
}

// appendBins appends the bins of the object at base. nulls says whether to include NULL for bins
// that the write removes. Writes that replace all bins or create the record don't need these.
func (p *plan) appendBins(dst protocol.Bins, base unsafe.Pointer, nulls bool) (protocol.Bins, error) {
	w := binEncoder{bins: slices.Grow(dst, len(p.steps)), collects: true, nulls: nulls}
	err := p.write(&w, base)
	return w.bins, err
}

// write writes the bins of the object at base.
func (p *plan) write(w *binEncoder, base unsafe.Pointer) error {
	w.base = placeOf(p.typ, base)
	if p.methods != nil && !w.collects {
		if done, err := p.writeMethods(w); done {
			return err
		}
	}
	for i := range p.chunks {
		c := &p.chunks[i]
		written := c.first
		if !w.collects {
			written += c.write(w, w.base)
		}
		for i := written; i < c.last; i++ {
			if err := p.writeField(w, i); err != nil {
				return err
			}
		}
	}
	if p.rest != nil {
		return p.writeRest(w)
	}
	return nil
}

// writeField writes the bin of a field with its codec. The write also removes the older bin of the
// field: otherwise a later read might find its content.
func (p *plan) writeField(w *binEncoder, i int) error {
	s, f := &p.steps[i], &p.fields[i]
	var v protocol.Value
	var err error
	write := true
	if s.direct {
		v, err = s.encode(s.location.of(w.base), 0)
	} else {
		v, write, err = f.encode(w.base)
	}
	if err == nil && write {
		err = w.add(s.bin, v)
	}
	if err == nil && write && w.nulls && f.tag.alias != "" {
		err = w.add(f.tag.alias, protocol.Nil())
	}
	if err != nil {
		return p.fieldError(f, err)
	}
	return nil
}

// decodeEncoded is decodeBins for bins as they were received.
func (p *plan) decodeEncoded(base unsafe.Pointer, bins wire.Encoded, fresh bool) error {
	if p.methods != nil {
		return p.readMethods(base, bins, fresh)
	}
	d := p.beginDecoding(placeOf(p.typ, base), fresh)
	if err := d.setAll(bins); err != nil {
		return err
	}
	return p.finish(&d)
}

// setAll sets the fields of all bins. Most bins are those of the fields that are expected next, and
// need no codec.
func (d *decoding) setAll(bins wire.Encoded) error {
	steps := d.plan.steps
	for {
		if i := d.next; i < len(steps) && steps[i].readable {
			if size := steps[i].read(bins.Ops, d.base); size > 0 {
				if d.track {
					d.mark(i)
				}
				d.next = i + 1
				bins.Ops, bins.Count = bins.Ops[size:], bins.Count-1
				continue
			}
		}
		op, ok, err := bins.Next()
		if !ok {
			return err
		}
		if f, err := d.setEncoded(&op); err != nil {
			return d.plan.fieldError(f, err)
		}
	}
}

// read sets the field of the object at base from the operation at the start of ops, and returns the
// operation's size. It returns 0, without a change, if that is not the field's bin, or if its value
// must be decoded by the codec.
func (s *step) read(ops []byte, base place) (size int) {
	if len(ops) < wire.NameSize {
		return 0
	}
	switch s.form {
	case formString:
		if start, end := s.name.Value(ops); s.name.Starts(ops, protocol.ParticleString) && start <= end && end <= len(ops) {
			*variable[string](s.location.of(base)) = string(ops[start:end])
			return end
		}
	case formBytes, formByteArray:
		start, end := s.name.Value(ops)
		if s.name.Starts(ops, protocol.ParticleBlob) && start <= end && end <= len(ops) &&
			s.form.set(s.location.of(base), protocol.ParticleBlob, ops[start:end], s.size) {
			return end
		}
	case formFloat64:
		if size := s.name.WordSize(); len(ops) >= size && s.name.StartsWord(ops, protocol.ParticleFloat) {
			*variable[float64](s.location.of(base)) = math.Float64frombits(s.name.Word(ops))
			return size
		}
	default:
		size := s.name.WordSize()
		if len(ops) >= size && s.name.StartsWord(ops, protocol.ParticleInteger) && s.form.setInteger(s.location.of(base), int64(s.name.Word(ops))) {
			return size
		}
	}
	return 0
}

// decodeBins sets the object at base from a record's bins. Fields whose bin is missing become zero,
// and bins without a field are ignored. fresh says that the object is zero. After an error the
// object's content is not specified.
func (p *plan) decodeBins(base unsafe.Pointer, bins protocol.Bins, fresh bool) error {
	d := p.beginDecoding(placeOf(p.typ, base), fresh)
	for i := range bins {
		if f, err := d.set(bins[i].Name, bins[i].Value); err != nil {
			return p.fieldError(f, err)
		}
	}
	return p.finish(&d)
}

// finish ends the decoding of a record.
func (p *plan) finish(d *decoding) error {
	if err := d.finish(); err != nil {
		return p.fieldError(nil, err)
	}
	return nil
}

// writeRest writes the bins of the field with option rest.
func (p *plan) writeRest(w *binEncoder) error {
	err := p.eachRest(w.base, 0, func(name string, v protocol.Value) error {
		if err := protocol.CheckBinName(name); err != nil {
			return err
		}
		return w.add(name, v)
	})
	if err != nil {
		e := withPath(p.rest.path, err)
		e.Struct = typeName(p.typ)
		return e
	}
	return nil
}
