package exec

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// ErrConflict means that a guarded write gave up because other writers changed the record between
// each read and write. The record was not written.
var ErrConflict = errors.New("the record was changed by other writers each time")

// A PartialError means that a statement on several records failed and that some records may have
// been changed before.
type PartialError struct {
	// RowsAffected is the number of records that were certainly changed. Records whose error has
	// InDoubt may have been changed as well.
	RowsAffected int64
	// Err is the cause. If a batch failed it wraps a *cluster.BatchError with the error of each
	// record.
	Err error
}

// Error returns the cause and the number of changed records.
func (e *PartialError) Error() string {
	return fmt.Sprintf("%v (changed: %d)", e.Err, e.RowsAffected)
}

// Unwrap returns the cause.
func (e *PartialError) Unwrap() error { return e.Err }

// partial returns an error of a statement that has changed some records.
func partial(affected int64, err error) error {
	if err == nil {
		return nil
	}
	return &PartialError{RowsAffected: affected, Err: err}
}

// A KeyError is an error of the record with a key.
type KeyError struct {
	Key protocol.Key
	// Column is the UNIQUE column whose value is the key, "" if there is none.
	Column string
	Err    error
}

// Error returns the key and the cause.
func (e *KeyError) Error() string {
	name := e.Key.UserKey().String()
	if e.Key.UserKey().IsNil() {
		name = "with the digest " + e.Key.Digest().String()
	}
	if e.Column != "" {
		name += " (the value of the UNIQUE column " + ast.QuoteName(e.Column) + ")"
	}
	return fmt.Sprintf("%s.%s, key %s: %v", e.Key.Namespace, e.Key.Set, name, e.Err)
}

// Unwrap returns the cause.
func (e *KeyError) Unwrap() error { return e.Err }

// batchError adds the key of the first record that failed to the error of a batch.
func batchError(err error, keys func(i int) protocol.Key) error {
	batch, ok := errors.AsType[*cluster.BatchError](err)
	if !ok {
		return err
	}
	for i := range batch.Results {
		if e := batch.Results[i].Err; e != nil && !refused(e, protocol.KeyNotFound, protocol.FilteredOut) {
			return &KeyError{Key: keys(i), Err: err}
		}
	}
	return err
}
