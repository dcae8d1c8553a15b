package driver

import (
	"database/sql/driver"

	"github.com/aerosql/aerosql/querylang/exec"
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

// newResult returns the outcome of a statement.
func newResult(r *exec.Result) result {
	done := result{affected: r.Affected}
	if n, ok := r.Key.Int(); ok && r.HasKey && r.Affected == 1 {
		done.lastID = n
	}
	return done
}
