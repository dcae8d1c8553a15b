package mapper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// hidesDeleted reports whether deleted records are as if they didn't exist.
func (s *store) hidesDeleted() bool {
	return s.plan.audit != nil && s.plan.audit.deleted != nil && !s.withDeleted
}

// onlyVisible makes a write fail with protocol.FilteredOut if the record is deleted.
func (s *store) onlyVisible(p *cluster.WritePolicy) {
	if s.hidesDeleted() {
		p.Filter = bothFilters(p.Filter, s.plan.audit.visible)
	}
}

// bothFilters returns the filter for records that pass both of two packed filters. An empty filter
// passes all records. If one can't be parsed it is the result, so that the server refuses it.
func bothFilters(a, b []byte) []byte {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0 || bytes.Equal(a, b):
		return a
	}
	var both [2]exp.Bool
	for i, packed := range [][]byte{a, b} {
		e, err := exp.Parse(packed)
		is, ok := e.(exp.Bool)
		if err != nil || !ok {
			return packed
		}
		both[i] = is
	}
	return exp.Filter(exp.And(both[:]...))
}

// checkVisible returns ErrNotFound if the object at base was read from a deleted record.
func (s *store) checkVisible(key protocol.Key, base unsafe.Pointer) error {
	if s.hidesDeleted() && !s.plan.timeOf(s.plan.audit.deleted, base).IsZero() {
		return &keyError{ErrNotFound, key, errDeleted}
	}
	return nil
}

var errDeleted = errors.New("the record is marked as deleted")

// hidden converts FilteredOut of a write with onlyVisible.
func (s *store) hidden(key protocol.Key, err error) error {
	if err == nil || !s.hidesDeleted() || !errors.Is(err, protocol.FilteredOut) {
		return err
	}
	if e, ok := err.(*keyError); ok {
		err = e.err
	}
	return &keyError{ErrNotFound, key, err}
}

// notVisible converts ErrCondition of a patch if its record is marked as deleted. The failure does
// not say which of the two conditions was not true, so it reads the mark.
func (s *store) notVisible(ctx context.Context, b *binding, key protocol.Key, err error) error {
	if !errors.Is(err, ErrCondition) || !s.hidesDeleted() {
		return err
	}
	if visible, failed := s.existsVisible(ctx, b, key); visible || failed != nil {
		return err
	}
	return s.hidden(key, err)
}

// markedInstead returns the error of an insert that found a record which a patch then couldn't see,
// because it is marked as deleted. It returns other errors unchanged.
func markedInstead(err error) error {
	if e, ok := errors.AsType[*keyError](err); ok && e.cause == ErrNotFound && errors.Is(e.err, protocol.FilteredOut) {
		return fmt.Errorf("mapper: %v: %w: %w; restore it with Save, or remove it with Purge", e.key, ErrExists, errDeleted)
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
	marks.Exists, marks.TTL, marks.Filter = cluster.UpdateOnly, cluster.TTLDontUpdate, bothFilters(p.Filter, s.plan.audit.visible)
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
