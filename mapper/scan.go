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

// ScanAll streams all records of the set: a scan, which makes every node read
// its whole part of the set and send all bins, those that the type does not know among them. It
// gives the records that Find gives. They come in no order; leaving the loop stops the scan.
//
//	for user, err := range users.ScanAll(ctx) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// An error about one record, a [*FieldError], comes with a nil object and the
// scan goes on behind it if the loop does; any other error is the last. A bin that can't be read is such an error
// if a field takes it, and does not matter otherwise.
//
// A field tagged pk is filled from the user key that is stored with the record.
// Records without one, as the official clients write them by default, give [ErrNoUserKey].
func (r *Repo[T]) ScanAll(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for rec, err := range r.store.scanAll(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			x := new(T)
			if err := r.store.decodeRecord(unsafe.Pointer(x), rec.Key, rec, true); err != nil {
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
		// No bins are named, as servers leave out records that have none of those.
		for rec, err := range b.records.Scan(ctx, s.scan, b.namespace, s.set) {
			if _, odd := errors.AsType[*cluster.RecordError](err); odd && rec != nil {
				err = nil // filling the object finds out whether it matters
			}
			if err != nil {
				err = fmt.Errorf("mapper: %w", err)
			} else if rec.Key.Set != s.set {
				continue // a scan of the null set reads the whole namespace
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}
