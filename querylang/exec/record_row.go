package exec

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A recordRow gives expressions the values of a record.
type recordRow struct {
	record *protocol.Record
	now    time.Time
}

// Bin returns a bin's value, nil for a bin that is missing.
func (r *recordRow) Bin(name string) protocol.Value {
	v, _ := r.record.Bins.Get(name)
	return v
}

// Pseudo returns the value of a column that is no bin.
func (r *recordRow) Pseudo(p querylang.Pseudo) protocol.Value {
	switch p {
	case querylang.PrimaryKey:
		return r.record.Key.UserKey()
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

// on points the evaluator at a record and returns what to evaluate in.
func (e *evaluator) on(record *protocol.Record) *querylang.Env {
	e.row.record = record
	return &e.env
}

// matches reports whether a record fits a filter, which may be nil.
func (e *evaluator) matches(filter querylang.Expr, record *protocol.Record) bool {
	return filter == nil || querylang.Matches(filter, e.on(record))
}
