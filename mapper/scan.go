package mapper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// ScanAll returns an iterator over all records of the set that Find would find, in no order. It is
// a scan: every node reads its whole part of the set and sends all bins, including those that the
// type doesn't have. Leaving the loop stops the scan.
//
//	for user, err := range users.ScanAll(ctx) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// A [*FieldError] is about one record: the object is nil, and the scan continues if the loop does.
// Any other error is the last. A bin that can't be parsed is an error only if a field has it.
//
// With scan=deny in the data source name the error is [ErrNeedsScan].
//
// A field tagged pk is set from the user key that is stored with the record. For records without
// one, which the official clients write by default, the error is [ErrNoUserKey].
func (r *Repo[T]) ScanAll(ctx context.Context) iter.Seq2[*T, error] {
	return objectSeq[T](r.core().scanObjects(ctx))
}

// scanObjects is ScanAll without its type parameter.
//
//go:noinline
func (s *store) scanObjects(ctx context.Context) iter.Seq2[unsafe.Pointer, error] {
	if err := s.ready("Repo.ScanAll"); err != nil {
		return failing(err)
	}
	return func(yield func(unsafe.Pointer, error) bool) {
		for rec, err := range s.scanAll(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			x := s.newObject()
			err := s.decodeRecord(x, rec.Key, rec, true)
			if err == nil && s.checkVisible(rec.Key, x) != nil {
				continue
			}
			if err == nil {
				err = s.afterFind(ctx, x)
			}
			if err != nil {
				if !yield(nil, fmt.Errorf("%w (record %v)", err, rec.Key)) {
					return
				}
			} else if !yield(x, nil) {
				return
			}
		}
	}
}

func (s *store) scanAll(ctx context.Context) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		b, err := s.bind(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		if b.engine != nil && b.engine.Options().DenyScan {
			yield(nil, fmt.Errorf("mapper: ScanAll of %s: %w: the data source name has scan=deny", s.set, ErrNeedsScan))
			return
		}
		// Read all bins: with a list of bins, servers omit records that have none of them.
		for rec, err := range b.records.Scan(ctx, s.scan, b.namespace, s.set) {
			if _, odd := errors.AsType[*cluster.RecordError](err); odd && rec != nil {
				err = nil // decoding the object reports it if a field has the bin
			}
			if err != nil {
				err = fmt.Errorf("mapper: %w", err)
			} else if rec.Key.Set != s.set {
				continue // a scan of the null set returns all sets of the namespace
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}
