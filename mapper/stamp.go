package mapper

import (
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// clock returns the time now as a field stores it.
func (s *store) clock(f *field) time.Time {
	return s.now().UTC().Truncate(max(f.tag.form.unix, 1))
}

// clockValue returns the stored form of clock.
func (s *store) clockValue(f *field) (protocol.Value, error) {
	now := s.clock(f)
	return f.codec.encode(placeOf(timeType, unsafe.Pointer(&now)), 0)
}

// stamp sets the times of the object at base before it is written. It returns the bin that must be
// written only if the record doesn't have it, or "": that of the time of creation, for an object
// that was not read and may have a record.
func (s *store) stamp(v verb, base unsafe.Pointer) (once string) {
	a := s.plan.audit
	if a == nil {
		return ""
	}
	if a.updated != nil {
		s.plan.setTime(a.updated, base, s.clock(a.updated))
	}
	if a.created != nil && s.plan.timeOf(a.created, base).IsZero() {
		s.plan.setTime(a.created, base, s.clock(a.created))
		if v == save || v == update {
			return a.created.bin
		}
	}
	return ""
}

// operations returns the operations of the write. If it has a bin that is written once they read
// that bin too.
func (w *writeRequest) operations() []protocol.Operation {
	ops := make([]protocol.Operation, len(w.bins), len(w.bins)+1)
	for i, bin := range w.bins {
		ops[i] = protocol.Operation{Code: protocol.OpWrite, Bin: bin.Name, Value: bin.Value}
		if bin.Name == w.once {
			ops[i] = setOnce(bin.Name, bin.Value)
		}
	}
	if w.once != "" {
		ops = append(ops, protocol.GetBin(w.once))
	}
	return ops
}

// afterOnce sets the field of the bin that was written once to what the record has.
func (s *store) afterOnce(w *writeRequest, base unsafe.Pointer, rec *protocol.Record) error {
	if w.once == "" || rec == nil {
		return nil
	}
	f := s.plan.audit.created
	for i := len(rec.Bins) - 1; i >= 0; i-- {
		if rec.Bins[i].Name != w.once || rec.Bins[i].Value.IsNil() {
			continue
		}
		if err := f.codec.decode(f.allocate(placeOf(s.plan.typ, base)), rec.Bins[i].Value); err != nil {
			return s.plan.fieldError(f, err)
		}
		break
	}
	return nil
}

// setOnce returns the operation that sets a bin unless it exists.
func setOnce(bin string, v protocol.Value) protocol.Operation {
	return exp.Write(bin, exp.NewExpression(exp.NewLiteral(v)), exp.WriteCreateOnly|exp.WritePolicyNoFail)
}
