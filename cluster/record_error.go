package cluster

import (
	"fmt"

	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A RecordError means that a value of one record can't be read: other clients can store lists of more than
// protocol.MaxDepth levels, for example, or particles of unknown types. It says nothing about other records.
//
// It is the cause of a *protocol.Error; errors.As gives it. A loop over the records of a query goes on after it,
// unless the caller leaves it:
//
//	for rec, err := range client.Scan(ctx, nil, "test", "users") {
//		if odd := (*cluster.RecordError)(nil); errors.As(err, &odd) {
//			log.Print(err)
//			continue
//		}
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// An operation that also writes has been applied if its error is a RecordError; the error says InDoubt.
type RecordError struct {
	// Key is the record's key. Its user key is of protocol.KindInvalid if that is what can't be read.
	Key protocol.Key
	// Err names the bin, or the user key, and says what is wrong with it. It wraps protocol.ErrMalformed or
	// protocol.ErrTooDeep.
	Err error
}

// Error names the record by its user key, if that is known, and by its digest.
func (e *RecordError) Error() string {
	if k := e.Key.UserKey().Kind(); k == protocol.KindNil || k == protocol.KindInvalid {
		return fmt.Sprintf("record %v can't be read: %v", e.Key, e.Err)
	}
	return fmt.Sprintf("record %v (digest %v) can't be read: %v", e.Key, e.Key.Digest(), e.Err)
}

// Unwrap returns Err.
func (e *RecordError) Unwrap() error { return e.Err }

// unreadable is the failure of a command whose answer has a value that can't be read. The connection is as good as before.
func unreadable(resp *wire.Response) failure {
	return failure{err: resp.Err, outcome: retry.Unreadable}
}
