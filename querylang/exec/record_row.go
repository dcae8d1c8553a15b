package exec

import (
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A recordRow provides the values of a record to expressions.
type recordRow struct {
	record *protocol.Record
	now    time.Time
	// err is the error of the first requested value that can't be decoded.
	err error
}

// Bin returns a bin's value, or the nil value if the bin is missing.
func (r *recordRow) Bin(name string) protocol.Value {
	v, _ := r.record.Bins.Get(name)
	if v.Kind() == protocol.KindInvalid {
		r.fail(fmt.Errorf("bin %q: %w", name, v.Err()))
	}
	return v
}

// fail records that a requested value can't be decoded.
func (r *recordRow) fail(cause error) {
	if r.err == nil {
		r.err = &protocol.Error{Code: protocol.ClientError, Attempts: 1, Err: &cluster.RecordError{Key: r.record.Key, Err: cause}}
	}
}

// userKey returns the user key, or the nil value if it is not stored with the record.
func (r *recordRow) userKey() protocol.Value {
	v := r.record.Key.UserKey()
	if v.Kind() == protocol.KindInvalid {
		r.fail(fmt.Errorf("user key: %w", v.Err()))
	}
	return v
}

// Pseudo returns the value of a pseudo column.
func (r *recordRow) Pseudo(p querylang.Pseudo) protocol.Value {
	switch p {
	case querylang.PrimaryKey:
		return r.userKey()
	case querylang.Digest:
		digest := r.record.Key.Digest()
		return protocol.Blob(digest[:])
	case querylang.Generation:
		return protocol.Int(int64(r.record.Generation))
	case querylang.TimeToLive:
		ttl := r.record.TTL(r.now)
		if ttl == protocol.NeverExpires {
			return protocol.Int(-1)
		}
		return protocol.Int(int64(ttl / time.Second))
	case querylang.SetName:
		return protocol.String(r.record.Key.Set)
	}
	return protocol.Nil()
}

// An evaluator evaluates expressions on records.
type evaluator struct {
	env querylang.Env
	row recordRow
}

func newEvaluator(args []protocol.Value) *evaluator {
	e := &evaluator{env: querylang.Env{Args: args}, row: recordRow{now: time.Now()}}
	e.env.Row = &e.row
	return e
}

// on returns the environment for evaluating expressions on a record. Values that can't be decoded
// are errors only if an expression uses them: the caller must check err after evaluating.
func (e *evaluator) on(record *protocol.Record) *querylang.Env {
	e.row.record, e.row.err = record, nil
	return &e.env
}

// err returns the error of a value that can't be decoded and was used since the last call of on.
func (e *evaluator) err() error { return e.row.err }

// matches reports whether a record matches a filter, which may be nil.
func (e *evaluator) matches(filter querylang.Expr, record *protocol.Record) (bool, error) {
	if filter == nil {
		return true, nil
	}
	matches := querylang.Matches(filter, e.on(record))
	return matches, e.err()
}
