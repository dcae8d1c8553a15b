package driver

import (
	"database/sql/driver"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A result is the outcome of a statement that writes.
type result struct {
	affected int64
	lastID   int64
}

var _ driver.Result = result{}

// LastInsertId returns the key of an INSERT of one row if the key is an integer, otherwise 0. It
// never fails, because tools call it after every INSERT.
func (r result) LastInsertId() (int64, error) { return r.lastID, nil }

// RowsAffected returns the number of records that the server has changed.
func (r result) RowsAffected() (int64, error) { return r.affected, nil }

// lastID returns the integer key of an INSERT of one row, otherwise 0.
func lastID(plan querylang.Plan, args []protocol.Value) int64 {
	insert, ok := plan.(*querylang.InsertPlan)
	if !ok || len(insert.Rows) != 1 {
		return 0
	}
	key := querylang.Eval(insert.Rows[0].Key, &querylang.Env{Args: args})
	if n, ok := key.Int(); ok {
		return n
	}
	return 0
}
