package mapper

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// An audit has the fields that the mapper sets to the time of a write, nil for those that the type
// doesn't have.
type audit struct {
	created, updated, deleted *field
	// visible is the packed filter expression for records that are not deleted.
	visible []byte
}

// compileAudit finds the fields tagged created, updated and deleted.
func compileAudit(p *plan, found *collector) *audit {
	a := new(audit)
	for i := range p.fields {
		f := &p.fields[i]
		for _, slot := range []struct {
			is   bool
			name string
			at   **field
		}{{f.tag.record.created, "created", &a.created}, {f.tag.record.updated, "updated", &a.updated}, {f.tag.record.deleted, "deleted", &a.deleted}} {
			switch {
			case !slot.is:
			case *slot.at != nil:
				found.addProblem(f.path, fmt.Errorf("field %s also has the option %s", (*slot.at).path, slot.name))
			default:
				*slot.at = f
			}
		}
	}
	if a.deleted != nil {
		a.visible = exp.Filter(exp.Not(exp.BinExists(a.deleted.bin)))
	}
	if a.created == nil && a.updated == nil && a.deleted == nil {
		return nil
	}
	return a
}

// timeOf returns the time that a field of the object at base holds.
func (p *plan) timeOf(f *field, base unsafe.Pointer) time.Time {
	at, exists := f.address(placeOf(p.typ, base))
	if !exists {
		return time.Time{}
	}
	return *variable[time.Time](at)
}

func (p *plan) setTime(f *field, base unsafe.Pointer, t time.Time) {
	*variable[time.Time](f.allocate(placeOf(p.typ, base))) = t
}

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

// hidesDeleted reports whether deleted records are as if they didn't exist.
func (s *store) hidesDeleted() bool {
	return s.plan.audit != nil && s.plan.audit.deleted != nil && !s.withDeleted
}

// onlyVisible makes a write fail with protocol.FilteredOut if the record is deleted.
func (s *store) onlyVisible(p *cluster.WritePolicy) {
	if s.hidesDeleted() && p.Filter == nil {
		p.Filter = s.plan.audit.visible
	}
}

// checkVisible returns ErrNotFound if the object at base was read from a deleted record.
func (s *store) checkVisible(key protocol.Key, base unsafe.Pointer) error {
	if s.hidesDeleted() && !s.plan.timeOf(s.plan.audit.deleted, base).IsZero() {
		return &keyError{ErrNotFound, key, errDeleted}
	}
	return nil
}

var errDeleted = errors.New("the record is marked as deleted")

// visibleCondition is the condition of queries for records that are not deleted.
func (s *store) visibleCondition() *condition {
	return &condition{op: opIsNull, place: binPathOf(s.plan.typ, s.plan.audit.deleted, inBin)}
}

// hidden converts FilteredOut of a write with onlyVisible.
func (s *store) hidden(key protocol.Key, err error) error {
	if err != nil && s.hidesDeleted() && errors.Is(err, protocol.FilteredOut) {
		return &keyError{ErrNotFound, key, err}
	}
	return err
}

// softDelete reports whether deletes mark records instead of removing them.
func (s *store) softDelete() bool {
	return s.plan.audit != nil && s.plan.audit.deleted != nil && !s.purge
}

// markOps returns the operations that mark a record as deleted.
func (s *store) markOps() ([]protocol.Operation, error) {
	a := s.plan.audit
	var ops []protocol.Operation
	for _, f := range []*field{a.deleted, a.updated} {
		if f == nil {
			continue
		}
		v, err := s.clockValue(f)
		if err != nil {
			return nil, s.plan.fieldError(f, err)
		}
		ops = append(ops, protocol.PutBin(f.bin, v))
	}
	return ops, nil
}

// markPolicy returns the policy for marking a record as deleted.
func (s *store) markPolicy(p *cluster.WritePolicy) *cluster.WritePolicy {
	marks := *p
	marks.Exists, marks.TTL, marks.Filter = cluster.UpdateOnly, cluster.TTLDontUpdate, s.plan.audit.visible
	return &marks
}

// mark marks a record as deleted and reports whether it existed and was not.
func (s *store) mark(ctx context.Context, b *binding, key protocol.Key, p *cluster.WritePolicy) (bool, error) {
	ops, err := s.markOps()
	if err != nil {
		return false, err
	}
	_, err = b.records.Operate(ctx, s.markPolicy(p), key, ops...)
	if isMissing(err) {
		return false, nil
	}
	return err == nil, err
}

// isMissing reports whether a delete found no record, or one that is marked as deleted.
func isMissing(err error) bool {
	return err != nil && !inDoubt(err) && (errors.Is(err, protocol.KeyNotFound) || errors.Is(err, protocol.FilteredOut))
}

// IncludeDeleted makes records visible that are marked as deleted, for a type with a field tagged
// deleted. To restore one unset the field:
//
//	err := users.With(mapper.IncludeDeleted()).Patch(ctx, id, U.Deleted.Unset())
func IncludeDeleted() CallOption { return func(s *store) { s.withDeleted = true } }

// Purge makes deletes remove records of a type with a field tagged deleted, instead of marking
// them.
func Purge() CallOption { return func(s *store) { s.purge = true } }

// WithClock sets the function that returns the time of writes, for fields tagged created, updated
// and deleted, and for times to live. The default is time.Now.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("mapper: WithClock: the function is nil")
		}
		c.now = now
		return nil
	}
}
