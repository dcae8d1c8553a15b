package exec

import (
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A recordRow gives expressions the values of a record.
type recordRow struct {
	record *protocol.Record
	now    time.Time
	// err is why a value that an expression has asked for can't be read.
	err error
}

// Bin returns a bin's value, nil for a bin that is missing.
func (r *recordRow) Bin(name string) protocol.Value {
	v, _ := r.record.Bins.Get(name)
	if v.Kind() == protocol.KindInvalid {
		r.fail(fmt.Errorf("bin %q: %w", name, v.Err()))
	}
	return v
}

// fail notes that the record can't be read for what it is wanted for.
func (r *recordRow) fail(cause error) {
	if r.err == nil {
		r.err = &protocol.Error{Code: protocol.ClientError, Attempts: 1, Err: &cluster.RecordError{Key: r.record.Key, Err: cause}}
	}
}

// userKey returns the user key, nil if it is not stored with the record.
func (r *recordRow) userKey() protocol.Value {
	v := r.record.Key.UserKey()
	if v.Kind() == protocol.KindInvalid {
		r.fail(fmt.Errorf("user key: %w", v.Err()))
	}
	return v
}

// Pseudo returns the value of a column that is no bin.
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

// An evaluator evaluates expressions on one record after the other.
type evaluator struct {
	env querylang.Env
	row recordRow
}

func newEvaluator(args []protocol.Value) *evaluator {
	e := &evaluator{env: querylang.Env{Args: args}, row: recordRow{now: time.Now()}}
	e.env.Row = &e.row
	return e
}

// on points the evaluator at a record and returns what to evaluate in. A value of the record that can't be read
// harms only those who ask for it: err must be asked after evaluating.
func (e *evaluator) on(record *protocol.Record) *querylang.Env {
	e.row.record, e.row.err = record, nil
	return &e.env
}

// err is why a value that was asked for since the last call of on can't be read.
func (e *evaluator) err() error { return e.row.err }

// matches reports whether a record fits a filter, which may be nil.
func (e *evaluator) matches(filter querylang.Expr, record *protocol.Record) (bool, error) {
	if filter == nil {
		return true, nil
	}
	fits := querylang.Matches(filter, e.on(record))
	return fits, e.err()
}
