package mapper

import (
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// writeMethods writes the bins of the object at w.base with the generated methods. It returns false
// if the plan must do it, because a value is NULL or may be an error.
func (p *plan) writeMethods(w *binEncoder) (done bool, err error) {
	w.fields, w.native = p, p.native
	w.encoded.Count += p.direct
	err = interfaceTo(p.methods, p.typ, w.base).AppendBins(BinWriter{w.encoded.Ops, w})
	if w.refused {
		base := w.base
		w.reset(w.nulls)
		w.base = base
		return false, nil
	}
	return true, err
}

// readMethods is decodeEncoded with the generated methods.
func (p *plan) readMethods(base unsafe.Pointer, bins wire.Encoded, fresh bool) error {
	at := placeOf(p.typ, base)
	return interfaceTo(p.methods, p.typ, at).DecodeBins(BinReader{ops: bins.Ops, plan: p.reader, base: at, fresh: fresh})
}

// readField implements fieldReader.
func (p *plan) readField(base place, i int, v protocol.Value) error {
	d := decoding{plan: p, base: base, fresh: true}
	if err := d.setField(i, v); err != nil {
		return p.fieldError(&p.fields[i], err)
	}
	return nil
}

// readRest implements fieldReader.
func (p *plan) readRest(base place, ops []byte) error {
	d := decoding{plan: p, base: base, fresh: true}
	count, rest := 0, wire.Encoded{Ops: ops, Count: len(ops)}
	for len(rest.Ops) > 0 {
		count++
		if _, _, err := rest.Next(); err != nil {
			break // setAll finds it too
		}
	}
	return d.setAll(wire.Encoded{Ops: ops, Count: count})
}
