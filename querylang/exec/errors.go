package exec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// ErrConflict means that a record was changed by others each time between its
// being read and its being written, until the attempts were used up. It was not changed.
var ErrConflict = errors.New("the record kept being changed by others")

// A PartialError tells that a statement about several records failed after some
// of them, perhaps, had been changed.
type PartialError struct {
	// RowsAffected is the number of records that were changed for certain. Records that may have been
	// changed besides are those whose error says InDoubt.
	RowsAffected int64
	// Err is the cause: a *cluster.BatchError with the failure of each record where it was a batch that failed.
	Err error
}

// Error gives the cause and the number of records that were changed.
func (e *PartialError) Error() string {
	return fmt.Sprintf("%v (changed: %d)", e.Err, e.RowsAffected)
}

// Unwrap returns the cause.
func (e *PartialError) Unwrap() error { return e.Err }

// refused reports whether a command failed for certain, with one of the codes.
func refused(err error, codes ...protocol.ResultCode) bool {
	if err == nil {
		return false // errors.As would take memory for its target
	}
	var e *protocol.Error
	return errors.As(err, &e) && !e.InDoubt && slices.Contains(codes, e.Code)
}
