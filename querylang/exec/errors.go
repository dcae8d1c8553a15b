package exec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/protocol"
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
	// Err is the cause. If a batch failed it is a *cluster.BatchError with the error of each
	// record.
	Err error
}

// Error returns the cause and the number of changed records.
func (e *PartialError) Error() string {
	return fmt.Sprintf("%v (changed: %d)", e.Err, e.RowsAffected)
}

// Unwrap returns the cause.
func (e *PartialError) Unwrap() error { return e.Err }

// refused reports whether a command failed with one of the codes and without doubt.
func refused(err error, codes ...protocol.ResultCode) bool {
	if err == nil {
		return false // errors.As would allocate its target
	}
	var e *protocol.Error
	return errors.As(err, &e) && !e.InDoubt && slices.Contains(codes, e.Code)
}
