package driver

import (
	"database/sql/driver"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A result is what a statement has done.
type result struct {
	affected int64
	lastID   int64
}

var _ driver.Result = result{}

// LastInsertId returns the key of an INSERT of one row if it is an integer, else 0. It
// never fails, because tools ask for it after every INSERT.
func (r result) LastInsertId() (int64, error) { return r.lastID, nil }

// RowsAffected returns the number of records that the server has changed.
func (r result) RowsAffected() (int64, error) { return r.affected, nil }

// lastID returns the integer key of the only row of an INSERT, else 0.
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
