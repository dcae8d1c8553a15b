package cluster

import (
	"fmt"

	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A RecordError means that one record has a value that can't be read. Other clients can, for
// example, store lists with more than protocol.MaxDepth levels, or particles of unknown types.
// Other records are not affected.
//
// It is the cause of a *protocol.Error; use errors.As to get it. Iterating over a query continues
// after it:
//
//	for rec, err := range client.Scan(ctx, nil, "test", "users") {
//		if bad := (*cluster.RecordError)(nil); errors.As(err, &bad) {
//			log.Print(err)
//			continue
//		}
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// If a command that also writes fails with a RecordError, its write has been applied, and the error
// says InDoubt.
type RecordError struct {
	// Key is the record's key. If the user key can't be read, it is of protocol.KindInvalid.
	Key protocol.Key
	// Err describes the invalid bin or user key. It wraps protocol.ErrMalformed or
	// protocol.ErrTooDeep.
	Err error
}

// Error returns the record's user key, if known, its digest, and Err.
func (e *RecordError) Error() string {
	if k := e.Key.UserKey().Kind(); k == protocol.KindNil || k == protocol.KindInvalid {
		return fmt.Sprintf("record %v can't be read: %v", e.Key, e.Err)
	}
	return fmt.Sprintf("record %v (digest %v) can't be read: %v", e.Key, e.Key.Digest(), e.Err)
}

// Unwrap returns Err.
func (e *RecordError) Unwrap() error { return e.Err }

// unreadable returns the failure of a command whose response has a value that can't be read. The
// connection stays usable.
func unreadable(resp *wire.Response) failure {
	return failure{err: resp.Err, outcome: retry.Unreadable}
}
